"""Units and parts of a time as one expression each, the same whole numbers on every engine."""

from __future__ import annotations

import narwhals as nw

from iris_dash.query.calendar import DAYS, HOURS, JULIAN, MINUTES, MONTHS, SECONDS


def unit_column(column: nw.Expr, unit: str) -> nw.Expr:
    """Return the place of each time's unit, as `calendar.unit_place` counts; missing is null.

    On the column's own clock. Engines answer in whole numbers, pandas perhaps in floats.
    """
    year, month = _wide(column.dt.year()), _wide(column.dt.month())
    if unit == "year":
        return year
    if unit == "week":
        # Of a time in a zone that is infinite, which has no year, Polars panics.
        known = nw.when(~column.dt.year().is_null()).then(column)
        return _julian_day(year, _wide(known.dt.ordinal_day())) // 7
    months = year * MONTHS + month - 1
    if unit == "quarter":
        return months // 3
    if unit == "month":
        return months
    days = months * DAYS + _wide(column.dt.day()) - 1
    if unit == "day":
        return days
    hours = days * HOURS + column.dt.hour()
    return hours if unit == "hour" else hours * MINUTES + column.dt.minute()


def second_column(column: nw.Expr) -> nw.Expr:
    """Return the place of each time's second, counted as `unit_column` counts minutes."""
    return unit_column(column, "minute") * SECONDS + column.dt.second()


def clock_column(column: nw.Expr, unit: str) -> nw.Expr:
    """Return how many hours, minutes or seconds of its day each time of day has passed."""
    hours = _wide(column.dt.hour())
    if unit == "hour":
        return hours
    minutes = hours * MINUTES + column.dt.minute()
    return minutes if unit == "minute" else minutes * SECONDS + column.dt.second()


def part_column(column: nw.Expr, part: str) -> nw.Expr:
    """Return the place of each time's part among its values, from 0; missing is null."""
    match part:
        case "quarter_of_year":
            return (_wide(column.dt.month()) - 1) // 3
        case "month_of_year":
            return _wide(column.dt.month()) - 1
        case "weekday":
            # Of Spark's Sunday Narwhals (2.29) says 0 and not 7.
            days = _wide(column.dt.weekday()) + 6
            return days - days // 7 * 7  # the rest, which Dask does not have
        case _:
            return _wide(column.dt.hour())


def part_number(column: nw.Expr, part: str) -> nw.Expr:
    """Return the number of each time's part as its engine has it; `part_numbers` says which."""
    match part:
        case "quarter_of_year" | "month_of_year":
            return column.dt.month()
        case "weekday":
            return column.dt.weekday()
        case _:
            return column.dt.hour()


def part_numbers(part: str, place: int) -> tuple[int, ...]:
    """Return the numbers that engines have for a part's value at a place.

    >>> part_numbers("quarter_of_year", 1), part_numbers("weekday", 0), part_numbers("weekday", 6)
    ((4, 5, 6), (1,), (7, 0))
    """
    match part:
        case "quarter_of_year":
            return tuple(range(3 * place + 1, 3 * place + 4))
        case "month_of_year":
            return (place + 1,)
        case "weekday":
            return (7, 0) if place == 6 else (place + 1,)  # Spark's Sunday is 0 to Narwhals (2.29)
        case _:
            return (place,)


def _wide(number: nw.Expr) -> nw.Expr:
    """Return a number in which the sum of some has room: a month is a byte to Polars.

    Not by a cast, of which pandas refuses those that are missing.
    """
    return number + nw.lit(0, nw.Int64())


def _julian_day(year: nw.Expr, day_of_year: nw.Expr) -> nw.Expr:
    """Return the Julian day number of a date, of the Gregorian calendar whenever it is."""
    before = year - 1
    leap_days = before // 4 - before // 100 + before // 400
    return before * 365 + leap_days + day_of_year + JULIAN
