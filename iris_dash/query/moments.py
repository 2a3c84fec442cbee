"""A time as text, as coarse as wanted, and the period that the text names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

SPELLED = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:[T ](?P<hour>\d\d)(?::(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?)?)?"
    r"(?P<offset>Z|[+-](?:0\d|1[0-5]):?[0-5]\d(?::[0-5]\d)?)?)?)?)?",
    re.ASCII,
)
"""ISO 8601, from a year to a millionth of a second; an offset only where there are hours.

Clocks before there were zones are seconds off, too: New York's by -04:56:02.
"""

TIME_OF_DAY = "time of day"
"""What stands for a zone where a column holds times of day: moments of the first day of 1970."""

FIRST_DAY = "1970-01-01T"
SPELLED_OF_DAY = re.compile(r"\d\d(:\d\d(:\d\d(\.\d{1,6})?)?)?", re.ASCII)

UNITS = ("year", "month", "day", "hour", "minute", "second")
LENGTHS = (4, 7, 10, 13, 16, 19)
"""How many characters of a time name it to each unit."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def period_of(text: str, zone: str | None = None) -> tuple[datetime, datetime | None] | None:
    """Return the beginning of what a text names, and of what follows; None if it names no time.

    Both in UTC, or on a clock of no zone. Without an offset it is a time of the `zone`; of an hour
    that a clock shows twice the first. Nothing follows the year 9999, nor the last of a day.

    >>> period_of("2013-02")
    (datetime.datetime(2013, 2, 1, 0, 0), datetime.datetime(2013, 3, 1, 0, 0))
    >>> period_of("2013-02-30"), period_of("yesterday"), period_of("9999")
    (None, None, (datetime.datetime(9999, 1, 1, 0, 0), None))
    >>> period_of("09:30", TIME_OF_DAY)
    (datetime.datetime(1970, 1, 1, 9, 30), datetime.datetime(1970, 1, 1, 9, 31))
    """
    if zone == TIME_OF_DAY:
        of_day = SPELLED_OF_DAY.fullmatch(text.strip())
        named = period_of(FIRST_DAY + of_day[0]) if of_day else None
        ends_day = named and named[1] and named[1].date() > named[0].date()
        return (named[0], None) if named and ends_day else named
    found = SPELLED.fullmatch(text.strip())
    if found is None or (found["offset"] and zone is None):
        return None
    year, month, day, hour, minute, second = (
        int(found[unit] or (unit in ("month", "day"))) for unit in UNITS
    )
    fraction = found["fraction"] or ""
    try:
        start = datetime(year, month, day, hour, minute, second, int(fraction.ljust(6, "0")))
    except ValueError:
        return None
    before = _next(start, [unit for unit in UNITS if found[unit]][-1], len(fraction))
    if zone is None:
        return start, before
    try:
        utc = partial(_in_utc, zone=zone, offset=found["offset"])
        return utc(start), None if before is None else utc(before)
    except OverflowError:
        return None


def start_text(start: datetime, zone: str | None = None) -> str:
    """Return the shortest text of what begins then.

    >>> start_text(datetime(2013, 2, 1)), start_text(datetime(2013, 2, 1, 9, 30, 0, 250_000))
    ('2013-02', '2013-02-01T09:30:00.25')
    """
    return next(t for t in _spellings(start, zone) if _is(period_of(t, zone), 0, start))


def end_text(before: datetime, zone: str | None = None) -> str:
    """Return the shortest text of what ends right before then.

    >>> end_text(datetime(2014, 1, 1)), end_text(datetime(2013, 2, 1, 9))
    ('2013', '2013-02-01T08')
    """
    last = before - timedelta(microseconds=1)
    return next(t for t in _spellings(last, zone) if _is(period_of(t, zone), 1, before))


def period_texts(
    start: datetime | None, before: datetime | None, zone: str | None = None
) -> tuple[str | None, str | None]:
    """Return the shortest texts of a period's two ends, both inclusive; None: open.

    >>> period_texts(datetime(2013, 6, 1), datetime(2013, 9, 1))
    ('2013-06', '2013-08')
    """
    return (
        None if start is None else start_text(start, zone),
        None if before is None else end_text(before, zone),
    )


