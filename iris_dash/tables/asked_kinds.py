"""Columns of a frame as their owner says: text, or times that are read from their values."""

from __future__ import annotations

from datetime import datetime

import narwhals as nw
import polars as pl

from iris_dash.core.errors import DatasetError
from iris_dash.query.moments import period_of
from iris_dash.tables.description import TableDescription
from iris_dash.tables.libraries import Frame
from iris_dash.tables.libraries.moments import is_moment, moment_texts
from iris_dash.tables.reading.text_types import known_texts, read_times

EPOCHS = (("ms", 10**11, 10**13), ("s", 10**8, 10**10))
"""Whole numbers between these are moments from 1973 to 2286, in no other unit."""

VALID = (
    "times are dates, moments, text in ISO 8601 or with the day or the month first beyond doubt, "
    "and whole numbers that are all seconds or all milliseconds from 1970, between 1973 and 2286"
)


def as_asked(frame: Frame, description: TableDescription) -> Frame:
    """Return a frame whose columns are text and times where the description says so.

    Columns that are so already stay; of others a pandas frame becomes a Polars one. Errors:
    DatasetError naming the column and its first value that is no time.
    """
    held: pl.DataFrame | None = None
    for name in frame.columns:
        kind, zone = description.kind_of(name), description.of(name).zone
        if not (kind in ("time", "text") or zone):
            continue
        held = frame.to_polars() if held is None else held
        series = _without_type(held[name])
        if kind == "text":
            found = _as_text(series)
        else:
            found = _on_clock(
                name, _as_time(name, series, zone) if kind == "time" else series, zone
            )
        held = held.with_columns(found.alias(name))
    return frame if held is None else nw.from_native(held, eager_only=True)


def _without_type(series: pl.Series) -> pl.Series:
    """Return categories as their text."""
    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series


def _as_text(series: pl.Series) -> pl.Series:
    if series.dtype.is_float():
        known = series.drop_nulls()
        if (known.is_finite() & (known == known.round()) & (known.abs() < 2**53)).all():
            series = series.cast(pl.Int64)
    return moment_texts(series) if is_moment(series.dtype) else series.cast(pl.String)


def _as_time(name: str, series: pl.Series, zone: str | None) -> pl.Series:
    """Return a column as dates or moments; what is read from numbers is in UTC."""
    if series.dtype.is_integer():
        return _from_epoch(name, series)
    if series.dtype == pl.String:
        return _from_text(name, series, zone)
    if isinstance(series.dtype, pl.Date | pl.Datetime | pl.Time):
        return series
    raise DatasetError(f"column {name!r} holds {series.dtype}, so it is not a time; {VALID}")


def _from_epoch(name: str, numbers: pl.Series) -> pl.Series:
    for unit, low, high in EPOCHS:
        if numbers.is_between(low, high, closed="left").all():
            counts = numbers.cast(pl.Int64) * (10**6 if unit == "s" else 10**3)
            return counts.cast(pl.Datetime("us", "UTC"))
    known = numbers.drop_nulls()
    odd = pl.select(known.filter(~known.is_between(EPOCHS[1][1], EPOCHS[1][2], closed="left")))
    raise DatasetError(f"column {name!r}: {odd.item(0, 0)} is no moment; {VALID}")


def _from_text(name: str, text: pl.Series, zone: str | None) -> pl.Series:
    found = read_times(text)
    if found is not None:
        return found
    known = known_texts(text)
    values = known.drop_nulls().unique(maintain_order=True).to_list()
    offset = "UTC" if any(value.endswith("Z") for value in values) else None
    starts = dict[str, datetime]()
    for value in values:
        period = period_of(value, offset or zone)
        if period is None:
            raise DatasetError(f"column {name!r}: {value!r} is no time; {VALID}")
        starts[value] = period[0]
    dtype = pl.Datetime("us", offset or (zone and "UTC"))
    return known.replace_strict(starts, default=None, return_dtype=dtype)


def _on_clock(name: str, times: pl.Series, zone: str | None) -> pl.Series:
    """Return moments on the clock of a zone; those without one are read as what it shows.

    Of an hour that it shows twice the first.
    """
    if zone is None or not isinstance(times.dtype, pl.Datetime):
        return times
    if times.dtype.time_zone is not None:
        return times.dt.convert_time_zone(zone)
    found = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    odd = times.filter(found.is_null() & times.is_not_null())
    if len(odd):
        first = odd.to_list()[0]
        raise DatasetError(f"column {name!r}: no clock in {zone} shows {first.isoformat(' ')}")
    return found
