"""An Arrow IPC stream, whose schema's metadata holds the receipt."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from iris_dash.files.format import Format, Rows
from iris_dash.files.receipt import KEY, Receipt
from iris_dash.files.table import AT_ONCE, Table
from iris_dash.tables.libraries.moments import moment_rows

OLDEST = pl.CompatLevel.oldest()
"""Text in the layout that every reader of Arrow knows."""


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as an Arrow IPC stream, a record batch per piece.

    A stream and not a file: it needs no index at its end, so that a reader may begin at once.
    """
    import pyarrow as pa

    bare = pl.DataFrame(schema=table.types).to_arrow(compat_level=OLDEST).schema
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, bare.with_metadata({KEY: receipt.to_json()})) as stream:
        yield _taken(sink)
        for rows in table.frames(AT_ONCE):
            stream.write_table(rows.rechunk().to_arrow(compat_level=OLDEST))
            yield _taken(sink)
    yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    """Return what was written since the last time, and let it go."""
    written = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return written


def _rows(path: Path) -> Rows:
    frame = pl.read_ipc_stream(path)
    yield frame.columns
    yield from moment_rows(frame.fill_nan(None))


def _receipt(path: Path) -> str | None:
    import pyarrow as pa

    with path.open("rb") as file, pa.ipc.open_stream(file) as stream:
        text: bytes | None = (stream.schema.metadata or {}).get(KEY.encode())
    return None if text is None else text.decode()


FORMAT = Format(
    suffix="arrow",
    title="Arrow",
    media_type="application/vnd.apache.arrow.stream",
    description="An Arrow IPC stream; its schema's metadata `iris_dash` is the receipt",
    write=_pieces,
    read=_rows,
    receipt=_receipt,
    unreadable=(pl.exceptions.PolarsError,),
)
