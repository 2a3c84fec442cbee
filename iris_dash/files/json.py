"""JSON: one array of objects, as the JSON routes answer. It has no place for a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from iris_dash.files import ndjson
from iris_dash.files.format import Format, Rows
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import Table


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as one JSON array of objects, in the keys of the JSON routes."""
    before = b"["
    for lines in ndjson.FORMAT.write(table, receipt):
        # Within an object a line end is written as two characters.
        yield before + lines[:-1].replace(b"\n", b",")
        before = b","
    yield b"]" if before == b"," else b"[]"


def _rows(path: Path) -> Rows:
    records = orjson.loads(path.read_bytes())
    if not isinstance(records, list):
        raise ValueError("it is not an array")
    yield from ndjson.rows_of_records(records)


FORMAT = Format(
    suffix="json",
    title="JSON",
    media_type="application/json",
    description="An array of JSON objects",
    write=_pieces,
    read=_rows,
)
