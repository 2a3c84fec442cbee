"""Lines of JSON, an object each. They have no place for a receipt."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from iris_dash.files.format import Format, Rows
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import AT_ONCE, Table
from iris_dash.tables.libraries.moments import is_moment, moment_rows, moment_texts
from iris_dash.tables.values import as_json


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as a JSON object per line: the bytes that the JSON routes would send of it."""
    for rows in table.frames(AT_ONCE):
        if any(dtype.is_decimal() for dtype in rows.dtypes):
            objects = (dict(zip(table.keys, row, strict=True)) for row in moment_rows(rows))
            lines = (as_json(o, LINE) for o in objects)
            yield b"".join(lines)
            continue
        records = rows.with_columns(moment_texts(rows[name]) for name in _moments(rows))
        records.columns = list(table.keys)
        written = io.BytesIO()  # not Polars' text of it, which takes half as long again
        records.write_ndjson(written)
        yield written.getvalue()


LINE = orjson.OPT_APPEND_NEWLINE


def _moments(rows: pl.DataFrame) -> list[str]:
    return [name for name, dtype in rows.schema.items() if is_moment(dtype)]


def _rows(path: Path) -> Rows:
    with path.open("rb") as file:
        yield from rows_of_records(orjson.loads(line) for line in file if line.strip())


def rows_of_records(records: Iterable[Any]) -> Rows:
    """Yield the keys, then the values of objects that all have the same keys; else ValueError."""
    names: list[str] | None = None
    for record in records:
        if not isinstance(record, dict):
            raise ValueError("a row is not an object")
        if names is None:
            names = list(record)
            yield names
        if list(record) != names:
            raise ValueError("its rows have different keys")
        yield list(record.values())


FORMAT = Format(
    suffix="ndjson",
    title="JSON lines",
    media_type="application/x-ndjson",
    description="A JSON object per line",
    write=_pieces,
    read=_rows,
)
