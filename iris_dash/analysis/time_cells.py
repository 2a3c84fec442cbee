"""Where a time's values stand on its slider: by one expression on every engine, or by numbers."""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.analysis.grid import BELOW_CELL, MISSING_CELL
from iris_dash.query.moments import microseconds
from iris_dash.query.names import held_name
from iris_dash.query.slider_stops import ENDLESS, SliderStops
from iris_dash.tables.calendar_columns import clock_column, second_column, unit_column
from iris_dash.tables.libraries import Frame
from iris_dash.tables.values import floats

PLACE = "_place"

MOST_POINTS = 1 << 20
"""Stops' beginnings on more points than so many are told by the calendar."""

NANOSECONDS = {"D": 86_400 * 10**9, "ms": 10**6, "us": 1_000, "ns": 1}
LEAST, MOST = -(2**62), 2**62
"""Between these no difference of two numbers is too large."""


def place_column(stops: SliderStops) -> nw.Expr:
    """Return the place of each value's unit, as `SliderStops.places` counts; missing is null."""
    column, unit = nw.col(held_name(stops.time.name)), stops.place_unit
    if stops.time.is_of_day:
        return clock_column(column, unit) + stops.places[0] - _clock_place(stops)
    return second_column(column) if unit == "second" else unit_column(column, unit)


def stops_of(stops: SliderStops, held: Frame) -> NDArray[Any]:
    """Return the stop of each row's time, as `stops_at` counts.

    In Polars a time is a number, which says where it stands without a calendar.
    """
    native = nw.to_native(held[held_name(stops.time.name)])
    found = _stops_of_numbers(stops, native) if isinstance(native, pl.Series) else None
    if found is None:
        found = stops_at(stops, floats(held.select(place_column(stops).alias(PLACE))[PLACE]))
    return found


def _stops_of_numbers(stops: SliderStops, times: pl.Series) -> NDArray[Any] | None:
    """Return the stop of each time; None where stops begin on no few points, evenly apart."""
    dtype, points = times.dtype, _even_points(stops)
    if not isinstance(dtype, pl.Date | pl.Datetime) or points is None:
        return None
    first, apart, table = points
    unit = NANOSECONDS["D" if isinstance(dtype, pl.Date) else dtype.time_unit]
    low, step = first // unit, apart // unit
    span = step * (len(table) - 1)
    if first % unit or apart % unit or low - step < LEAST or low + span > MOST:
        return None
    numbers = times.to_physical().cast(pl.Int64)
    missing = numbers.is_null().to_numpy() if numbers.null_count() else None
    # Before the first stop is one step before it; the last point is that of what is behind.
    passed = numbers.fill_null(low).to_numpy().clip(low - step, low + span - step)
    passed -= low
    passed //= step
    at: NDArray[Any] = table[passed]
    if missing is not None:
        at[missing] = MISSING_CELL
    return at


@lru_cache(maxsize=8)
def _even_points(stops: SliderStops) -> tuple[int, int, NDArray[np.int16]] | None:
    """Return the first stop, how far points lie apart, and which stop each point is in.

    In nanoseconds since 1970. Last comes what is before the first. None: too many points.
    """
    ends = [*stops.starts, *([] if stops.after is None else [stops.after])]
    begins = [microseconds(end) for end in ends]
    step = gcd(*(begin - begins[0] for begin in begins))
    places = [(begin - begins[0]) // step for begin in begins]
    if places[-1] > MOST_POINTS:
        return None
    at = np.searchsorted(places, np.arange(places[-1] + 1), side="right") - 1
    table = np.append(at, BELOW_CELL).astype(np.int16)
    return begins[0] * NANOSECONDS["us"], step * NANOSECONDS["us"], table


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
