"""Tables as files, in pieces small enough to stream: one module per format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iris_dash.core.errors import unknown_name
from iris_dash.files import arrow, csv, feather, json, ndjson, parquet, xlsx
from iris_dash.files.format import Format
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import Table

__all__ = ["FORMATS", "Export", "Format", "Table", "find_format"]

FORMATS: tuple[Format, ...] = (
    csv.FORMAT,
    xlsx.FORMAT,
    parquet.FORMAT,
    json.FORMAT,
    ndjson.FORMAT,
    arrow.FORMAT,
    feather.FORMAT,
)
"""Every kind of file, in the order of the page's menu."""


@dataclass(frozen=True)
class Export:
    """A file on its way: its receipt, and its content in pieces."""

    receipt: Receipt
    pieces: Iterator[bytes]


def find_format(suffix: str) -> Format:
    """Return the format of that suffix; KeyError lists the formats."""
    for file_format in FORMATS:
        if file_format.suffix == suffix:
            return file_format
    raise KeyError(unknown_name("format", suffix, [known.suffix for known in FORMATS]))
