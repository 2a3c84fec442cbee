"""The places by which a live index counts: where a slider stands, bins, bars, units, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from iris_dash.analysis.grid import MISSING_CELL, Bins, Grid, grid_of
from iris_dash.analysis.live_places import Axis
from iris_dash.analysis.tails import Window, tail_begins
from iris_dash.analysis.time_bars import bar_width, unit_places
from iris_dash.query.filters import AnyOf
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Time
from iris_dash.query.slider_stops import SliderStops, slider_stops

MOST_STOPS = 1_000
"""A slider with more stops is not indexed."""

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
