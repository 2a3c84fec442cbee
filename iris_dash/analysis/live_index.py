"""The live index: what a page shows, counted per stop of one slider, so that a drag asks nothing.

While a slider is dragged only the bounds of its column change. So everything shown is a function of
two of its stops, and counts per place of the column answer each step by a subtraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL, Bins, Grid, grid_of
from iris_dash.analysis.live_counts import Axis, LiveCounts, Sums
from iris_dash.analysis.live_rows import Column
from iris_dash.analysis.tails import Window, tail_begins
from iris_dash.analysis.time_bars import bar_width, unit_places
from iris_dash.query.filters import AnyOf
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Time
from iris_dash.query.slider_stops import SliderStops, slider_stops

MOST_STOPS = 1_000
"""A slider with more stops is not indexed."""

MOST_COUNTERS = 3_000_000
"""Parts of an index are left out that would make it have more numbers than this."""

FIRST_PLACE = 2
"""Before a slider's stops are two places: for missing values, and for those below."""


@dataclass(frozen=True, eq=False)
class LiveAxis:
    """Where a column's rows stand on its slider: missing, below, at each stop, above.

    `stops`: the values at which it stands, of a time their numbers; `apart`: of how many places a
    stop is the first, 2 where the next one holds what lies between it and the following stop.
    """

    axis: Axis
    stops: tuple[float, ...]
    apart: int


@dataclass(frozen=True, eq=False)
class Points:
    """Rows as points over two measures, in the table's order; NaN where one is missing.

    `places`: on the slider's axis; `groups`: in the facet's order, 0 without one.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    places: NDArray[np.int32]
    groups: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class LiveTrend:
    """Rows over time, per place of the slider's column, line and unit; of a measure its sums."""

    counts: NDArray[np.int64]
    sums: Sums | None


@dataclass(frozen=True)
class TrendAxes:
    """What a trend is counted by: units of a time, as `units_axis` has them, and perhaps groups.

    `of`: the measure whose means are drawn; None: the rows themselves.
    """

    units: Axis
    by: Facet | None
    of: Measure | None

    @property
    def columns(self) -> tuple[Column, ...]:
        """All that is counted by."""
        return (self.units.column, *(one for one in (self.by, self.of) if one is not None))


@dataclass(frozen=True)
class LiveParts:
    """What is shown beside a slider, and what of it is counted.

    `by`: the facet of the groups; `histograms`: the bins of each that is shown; `facets`: those
    whose counts are; `means`: the measures whose means are; `axes`: those of a scatter, of at most
    `most_points`; `trend`: what is drawn over time.
    """

    by: Facet | None
    histograms: Sequence[Axis]
    facets: Sequence[Facet]
    means: Sequence[Measure]
    axes: tuple[Measure, Measure] | None = None
    most_points: int = 0
    trend: TrendAxes | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """All that is counted by."""
        return (
            *(axis.column for axis in self.histograms),
            *self.facets,
            *self.means,
            *([self.by] if self.by else []),
            *(self.axes or ()),
            *(self.trend.columns if self.trend else ()),
        )


@dataclass(frozen=True, eq=False)
class LiveIndex:
    """Counts per place of the slider's column, on the first axis of each array.

    `groups`: rows per group; `histograms`: per group and bin, by column; `facets`: per value;
    `sums`: of measures, per group. Each is under all filters but the column's own, and those of a
    histogram or a facet not under its own either.
    """

    at: LiveAxis
    groups: NDArray[np.int64]
    histograms: dict[str, NDArray[np.int64]]
    facets: dict[str, NDArray[np.int64]]
    sums: dict[str, Sums]
    points: Points | None = None
    trend: LiveTrend | None = None


def live_index(
    counts: LiveCounts, query: Query, at: LiveAxis, parts: LiveParts
) -> LiveIndex | None:
    """Return the index of a slider; None where only the table's engine could count.

    A part that cannot be counted, or makes the index too large, is not in it.
    """
    by = parts.by
    query = query.without(at.axis.column.name)
    base = [at.axis, group_axis(by)] if by else [at.axis]
    groups = counts.count(query, base)
    if groups is None:
        return None
    shape = (at.axis.length, len(by.values) if by else 1)
    left = MOST_COUNTERS - groups.size

    def under(name: str) -> Query:
        return query.without(name)

    bars: dict[str, NDArray[np.int64]] = {}
    for axis in parts.histograms:
        size = int(np.prod(shape)) * axis.length
        found = counts.count(under(axis.column.name), [*base, axis]) if size <= left else None
        if found is not None:
            bars[axis.column.name] = found.reshape(*shape, -1)
            left -= size
    values: dict[str, NDArray[np.int64]] = {}
    for facet in parts.facets:
        size = at.axis.length * len(facet.values)
        found = None
        if size <= left:
            found = counts.count(under(facet.name), [at.axis, group_axis(facet)])
        if found is not None:
            values[facet.name] = found
            left -= size
    sums: dict[str, Sums] = {}
    for measure in parts.means:
        own = counts.sums(query, base, measure) if 3 * groups.size <= left else None
        if own is not None:
            sums[measure.name] = own
            left -= 3 * groups.size
    points = _points(counts, query, base, parts.axes, parts.most_points) if parts.axes else None
    over_time = _trend(counts, query, at, parts.trend, left) if parts.trend else None
    return LiveIndex(at, groups.reshape(shape), bars, values, sums, points, over_time)


