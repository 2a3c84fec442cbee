"""Lines of JSON, an object each. They have no place for a receipt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import polars.selectors as cs

from iris_dash.files.format import Format, Rows
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import AT_ONCE, Table

TIMES = (
    cs.datetime(time_zone=None).dt.to_string("%FT%T%.6f"),
    cs.datetime(time_zone="*").dt.to_string("%FT%T%.6f%:z"),
    cs.time().dt.to_string("%T%.6f"),
)
"""Times in ISO 8601, to be freed of a fraction that is nought."""


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as a JSON object per line: the bytes that the JSON routes would send of it."""
    for rows in table.frames(AT_ONCE):
        records = rows.with_columns(time.str.replace(".000000", "", literal=True) for time in TIMES)
        records.columns = list(table.keys)
        yield records.write_ndjson().encode()


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
