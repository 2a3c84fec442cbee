"""Parquet and Arrow, which hold their receipt in their schema's metadata."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Full, Queue
from typing import IO

import polars as pl
from polars.io.plugins import register_io_source

from iris_dash.files.receipt import KEY, Receipt
from iris_dash.files.table import AT_ONCE, Table, content

ROW_GROUP = 250_000
PATIENCE_SECONDS = 0.1
STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"
OLDEST = pl.CompatLevel.oldest()
"""Text in the layout that every reader of Arrow knows."""


def parquet_pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Return a table as Parquet.

    Polars writes Parquet as a whole, so that it goes through a temporary file. The file has no
    name: nothing stays behind, whatever happens to the client or to this process.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by the one who reads it
    try:
        _write_parquet(table, receipt, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return content(file)


def _write_parquet(table: Table, receipt: Receipt, file: IO[bytes]) -> None:
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

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        try:
            for rows in table.frames(AT_ONCE):
                _hand_over(rows, waiting, writing)
        finally:
            _hand_over(None, waiting, writing)
        writing.result()


def _hand_over(
    piece: pl.DataFrame | None, waiting: Queue[pl.DataFrame | None], writing: Future[None]
) -> None:
    """Put the piece where the writer takes it, unless the writer has failed."""
    while not writing.done():
        with suppress(Full):
            waiting.put(piece, timeout=PATIENCE_SECONDS)
            return


def arrow_pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as an Arrow IPC stream, a record batch per piece.

    A stream and not a file: it needs no index at its end, so that a reader may begin at once.
    """
    yield _schema_message(table, receipt)
    for rows in table.frames(AT_ONCE):
        yield _after_schema(_stream(rows.rechunk()))
    yield STREAM_END


def _schema_message(table: Table, receipt: Receipt) -> bytes:
    """Return the stream's head: Polars' own schema, and the receipt, which Polars cannot write."""
    import nanoarrow
    from nanoarrow.c_array_stream import CArrayStream
    from nanoarrow.ipc import StreamWriter

    empty = io.BytesIO(_stream(pl.DataFrame(schema=table.types)))
    with nanoarrow.ArrayStream.from_readable(empty) as stream:
        schema = nanoarrow.c_schema(stream.schema).modify(metadata={KEY: receipt.to_json()})
    head = io.BytesIO()
    writer = StreamWriter.from_writable(head)
    writer.write_stream(CArrayStream.from_c_arrays([], schema))
    writer.release()
    return head.getvalue()


def _stream(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_ipc_stream(stream, compat_level=OLDEST)
    return stream.getvalue()


def _after_schema(stream: bytes) -> bytes:
    """Return a stream's record batches alone: without the schema's message and the end mark.

    A message is four bytes of ones, its length in four, little-endian, and a schema has no body.
    """
    return stream[8 + int.from_bytes(stream[4:8], "little") : -len(STREAM_END)]
