"""Parquet files that are asked where they lie, however many rows they have, by DuckDB in here."""

from __future__ import annotations

import copy
import glob
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, takewhile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import narwhals as nw
import polars as pl
import pyarrow as pa
from pyarrow import ArrowException, parquet
from typing_extensions import override

from iris_dash.core.errors import DatasetError, NoTableError, first_line, list_names
from iris_dash.core.periods import is_period_field
from iris_dash.core.plain_files import is_hidden, other_kind
from iris_dash.core.time_zones import is_lost_in_utc
from iris_dash.engines import parquet_folder
from iris_dash.engines.addresses import Address, files_pattern
from iris_dash.engines.base import ROW, Engine, FolderKeys, Rows, check_letter_case
from iris_dash.engines.duckdb_tables import DuckdbTable, quoted
from iris_dash.engines.kept_answers import KeptAnswers, usual_folder
from iris_dash.engines.parquet_keys import key_in_sql

MAGIC = b"PAR1"
LENGTH_BYTES = 4
TAIL = LENGTH_BYTES + len(MAGIC)

MOST_PARTS, LEAST_PART = 1_000, 100_000
"""More files than these are one part, and so are files of fewer rows, on average."""

MEMORY = "1GB"
"""What DuckDB takes of a process's memory; what is longer it puts on disk."""


PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
"""Units of durations in a second."""

ENUM = b"_PL_ENUM_VALUES2"
"""What Polars writes the values of an enum under."""

TAKEN_AS_ONE = "DuckDB, which asks the files; without parquet:// they are two"

UNORDERED = "in_clause"
"""It makes a join of a condition of several values: what a join gives is in no order."""


@dataclass(frozen=True)
class _File:
    """A Parquet file, a digest that changes with it, its rows, and its columns with their types."""

    path: str
    digest: str
    rows: int
    columns: dict[str, str]


class ParquetInPlace(DuckdbTable):
    """The table of `parquet:///path`: a Parquet file, a folder of them, or a pattern.

    Its rows are in the order of the files' names. What is asked at the start is kept in a folder:
    that of `?kept=`, else the usual one; with an empty `kept=` nothing is. Errors: DatasetError,
    one line, where there is no such file, or one is no Parquet.
    """

    comes_in_order = True
    content = ""

    def __init__(self, address: Address, folder_keys: FolderKeys | None = None) -> None:
        self._folder_keys = folder_keys
        self._keys: dict[str, str] = {}
        super().__init__(address)

    @override
    def _open(self, address: Address) -> tuple[duckdb.DuckDBPyConnection, str, str]:
        self._kept = KeptAnswers(_kept_folder(address))
        try:
            self._files = [_file(path) for path in _paths(address.place)]
            if not self._files:
                raise FileNotFoundError
            _check_alike(self._files)
            keys = self._named_by_folders(address.place)
            check_letter_case({**self._files[0].columns, **dict.fromkeys(keys)}, TAKEN_AS_ONE)
        except ValueError as error:
            raise DatasetError(f"{self.name}: {error}") from None
        except FileNotFoundError:
            raise NoTableError(f"{self.name}: there is no Parquet file") from None
        except OSError as error:
            reason = f"{error.filename}: {error.strerror}"
            raise DatasetError(f"{self.name}: cannot be read: {reason}") from None
        self.content = _digest(file.digest for file in self._files)
        place = Path(tempfile.gettempdir(), f"iris_dash-duckdb-{os.getpid()}")
        try:
            connection = duckdb.connect(
                config={
                    "memory_limit": MEMORY,
                    "temp_directory": str(place),
                    "disabled_optimizers": UNORDERED,
                }
            )
            paths = [file.path for file in self._files]
            self._keys = {name: key_in_sql(connection, paths, key) for name, key in keys.items()}
            self._define(connection, "files", self._files)
        except ValueError as error:
            raise DatasetError(f"{self.name}: {error}") from None
        except duckdb.Error as error:
            raise DatasetError(f"{self.name}: cannot be opened: {first_line(error)}") from None
        self.comes_in_order = ROW not in self._files[0].columns
        self._know_types()
        return connection, "files", address.title

    def _named_by_folders(self, place: str) -> dict[str, pl.Series]:
        """Return the columns that the names of folders say, with a value for each file."""
        pattern = files_pattern(place)
        if self._folder_keys is None or not glob.has_magic(pattern):
            return {}
        files = [Path(file.path) for file in self._files]
        base = Path(os.path.abspath(_base(pattern)))
        try:
            return {key.name: key for key in self._folder_keys(files, base)}
        except DatasetError as error:
            raise DatasetError(f"{self.name}: {error}") from None

    def _define(
        self, connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[_File]
    ) -> None:
        """Define a view of some files, with a row's place among theirs unless they say it."""
        named = {**self._files[0].columns, **self._keys}
        columns = ", ".join(map(quoted, named))
        if ROW not in self._files[0].columns:
            starts = list(accumulate((file.rows for file in files), initial=0))[:-1]
            start = f"CAST({starts} AS BIGINT[])[CAST(file_index AS BIGINT) + 1]"
            columns += f", {start} + CAST(file_row_number AS BIGINT) AS {ROW}"
        paths = ", ".join(_text(file.path) for file in files)
        kinds = ", ".join(f"{_text(name)}: VARCHAR" for name in self._keys)
        hive = f"true, hive_types={{{kinds}}}" if kinds else "false"
        view = f"SELECT {columns} FROM read_parquet([{paths}], hive_partitioning={hive})"
        connection.execute(f"CREATE VIEW IF NOT EXISTS {name} AS {view}")

    def _know_types(self) -> None:
        """Note what the files say of their columns that DuckDB does not read."""
        read_as, zones, periods = dict[str, str](), list[str](), list[str]()
        for field in parquet.read_schema(self._files[0].path):
            name, kind = field.name, field.type
            if pa.types.is_duration(kind):
                read_as[name] = f"CAST({quoted(name)} AS DOUBLE) / {PER_SECOND[kind.unit]}"
            elif pa.types.is_timestamp(kind) and is_lost_in_utc(kind.tz):
                zones.append(f"{name!r} ({kind.tz})")
            elif is_period_field(field):
                periods.append(repr(name))
            elif ENUM in (field.metadata or {}) and (order := self._order(name)):
                self.orders[name] = order
        self.read_as = read_as | {
            name: how for name, how in self._keys.items() if how != quoted(name)
        }
        notes = [f"times read in UTC here: {list_names(zones)}"] if zones else []
        if periods:
            notes.append(f"periods of pandas are their whole numbers here: {list_names(periods)}")
        self.notes = tuple(notes)

    def _order(self, name: str) -> tuple[str, ...]:
        """Return the values of an enum that is the same in all files, else none."""
        kinds = {pl.read_parquet_schema(file.path)[name] for file in self._files}
        kind = kinds.pop()
        return tuple(kind.categories) if isinstance(kind, pl.Enum) and not kinds else ()

    @override
    def collect_at_start(self, rows: Rows) -> pl.DataFrame:
        asked = f"{duckdb.__version__} {self.content} {nw.to_native(rows).sql_query()}"
        return self._kept.answer(asked, lambda: self.collect(rows))

    @override
    def parts(self) -> Sequence[Engine]:
        rows = sum(file.rows for file in self._files)
        if not 1 < len(self._files) <= MOST_PARTS or rows < LEAST_PART * len(self._files):
            return [self]
        return [self._part(file) for file in self._files]

    def _part(self, file: _File) -> ParquetInPlace:
        """Return one file as a table; its name tells it from others, wherever it stands."""
        part = copy.copy(self)
        part._files, part.content, part._table = [file], file.digest, f"file_{file.digest}"
        self._define(self._cursor(), part._table, part._files)
        return part


