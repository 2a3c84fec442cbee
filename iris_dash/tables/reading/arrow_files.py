"""Parquet and Arrow IPC as data frames."""

from __future__ import annotations

import base64
import os
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
from polars import selectors
from pyarrow import ArrowException, feather, ipc, parquet

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.core.periods import is_period_field
from iris_dash.tables.column_names import with_distinct_names
from iris_dash.tables.libraries.arrow_types import is_known_in_files, known_types, odd_texts
from iris_dash.tables.libraries.moments import moment_texts
from iris_dash.tables.libraries.periods import is_period
from iris_dash.tables.libraries.zones import ARROW_SCHEMA
from iris_dash.tables.reading.file_kinds import ARROW_MAGIC
from iris_dash.tables.reading.read_table import ReadTable

OLD_MAGIC = b"FEA1"
"""How a Feather file of the first version begins."""

DELTA = "delta dictionary batches"
"""What Polars says of dictionaries that grow from batch to batch."""

NO_UTF_8 = "invalid utf8"
"""What it says of texts that are in another encoding."""

MOST_DIGITS = 38
LONG_DECIMALS = "its decimals have more digits than its type says"
"""What Polars keeps, but cuts off on the way to Python."""

STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"

MOST_OF_FINE = (2**63 - 1) // 1_000
"""How many millionths of a second nanoseconds have room for."""

TEXT_BITS = 128
"""What Polars keeps of each text beside its letters."""

UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, ArrowException, OSError)


def read_parquet(path: Path, name: str) -> ReadTable:
    """Return the table of a Parquet file. Errors: DatasetError, one line."""
    by_arrow = _has_unknown(path)
    try:
        return _known(_with_old_times(path)) if by_arrow else _whole_by_polars(path)
    except UNREADABLE as error:
        reason = first_line(error).replace(str(path), name).removeprefix("parquet: ")
        with suppress(*UNREADABLE):  # Arrow knows types and packings that Polars does not.
            if not by_arrow:
                return replace(_known(_with_old_times(path)), is_ours=True)
        raise DatasetError(f"{name}: cannot be read as Parquet: {reason}") from None


def _whole_by_polars(path: Path) -> ReadTable:
    """Return the table of a Parquet file. Errors: ComputeError, also where rows are left out."""
    frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
    with suppress(ArrowException, OSError):  # It may be one that Polars alone reads.
        about = parquet.read_metadata(path)  # which may count none of the rows that its groups have
        rows = sum(about.row_group(place).num_rows for place in range(about.num_row_groups))
        if rows != frame.height:
            raise pl.exceptions.ComputeError(f"has {rows} rows, of which {frame.height} are read")
    return _of_polars(frame)


def _of_polars(frame: pl.DataFrame) -> ReadTable:
    has_periods = any(map(is_period, frame.dtypes))  # which other libraries read as numbers
    return ReadTable(_with_known_decimals(frame), is_ours=has_periods)


