"""A filter: one condition on one column, of a kind that every reader of filters must know.

Whoever does something with filters matches on `Filter` and ends with `assert_never`, so that the
type checker lists what a new kind has to be taught.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, assert_never

from iris_dash.query.schema import Facet, FacetValue, Schema

Bound = float | int
"""One end of an interval."""


@dataclass(frozen=True)
class Choice:
    """Some values of a facet, in the facet's own order; without any it selects nothing."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Interval:
    """The inclusive ends of a measure, in its unit; None: open on that side.

    Of a column of whole numbers an end is an `int`, exact to 64 bits, unless no whole number lies
    between the two.
    """

    name: str
    low: Bound | None = None
    high: Bound | None = None


Filter = Choice | Interval


def shorter_side(
    facet: Facet, choice: Choice
) -> tuple[Literal["any", "not"], tuple[FacetValue, ...]]:
    """Return the fewer of the values that a choice lets in ("any") and leaves out ("not").

    As many of both: those that it lets in. So is it written in every face.

    >>> rose = Facet("rose", "Rose", "rose", ("red", "white", "pink"))
    >>> shorter_side(rose, Choice("rose", ("red", "pink")))
    ('not', ('white',))
    """
    if 2 * len(choice.values) <= len(facet.values):
        return "any", choice.values
    chosen = frozenset(choice.values)
    return "not", tuple(value for value in facet.values if value not in chosen)


def canonical(schema: Schema, filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """Return the filters in the schema's order, without those that let everything in.

    Of several on one column the last one holds. All spellings of an interval are the same.
    """
    last = {one.name: one for one in filters}
    on = (_spelled(schema, last[c.name]) for c in schema.filterable if c.name in last)
    return tuple(one for one in on if _narrows(schema, one))


def _spelled(schema: Schema, one: Filter) -> Filter:
    match one:
        case Choice():
            return one
        case Interval(name, low, high):
            if schema.measure(name).whole is not None:
                least = None if low is None else _within_reach(math.ceil(low))
                most = None if high is None else _within_reach(math.floor(high))
                if least is None or most is None or least <= most:
                    return Interval(name, least, most)
            # There is no -0.0.
            return Interval(name, *(None if e is None else float(e) + 0.0 for e in (low, high)))
        case _:
            assert_never(one)


def _within_reach(bound: int) -> int:
    """Return a bound; of those beyond what any column holds the first."""
    return min(max(bound, -(2**63) - 1), 2**64)


def _narrows(schema: Schema, one: Filter) -> bool:
    match one:
        case Choice(name, values):
            return len(values) < len(schema.facet(name).values)
        case Interval(_, low, high):
            return low is not None or high is not None
        case _:
            assert_never(one)
