"""Small pictures of columns: how many rows lie in each of a few bins, or have each common value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.figures import group_figures, key_name
from iris_dash.analysis.aggregate.keys import key_domain
from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.grid import MISSING_CELL, grid_of
from iris_dash.analysis.profile.figures import ColumnFigures, commonest
from iris_dash.core.deadline import check
from iris_dash.query.calendar import unit_place, units_of
from iris_dash.query.group_keys import UnitKey
from iris_dash.query.moments import in_zone
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Column, Facet, Measure, Text, Time
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.filtering import restricts
from iris_dash.tables.row_set import N
from iris_dash.tables.values import plain_rows

MOST_BARS = 24
"""A bar of a small picture is some pixels wide."""

MOST_UNITS = 60
TAIL = 0.01
"""The part of the rows that may lie beyond each end of the bins, where the ends are twice as far
apart with them: one far value would leave one bar alone."""

MOST_ASKED = 60
"""Columns of a table on an engine that have bars: each is a question of its own."""

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Bars:
    """The rows per bar: `whole`, of the table, and `selected`, of a query.

    With `cut` some rows lie beyond the ends.
    """

    whole: Counts
    selected: Counts
    cut: bool = False


def column_bars(
    dataset: Dataset,
    ask: Callable[[Query], Aggregates],
    query: Query,
    columns: Sequence[Column],
    figures: dict[str, ColumnFigures],
) -> dict[str, Bars]:
    """Return the bars of these columns by their names; those without a picture are left out.

    `figures`: the whole table's. Errors: as `Aggregates`.
    """
    query, found = query.unpaged(), {}
    for column in columns[: MOST_ASKED if dataset.remote else None]:
        check()
        if figures[column.name].distinct > 1:
            bars = _bars(dataset, ask, query, column, figures[column.name])
            if bars is not None and len(bars.whole) > 1:
                found[column.name] = bars
    return found


def _bars(
    dataset: Dataset,
    ask: Callable[[Query], Aggregates],
    query: Query,
    column: Column,
    figures: ColumnFigures,
) -> Bars | None:
    queries = (Query(), query) if restricts(query) else (Query(),)
    if isinstance(column, Facet):
        counts = [ask(one).count_facet(one, column) for one in queries]
        known = [v for v in counts[0] if v is not None and counts[0][v]]
        values = sorted(known, key=lambda value: -counts[0][value])[:MOST_BARS]
        return _both([[own[value] for value in values] for own in counts])
    if isinstance(column, Text) and figures.distinct < figures.known:
        return _texts(dataset, ask, queries, column)
    if isinstance(column, Time) and not column.is_of_day:
        return _units(dataset, queries, column)
    if isinstance(column, Measure) and column.role != "identifier":
        return _bins(ask, queries, column)
    return None


def _both(counts: Sequence[Sequence[int]], cut: bool = False) -> Bars:
    return Bars(tuple(map(int, counts[0])), tuple(map(int, counts[-1])), cut)


def _texts(
    dataset: Dataset, ask: Callable[[Query], Aggregates], queries: Sequence[Query], column: Text
) -> Bars:
    page = commonest(dataset, ask(Query()), Query(), column, MOST_BARS)
    known = [one for one in page.values if one.value is not None][:MOST_BARS]
    values, counts = [one.value for one in known], [[one.count for one in known]]
    for query in queries[1:]:
        held = held_name(column.name)
        text = nw.col(held).cast(nw.String())
        rows = dataset.select(query, (held,)).select(text).filter(nw.col(held).is_in(values))
        found = dataset.collect(rows.group_by(held).agg(nw.len().alias(N)))
        own = dict(plain_rows(found.select(held, N)))
        counts.append([own.get(value, 0) for value in values])
    return _both(counts)


def _units(dataset: Dataset, queries: Sequence[Query], column: Time) -> Bars | None:
    unit = bar_unit(column)
    if unit is None:
        return None
    key, name = UnitKey(column, unit), key_name(0)
    frames = [group_figures(dataset, query, (key,), {}) for query in queries]
    found = frames[0][name].drop_nulls()
    first, last = _end_places(column, unit)
    inside = found.filter(found.is_between(first, last))
    places = key_domain(key, Query(), inside).to_list()
    counted = [{place: rows for place, rows, *_ in frame.rows()} for frame in frames]
    counts = [[own.get(place, 0) for place in places] for own in counted]
    return _both(counts, len(inside) < len(found))


def _end_places(column: Time, unit: str) -> list[int]:
    """Return the units of the first and the last time that Python can hold."""
    ends = [end for end in (column.low, column.high) if end is not None]
    if column.named_zone is not None:
        ends = [in_zone(end, ZoneInfo(column.named_zone)) for end in ends]
    return [unit_place(end, unit) for end in ends]


def bar_unit(column: Time) -> str | None:
    """Return the finest unit of which there are at most 60 from a time's first to its last.

    >>> from datetime import datetime
    >>> year = datetime(2013, 1, 1), datetime(2013, 12, 31)
    >>> bar_unit(Time("day", "Day", "day", low=year[0], high=year[1]))
    'week'
    """
    low, high = column.low, column.high
    if low is None or high is None:
        return None

    def count(unit: str) -> int:
        # Places count months as if they had 31 days.
        return unit_place(high, unit) - unit_place(low, unit) + 1

    fitting = (unit for unit in reversed(units_of(column.is_date)) if count(unit) <= MOST_UNITS)
    return next(fitting, "year")


def _bins(
    ask: Callable[[Query], Aggregates], queries: Sequence[Query], column: Measure
) -> Bars | None:
    grid = grid_of(column)
    cells = [ask(query).cell_counts(query, column.name, None)[0] for query in queries]
    inside = [own[-MISSING_CELL : grid.top_cell + 1 - MISSING_CELL] for own in cells]
    if not inside[0].any():
        return None
    lows = grid.low_ends(np.arange(grid.top_cell + 1))
    (low, high), inner = (_ends(inside[0], tail) for tail in (0.0, TAIL))
    is_far = column.role != "discrete" and lows[high] - lows[low] > 2 * np.diff(lows[[*inner]])[0]
    first, last = inner if is_far else (low, high)
    step, most = (grid.even or grid).step, MOST_UNITS if column.role == "discrete" else MOST_BARS
    bins = even_bins(lows[first : last + 1], step, most)
    counts = [np.bincount(bins, own[first : last + 1]) for own in inside]
    return _both([own.tolist() for own in counts], bool(inside[0].sum() > counts[0].sum()))


def _ends(counts: NDArray[np.int64], tail: float) -> tuple[int, int]:
    """Return the first and the last cell between which all but the tails lie."""
    up, total = np.cumsum(counts), counts.sum()
    first = int(np.searchsorted(up, tail * total, side="right"))
    return first, max(first, int(np.searchsorted(up, (1 - tail) * total)))


def even_bins(values: NDArray[np.float64], step: float, most: int) -> NDArray[np.intp]:
    """Return in which of at most so many even bins of whole steps ascending values lie.

    >>> even_bins(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 1.0, 3).tolist()
    [0, 0, 1, 1, 2]
    """
    points = round((values[-1] - values[0]) / step) + 1
    width = step * -(-points // most)
    # A low end may be a hair below the edge that it is.
    found: NDArray[np.intp] = np.floor((values - values[0]) / width + 1e-6).astype(np.intp)
    return found
