"""The units of a time that a trend is drawn by: which fit, which are asked for, what lay before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from iris_dash.query.calendar import unit_after, unit_place, unit_start
from iris_dash.query.filters import ends, spans_of
from iris_dash.query.query import Query
from iris_dash.query.schema import Time
from iris_dash.query.stops import clock_at

FEWEST_UNITS, BEST_UNITS, MOST_UNITS = 30, 120, 400
"""So many points make a line."""


def fitting_unit(time: Time, query: Query, units: Sequence[str]) -> str:
    """Return the unit of which nearest to 120 lie in what is asked of a time, and 30 to 400.

    Without one the finest of fewer than that, else the coarsest.

    >>> year = {"low": datetime(2013, 1, 1), "high": datetime(2013, 12, 31), "is_date": True}
    >>> fitting_unit(Time("d", "D", "d", **year), Query(), ("year", "month", "week", "day"))
    'week'
    """
    span = asked_span(time, query)
    if span is None:
        return units[0]
    counts = {unit: count_units(*span, unit) for unit in units}
    fits = [unit for unit in units if FEWEST_UNITS <= counts[unit] <= MOST_UNITS]
    if fits:
        return min(fits, key=lambda unit: abs(math.log(counts[unit] / BEST_UNITS)))
    fewer = [unit for unit in units if counts[unit] < FEWEST_UNITS]
    return fewer[-1] if fewer else units[0]


def asked_span(time: Time, query: Query) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment that the table has and a query asks for, both inclusive.

    On the column's clock; None where nothing lies in both.
    """
    if time.low is None or time.high is None:
        return None
    low, high = time.low, time.high
    spans = [ends(span) for span in spans_of(query.filter_on(time.name))]
    if spans:
        starts, befores = [start for start, _ in spans], [before for _, before in spans]
        if None not in starts:
            low = max(low, min(starts))
        if None not in befores:
            high = min(high, max(befores) - timedelta(microseconds=1))
    if low > high:
        return None
    return clock_at(low, time.zone), clock_at(high, time.zone)


def cut_ends(
    unit: str, places: tuple[int, ...], span: tuple[datetime, datetime]
) -> tuple[bool, bool]:
    """Return whether the first and the last unit begin before a span, and end after it.

    By days: rows of one day may come at any hour.
    """
    return begins_before(places[0], unit, span[0]), ends_behind(places[-1], unit, span[1])


def begins_before(place: int, unit: str, moment: datetime) -> bool:
    """Return whether a unit begins on a day before that of a moment."""
    return unit_start(place, unit).date() < moment.date()


def ends_behind(place: int, unit: str, moment: datetime) -> bool:
    """Return whether a unit ends on a day behind that of a moment."""
    try:
        last = unit_start(unit_after(place, unit), unit) - timedelta(microseconds=1)
    except (ValueError, OverflowError):  # of the year 9999
        return False
    return last.date() > moment.date()


def count_units(low: datetime, high: datetime, unit: str) -> int:
    """Return how many units two moments lie in, with those in between."""
    first, last = (unit_place(moment, unit) for moment in (low, high))
    if unit in ("year", "quarter", "month", "week"):
        return last - first + 1
    length = timedelta(**{f"{unit}s": 1})
    return (unit_start(last, unit) - unit_start(first, unit)) // length + 1


def places_between(low: datetime, high: datetime, unit: str) -> Iterator[int]:
    """Yield the units from that of one moment to that of another."""
    place, last = (unit_place(moment, unit) for moment in (low, high))
    while place < last:
        yield place
        place = unit_after(place, unit)
    yield last


BEFORE = ("year", "month", "week", "day")
"""What lies between a unit and the one that it is compared with, the longest first."""

LENGTHS = {
    "year": timedelta(days=366),
    "month": timedelta(days=31),
    "week": timedelta(days=7),
    "day": timedelta(days=1),
}

ALIKE = {
    "year": {"year": 1},
    "quarter": {"year": 4},
    "month": {"year": 12, "month": 1},
    "week": {"year": 52, "month": 4, "week": 1},
}
"""How many units lie between one and its like: of weeks 52 make a year and 4 a month."""


def unit_before(place: int, unit: str, before: str) -> int | None:
    """Return the unit that is like one a year, a month, a week or a day before.

    Days and what is finer: the same date, or none; None also where a unit is longer than that.

    >>> from iris_dash.query.calendar import unit_text
    >>> march = unit_place(datetime(2013, 3, 30), "day")
    >>> [found and unit_text(found, "day") for found in (unit_before(march, "day", "year"),
    ...  unit_before(march, "day", "month"), unit_before(march, "day", "week"))]
    ['2012-03-30', None, '2013-03-23']
    """
    if unit in ALIKE:
        return place - ALIKE[unit][before] if before in ALIKE[unit] else None
    try:
        start = unit_start(place, unit)
        match before:
            case "year":
                found = start.replace(year=start.year - 1)
            case "month":
                months = start.year * 12 + start.month - 2
                found = start.replace(year=months // 12, month=months % 12 + 1)
            case _:
                found = start - LENGTHS[before]
    except (ValueError, OverflowError):  # no 30th of February, nor a year 0
        return None
    return unit_place(found, unit)


def has_like(unit: str, before: str) -> bool:
    """Return whether units have a like one so long before: none is longer than what lies between.

    >>> has_like("month", "week"), has_like("week", "month"), has_like("hour", "day")
    (False, True, True)
    """
    return unit not in ALIKE or before in ALIKE[unit]
