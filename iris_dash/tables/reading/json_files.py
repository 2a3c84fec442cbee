"""JSON as data frames: an array of objects, or an object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

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
    names = _in_order(frame.columns, _objects(path, is_array))
    return ReadTable(pl.DataFrame([_typed(frame.get_column(name)) for name in names]))


def _in_order(names: list[str], objects: Iterator[dict[str, Any]]) -> list[str]:
    """Return the names in the order in which the objects first have them.

    Polars (2.1) has an order of its own where an object has more than some thirty keys, another
    in each process.
    """
    missing, ordered = set(names), list[str]()
    with suppress(ValueError, RecursionError):  # of what Polars reads and Python does not
        while missing and (found := next(objects, None)) is not None:
            ordered += [key for key in found if key in missing]
            missing -= found.keys()
    return ordered + sorted(missing)


def _objects(path: Path, is_array: bool) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file that has been read, as far as one asks."""
    with path.open(encoding="utf-8-sig") as file:
        if not is_array:
            yield from (json.loads(line) for line in file if line.strip())
            return
        text, decoder = file.read(), json.JSONDecoder()
    place = text.find("{")
    while place >= 0:
        found, end = decoder.raw_decode(text, place)
        yield found
        place = text.find("{", end)


def _typed(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return dated_text(column)
    if column.dtype == pl.Int128:  # as Polars has whole numbers of which one needs all 64 bits
        whole = column.cast(pl.UInt64, strict=False)
        return whole if whole.null_count() == column.null_count() else column
    return column
