"""Stops of a time's slider put together: into the bars of its histogram, into coarser units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MOST_BARS
from iris_dash.query.calendar import UNITS, unit_place
from iris_dash.query.schema import Unit
from iris_dash.query.slider_stops import SliderStops
from iris_dash.query.stops import clock_at

WIDTHS: dict[Unit, tuple[int, ...]] = {
    "second": (1, 2, 5, 10),
    "minute": (1, 2, 5, 10),
    "hour": (1, 2, 3, 4, 6, 8, 12),
    "day": (1, 7),
    "week": (1, 2, 4, 8),
    "month": (1, 2, 3, 6, 12),
    "quarter": (1, 2, 4, 8),
    "year": (1, 2, 5, 10),
    "decade": (1, 2, 5, 10),
    "century": (1, 2),
}
"""How many of a unit a bar may hold. One of seven days has each weekday once, as any other."""


COARSER: dict[Unit, tuple[str, ...]] = {
    "second": UNITS[::-1],
    "minute": UNITS[::-1],
    "hour": UNITS[-2::-1],
    "day": UNITS[-3::-1],
    "week": ("week",),
    "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"),
    "year": ("year",),
    "decade": (),
    "century": (),
}
"""The units of groupings that hold stops of a unit as a whole."""


def bar_width(stops: SliderStops) -> int:
    """Return how many stops a bar holds, so that there are at most about 60 bars.

    >>> from datetime import datetime
    >>> from iris_dash.query.schema import Time
    >>> from iris_dash.query.slider_stops import slider_stops
    >>> year = Time("d", "D", "d", low=datetime(2013, 1, 1), high=datetime(2013, 12, 31))
    >>> bar_width(slider_stops(year))
    7
    """
    widths = WIDTHS[stops.time.unit]
    return next((width for width in widths if len(stops) <= width * MOST_BARS), widths[-1])


def bar_words(stops: SliderStops) -> str:
    """Return what a bar holds: "day", "7 days"."""
    width, unit = bar_width(stops), stops.time.unit
    return unit if width == 1 else f"{width} {unit.replace('century', 'centurie')}s"


def bar_ends(stops: SliderStops) -> list[tuple[int, int]]:
    """Return the first and the last stop of each bar."""
    width, last = bar_width(stops), len(stops) - 1
    return [(first, min(first + width - 1, last)) for first in range(0, len(stops), width)]


def of_bars(stops: SliderStops, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return counts per stop, on the last axis, as counts per bar."""
    found: NDArray[np.int64] = np.add.reduceat(
        counts, np.arange(0, len(stops), bar_width(stops)), axis=-1
    )
    return found


def unit_places(stops: SliderStops, unit: str, places: Sequence[int]) -> NDArray[np.intp] | None:
    """Return where among units, by their numbers, each stop lies; -1 for in none of them.

    None where a unit parts stops.
    """
    if unit not in COARSER[stops.time.unit]:
        return None
    at = {place: position for position, place in enumerate(places)}
    own = [at.get(unit_place(clock_at(s, stops.time.zone), unit), -1) for s in stops.starts]
    return np.array(own, dtype=np.intp)


def of_units(
    stops: SliderStops, counts: NDArray[np.int64], unit: str, places: Sequence[int]
) -> NDArray[np.int64] | None:
    """Return counts per stop, on the last axis, as counts per unit; None where a unit parts stops.

    `places`: the units, by their numbers (see `calendar`); what lies in others is left out.
    """
    own = unit_places(stops, unit, places)
    if own is None:
        return None
    found = np.zeros((*counts.shape[:-1], len(places) + 1), dtype=np.int64)
    np.add.at(found.T, own, counts.T)  # those in none are counted behind the last
    return found[..., :-1]
