"""Where a time's values stand on its slider, by one expression on every engine."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import BELOW_CELL, MISSING_CELL
from iris_dash.query.names import held_name
from iris_dash.query.slider_stops import ENDLESS, SliderStops
from iris_dash.tables.calendar_columns import clock_column, second_column, unit_column


def place_column(stops: SliderStops) -> nw.Expr:
    """Return the place of each value's unit, as `SliderStops.places` counts; missing is null."""
    column, unit = nw.col(held_name(stops.time.name)), stops.place_unit
    if stops.time.is_of_day:
        return clock_column(column, unit) + stops.places[0] - _clock_place(stops)
    return second_column(column) if unit == "second" else unit_column(column, unit)


def stops_at(stops: SliderStops, places: NDArray[np.float64]) -> NDArray[Any]:
    """Return the stop of each place, NaN for missing, in the smallest whole type that holds them.

    Missing is -2, what is before the first stop -1; their number stands for what is behind.
    """
    first, *_, last, behind = stops.places
    top = last if behind == ENDLESS else behind
    # Places are few, even where those of a month of fewer than 31 days are left out.
    every = np.arange(first + BELOW_CELL, top + 1)
    table = (np.searchsorted(stops.places, every, side="right") - 1).astype(np.int16)
    missing = np.isnan(places)
    inside = np.where(missing, first, places).clip(every[0], top)
    at: NDArray[Any] = table[(inside - every[0]).astype(np.intp)]
    at[missing] = MISSING_CELL
    return at


def _clock_place(stops: SliderStops) -> int:
    """Return the place of the first stop, where the day's first has 0."""
    start = stops.starts[0]
    seconds = (start.hour * 60 + start.minute) * 60 + start.second
    return seconds // {"hour": 3_600, "minute": 60}.get(stops.place_unit, 1)