def write_table(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    """Write a frame as the folder that an address names, in place of one there.

    Its rows' places are not written, as they are those in the files. Errors: DatasetError, one
    line.
    """
    if glob.has_magic(address.path) or address.path.endswith(".parquet"):
        raise DatasetError(f"{address.shown}: only a folder can be written")
    parquet_folder.write_table(address, frame.drop(ROW, strict=False), wrote)


def _paths(place: str) -> Iterator[str]:
    """Yield the files of a path, a folder or a pattern, in the order of their names."""
    place = files_pattern(place)
    if not glob.has_magic(place):
        yield os.path.abspath(place)
        return
    known = len(_base(place).parts)
    for path in sorted(glob.glob(place, recursive=True)):
        if not any(map(is_hidden, Path(path).parts[known:])) and not os.path.isdir(path):
            yield os.path.abspath(path)


def _base(pattern: str) -> Path:
    """Return the folder that a pattern is about."""
    return Path(*takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))


def _file(path: str) -> _File:
    """Return what a file's end says of it: where its columns lie, their sizes and extremes."""
    if kind := other_kind(Path(path)):
        raise ValueError(f"{path}: is {kind}")
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - TAIL, 0))
        tail = file.read()
        length = int.from_bytes(tail[:LENGTH_BYTES], "little")
        if not tail.endswith(MAGIC) or length + TAIL > size:
            raise ValueError(f"{path}: is no Parquet file")
        file.seek(size - TAIL - length)
        end = file.read(length)
        changed = os.fstat(file.fileno()).st_mtime_ns
    try:
        said = parquet.read_metadata(path)
        columns = {field.name: str(field.type) for field in said.schema.to_arrow_schema()}
    except (ArrowException, OSError, UnicodeDecodeError):  # of what its end cannot be read as
        raise ValueError(f"{path}: is no Parquet file") from None
    digest = _digest((path, str(size), str(changed), end.hex()))
    return _File(path, digest, int(said.num_rows), columns)


def _check_alike(files: Sequence[_File]) -> None:
    """Raise ValueError where a file has other columns than the first, or of other types."""
    first = files[0]
    for file in files:
        for name in {**first.columns, **file.columns}:
            types = [of.columns.get(name, "no column") for of in (first, file)]
            if types[0] != types[1]:
                both = zip(types, (first.path, file.path), strict=True)
                of_both = " and ".join(f"{kind} in {path}" for kind, path in both)
                raise ValueError(f"column {name!r} is {of_both}")


def _kept_folder(address: Address) -> Path | None:
    options = parse_qs(urlsplit(address.url).query, keep_blank_values=True)
    given = options.get("kept")
    if given is None:
        return usual_folder()
    return Path(given[-1]) if given[-1] else None


def _digest(texts: Iterator[str] | Sequence[str]) -> str:
    return blake2b("\n".join(texts).encode(), digest_size=10).hexdigest()


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
