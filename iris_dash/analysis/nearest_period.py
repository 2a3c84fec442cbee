"""The nearest period with rows beyond one that has none: a bound moved by its own unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from iris_dash.core.deadline import check
from iris_dash.query.filters import Period, ends
from iris_dash.query.moments import LENGTHS, end_text, start_text
from iris_dash.query.schema import Schema, Time
from iris_dash.query.words import filter_phrase

UNITS = ("year", "month", "day", "hour", "minute")
INSTANT = timedelta(microseconds=1)

HasRows = Callable[[Period], bool]
"""Says whether rows lie in a period."""


def longer_period(
    schema: Schema, period: Period, upper: bool, has_rows: HasRows
) -> tuple[Period, str, float] | None:
    """Return the period with one end moved to rows, in words, and the share let in.

    The share is of the time between the table's first and last. None and errors: as
    `widened_period`.
    """
    time = schema.times_by_name[period.name]
    longer = widened_period(time, period, upper, has_rows)
    if longer is None:
        return None
    old, new = ends(period)[upper], ends(longer)[upper]
    if new is None:
        words = f"{time.label} without {'an end' if upper else 'a beginning'}"
    else:
        alone = replace(longer, start=None) if upper else replace(longer, before=None)
        was = (end_text if upper else start_text)(old, time.zone)
        words = f"{filter_phrase(schema, alone)} instead of {was}"
    if time.low is None or time.high is None or time.low == time.high:
        return longer, words, 1.0
    new = (time.high if upper else time.low) if new is None else new
    ends_in = [min(max(end, time.low), time.high) for end in (old, new)]
    return longer, words, abs(ends_in[0] - ends_in[1]) / (time.high - time.low)


def widened_period(time: Time, period: Period, upper: bool, has_rows: HasRows) -> Period | None:
    """Return the period with one end moved outward until rows lie in what is new.

    It moves by whole years where its text names a year, by months where it names a month, down to
    minutes; as few of them as reach rows. Where no calendar goes so far it is open. None where that
    end is open already, or no row lies beyond it. Errors: those of `has_rows`.
    """
    old = period.before if upper else period.start
    if old is None or not has_rows(_beyond(period, old, None, upper)):
        return None
    step = 1 if upper else -1
    unit = unit_named(time, old, upper)

    def moved(count: int) -> datetime | None:
        return _shifted(time, old, unit, step * count)

    def reaches(count: int) -> bool:
        check()
        new = moved(count)
        return new is None or has_rows(_beyond(period, old, new, upper))

    none, some = 0, max(1, _units_outside(time, old, unit, upper))
    while not reaches(some):
        none, some = some, 2 * some
    while some - none > 1:
        middle = (none + some) // 2
        none, some = (none, middle) if reaches(middle) else (middle, some)
    new = moved(some)
    return replace(period, before=new) if upper else replace(period, start=new)


def unit_named(time: Time, end: datetime, upper: bool) -> str:
    """Return the unit of the shortest text of a period's end, at the finest the minute.

    >>> unit_named(Time("day", "Day", "day"), datetime(2013, 9, 1), upper=True)
    'month'
    """
    text = end_text(end, time.zone) if upper else start_text(end, time.zone)
    length = len(text.removesuffix("Z")) + (11 if time.is_of_day else 0)
    return UNITS[sum(length > known for known in LENGTHS[: len(UNITS) - 1])]


def _beyond(period: Period, old: datetime, new: datetime | None, upper: bool) -> Period:
    """Return what lies between a period's end and where that may move; None: without an end."""
    return Period(period.name, old, new) if upper else Period(period.name, new, old)


def _shifted(time: Time, end: datetime, unit: str, count: int) -> datetime | None:
    """Return an end moved by so many units of the column's clock; None: there is no such time."""
    zone = ZoneInfo(time.named_zone) if time.named_zone else None
    local = end.astimezone(zone).replace(tzinfo=None) if zone else end
    try:
        if unit in ("year", "month"):
            months = local.year * 12 + local.month - 1 + count * (12 if unit == "year" else 1)
            new = datetime(months // 12, months % 12 + 1, 1)
        else:
            new = local + timedelta(**{f"{unit}s": count})
        if time.is_of_day and new.date() != end.date():
            return None
        return new.replace(tzinfo=zone).astimezone(UTC) if zone else new
    except (ValueError, OverflowError):
        return None


def _units_outside(time: Time, end: datetime, unit: str, upper: bool) -> int:
    """Return about how many units an end lies outside of what the table has."""
    if time.low is None or time.high is None:
        return 0
    far = time.low - end if upper else end - time.high
    days = {"year": 366, "month": 31}.get(unit)
    length = timedelta(days=days) if days else timedelta(**{f"{unit}s": 1})
    return max(0, far // length)
