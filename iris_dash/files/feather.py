"""An Arrow IPC file, also called Feather, whose schema's metadata holds the receipt."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from iris_dash.files.arrow import OLDEST
from iris_dash.files.format import Format, Rows
from iris_dash.files.receipt import KEY, Receipt
from iris_dash.files.table import AT_ONCE, Table
from iris_dash.tables.libraries.moments import moment_rows


class _Sink(io.RawIOBase):
    """What is written, until it is taken; it knows its place in the file all the time."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        content = bytes(piece)
        self._pieces.append(content)
        self._written += len(content)
        return len(content)

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        """Return what was written since the last time, and let it go."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as an Arrow IPC file, a record batch per piece; its index is the last one."""
    import pyarrow as pa

    bare = pl.DataFrame(schema=table.types).to_arrow(compat_level=OLDEST).schema
    sink = _Sink()
    with pa.ipc.new_file(sink, bare.with_metadata({KEY: receipt.to_json()})) as file:
        yield sink.take()
        for rows in table.frames(AT_ONCE):
            file.write_table(rows.rechunk().to_arrow(compat_level=OLDEST))
            yield sink.take()
    yield sink.take()


def _rows(path: Path) -> Rows:
    frame = pl.read_ipc(path)
    yield frame.columns
    yield from moment_rows(frame.fill_nan(None))


def _receipt(path: Path) -> str | None:
    import pyarrow as pa

    with path.open("rb") as file, pa.ipc.open_file(file) as content:
        text: bytes | None = (content.schema.metadata or {}).get(KEY.encode())
    return None if text is None else text.decode()


FORMAT = Format(
    suffix="feather",
    title="Feather",
    media_type="application/vnd.apache.arrow.file",
    description="An Arrow IPC file (Feather); its schema's metadata `iris_dash` is the receipt",
    write=_pieces,
    read=_rows,
    receipt=_receipt,
    unreadable=(pl.exceptions.PolarsError,),
)
