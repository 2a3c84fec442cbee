"""The units that the stops of a time's slider lie in: its trend follows it, as its index tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from iris_dash.analysis.trend_units import (
    asked_span,
    begins_before,
    count_units,
    ends_behind,
    places_between,
)
from iris_dash.query.query import Query
from iris_dash.query.slider_stops import SliderStops
from iris_dash.query.stops import clock_at


@dataclass(frozen=True)
class StopUnits:
    """One kind of unit beside the stops of a slider.

    `first` and `last`: the units in which each stop begins and ends, counted from the first that
    the table has. `places`: all of them, by their numbers, where none parts a stop; else none.
    `cut`: of each stop whether its unit holds days before it, and behind it.
    """

    unit: str
    first: tuple[int, ...]
    last: tuple[int, ...]
    places: tuple[int, ...]
    cut: tuple[tuple[bool, ...], tuple[bool, ...]]


def stop_units(stops: SliderStops, units: Sequence[str]) -> list[StopUnits]:
    """Return the units of a time beside its slider's stops; the last of them are never cut short.

    >>> from iris_dash.query.schema import Time
    >>> from iris_dash.query.slider_stops import slider_stops
    >>> ends = {"low": datetime(2013, 1, 30), "high": datetime(2013, 2, 2), "is_date": True}
    >>> found = stop_units(slider_stops(Time("d", "D", "d", **ends)), ("month", "day"))
    >>> [(one.unit, one.first) for one in found]
    [('month', (0, 0, 1, 1)), ('day', (0, 1, 2, 3))]
    >>> found[0].cut
    ((True, True, False, True), (True, False, True, True))
    """
    span, moments = asked_span(stops.time, Query()), _ends(stops)
    assert span is not None
    found = []
    for unit in units:
        first, last = (
            tuple(count_units(span[0], moment, unit) - 1 for moment in side)
            for side in zip(*moments, strict=True)
        )
        places, cut = tuple[int, ...](), (tuple[bool, ...](), tuple[bool, ...]())
        if first == last:
            places = tuple(places_between(*span, unit))
            own = [(places[at], *ends) for at, ends in zip(first, moments, strict=True)]
            is_last = unit == units[-1]
            cut = (
                tuple(not is_last and begins_before(place, unit, begin) for place, begin, _ in own),
                tuple(not is_last and ends_behind(place, unit, end) for place, _, end in own),
            )
        found.append(StopUnits(unit, first, last, places, cut))
    return found


def _ends(stops: SliderStops) -> list[tuple[datetime, datetime]]:
    """Return the first and the last moment of each stop that the table has, on its clock."""
    time, instant = stops.time, timedelta(microseconds=1)
    assert time.low is not None
    assert time.high is not None
    behind = [start - instant for start in stops.starts[1:]]
    return [
        (clock_at(max(time.low, begin), time.zone), clock_at(min(time.high, end), time.zone))
        for begin, end in zip(stops.starts, [*behind, time.high], strict=True)
    ]
