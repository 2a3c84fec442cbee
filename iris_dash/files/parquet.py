"""Parquet, whose metadata holds the receipt."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from typing import IO

import polars as pl
from polars.io.plugins import register_io_source

from iris_dash.core.temporary import room_for
from iris_dash.files.format import Format, Rows
from iris_dash.files.receipt import KEY, Receipt
from iris_dash.files.table import AT_ONCE, Table, content
from iris_dash.files.whole import SIGN, Writing
from iris_dash.tables.libraries.moments import moment_rows

ROW_GROUP = 250_000
PATIENCE_SECONDS = 0.1


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as Parquet.

    Polars writes Parquet as a whole, so that it goes through a temporary file. The file has no
    name: nothing stays behind, whatever happens to the client or to this process.
    """
    with tempfile.TemporaryFile() as file:
        with room_for("a Parquet file"):
            yield from _write(table, receipt, file)
            file.seek(0)
        yield from content(file)


def _write(table: Table, receipt: Receipt, file: IO[bytes]) -> Iterator[bytes]:
    """Write the table, reading it in this thread: an engine may answer in no other."""
    waiting: Queue[pl.DataFrame | None] = Queue(1)

    def arriving(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        while (piece := waiting.get()) is not None:
            yield piece

    def write() -> None:
        lazy = register_io_source(arriving, schema=table.types)
        lazy.sink_parquet(file, row_group_size=ROW_GROUP, metadata={KEY: receipt.to_json()})

    signs = Writing()
    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        try:
            for rows in table.frames(AT_ONCE):
                while not _is_handed_over(rows, waiting, writing):
                    if signs.wants_sign():
                        yield SIGN
                if signs.wants_sign():
                    yield SIGN
        finally:
            while not _is_handed_over(None, waiting, writing):
                pass
        writing.result()


def _is_handed_over(
    piece: pl.DataFrame | None, waiting: Queue[pl.DataFrame | None], writing: Future[None]
) -> bool:
    """Put the piece where the writer takes it, unless the writer has failed; wait for it a little.

    Return whether there is nothing more to wait for.
    """
    if writing.done():
        return True
    with suppress(Full):
        waiting.put(piece, timeout=PATIENCE_SECONDS)
        return True
    return False


def _rows(path: Path) -> Rows:
    lazy = pl.scan_parquet(path, glob=False)
    yield lazy.collect_schema().names()
    for frame in lazy.collect_batches(chunk_size=AT_ONCE, maintain_order=True):
        yield from moment_rows(frame.fill_nan(None))


def _receipt(path: Path) -> str | None:
    return pl.read_parquet_metadata(path).get(KEY)


FORMAT = Format(
    suffix="parquet",
    title="Parquet",
    media_type="application/vnd.apache.parquet",
    description="Parquet; its metadata `iris_dash` is the receipt",
    write=_pieces,
    read=_rows,
    is_whole=True,
    receipt=_receipt,
    unreadable=(pl.exceptions.PolarsError,),
    offers_means=True,
)
