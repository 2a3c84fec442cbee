"""A frame as an engine holds it: every value kept, or one line that says which column cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.core.time_zones import is_lost_in_utc
from iris_dash.engines.addresses import Address
from iris_dash.engines.base import check_letter_case
from iris_dash.tables.libraries.moments import moment_texts

MOST_WHOLE = 2**63 - 1
FLOAT_DIGITS = 15
"""Decimal digits that every float keeps."""

DIGITS_LEFT_OUT = r"^-?0*[.]?0*|[.]"
PYTHON_DAYS = (-719_162, 2_932_896)
"""Python's first and last date, in days from 1970, which are those of ISO 8601 in four digits."""

FARTHEST = 95_000_000
"""Days from 1970 that Polars writes: those of 260,000 years."""

PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
THOUSAND = 1_000


@dataclass(frozen=True)
class Kept:
    """Which values an engine keeps as what they are.

    `text` stands for what it does not: a decimal of many digits, a time of day, a date beyond
    `days`. `enums`: their own order too; `zones`: the zone of a time, `zones_as_text` in its text;
    `letter_case`: it tells names apart. Without it such a column is refused.
    """

    decimals: bool = False
    unsigned: bool = False
    nanoseconds: bool = False
    microseconds: bool = True
    times_of_day: bool = True
    text: bool = False
    enums: bool = False
    zones: bool = False
    zones_as_text: bool = False
    letter_case: bool = True
    days: tuple[int, int] | None = PYTHON_DAYS


ALL = Kept(decimals=True, unsigned=True, nanoseconds=True, days=None)
CLICKHOUSE = Kept(
    decimals=True, unsigned=True, nanoseconds=True, times_of_day=False, text=True, zones=True
)
KEPT = {
    "duckdb": replace(ALL, enums=True, letter_case=False),
    "dask": replace(ALL, zones=True),
    "spark": replace(ALL, letter_case=False),
    "parquet": replace(ALL, enums=True, letter_case=False),
    "chdb": CLICKHOUSE,
    "clickhouse": CLICKHOUSE,
    "postgresql": Kept(decimals=True),
    "sqlite": Kept(
        times_of_day=False, text=True, zones=True, zones_as_text=True, letter_case=False
    ),
    "mongodb": Kept(microseconds=False, times_of_day=False, text=True),
}


