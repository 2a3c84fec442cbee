"""Rows as files, in pieces small enough to stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.dataset import plain_rows

SLICE = 50_000
"""Rows in one piece of a file."""


def csv_chunks(rows: nw.DataFrame[Any]) -> Iterator[bytes]:
    """Yield the rows as UTF-8 CSV (RFC 4180, LF line ends), header first; missing is empty.

    The header is sent even when there are no rows, so that an empty file still says its columns.
    """
    for start in range(0, max(len(rows), 1), SLICE):
        piece = _as_polars(rows[start : start + SLICE])
        yield piece.write_csv(include_header=start == 0).encode()


def _as_polars(rows: nw.DataFrame[Any]) -> pl.DataFrame:
    native = nw.to_native(rows)
    if isinstance(native, pl.DataFrame):
        return native
    return pl.DataFrame(
        plain_rows(rows), schema=rows.columns, orient="row", infer_schema_length=None
    )
