"""Rows as files, in pieces small enough to stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.dataset import plain_rows


def csv_chunks(pieces: Iterable[nw.DataFrame[Any]]) -> Iterator[bytes]:
    """Yield rows as UTF-8 CSV (RFC 4180, LF line ends), header first; missing is empty.

    The header is sent even when there are no rows, so that an empty file still says its columns.
    """
    header = True
    for piece in pieces:
        if header or len(piece):
            yield _as_polars(piece).write_csv(include_header=header).encode()
        header = False


def _as_polars(rows: nw.DataFrame[Any]) -> pl.DataFrame:
    native = nw.to_native(rows)
    if isinstance(native, pl.DataFrame):
        return native
    return pl.DataFrame(
        plain_rows(rows), schema=rows.columns, orient="row", infer_schema_length=None
    )
