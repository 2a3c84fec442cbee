"""Parquet and Arrow IPC as data frames."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow import ArrowException, ipc, parquet

from iris_dash.core.errors import DatasetError, first_line
from iris_dash.tables.column_names import with_distinct_names
from iris_dash.tables.libraries.arrow_types import is_known, known_types
from iris_dash.tables.reading.file_kinds import ARROW_MAGIC
from iris_dash.tables.reading.read_table import ReadTable

STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"

TEXT_BITS = 128
"""What Polars keeps of each text beside its letters."""

UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, ArrowException, OSError)


def read_parquet(path: Path, name: str) -> ReadTable:
    """Return the table of a Parquet file. Errors: DatasetError, one line."""
    try:
        if _has_unknown(path):
            with parquet.ParquetFile(path) as file:
                return _known(file.read())
        return ReadTable(pl.read_parquet(path, glob=False, hive_partitioning=False))
    except UNREADABLE as error:
        reason = first_line(error).replace(str(path), name).removeprefix("parquet: ")
        raise DatasetError(f"{name}: cannot be read as Parquet: {reason}") from None


def least_memory(path: Path) -> int:
    """Return how many bytes the values of a Parquet file take at least; 0 of one that is none.

    Of each text that is where it lies, of other values of no fixed width nothing.
    """
    try:
        about = parquet.read_metadata(path)
        types = [field.type for field in about.schema.to_arrow_schema()]
    except (ArrowException, OSError):
        return 0
    return int(about.num_rows) * sum(map(_least_bits, types)) // 8


def _least_bits(kind: pa.DataType) -> int:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return TEXT_BITS
    try:
        return int(kind.bit_width)
    except ValueError:
        return 0


def read_arrow(path: Path, name: str) -> ReadTable:
    """Return the table of an Arrow file or stream, a stream to its end.

    Errors: DatasetError, one line.
    """
    with path.open("rb") as file:
        is_file = file.read(len(ARROW_MAGIC)) == ARROW_MAGIC
    try:
        table = _of_unknown(path, is_file)
        if table is None:
            table = ReadTable(pl.read_ipc(path) if is_file else pl.read_ipc_stream(path))
    except UNREADABLE as error:
        reason = first_line(error).replace(str(path), name)
        raise DatasetError(f"{name}: cannot be read as Arrow IPC: {reason}") from None
    if is_file:
        return table
    with path.open("rb") as file:
        file.seek(-len(STREAM_END), os.SEEK_END)
        if file.read() != STREAM_END:
            raise DatasetError(f"{name}: is an Arrow stream that breaks off before its end mark")
    return table


def _is_plain(schema: pa.Schema) -> bool:
    """Return whether Polars knows all types, and each column has a name of its own."""
    names = schema.names
    return len({*names}) == len(names) and all(is_known(field.type) for field in schema)


def _known(table: pa.Table) -> ReadTable:
    """Return an Arrow table with types that Polars knows and names of their own, which are said."""
    renamed, notes = with_distinct_names(table)
    return ReadTable(pl.DataFrame(known_types(renamed)), notes)


def _has_unknown(path: Path) -> bool:
    """Return whether a Parquet file is none that Polars reads; of one that is none at all no."""
    try:
        return not _is_plain(parquet.read_schema(path))
    except (ArrowException, OSError):
        return False


def _of_unknown(path: Path, is_file: bool) -> ReadTable | None:
    """Return an Arrow file's table if it is none that Polars reads."""
    read = ipc.open_file if is_file else ipc.open_stream
    try:
        with path.open("rb") as file, read(file) as reader:
            return None if _is_plain(reader.schema) else _known(reader.read_all())
    except (ArrowException, OSError):
        return None  # Polars says what is wrong with it.