def _trend(
    counts: LiveCounts, query: Query, at: LiveAxis, asked: TrendAxes, left: int
) -> LiveTrend | None:
    axes = [at.axis, *([group_axis(asked.by)] if asked.by else []), asked.units]
    size = int(np.prod([axis.length for axis in axes]))
    if (4 if asked.of else 1) * size > left:
        return None
    found = counts.count(query, axes)
    sums = counts.sums(query, axes, asked.of) if asked.of and found is not None else None
    if found is None or (asked.of and sums is None):
        return None
    return LiveTrend(found, sums)


def _points(
    counts: LiveCounts,
    query: Query,
    base: Sequence[Axis],
    axes: tuple[Measure, Measure],
    most: int,
) -> Points | None:
    found = counts.points(query, base, axes, most)
    if found is None:
        return None
    (places, *groups), (x, y) = found
    # A row whose place is in none is never selected.
    own = groups[0] if groups else np.zeros(len(places), dtype=np.int32)
    is_in = (places < base[0].length) & (own < base[-1].length)
    return Points(x[is_in], y[is_in], places[is_in], own[is_in])


def live_axis(query: Query, column: Measure | Time, in_log: bool) -> LiveAxis | None:
    """Return where a column's slider stands; None where an index cannot tell what it selects.

    That is where it has no slider, too many stops, stops that part what is counted together, or
    several alternatives.
    """
    if isinstance(query.filter_on(column.name), AnyOf):
        return None
    if isinstance(column, Time):
        stops = slider_stops(column)
        if stops is None or len(stops) > MOST_STOPS:
            return None
        places = np.arange(len(stops) + FIRST_PLACE + 1, dtype=np.intp)
        return LiveAxis(Axis(column, places, len(places)), tuple(range(len(stops))), 1)
    if column.is_long or column.low == column.high:
        return None
    return _measure_axis(column, in_log and column.log)


@lru_cache(maxsize=64)
def _measure_axis(measure: Measure, in_log: bool) -> LiveAxis | None:
    grid = grid_of(measure)
    stops = _stops(measure, grid, in_log)
    if not 2 <= len(stops) <= MOST_STOPS:
        return None
    starts = [grid.lower_cell(stop) for stop in stops]
    if None in starts:
        return None
    begins = np.array(starts, dtype=np.int64)
    cells = np.arange(MISSING_CELL, grid.top_cell + 2)
    at = np.searchsorted(begins, cells, side="right") - 1
    places = FIRST_PLACE + 2 * at + (cells > begins[at.clip(0)])
    places[at < 0] = FIRST_PLACE - 1
    last = FIRST_PLACE + 2 * len(stops) - 1
    places[cells == MISSING_CELL] = 0
    places[cells > grid.top_cell] = last
    # Nothing lies between the last stop and what is above.
    places = places.clip(0, last)
    return LiveAxis(Axis(measure, places.astype(np.intp), last + 1), stops, 2)


def _stops(measure: Measure, grid: Grid, in_log: bool) -> tuple[float, ...]:
    """Return the values at which a measure's slider stands."""
    if in_log:
        return grid.stops
    even = grid.even or grid
    if even.steps > MOST_STOPS:
        return ()
    points = (even.at(place) for place in range(even.steps + 1))
    inner = (point for point in points if measure.low < point < measure.high)
    return (measure.low, *inner, measure.high)


def group_axis(facet: Facet) -> Axis:
    """Return a facet's values as places."""
    return Axis(facet, np.arange(len(facet.values), dtype=np.intp), len(facet.values))


def bins_axis(measure: Measure, window: Window | None, in_log: bool) -> Axis:
    """Return the bins above a measure's slider; with a `window` a bar for each tail beside it."""
    grid = grid_of(measure)
    bins: Bins = grid.coarse_in_log if in_log else grid.coarse if window is None else grid.fine
    found = bins.of_cells(np.arange(MISSING_CELL, grid.top_cell + 2)).astype(np.intp)
    if in_log or window is None:
        return Axis(measure, found, bins.count)
    begins = tail_begins(grid, window)
    places = np.searchsorted(begins, found, side="right") - 1
    places[found == bins.count] = len(begins)
    return Axis(measure, places.astype(np.intp), len(begins))


def units_axis(stops: SliderStops, unit: str, places: Sequence[int]) -> Axis | None:
    """Return units of a time, by their numbers, as places; None where a unit parts its stops."""
    own = unit_places(stops, unit, places)
    if own is None:
        return None
    inside = np.where(own < 0, len(places), own)
    ends = np.full(FIRST_PLACE, len(places)), np.full(1, len(places))
    found = np.concatenate([ends[0], inside, ends[1]])
    return Axis(stops.time, found.astype(np.intp), len(places))


def bars_axis(stops: SliderStops) -> Axis:
    """Return the bars above a time's slider."""
    width = bar_width(stops)
    count = -(-len(stops) // width)
    numbers = np.arange(len(stops) + FIRST_PLACE + 1) - FIRST_PLACE
    is_in = (numbers >= 0) & (numbers < len(stops))
    return Axis(stops.time, np.where(is_in, numbers // width, count).astype(np.intp), count)
