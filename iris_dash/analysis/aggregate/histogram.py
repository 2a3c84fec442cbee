"""How many rows lie in each bin of one measure, or in each unit of a time, per group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from iris_dash.analysis.aggregate.figures import key_name
from iris_dash.analysis.aggregate.keys import TooManyGroups, key_domain
from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.grid import HISTOGRAM_BINS, Bins, grid_of
from iris_dash.core.errors import Problem, QueryError, list_names, shorten, unknown_name
from iris_dash.query.calendar import unit_after, unit_text, units_of
from iris_dash.query.group_keys import UnitKey, ValueKey
from iris_dash.query.numbers import read_whole
from iris_dash.query.own_keys import read_arguments, read_body
from iris_dash.query.query import NO_GROUPS, Query
from iris_dash.query.schema import Measure, Schema, Time
from iris_dash.query.url import arguments_of, join_arguments

OWN_KEYS = ("column", "bins", "unit")
MOST_BINS = 1_000
MOST_UNITS = 100_000
"""Of a time from its first to its last, of all groups together: eleven years of hours."""


@dataclass(frozen=True)
class HistogramQuestion:
    """A histogram of a query's rows: of a measure in at most so many bins, of a time by units.

    The query's `by` names the facet that groups it; without one there is one group.
    """

    query: Query
    column: Measure | Time
    bins: int = HISTOGRAM_BINS
    unit: str = ""


def parse_histogram(schema: Schema, raw: Any, place: str = "body") -> HistogramQuestion:
    """Return the question that a mapping of JSON values asks: `column`, `bins` or `unit`, a query.

    Errors: QueryError that names each problem and what is valid.
    """
    asked = read_body(schema, raw, OWN_KEYS, place)
    return make_histogram(schema, asked.query, asked.own, place, asked.problems)


def parse_histogram_arguments(
    schema: Schema, arguments: Iterable[tuple[str, str]]
) -> HistogramQuestion:
    """Return the question that URL arguments ask."""
    asked = read_arguments(schema, arguments, OWN_KEYS)
    bins = read_whole(asked.own.get("bins", ""))
    own = asked.own if bins is None else {**asked.own, "bins": bins}
    return make_histogram(schema, asked.query, own, "query", asked.problems)


def make_histogram(
    schema: Schema,
    query: Query,
    own: Mapping[str, Any],
    place: str = "query",
    problems: Sequence[Problem] = (),
) -> HistogramQuestion:
    """Return the question of a query's rows that a mapping of its own keys asks.

    Errors: QueryError with these problems and its own.
    """
    name, bins, unit = (own.get(key) for key in OWN_KEYS)
    columns: dict[str, Measure | Time] = {**schema.times_by_name, **schema.measures_by_name}
    column = columns.get(name) if isinstance(name, str) else None
    wrong: list[tuple[str, str]] = []
    if column is None:
        known = f"it is one of {list_names(columns)}"
        said = f"column is missing; {known}" if name is None else ""
        wrong.append(("column", said or unknown_name("measure or time", name, columns, "they")))
    if bins is not None and (type(bins) is not int or not 1 <= bins <= MOST_BINS):
        said = shorten(repr(bins), 60)
        wrong.append(("bins", f"bins: expected a whole number from 1 to {MOST_BINS:,}, not {said}"))
    if isinstance(column, Time):
        units = () if column.is_of_day else units_of(column.is_date)
        if not units:
            wrong.append(
                ("column", f"{shorten(column.name)} has times of day, which have no units")
            )
        elif unit not in units:
            said = f"unit is missing; units of {shorten(column.name)} are {list_names(units)}"
            wrong.append(("unit", said if unit is None else unknown_name("unit", unit, units)))
        if bins is not None:
            wrong.append(("bins", "bins are of a measure; a time is divided by its unit"))
    elif unit is not None and column is not None:
        wrong.append(("unit", "unit is of a time; a measure is divided into bins"))
    own_problems = [Problem("histogram", (place, key), said, own.get(key)) for key, said in wrong]
    if problems or column is None or own_problems:
        raise QueryError([*problems, *own_problems])
    by = None if query.by == NO_GROUPS and NO_GROUPS not in schema.facets_by_name else query.by
    query = replace(query, by=by, sort=(), page=None, per_page=None)
    return HistogramQuestion(query, column, bins or HISTOGRAM_BINS, unit or "")


def histogram_text(schema: Schema, asked: HistogramQuestion) -> str:
    """Return the question's one canonical text: its URL arguments, without a leading '?'."""
    pairs = [*arguments_of(schema, asked.query), ("column", asked.column.name)]
    how = ("unit", asked.unit) if asked.unit else ("bins", str(asked.bins))
    return join_arguments([*pairs, how])


