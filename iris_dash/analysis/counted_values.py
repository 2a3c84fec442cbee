"""A facet's values as a chart of counts has them: the commonest, and the others as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from iris_dash.query.schema import Facet
from iris_dash.query.value_text import FacetValue

MOST_COUNTED = 10
"""Of more values the others are one; of one more, it stands itself."""

IN_ORDER = 8
"""So many values, and fewer, stand in the facet's own order."""


@dataclass(frozen=True)
class CountedValue:
    """A value with its rows under the other filters, and those of the whole table.

    `is_in`: whether the facet's own filter lets it in.
    """

    value: FacetValue
    count: int
    whole: int
    is_in: bool


@dataclass(frozen=True)
class CountedValues:
    """The values that a chart shows, and what is not shown: how many values, and their rows."""

    values: tuple[CountedValue, ...]
    others: int = 0
    count: int = 0


def counted_values(
    facet: Facet,
    counts: Mapping[FacetValue, int],
    whole: Mapping[FacetValue, int],
    let_in: Collection[FacetValue],
) -> CountedValues:
    """Return the values that the table has, the commonest under the other filters first.

    Few stand in the facet's own order; of equal ones the first. What is let in is never among the
    others while there is room: it goes before what a filter left out.

    >>> port = Facet("port", "Port", "port", ("a", "b", None))
    >>> found = counted_values(port, {"a": 1, "b": 0, None: 0}, {"a": 2, "b": 1, None: 0}, ["a"])
    >>> [(one.value, one.count, one.whole, one.is_in) for one in found.values]
    [('a', 1, 2, True), ('b', 0, 1, False)]
    """
    had = [value for value in facet.values if whole.get(value)]
    if len(had) > IN_ORDER:
        had.sort(key=lambda value: (-counts.get(value, 0), -whole[value]))
    shown = had if len(had) <= MOST_COUNTED + 1 else had[:MOST_COUNTED]
    if len(shown) < len(had):
        chosen = [value for value in had if value in let_in]
        if len(chosen) < len(had):
            kept = {*[*chosen, *shown][:MOST_COUNTED]}
            shown = [value for value in had if value in kept]
    left = [value for value in had if value not in shown]
    return CountedValues(
        tuple(CountedValue(v, counts.get(v, 0), whole[v], v in let_in) for v in shown),
        len(left),
        sum(counts.get(value, 0) for value in left),
    )
