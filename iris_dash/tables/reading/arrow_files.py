"""Parquet and Arrow IPC as data frames."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
from pyarrow import ArrowException, ipc, parquet

from iris_dash.core.errors import DatasetError, first_line
from iris_dash.tables.libraries.zones import OFFSET, in_known_zones, may_have_offsets
from iris_dash.tables.reading.file_kinds import ARROW_MAGIC
from iris_dash.tables.reading.read_table import ReadTable

STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"

HEAD = 65_536
"""Bytes at the beginning of an Arrow file in which its schema stands."""

UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, ArrowException, OSError)


def read_parquet(path: Path, name: str) -> ReadTable:
    """Return the table of a Parquet file. Errors: DatasetError, one line."""
    try:
        if may_have_offsets(path):
            with parquet.ParquetFile(path) as file:
                return ReadTable(pl.DataFrame(in_known_zones(file.read())))
        return ReadTable(pl.read_parquet(path, glob=False, hive_partitioning=False))
    except UNREADABLE as error:
        reason = first_line(error).replace(str(path), name).removeprefix("parquet: ")
        raise DatasetError(f"{name}: cannot be read as Parquet: {reason}") from None


def read_arrow(path: Path, name: str) -> ReadTable:
    """Return the table of an Arrow file or stream, a stream to its end.

    Errors: DatasetError, one line.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    is_file = head.startswith(ARROW_MAGIC)
    try:
        if OFFSET.search(head):
            frame = _in_known_zones(path, is_file)
        else:
            frame = pl.read_ipc(path) if is_file else pl.read_ipc_stream(path)
    except UNREADABLE as error:
        reason = first_line(error).replace(str(path), name)
        raise DatasetError(f"{name}: cannot be read as Arrow IPC: {reason}") from None
    if is_file:
        return ReadTable(frame)
    with path.open("rb") as file:
        file.seek(-len(STREAM_END), os.SEEK_END)
        if file.read() != STREAM_END:
            raise DatasetError(f"{name}: is an Arrow stream that breaks off before its end mark")
    return ReadTable(frame)


def _in_known_zones(path: Path, is_file: bool) -> pl.DataFrame:
    read = ipc.open_file if is_file else ipc.open_stream
    with path.open("rb") as file, read(file) as reader:
        return pl.DataFrame(in_known_zones(reader.read_all()))
