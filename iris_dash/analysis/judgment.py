"""What of a table is shown where nobody said: groups, time, counts, measures, means, filters.

Its two axes are judged as it is opened: see `query/first_axes`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar, assert_never

from iris_dash.analysis.aggregates import GroupMoments
from iris_dash.query.query import NO_GROUPS, Query
from iris_dash.query.schema import (
    LABELS,
    MOST_COLOURS,
    Facet,
    Filterable,
    Measure,
    Schema,
    Text,
    Time,
)


def first_groups(schema: Schema) -> Facet | None:
    """Return the facet that groups where a query names none: the first of 2 to 8 values, no labels.

    A missing value is none of the two, but is a group. None where there is no such facet.

    >>> ports, pier = Facet("port", "Port", "port", ("a", "b")), Facet("at", "At", "at", ("a",))
    >>> first_groups(Schema((pier, ports))).name
    'port'
    """
    return next((facet for facet in schema.facets if _is_told_apart(facet)), None)


def trend_time(schema: Schema) -> Time | None:
    """Return the time whose trend is shown: the first that is not always the same.

    Times of day have no order beyond a day: they have none.
    """
    return next(
        (t for t in schema.times if t.low is not None and not (t.is_constant or t.is_of_day)), None
    )


def counted_facets(schema: Schema) -> tuple[Facet, ...]:
    """Return the facets whose values' counts are a chart, the first of them the one at first.

    None where the facet that colours everything is the only one: its counts stand beside it.
    """
    found = tuple(facet for facet in schema.facets if not facet.is_constant)
    colours = first_groups(schema)
    others = [facet for facet in found if facet != colours]
    # Those that nobody can choose from a list of boxes are told best by bars.
    others.sort(key=lambda facet: facet.role in LABELS)
    return (*others, *([colours] if colours else [])) if others else ()


@lru_cache(maxsize=256)
def first_measures(schema: Schema, most: int) -> tuple[Measure, ...]:
    """Return the at most `most` measures that are shown at first, in the table's order.

    Amounts before few whole numbers, years, codes, identifiers and those of one value.
    """
    return _first(schema.measures, most)


@lru_cache(maxsize=256)
def first_filters(schema: Schema, most: int) -> tuple[Filterable, ...]:
    """Return the at most `most` columns whose filters stand at first, in the order of filters.

    Categories and times before amounts, text, few whole numbers, years, codes and identifiers;
    last those of one value.
    """
    return _first(schema.filterable, most)


Some = TypeVar("Some", bound=Filterable)


def _first(columns: Sequence[Some], most: int) -> tuple[Some, ...]:
    if len(columns) <= most:
        return tuple(columns)
    ranked = sorted(range(len(columns)), key=lambda place: _rank(columns[place]))
    return tuple(columns[place] for place in sorted(ranked[:most]))


def _rank(column: Filterable) -> int:
    """Return how soon a column is shown: a lower number, sooner."""
    if column.is_constant:
        return 7
    if column.role in LABELS:
        return 5 + LABELS.index(column.role)
    match column:
        case Facet() | Time():
            return 0
        case Measure():
            return {"plain": 1, "discrete": 3}.get(column.role, 4)
        case Text():
            return 2
        case _:
            assert_never(column)


def most_differing(parts: Sequence[float], most: int) -> list[int]:
    """Return the positions of at most `most` of some measures, in their order.

    Those that differ most by group: see `part_between`. Of equal ones the first.
    """
    ranked = sorted(range(len(parts)), key=lambda place: -parts[place])
    return sorted(ranked[:most])


def part_between(groups: Sequence[GroupMoments], place: int) -> float:
    """Return how much a measure differs between groups, 0 to 1; 0 where nothing is known.

    `place` is its position in the groups' figures. Eta squared, the part of all squares that is
    between groups (R. A. Fisher, Statistical Methods for Research Workers, 1925).
    """
    told = [
        (group.counts[place], mean, group.deviations[place] or 0.0)
        for group in groups
        if (mean := group.means[place]) is not None and math.isfinite(mean)
    ]
    n = sum(count for count, _, _ in told)
    # In units of the largest, as squares of large numbers are no floats.
    scale = max((max(abs(mean), deviation) for _, mean, deviation in told), default=0.0)
    if not n or not scale:
        return 0.0
    whole = sum(count * (mean / scale) for count, mean, _ in told) / n
    between = sum(count * (mean / scale - whole) ** 2 for count, mean, _ in told)
    within = sum((count - 1) * (deviation / scale) ** 2 for count, _, deviation in told)
    return between / (between + within) if between + within else 0.0


def groups_of(schema: Schema, query: Query) -> Facet | None:
    """Return the facet that groups a query's rows: the one it names, else the first; None: none."""
    if query.by is None:
        return first_groups(schema)
    is_none = query.by == NO_GROUPS and NO_GROUPS not in schema.facets_by_name
    return None if is_none else schema.facet(query.by)


def are_groups_chosen(schema: Schema) -> bool:
    """Return whether there is a choice of groups: several facets, or one that does not group."""
    return len(schema.facets) > 1 or (bool(schema.facets) and first_groups(schema) is None)


def _is_told_apart(facet: Facet) -> bool:
    present = sum(value is not None for value in facet.values)
    return facet.role not in LABELS and present > 1 and len(facet.values) <= MOST_COLOURS
