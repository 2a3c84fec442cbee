"""CSV that leaves no doubt, read in one go: the table that careful reading gives, but sooner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa

from iris_dash.tables.reading.text_dialect import Dialect
from iris_dash.tables.reading.text_scan import Scan

NUMBERS = {pa.int64(): pl.Int64(), pa.float64(): pl.Float64()}
NO_VALUE = "NA"
"""What means "no value" among numbers; where anything else does, the table is read carefully."""


def read_plain(
    path: Path, dialect: Dialect, seen: Scan, before: int, types: Sequence[pa.DataType]
) -> list[pl.Series] | None:
    """Return the columns of a CSV file of whose first rows the types are known.

    `before` lines stand before the first row. None where it is no such file: there are quotes, or
    codes, or a row of another length, or a later value is of another type.
    """
    if not _is_plain(dialect, seen, len(types)) or not all(map(_is_known, types)):
        return None
    names = [str(place) for place in range(len(types))]
    schema = {name: NUMBERS.get(kind, pl.String()) for name, kind in zip(names, types, strict=True)}
    try:
        frame = pl.read_csv(
            path,
            has_header=False,
            schema=schema,
            skip_lines=before,
            separator=dialect.separator,
            quote_char=None,
            null_values={name: NO_VALUE for name in names if schema[name] != pl.String()},
            glob=False,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    rows = seen.lines - before
    if len(frame) != rows or seen.separators != seen.lines * (len(types) - 1):
        return None
    try:
        return [_series(one, kind) for one, kind in zip(frame.iter_columns(), types, strict=True)]
    except pa.ArrowInvalid:
        return None


def _is_plain(dialect: Dialect, seen: Scan, width: int) -> bool:
    odd = seen.has_quotes or seen.has_codes or seen.has_plus
    return (
        width > 1
        and dialect.decimal == "."
        and not (odd or seen.has_blank_lines or seen.has_returns)
    )


def _is_known(kind: pa.DataType) -> bool:
    times = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    return kind in NUMBERS or pa.types.is_string(kind) or times


def _series(series: pl.Series, kind: pa.DataType) -> pl.Series:
    if series.dtype.is_float():
        return series.fill_nan(None)
    if pa.types.is_temporal(kind):
        found = pl.from_arrow(series.to_arrow().cast(kind))
        assert isinstance(found, pl.Series)
        return found
    return series
