"""The calendar that groups and filters ask by: units of a time, and parts of one.

A unit is a period in order, February 2013; a part is what returns, any February. Both are
whole numbers to whoever counts, called places here, and words to people. They are those of the
clock that the column shows, whatever its zone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from iris_dash.core.days import year_text
from iris_dash.query.value_text import FacetValue

UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute")
"""The units of a time, the coarsest first; a date ends at the day."""

DATE_UNITS = UNITS[:5]

PARTS: dict[str, tuple[FacetValue, ...]] = {
    "quarter_of_year": ("Q1", "Q2", "Q3", "Q4"),
    "month_of_year": (
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
        *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ),
    "weekday": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "hour_of_day": tuple(range(24)),
}
"""The parts of a time with their values, in order; a date has no hour."""

DATE_PARTS = ("quarter_of_year", "month_of_year", "weekday")

MONTHS, DAYS, HOURS, MINUTES, SECONDS = 12, 31, 24, 60, 60
"""Places are counted as if every month had 31 days: so no engine needs to know the calendar."""

JULIAN = 1_721_425
"""The Julian day number of Python's day 0. Such a number divided by seven is that of the week."""


CYCLE_START = datetime(2000, 1, 3)
"""A Monday. After 400 years the calendar is the same, weekdays included."""

CYCLES: dict[str, int] = {
    "year": 400,
    "quarter": 400 * 4,
    "month": 400 * MONTHS,
    "week": 20_871,
    "day": 400 * MONTHS * DAYS,
    "hour": 400 * MONTHS * DAYS * HOURS,
    "minute": 400 * MONTHS * DAYS * HOURS * MINUTES,
}
"""How many places each unit has in 400 years."""


def units_of(is_date: bool) -> tuple[str, ...]:
    """Return the units that a date has, or a moment."""
    return DATE_UNITS if is_date else UNITS


def parts_of(is_date: bool) -> tuple[str, ...]:
    """Return the parts that a date has, or a moment."""
    return DATE_PARTS if is_date else tuple(PARTS)


def unit_place(moment: datetime, unit: str) -> int:
    """Return which of its kind the unit is that a moment lies in; a later one has a larger place.

    >>> unit_place(datetime(2013, 2, 3), "month") - unit_place(datetime(2012, 12, 31), "month")
    2
    """
    month = moment.year * MONTHS + moment.month - 1
    day = month * DAYS + moment.day - 1
    hour = day * HOURS + moment.hour
    match unit:
        case "year":
            return moment.year
        case "quarter":
            return month // 3
        case "month":
            return month
        case "week":
            return (moment.toordinal() + JULIAN) // 7
        case "day":
            return day
        case "hour":
            return hour
        case _:
            return hour * MINUTES + moment.minute


def unit_start(place: int, unit: str) -> datetime:
    """Return the beginning of a unit; OverflowError or ValueError where no calendar has it.

    >>> unit_start(unit_place(datetime(2013, 2, 3, 9, 30), "week"), "week")
    datetime.datetime(2013, 1, 28, 0, 0)
    """
    if unit == "week":
        return datetime.fromordinal(place * 7 - JULIAN)
    hour, minute = divmod(place, MINUTES) if unit == "minute" else (place, 0)
    day, hour = divmod(hour, HOURS) if unit in ("hour", "minute") else (hour, 0)
    month, day = divmod(day, DAYS) if unit in ("day", "hour", "minute") else (day, 0)
    year, month = divmod(month * {"year": 12, "quarter": 3}.get(unit, 1), MONTHS)
    return datetime(year, month + 1, day + 1, hour, minute)


def unit_after(place: int, unit: str) -> int:
    """Return the unit that follows; no two weeks or months lie further apart than one.

    >>> unit_start(unit_after(unit_place(datetime(2013, 1, 31), "day"), "day"), "day")
    datetime.datetime(2013, 2, 1, 0, 0)
    """
    if unit in ("year", "quarter", "month", "week"):
        return place + 1
    alike, cycles = _alike(place, unit)
    following = unit_start(alike, unit) + timedelta(**{f"{unit}s": 1})
    return unit_place(following, unit) + cycles * CYCLES[unit]


def fewest_units(first: int, last: int, unit: str) -> int:
    """Return how many units there are from one to another, both included, or up to a tenth fewer.

    Without a step per unit, of which there may be millions.

    >>> fewest_units(2012, 2013, "year")
    2
    """
    apart = last - first
    # Places of days are counted as if every month had 31.
    return 1 + (apart if unit in ("year", "quarter", "month", "week") else apart * 28 // DAYS)


def unit_text(place: int, unit: str) -> str:
    """Return a unit as ISO 8601 writes it: a week by the year that most of it lies in.

    >>> [unit_text(unit_place(datetime(2013, 1, 31, 9, 5), unit), unit) for unit in UNITS]
    ['2013', '2013-Q1', '2013-01', '2013-W05', '2013-01-31', '2013-01-31T09', '2013-01-31T09:05']
    >>> unit_text(unit_place(datetime(2012, 12, 31), "week"), "week")
    '2013-W01'
    >>> unit_text(12024, "year"), unit_text(-1, "quarter")
    ('+12024', '-0001-Q4')
    """
    alike, cycles = _alike(place, unit)
    start = unit_start(alike, unit)
    iso_year, iso_week, _ = start.isocalendar()
    year = year_text((iso_year if unit == "week" else start.year) + 400 * cycles)
    match unit:
        case "quarter":
            return f"{year}-Q{start.month // 3 + 1}"
        case "week":
            return f"{year}-W{iso_week:02}"
        case _:
            lengths = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16}
            return year + start.isoformat()[4 : lengths[unit]]


def _alike(place: int, unit: str) -> tuple[int, int]:
    """Return the unit of the years 2000 to 2399 that is like one, and how many cycles away it is.

    Python's calendar ends with the year 9999; a column's does not.
    """
    cycles = (place - unit_place(CYCLE_START, unit)) // CYCLES[unit]
    return place - cycles * CYCLES[unit], cycles


def part_place(moment: date, part: str) -> int:
    """Return the place of a moment's part among the values of that part.

    >>> PARTS["weekday"][part_place(datetime(2013, 2, 3), "weekday")]
    'Sun'
    """
    match part:
        case "quarter_of_year":
            return (moment.month - 1) // 3
        case "month_of_year":
            return moment.month - 1
        case "weekday":
            return moment.weekday()
        case _:
            return moment.hour if isinstance(moment, datetime) else 0