def as_stored(address: Address, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame in the types that the engine of an address keeps, with the same values.

    Errors: DatasetError, one line with the column and a value that the engine cannot hold.
    """
    kept, columns = KEPT.get(address.scheme, Kept()), []
    if not kept.letter_case:
        try:
            check_letter_case(frame.columns, f"{address.scheme}; rename one of them")
        except ValueError as error:
            raise DatasetError(f"{address.shown}: {error}") from None
    for series in frame:
        try:
            columns.append(_stored(series.alias(""), kept).alias(series.name))
        except ValueError as error:
            raise DatasetError(f"{address.shown}: column {series.name!r}: {error}") from None
    return pl.DataFrame(columns)


def lost_by(address: Address, frame: pl.DataFrame) -> list[str]:
    """Return what an engine does not keep beside a frame's values, in words."""
    kept, types = KEPT.get(address.scheme, Kept()), frame.schema.items()
    zones = [
        f"{name!r} ({kind.time_zone})"
        for name, kind in types
        if isinstance(kind, pl.Datetime) and is_lost_in_utc(kind.time_zone)
    ]
    enums = [repr(name) for name, kind in types if isinstance(kind, pl.Enum)]
    lost = [f"times in UTC there: {list_names(zones)}"] if zones and not kept.zones else []
    if enums and not kept.enums:
        lost.append(f"text without an order of its own there: {list_names(enums)}")
    if texts := [repr(series.name) for series in frame if _becomes_text(series, kept)]:
        lost.append(f"text there: {list_names(texts)}")
    return lost


def _becomes_text(series: pl.Series, kept: Kept) -> bool:
    dtype = series.dtype
    if isinstance(dtype, pl.Datetime) and dtype.time_zone and kept.zones_as_text:
        return True
    is_text = dtype == pl.String or dtype in (pl.Categorical, pl.Enum)
    return kept.text and not is_text and _stored(series.alias(""), kept).dtype == pl.String


def _stored(series: pl.Series, kept: Kept) -> pl.Series:
    dtype = series.dtype
    how = next((change for is_kind, change in CHANGES if is_kind(dtype)), None)
    return series if how is None else how(series, kept)


def _decimals(series: pl.Series, kept: Kept) -> pl.Series:
    if kept.decimals:
        return series
    texts = series.cast(pl.String)
    longest = texts.str.replace_all(DIGITS_LEFT_OUT, "").str.len_chars()
    if (longest <= FLOAT_DIGITS).all():
        return series.cast(pl.Float64)
    if kept.text:
        return texts
    raise ValueError(
        f"{texts.filter(longest > FLOAT_DIGITS)[0]} has more digits than a number there"
    )


def _unsigned(series: pl.Series, kept: Kept) -> pl.Series:
    if kept.unsigned:
        return series
    above = series.filter(series > MOST_WHOLE) if series.dtype == pl.UInt64 else series.clear()
    if not len(above):
        return series.cast(pl.Int64)
    if kept.decimals:
        return series.cast(pl.Decimal(20, 0))
    raise ValueError(f"{above[0]} is more than a whole number there can be")


def _moments(series: pl.Series, kept: Kept) -> pl.Series:
    dtype: Any = series.dtype
    if dtype == pl.Date:
        return _within(series, series.to_physical(), kept)
    unit = dtype.time_unit
    if unit == "ns" and not kept.nanoseconds:
        _no_finer(series, "nanoseconds")
        unit, series = "us", series.cast(pl.Datetime("us", dtype.time_zone))
    if unit == "us" and not kept.microseconds:
        _no_finer(series, "microseconds")
    return _within(series, series.to_physical() // PER_DAY[unit], kept)


def _within(series: pl.Series, days: pl.Series, kept: Kept) -> pl.Series:
    if kept.days is None or days.is_between(*kept.days).all():
        return series
    if (days.abs() > FARTHEST).any():
        texts = moment_texts(series).str.replace("T", " ", literal=True)
    else:
        texts = series.cast(pl.String)
    if kept.text:
        return texts
    raise ValueError(f"{texts.filter(~days.is_between(*kept.days))[0]} is no date there")


def _times_of_day(series: pl.Series, kept: Kept) -> pl.Series:
    if not kept.times_of_day:
        return series.dt.to_string("%H:%M:%S%.f")
    if not kept.nanoseconds:
        _no_finer(series, "nanoseconds")
    return series


def _no_finer(series: pl.Series, unit: str) -> None:
    odd = series.filter(series.to_physical() % THOUSAND != 0)
    if len(odd):
        raise ValueError(f"{odd.dt.to_string('iso')[0]} has {unit}, which are not kept there")


def _categories(series: pl.Series, kept: Kept) -> pl.Series:
    dtype = series.dtype
    is_kept = kept.enums and isinstance(dtype, pl.Enum) and len(dtype.categories) > 0
    return series if is_kept else series.cast(pl.String)


Change = Callable[[pl.Series, Kept], pl.Series]
CHANGES: tuple[tuple[Callable[[Any], bool], Change], ...] = (
    (lambda dtype: dtype.is_decimal(), _decimals),
    (lambda dtype: dtype.is_unsigned_integer(), _unsigned),
    (lambda dtype: dtype == pl.Date or dtype == pl.Datetime, _moments),
    (lambda dtype: dtype == pl.Time, _times_of_day),
    (lambda dtype: dtype in (pl.Categorical, pl.Enum), _categories),
)
"""How each kind of column is made what an engine holds."""
