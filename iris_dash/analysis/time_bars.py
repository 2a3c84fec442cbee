"""The bars of a time's histogram: few, each of as many stops of its slider as people count by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MOST_BARS
from iris_dash.query.schema import Unit
from iris_dash.query.slider_stops import SliderStops

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
