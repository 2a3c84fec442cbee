"""Tables as files, in pieces small enough to stream: one function per format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iris_dash.core.errors import unknown_name
from iris_dash.files.columnar import arrow_pieces, parquet_pieces
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import Table
from iris_dash.files.text import csv_pieces, json_pieces, ndjson_pieces
from iris_dash.files.xlsx import xlsx_pieces

__all__ = ["FORMATS", "Export", "Format", "Table", "export_format"]


@dataclass(frozen=True)
class Format:
    """A kind of file: its media type, and how a table is written as one.

    `pieces` raises QueryError before anything is written if the format cannot hold the table.
    """

    media_type: str
    pieces: Callable[[Table, Receipt], Iterator[bytes]]


FORMATS = {
    "csv": Format("text/csv", csv_pieces),
    "parquet": Format("application/vnd.apache.parquet", parquet_pieces),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_pieces
    ),
    "ndjson": Format("application/x-ndjson", ndjson_pieces),
    "json": Format("application/json", json_pieces),
    "arrow": Format("application/vnd.apache.arrow.stream", arrow_pieces),
}
"""Every kind of file, by its suffix."""


@dataclass(frozen=True)
class Export:
    """A file on its way: its receipt, and its content in pieces."""

    receipt: Receipt
    pieces: Iterator[bytes]


def export_format(name: str) -> Format:
    """Return the format of that name; KeyError lists the formats."""
    if name not in FORMATS:
        raise KeyError(unknown_name("format", name, FORMATS))
    return FORMATS[name]
