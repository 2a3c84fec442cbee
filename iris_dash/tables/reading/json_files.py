"""JSON as data frames: an array of objects, or an object per line."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from iris_dash.core.errors import DatasetError, first_line
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.text_types import dated_text


def read_json(path: Path, name: str) -> ReadTable:
    """Return the table of an array of objects, or of lines with an object each.

    A column has the type of all its values, and is text where they are of several; text that is a
    date or a time in ISO 8601 everywhere is one. Errors: DatasetError, one line.
    """
    with path.open("rb") as file:
        is_array = file.read(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    read = pl.read_json if is_array else pl.read_ndjson
    try:
        frame = read(path, infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = first_line(error).replace(str(path), name)
        kind = "an array of JSON objects" if is_array else "lines of JSON objects"
        raise DatasetError(f"{name}: cannot be read as {kind}: {reason}") from None
    return ReadTable(frame.with_columns(map(_typed, frame.iter_columns())))


def _typed(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return dated_text(column)
    if column.dtype == pl.Int128:  # as Polars has whole numbers of which one needs all 64 bits
        whole = column.cast(pl.UInt64, strict=False)
        return whole if whole.null_count() == column.null_count() else column
    return column
