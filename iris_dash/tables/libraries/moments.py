"""Dates and times of a Polars column as Python's own; what Python cannot hold as ISO 8601 text.

That are years before 1 and after 9999, nanoseconds, and the infinite moments of some engines, which
are `infinity` and `-infinity`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.core.days import DAY, ENDLESS_DAY, ENDLESS_TIME, iso_date

FIRST_DAY, LAST_DAY = -719_162, 2_932_896
"""Python's first and last date, in days from 1970."""

PER_SECOND = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

NO_TIME = -(2**63)
"""What stands for a missing time among whole numbers."""

MOST_EXACT = 2**53
"""Up to here each whole number is a float."""

TimeUnit = Literal["ms", "us", "ns"]

TimeEnds = tuple[datetime, datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_moment(dtype: pl.DataType) -> bool:
    """Return whether a column of that type holds dates or times."""
    return dtype.is_temporal() and dtype != pl.Duration


def beyond(series: pl.Series) -> pl.Series:
    """Return which values are before Python's first date or after its last."""
    dtype, count = series.dtype, series.to_physical()
    if dtype == pl.Date:
        return (count < FIRST_DAY) | (count > LAST_DAY)
    if isinstance(dtype, pl.Datetime) and dtype.time_unit != "ns":  # which ends in 2262
        # In its own zone a moment may be a day earlier or later than in UTC.
        day, off = PER_SECOND[dtype.time_unit] * DAY, 1 if dtype.time_zone else 0
        return (count < (FIRST_DAY + off) * day) | (count >= (LAST_DAY + 1 - off) * day)
    return count.is_null() & False


def endless(dtype: pl.DataType) -> int | None:
    """Return the count that stands for infinity in a type; None of those that have none.

    The last nanosecond is a moment of 2262, which pandas's users write for "for ever".
    """
    if dtype == pl.Date:
        return ENDLESS_DAY
    return ENDLESS_TIME if isinstance(dtype, pl.Datetime) and dtype.time_unit != "ns" else None


def microseconds_of(series: pl.Series) -> NDArray[np.int64]:
    """Return dates or times as millionths of a second from 1970 on, NO_TIME for missing.

    Any part of one is left out. Those that are too far away for 64 bits are as far as these reach.
    """
    dtype, counts = series.dtype, series.to_physical().cast(pl.Int64)
    if dtype == pl.Time or (isinstance(dtype, pl.Datetime) and dtype.time_unit == "ns"):
        return (counts // 1_000).fill_null(NO_TIME).to_numpy()
    per = 10**6 * DAY
    if isinstance(dtype, pl.Datetime):
        per = 10**6 // PER_SECOND[dtype.time_unit]
    most = ENDLESS_TIME // per
    return (counts.clip(-most, most) * per).fill_null(NO_TIME).to_numpy()


def in_unit(series: pl.Series, unit: TimeUnit) -> pl.Series:
    """Return times or durations in a finer unit; infinity stays. Errors: PolarsError of no room."""
    dtype, counts = series.dtype, series.to_physical()
    if not isinstance(dtype, pl.Datetime | pl.Duration) or dtype.time_unit == unit:
        return series
    most = ENDLESS_TIME // (PER_SECOND[unit] // PER_SECOND[dtype.time_unit])
    is_endless = (counts.abs() == ENDLESS_TIME) & (unit != "ns")
    if ((counts.abs() > most) & ~is_endless).any():
        raise pl.exceptions.InvalidOperationError(
            f"{series.name!r} has times that are too far away for the nanoseconds of others"
        )
    known = counts.set(is_endless, None).cast(dtype).dt.cast_time_unit(unit)
    return known.to_physical().zip_with(~is_endless.fill_null(False), counts).cast(known.dtype)


def seconds_of(series: pl.Series) -> pl.Series:
    """Return durations as seconds, each the float that is nearest to it.

    >>> seconds_of(pl.Series([timedelta(microseconds=1_100_000)])).to_list()
    [1.1]
    """
    dtype = series.dtype
    assert isinstance(dtype, pl.Duration)
    per, counts = PER_SECOND[dtype.time_unit], series.to_physical()
    seconds = pl.Series(series.name, counts.fill_null(0).to_numpy() / per)  # Polars multiplies
    far = (~counts.is_between(-MOST_EXACT, MOST_EXACT)).arg_true()
    if len(far):
        seconds = seconds.scatter(far, [count / per for count in counts.gather(far).to_list()])
    return seconds.set(counts.is_null(), None) if counts.has_nulls() else seconds


def as_numbers(series: pl.Series) -> tuple[pl.Series, pl.DataType]:
    """Return moments as whole numbers to interpolate between, and the type that they stand for.

    Infinity is ENDLESS_TIME. Between two days lie moments: of days that are too far away for
    millionths of a second thousandths.
    """
    dtype, counts = series.dtype, series.to_physical()
    if dtype != pl.Date:
        return counts, dtype
    days, most = counts.cast(pl.Int64), ENDLESS_DAY
    unit: TimeUnit = "ms" if beyond(series).any() else "us"
    numbers = days * (DAY * PER_SECOND[unit])
    numbers = numbers.set(days >= most, ENDLESS_TIME).set(days <= -most, -ENDLESS_TIME)
    return numbers, pl.Datetime(unit)


def time_ends(series: pl.Series) -> TimeEnds | None:
    """Return the first and the last of a column's dates or moments, of those that Python can hold.

    To the millionth of a second, any part of it left out; in UTC where it has a zone. None without
    any.
    """
    dtype, counts = series.dtype, series.to_physical()
    ends = pl.Series([counts.min(), counts.max()], dtype=counts.dtype)
    if beyond(ends.cast(dtype)).any():
        known = counts.filter(~beyond(series))
        ends = pl.Series([known.min(), known.max()], dtype=counts.dtype)
    if ends.has_nulls():
        return None
    low, high = ends.to_list()
    return _moment(dtype, low), _moment(dtype, high)


def _moment(dtype: pl.DataType, count: int) -> datetime:
    if dtype == pl.Date:
        return EPOCH.replace(tzinfo=None) + timedelta(days=count)
    if not isinstance(dtype, pl.Datetime):  # of the first day of 1970
        return EPOCH.replace(tzinfo=None) + timedelta(microseconds=count // 1_000)
    moment = EPOCH + timedelta(microseconds=count * 10**6 // PER_SECOND[dtype.time_unit])
    return moment if dtype.time_zone else moment.replace(tzinfo=None)


def moment_values(series: pl.Series) -> list[Any]:
    """Return a column's dates or times as Python's own, each that it cannot hold as text.

    Those of a zone are so many hours off, as Polars' rules of it say; Python's own may be others.
    """
    odd, offsets = _odd(series), _offsets(series)
    values = pl.select(pl.when(~odd).then(_clocks(series))).to_series().to_list()
    if offsets is not None:
        zones = {n: timezone(timedelta(seconds=n)) for n in offsets.drop_nulls().unique()}
        pairs = zip(values, offsets.to_list(), strict=True)
        values = [time and time.replace(tzinfo=zones[offset]) for time, offset in pairs]
    for place, text in _odd_texts(series, odd):
        values[place] = text
    return values


def moment_texts(series: pl.Series) -> pl.Series:
    """Return a column's dates or times as ISO 8601 text, without a fraction that is nought.

    An offset has seconds where there are any.
    """
    dtype, odd = series.dtype, _odd(series)
    form = "%F" if dtype == pl.Date else "%T%.6f" if dtype == pl.Time else "%FT%T%.6f"
    if _has_zone(dtype):
        form += "%:z"
    plain = pl.select(pl.when(~odd).then(series).alias(series.name)).to_series()
    texts = plain.dt.to_string(form).str.replace(".000000", "", literal=True)
    found = list(_odd_texts(series, odd))
    if not found:
        return texts
    return texts.scatter([place for place, _ in found], [text for _, text in found])


def moment_rows(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return a frame's rows in plain values, those moments as text that Python cannot hold."""
    columns = frame.get_columns()
    odd = [s.name for s in columns if is_moment(s.dtype) and (_has_zone(s.dtype) or _odd(s).any())]
    if not odd:
        return frame.rows()
    values = (moment_values(s) if s.name in odd else s.to_list() for s in columns)
    return list(zip(*values, strict=True))


def _has_zone(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone is not None


def _clocks(series: pl.Series) -> pl.Series:
    """Return times as the clocks of their zone show them; none that Python cannot hold."""
    if not _has_zone(series.dtype):
        return series
    # Polars panics of a distant one.
    near = pl.select(pl.when(~beyond(series)).then(series).alias(series.name)).to_series()
    return near.dt.replace_time_zone(None)


def _offsets(series: pl.Series) -> pl.Series | None:
    """Return how many seconds the clocks of a column's zone are ahead of UTC; None without one.

    Null for times that Python cannot hold.
    """
    dtype = series.dtype
    if not isinstance(dtype, pl.Datetime) or dtype.time_zone is None:
        return None
    ahead = _clocks(series).to_physical() - series.to_physical()
    return ahead // PER_SECOND[dtype.time_unit]


def _odd(series: pl.Series) -> pl.Series:
    """Return which values Python cannot hold, or JSON has no form for."""
    dtype, odd, offsets = series.dtype, beyond(series), _offsets(series)
    if dtype == pl.Time or (isinstance(dtype, pl.Datetime) and dtype.time_unit == "ns"):
        odd = odd | (series.to_physical() % 1_000 != 0)
    if offsets is not None:
        odd = odd | (offsets % 60 != 0)
    return odd.fill_null(False)


def _odd_texts(series: pl.Series, odd: pl.Series) -> list[tuple[int, str]]:
    places = odd.arg_true()
    few = series.gather(places)
    counts, offsets = few.to_physical().to_list(), _offsets(few)
    ahead = [0] * len(counts) if offsets is None else offsets.fill_null(0).to_list()
    both = zip(places.to_list(), counts, ahead, strict=True)
    return [(place, _text(series.dtype, count, offset)) for place, count, offset in both]


def _text(dtype: pl.DataType, count: int, offset: int) -> str:
    """Return a date or time as text; `offset` is how many seconds its clock is ahead of UTC."""
    most = endless(dtype)
    if most is not None and abs(count) >= most:
        return "infinity" if count > 0 else "-infinity"
    if dtype == pl.Date:
        return iso_date(count)
    if not isinstance(dtype, pl.Datetime):
        return clock_text(*divmod(count, PER_SECOND["ns"]), digits=9)
    seconds, fraction = divmod(count, PER_SECOND[dtype.time_unit])
    parts = fraction * (PER_SECOND["ns"] // PER_SECOND[dtype.time_unit])
    digits = 9 if parts % 1_000 else 6
    if not FIRST_DAY < seconds // DAY < LAST_DAY:
        offset = 0
    days, second = divmod(seconds + offset, DAY)
    text = f"{iso_date(days)}T{clock_text(second, parts, digits)}"
    return text + offset_text(offset) if dtype.time_zone else text


def offset_text(offset: int) -> str:
    """Return how many seconds a clock is ahead of UTC as ISO 8601 writes it, with any seconds.

    >>> offset_text(7_200), offset_text(-17_762)
    ('+02:00', '-04:56:02')
    """
    minutes, second = divmod(abs(offset), 60)
    text = f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{second:02}" if second else text


def seconds_text(count: int) -> str:
    """Return a moment so many seconds after 1970 as ISO 8601 text.

    >>> seconds_text(2**62), seconds_text(-ENDLESS_TIME)
    ('+146138514283-06-19T07:45:04', '-infinity')
    """
    if abs(count) >= ENDLESS_TIME:
        return "infinity" if count > 0 else "-infinity"
    days, second = divmod(count, DAY)
    return f"{iso_date(days)}T{clock_text(second, 0, 0)}"


def clock_text(second: int, parts: int, digits: int) -> str:
    """Return a time of day; `parts` are nanoseconds."""
    fraction = f".{parts:09}"[: digits + 1] if parts else ""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{fraction}"