def alike_texts(
    start: datetime | None, before: datetime | None, zone: str | None = None
) -> tuple[str | None, str | None]:
    """Return the texts of a period's two ends, both as fine as the finer one: as people say it.

    >>> alike_texts(datetime(2013, 1, 1), datetime(2013, 4, 1))
    ('2013-01', '2013-03')
    """
    texts = period_texts(start, before, zone)
    if start is None or before is None:
        return texts
    lasts = _spellings(start, zone), _spellings(before - timedelta(microseconds=1), zone)
    finest = max(own.index(text or "") for own, text in zip(lasts, texts, strict=True))
    return lasts[0][finest], lasts[1][finest]


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment with its zone's clock; where no calendar has it, the nearest that one has.

    >>> in_zone(datetime(1, 1, 1, 2, tzinfo=UTC), ZoneInfo("America/New_York")).isoformat()
    '0001-01-01T00:00:00-04:56:02'
    """
    try:
        return moment.astimezone(zone)
    except OverflowError:
        end = datetime.min if moment.year == datetime.min.year else datetime.max
        return end.replace(tzinfo=zone)


def microseconds(moment: datetime) -> int:
    """Return how many millionths of a second a moment is after 1970 (UTC, or on that clock)."""
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // timedelta(
        microseconds=1
    )


def iso(moment: datetime, is_date: bool = False, zone: str | None = None) -> str:
    """Return a moment as SQL and Python read it, with an offset where it has one.

    >>> iso(datetime(2013, 2, 1)), iso(datetime(2013, 2, 1), is_date=True)
    ('2013-02-01 00:00:00', '2013-02-01')
    >>> iso(datetime(1970, 1, 1, 9, 30), zone=TIME_OF_DAY)
    '09:30:00'
    """
    if zone == TIME_OF_DAY:
        return moment.time().isoformat()
    return moment.date().isoformat() if is_date else moment.isoformat(" ")


def _spellings(moment: datetime, zone: str | None) -> list[str]:
    """Return the texts of a moment, the coarsest first."""
    local = moment
    if zone is not None and zone != TIME_OF_DAY:
        local = in_zone(moment, ZoneInfo(zone))
    whole = f"{local.replace(tzinfo=None).isoformat(timespec='microseconds'):0>26}"
    texts = [whole[:length] for length in LENGTHS] + [whole[:length] for length in range(21, 27)]
    if zone is None:
        return texts
    if zone == TIME_OF_DAY:
        return [text.removeprefix(FIRST_DAY) for text in texts[LENGTHS.index(13) :]]
    in_utc = in_zone(moment, UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return texts + [in_utc[:length] + "Z" for length in (*LENGTHS[3:], *range(21, 27))]


def _is(period: tuple[datetime, datetime | None] | None, end: int, moment: datetime) -> bool:
    return period is not None and period[end] == moment


def _next(start: datetime, unit: str, digits: int) -> datetime | None:
    """Return what begins when a unit has passed, a second of so many decimals; None: nothing."""
    try:
        if unit == "year":
            return start.replace(year=start.year + 1)
        if unit == "month":
            months = start.year * 12 + start.month
            return start.replace(year=months // 12, month=months % 12 + 1)
        if unit == "second":
            return start + timedelta(microseconds=10 ** (6 - digits))
        return start + timedelta(**{f"{unit}s": 1})
    except (ValueError, OverflowError):
        return None


def _in_utc(moment: datetime, zone: str, offset: str | None) -> datetime:
    if offset == "Z":
        return moment.replace(tzinfo=UTC)
    if offset:
        digits = offset[1:].replace(":", "").ljust(6, "0")
        hours, minutes, seconds = (int(digits[place : place + 2]) for place in (0, 2, 4))
        shift = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return (moment + shift if offset[0] == "-" else moment - shift).replace(tzinfo=UTC)
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
