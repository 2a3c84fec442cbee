"""What the text of a CSV file's column says, and how each library is told to read it.

Every column is text at first, which some steps write as numbers and dates are written anywhere.
Text that does not say what its column says is a missing value, however that is spelled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from iris_dash.copy_as.python_text import literal
from iris_dash.query.text_form import ColumnForm

FLAGS = '{"true": True, "false": False}'
WHOLE = r"""lambda text: text.str.extract(r"^\s*\+?(-?\d+)\s*$", expand=False).astype("%s")"""
"""`pd.to_numeric` makes floats of whole numbers with a missing one among them."""

NUMERIC = 'pd.to_numeric, errors="coerce"'
TIMES = 'lambda text: pd.to_datetime(text.str.strip(), format="ISO8601", errors="coerce"'

CAST = "TRY_CAST(trim({c}) AS %s)"
"""DuckDB 2.0 makes a CAST of the TRY_CAST of a bare column in a CSV file."""


@dataclass(frozen=True)
class Reading:
    """A kind of column: its name, what pandas applies to it, what Polars does to its bare text.

    `sql` is a template for DuckDB, in which `{c}` is the column. `steps` come before: what is
    replaced everywhere in its text, as a regular expression, and by what.
    """

    name: str
    pandas: str
    polars: str
    sql: str
    steps: tuple[tuple[str, str], ...] = ()


WHOLE_NUMBERS = Reading("whole", WHOLE % "Int64", ".cast(pl.Int64, strict=False)", CAST % "BIGINT")
CODES = Reading(
    "codes",
    NUMERIC,
    f".cast(pl.Float64, strict=False){WHOLE_NUMBERS.polars}",
    WHOLE_NUMBERS.sql,
)
"""A facet's whole numbers, which a file writes as 1.0."""

NUMBERS = Reading(
    "numbers",
    NUMERIC,
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
    pl.UInt64: Reading(
        "large", WHOLE % "UInt64", ".cast(pl.UInt64, strict=False)", CAST % "UBIGINT"
    ),
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


def _in_format(dtype: Any, form: str) -> Reading:
    """Return the reading of dates or times that are all written in a format."""
    given = literal(form)
    to, kind = ("date", "DATE") if dtype == pl.Date else ("datetime", "TIMESTAMP")
    pandas = f'lambda text: pd.to_datetime(text.str.strip(), format={given}, errors="coerce")'
    sql = f"CAST(try_strptime(trim({{c}}), '{form}') AS {kind})"
    name = READINGS[dtype.base_type()].name
    return Reading(name, pandas, f".str.to_{to}({given}, strict=False)", sql)


PAD = r"\b(\d)([./:-])", r"0\1\2"
DAY_OR_MONTH = r"(\d\d)[./-](\d\d)[./-](\d{4})"
ORDERS = {
    "day": (DAY_OR_MONTH, r"\3-\2-\1"),
    "month": (DAY_OR_MONTH, r"\3-\1-\2"),
    "year": (r"(\d{4})[./-](\d\d)[./-](\d)", r"\1-\2-\3"),
}
"""How days and months of one digit get two, and how dates are turned into those of ISO 8601."""


def reading_of(series: pl.Series, form: ColumnForm, decimal: str) -> Reading | None:
    """Return what a column, as this library has read it, says; None where it is text."""
    reading = _reading(series, form)
    if reading is None:
        return None
    steps = []
    if form.unit:
        steps.append((f"[ \u00a0\u202f]*{re.escape(form.unit)}[ \u00a0\u202f]*", ""))
    if form.thousands:
        steps.append((re.escape(form.thousands).replace("\\ ", " "), ""))
    if form.is_float and decimal != ".":
        steps.append((decimal, "."))
    if form.first:
        steps += [PAD, ORDERS[form.first]]
    return replace(reading, steps=tuple(steps))


def _reading(series: pl.Series, form: ColumnForm) -> Reading | None:
    dtype = series.dtype
    if series.null_count() == len(series):
        return NUMBERS  # What it has is no number, and goes missing.
    if form.format:
        return _in_format(dtype, form.format)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return MOMENTS
    return CODES if form.is_float and dtype == pl.Int64 else READINGS.get(dtype.base_type())
