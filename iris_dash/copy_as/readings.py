"""What the text of a CSV file's column says, and how each library is told to read it.

Every column is text at first. Text that does not say what its column says is a missing value,
however that is spelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

FLAGS = '{"true": True, "false": False}'
WHOLE = 'pd.to_numeric, errors="coerce", dtype_backend="numpy_nullable"'
TIMES = 'lambda text: pd.to_datetime(text.str.strip(), format="ISO8601", errors="coerce"'

CAST = "TRY_CAST(trim({c}) AS %s)"
"""DuckDB 2.0 makes a CAST of the TRY_CAST of a bare column in a CSV file."""


@dataclass(frozen=True)
class Reading:
    """A kind of column: its name, what pandas applies to it, what Polars does to its bare text.

    `sql` is a template for DuckDB, in which `{c}` is the column.
    """

    name: str
    pandas: str
    polars: str
    sql: str


WHOLE_NUMBERS = Reading("whole", WHOLE, ".cast(pl.Int64, strict=False)", CAST % "BIGINT")
CODES = Reading(
    "codes", WHOLE, f'.str.replace(r"\\.0*$", ""){WHOLE_NUMBERS.polars}', WHOLE_NUMBERS.sql
)
"""A facet's whole numbers, which a file may write as 1.0."""

NUMBERS = Reading(
    "numbers",
    'pd.to_numeric, errors="coerce"',
    ".cast(pl.Float64, strict=False).fill_nan(None)",
    f"nullif({CAST % 'DOUBLE'}, 'NaN')",
)
MOMENTS = Reading(
    "moments",
    f"{TIMES}, utc=True)",
    '.str.to_datetime(strict=False, time_zone="UTC")',
    CAST % "TIMESTAMPTZ",
)
READINGS: dict[Any, Reading] = {
    pl.Int64: WHOLE_NUMBERS,
    pl.UInt64: Reading("large", WHOLE, ".cast(pl.UInt64, strict=False)", CAST % "UBIGINT"),
    pl.Float64: NUMBERS,
    pl.Boolean: Reading(
        "flags",
        f"lambda text: text.str.strip().str.lower().map({FLAGS})",
        f".str.to_lowercase().replace_strict({FLAGS}, default=None)",
        CAST % "BOOLEAN",
    ),
    pl.Date: Reading("days", f"{TIMES})", ".str.to_date(strict=False)", CAST % "DATE"),
    pl.Datetime: Reading(
        "times", f"{TIMES})", ".str.to_datetime(strict=False)", CAST % "TIMESTAMP"
    ),
}


def reading_of(series: pl.Series, is_facet: bool) -> Reading | None:
    """Return what a column, as this library has read it, says; None where it is text."""
    dtype = series.dtype
    if series.null_count() == len(series):
        return NUMBERS  # What it has is no number, and goes missing.
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return MOMENTS
    return CODES if is_facet and dtype == pl.Int64 else READINGS.get(dtype.base_type())