def histogram_records(aggregates: Aggregates, asked: HistogramQuestion) -> list[dict[str, Any]]:
    """Return the bins as objects: the group where there is one, `low`, `high` and `count`.

    Bins are of whole slider steps over the whole table's span, half open but for the last of
    floats; of whole numbers each has as many values. Units are those from the first to the last
    that has rows. What is missing, or infinite, lies in none.
    """
    if isinstance(asked.column, Time):
        return list(_units(aggregates, asked, asked.column))
    return list(_bins(aggregates, asked, asked.column))


def _bins(
    aggregates: Aggregates, asked: HistogramQuestion, measure: Measure
) -> Iterator[dict[str, Any]]:
    by = aggregates.schema.facet(asked.query.by) if asked.query.by is not None else None
    bins = bins_of(measure, asked.bins)
    counted = bins.of_all_cells(aggregates.cell_counts(asked.query, measure.name, by))
    edges = [_edge(edge) if measure.whole is not None else edge for edge in bins.edges]
    for place, counts in enumerate(counted.tolist()):
        group = {} if by is None else {by.key: by.values[place]}
        for low, high, count in zip(edges, edges[1:], counts, strict=False):
            yield group | {"low": low, "high": high, "count": count}


def _edge(edge: float) -> int | float:
    """Return an edge of whole numbers as one, where JSON has it: not beyond those of 64 bits."""
    return int(edge) if -(2**63) <= edge < 2**64 else edge


def bins_of(measure: Measure, most: int) -> Bins:
    """Return at most so many bins of whole slider steps over a measure's span.

    >>> month = Measure("m", "Month", "m", low=1.0, high=12.0, step=1.0, whole=(-128, 127))
    >>> bins_of(month, 50).edges[-2:], bins_of(month, 5).edges
    ((12.0, 13.0), (1.0, 4.0, 7.0, 10.0, 13.0))
    """
    grid = grid_of(measure)
    even = grid.even or grid
    # The last of whole numbers has a bin as wide as the others', and not a place in the one below.
    steps = even.steps + (measure.whole is not None)
    width = max(1, -(-steps // most))
    count = max(1, -(-steps // width))
    edges = tuple(even.point(even.first + place * width) for place in range(count + 1))
    return Bins(grid, edges, [grid.lower_cell(edge) or 0 for edge in edges[:-1]])


def _units(
    aggregates: Aggregates, asked: HistogramQuestion, time: Time
) -> Iterator[dict[str, Any]]:
    by = None if asked.query.by is None else aggregates.schema.facet(asked.query.by)
    unit, unit_name = UnitKey(time, asked.unit), key_name(0)
    keys = (unit,) if by is None else (unit, ValueKey(by))
    found = aggregates.group_figures(asked.query, keys, {})
    counts = {tuple(places): count for *places, count in found.rows()}
    most = MOST_UNITS // (1 if by is None else len(by.values) or 1)
    try:
        places = key_domain(unit, asked.query, found[unit_name], most).drop_nulls().to_list()
    except TooManyGroups:
        raise QueryError([_too_many(time, asked.unit, most)]) from None
    after = [unit_after(places[-1], asked.unit)] if places else []
    texts = [unit_text(at, asked.unit) for at in (*places, *after)]
    for place, value in enumerate(by.values) if by else ((None, None),):
        group = {} if by is None else {by.key: value}
        own = () if by is None else (None if value is None else place,)
        for start, (low, high) in zip(places, pairwise(texts), strict=True):
            yield group | {"low": low, "high": high, "count": counts.get((start, *own), 0)}


def _too_many(time: Time, unit: str, most: int) -> Problem:
    message = (
        f"from the first to the last {shorten(time.name)} there are more than {most:,} units "
        f"of a {unit}; ask for a coarser one, or narrow the query"
    )
    return Problem("too_many_units", ("query", "unit"), message, unit)
