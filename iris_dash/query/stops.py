"""Where a slider over a column of times stands: the calendar units between its first and last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from iris_dash.query.locale import time_read
from iris_dash.query.moments import TIME_OF_DAY, in_zone
from iris_dash.query.schema import Time, Unit

MOST_STOPS = 400
"""A year has fewer days, a week fewer hours."""

DAY = timedelta(days=1)

LENGTHS: dict[Unit, timedelta] = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": DAY,
    "week": timedelta(days=7),
}
"""The units that are of one length, on a clock that is never changed."""

MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1_200}
"""The months of the others."""

UNITS: tuple[Unit, ...] = (*LENGTHS, *MONTHS)

MONDAY = datetime(1, 1, 1)
"""Python's first day is the first of a week."""

TEXT_LENGTHS: dict[Unit, int] = {"second": 19, "minute": 16, "hour": 16}
"""How many letters of a moment are said beside such stops; else its day."""


def fitting_unit(low: datetime, high: datetime, zone: str | None, is_date: bool) -> Unit:
    """Return the finest unit of which at most 400 lie between two moments, both inclusive.

    >>> year = datetime(2013, 1, 1, 5), datetime(2013, 12, 31, 23)
    >>> fitting_unit(*year, None, False), fitting_unit(year[0], year[0], None, False)
    ('day', 'second')
    """
    first, last = (clock_at(moment, zone) for moment in (low, high))
    units = UNITS[UNITS.index("day") :] if is_date else UNITS
    return next(unit for unit in units if _count(first, last, unit) <= MOST_STOPS)


def extremes_text(time: Time) -> str:
    """Return the first and the last of a column's times in words; "" if it has none.

    >>> extremes_text(Time("d", "D", "d", low=datetime(2013, 1, 1), high=datetime(2013, 12, 31)))
    '2013-01-01 to 2013-12-31'
    """
    if time.low is None or time.high is None:
        return ""
    length = TEXT_LENGTHS.get(time.unit, 10)
    begin = 11 if time.is_of_day else 0
    ends = (clock_at(end, time.zone).isoformat()[begin:length] for end in (time.low, time.high))
    return " to ".join(dict.fromkeys(map(time_read, ends)))


def clock_at(moment: datetime, zone: str | None) -> datetime:
    """Return what the column's clock shows at a moment."""
    if zone is None or zone == TIME_OF_DAY:
        return moment
    return in_zone(moment, ZoneInfo(zone)).replace(tzinfo=None)


def unit_starts(first: datetime, last: datetime, unit: Unit) -> list[datetime]:
    """Return where the units begin that hold a moment between two on a clock, both inclusive."""
    return list(_starts(_start(first, unit), last, unit))


def next_start(start: datetime, unit: Unit) -> datetime | None:
    """Return where the unit begins that follows one on a clock; None behind the year 9999."""
    try:
        return _after(unit)(start)
    except (ValueError, OverflowError):
        return None


def _month(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1


def _count(first: datetime, last: datetime, unit: Unit) -> int:
    """Return how many units two moments lie in, with those in between."""
    if unit in MONTHS:
        return _month(last) // MONTHS[unit] - _month(first) // MONTHS[unit] + 1
    return (_start(last, unit) - _start(first, unit)) // LENGTHS[unit] + 1


def _start(moment: datetime, unit: Unit) -> datetime:
    """Return where the unit begins that a moment on a clock lies in."""
    if unit in LENGTHS:
        return moment - (moment - MONDAY) % LENGTHS[unit]
    # The first decade and the first century begin with the year 1.
    month = max(_month(moment) // MONTHS[unit] * MONTHS[unit], 12)
    return datetime(month // 12, month % 12 + 1, 1)


def _after(unit: Unit) -> Callable[[datetime], datetime]:
    """Return what gives the beginning of the unit after the one that begins at a moment."""
    if unit in LENGTHS:
        return lambda start: start + LENGTHS[unit]

    def next_start(start: datetime) -> datetime:
        month = (_month(start) // MONTHS[unit] + 1) * MONTHS[unit]
        return datetime(month // 12, month % 12 + 1, 1)

    return next_start


def _starts(first: datetime, last: datetime, unit: Unit) -> Iterator[datetime]:
    """Yield where the units begin from one on, as long as that is not after `last`."""
    following, start = _after(unit), first
    while start <= last:
        yield start
        try:
            start = following(start)
        except (ValueError, OverflowError):  # behind the year 9999
            return
