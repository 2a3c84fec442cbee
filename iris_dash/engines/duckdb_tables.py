"""A table in a DuckDB file; rows leave it as Arrow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pyarrow as pa

from iris_dash.core.deadline import each, ended_by
from iris_dash.core.errors import DatasetError, EngineAway, NoTableError, first_line, list_names
from iris_dash.engines.addresses import Address
from iris_dash.engines.base import BATCH, STAR, OneTable, Rows

FLOAT = (
    "CASE WHEN {c} BETWEEN -100 AND 100 AND CAST(round(CAST({c} AS DOUBLE), 4) AS FLOAT) = {c} "
    "THEN round(CAST({c} AS DOUBLE), 4) ELSE CAST(CAST({c} AS VARCHAR) AS DOUBLE) END"
)
"""The number that a 32-bit float is written as: 0.1, and not 0.10000000149011612.

Text says which; of six digits, which is quicker, there is no other one.
"""


class DuckdbTable(OneTable):
    """One table of a DuckDB file, opened to be read only, so that several processes can.

    Errors: DatasetError, one line, where the file or the table is not there.
    """

    def __init__(self, address: Address) -> None:
        self.name = address.shown
        self.orders: dict[str, tuple[str, ...]] = {}
        self._local = threading.local()
        self._connection, self._table, self.title = self._open(address)
        table = self._connection.table(self._table)
        kinds = zip(table.columns, map(str, table.types), strict=True)
        self.read_as = {
            **{name: FLOAT.format(c=quoted(name)) for name, kind in kinds if kind == "FLOAT"},
            **self.read_as,
        }

    def _open(self, address: Address) -> tuple[duckdb.DuckDBPyConnection, str, str]:
        """Return a connection, the table as SQL names it there, and its title."""
        file = Path(address.place)
        if not file.is_file():
            raise NoTableError(f"{self.name}: there is no file {file}")
        try:
            connection = duckdb.connect(str(file), read_only=True)
            tables = [str(row[0]) for row in connection.execute("SHOW TABLES").fetchall()]
            if not address.table and len(tables) == 1:
                address = address.with_table(*tables)
                self.name = address.shown
            table = ".".join(f'"{name}"' for name in address.table)
            connection.table(table)
        except (duckdb.CatalogException, duckdb.ParserException, duckdb.BinderException):
            there = list_names(tables)
            raise NoTableError(f"{self.name}: which table? there are {there}") from None
        except duckdb.Error as error:
            raise DatasetError(f"{self.name}: cannot be opened: {first_line(error)}") from None
        return connection, table, address.table[-1]

    def table(self) -> Rows:
        """Return the table, to be narrowed by this thread."""
        table = self._cursor().table(self._table)
        if "*" not in table.columns and not self.read_as:
            return _rows(table)
        columns = (
            f"{self.read_as.get(name, quoted(name))} AS {quoted(STAR if name == '*' else name)}"
            for name in table.columns
        )
        return _rows(table.project(", ".join(columns)))

    def close(self) -> None:
        """Close the file; nothing can be asked after."""
        self._connection.close()

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for."""
        try:
            with ended_by(self._cursor().interrupt):
                return _frame(nw.to_native(rows).to_arrow_table())
        except duckdb.Error as error:
            raise EngineAway(f"{self.name}: {first_line(error)}") from None

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start` of rows that are in order."""
        return _rows(nw.to_native(rows).limit(length, offset=start))

    def batches(self, rows: Rows) -> Generator[pl.DataFrame]:
        """Yield the rows in pieces, read as they are yielded."""
        # A cursor of its own: its answer would be lost if it were asked something else meanwhile.
        with self._connection.cursor() as cursor:
            try:
                yield from each(_read(cursor, nw.to_native(rows).sql_query()), cursor.interrupt)
            except duckdb.Error as error:
                raise EngineAway(f"{self.name}: {first_line(error)}") from None

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """Return this thread's cursor: a connection must not be shared between threads."""
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._connection.cursor()
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor


def quoted(name: str) -> str:
    """Return a column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _read(cursor: duckdb.DuckDBPyConnection, query: str) -> Generator[pl.DataFrame]:
    reader = cursor.sql(query).to_arrow_reader(BATCH)
    yield _frame(reader.schema.empty_table())
    for batch in reader:
        yield _frame(pa.Table.from_batches([batch]))


def write_table(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    """Write a frame as a table, in place of one of that name: wholly, or not at all.

    `wrote` is told the rows of each piece. Errors: DatasetError, one line.
    """
    table = ".".join(f'"{name}"' for name in address.table)
    piece = f"SELECT {_own_types(frame)} FROM piece"
    try:
        with duckdb.connect(address.place) as connection, _transaction(connection):
            connection.register("piece", frame.clear().to_arrow())
            connection.execute(f"CREATE OR REPLACE TABLE {table} AS {piece}")
            for rows in frame.iter_slices(BATCH):
                connection.register("piece", rows.to_arrow())
                connection.execute(f"INSERT INTO {table} {piece}")
                wrote(len(rows))
    except duckdb.Error as error:
        raise DatasetError(f"{address.shown}: cannot be written: {first_line(error)}") from None


def _own_types(frame: pl.DataFrame) -> str:
    """Return all columns in SQL: times of day in the type that all know if it can, and enums."""
    kinds = {s.name: "TIME" for s in frame if s.dtype == pl.Time and not _has_nanoseconds(s)}
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Enum):
            values = (value.replace("'", "''") for value in dtype.categories)
            kinds[name] = "ENUM(" + ", ".join(f"'{value}'" for value in values) + ")"
    casts = ", ".join(f"CAST({quoted(n)} AS {kind}) AS {quoted(n)}" for n, kind in kinds.items())
    return f"* REPLACE ({casts})" if casts else "*"


def _has_nanoseconds(times: pl.Series) -> bool:
    return bool((times.cast(pl.Int64) % 1_000 != 0).any())


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _rows(relation: duckdb.DuckDBPyRelation) -> Rows:
    rows: Rows = nw.from_native(relation)
    return rows


def _frame(table: Any) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