def _with_known_decimals(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame. Errors: ComputeError for decimals with more digits than their type says."""
    for column in frame.select(selectors.decimal()):
        dtype = column.dtype
        assert isinstance(dtype, pl.Decimal)
        most = Decimal(10) ** ((dtype.precision or MOST_DIGITS) - dtype.scale)
        ends = [end for end in (column.min(), column.max()) if isinstance(end, Decimal)]
        if any(abs(end) >= most for end in ends):
            raise pl.exceptions.ComputeError(f"{column.name}: {LONG_DECIMALS}")
    return frame


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
        head = file.read(len(ARROW_MAGIC))
    is_file = head == ARROW_MAGIC
    try:
        if head.startswith(OLD_MAGIC):
            return _known(_old_feather(path))
        table = (None if is_file else _of_streams(path, name)) or _of_unknown(path, is_file)
        if table is None:
            table = _by_polars(path, is_file)
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


def _by_polars(path: Path, is_file: bool) -> ReadTable:
    try:
        frame = pl.read_ipc(path) if is_file else pl.read_ipc_stream(path)
        return _of_polars(frame)
    except pl.exceptions.ComputeError as error:
        if not any(words in str(error) for words in (DELTA, NO_UTF_8, LONG_DECIMALS)):
            raise
    with path.open("rb") as file, (ipc.open_file if is_file else ipc.open_stream)(file) as reader:
        return _known(reader.read_all())


def _old_feather(path: Path) -> pa.Table:
    """Return the table of a Feather file of the first version, which Arrow will not always read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return feather.read_table(path)


def _of_streams(path: Path, name: str) -> ReadTable | None:
    """Return the rows of several streams, one behind the other; None of a single one.

    Errors: DatasetError, where what follows is no stream of the same columns.
    """
    with pa.memory_map(str(path)) as file:
        try:
            for _ in ipc.MessageReader.open_stream(file):
                pass
        except ArrowException:
            return None  # Polars says what is wrong with it.
        if file.tell() == file.size():
            return None
        file.seek(0)
        tables: list[pa.Table] = []
        while file.tell() < file.size():
            try:
                tables.append(ipc.open_stream(file).read_all())
            except (ArrowException, OSError):
                raise DatasetError(
                    f"{name}: more follows its Arrow stream, which is none"
                ) from None
        if any(table.schema != tables[0].schema for table in tables):
            raise DatasetError(f"{name}: more follows its Arrow stream, of other columns")
        return _known(pa.concat_tables(tables))


def _is_plain(schema: pa.Schema) -> bool:
    """Return whether Polars reads all types, and each column has a name of its own."""
    names = schema.names
    return len({*names}) == len(names) and all(is_known_in_files(f.type) for f in schema)


def _known(table: pa.Table) -> ReadTable:
    """Return an Arrow table with types that Polars knows and names of their own, which are said."""
    renamed, notes = with_distinct_names(table)
    if odd := odd_texts(renamed):
        notes = (*notes, f"what is no UTF-8 is read as Windows-1252 in {list_names(odd)}")
    has_periods = any(map(is_period_field, table.schema))
    frame = pl.DataFrame(known_types(renamed))
    return ReadTable(frame, tuple(notes), is_ours=bool(odd) or has_periods)


def _has_unknown(path: Path) -> bool:
    """Return whether a Parquet file is none that Polars reads; of one that is none at all no."""
    try:
        with parquet.ParquetFile(path) as file:
            return bool(_old_times(file)) or not all(map(_is_plain, _schemas(file)))
    except (ArrowException, OSError):
        return False


def _schemas(file: parquet.ParquetFile) -> Iterator[pa.Schema]:
    """Yield the schema of a Parquet file, and that of the Arrow table that it was made of."""
    yield file.schema_arrow
    if stored := (file.metadata.metadata or {}).get(ARROW_SCHEMA.encode()):
        yield ipc.read_schema(pa.py_buffer(base64.b64decode(stored)))


def _old_times(file: parquet.ParquetFile) -> set[str]:
    """Return the columns with times of 96 bits, as Spark, Hive and Impala wrote them."""
    leaves = (file.schema.column(place) for place in range(len(file.schema)))
    return {leaf.path.split(".")[0] for leaf in leaves if leaf.physical_type == "INT96"}


def _with_old_times(path: Path) -> pa.Table:
    """Return the table of a Parquet file, times of 96 bits in the unit that holds them.

    That is millionths of a second, or nanoseconds where there are any; text where there are some
    and times too far away for them. Arrow wraps these silently.
    """
    with parquet.ParquetFile(path) as file:
        table, old = file.read(), _old_times(file)
    if not old:
        return table
    with parquet.ParquetFile(path, coerce_int96_timestamp_unit="us") as file:
        coarse = file.read()
    for place, name in enumerate(table.column_names):
        if name.split(".")[0] in old:
            table = table.set_column(place, name, _exact(table[place], coarse[place]))
    return table


def _exact(fine: pa.ChunkedArray, coarse: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return times of 96 bits as what is exact, of them in nanoseconds and in millionths."""
    try:
        return coarse if coarse.cast(fine.type).equals(fine) else fine
    except pa.ArrowInvalid:
        if not pa.types.is_timestamp(fine.type):
            return coarse
    whole, parts = pl.Series(coarse), pl.Series(fine)
    is_near = whole.to_physical().is_between(-MOST_OF_FINE, MOST_OF_FINE)
    if not ((parts.to_physical() % 1_000 != 0) & is_near).any():
        return coarse
    texts = moment_texts(parts).zip_with(is_near, moment_texts(whole))
    return pa.chunked_array([texts.to_arrow()])


def _of_unknown(path: Path, is_file: bool) -> ReadTable | None:
    """Return an Arrow file's table if it is none that Polars reads."""
    read = ipc.open_file if is_file else ipc.open_stream
    try:
        with path.open("rb") as file, read(file) as reader:
            return None if _is_plain(reader.schema) else _known(reader.read_all())
    except (ArrowException, OSError):
        return None  # Polars says what is wrong with it.
