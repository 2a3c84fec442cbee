"""A table that Ibis can ask: in PostgreSQL, SQLite, on a ClickHouse server and more."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, suppress
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import narwhals as nw
import polars as pl
import pyarrow as pa
from ibis.common.exceptions import IbisError, TableNotFound
from polars import selectors as cs
from pyarrow import csv
from sqlglot import exp

from iris_dash.core.deadline import each, ended_by
from iris_dash.core.errors import (
    DatasetError,
    EngineAway,
    IrisDashError,
    NoTableError,
    QueryTooLong,
    first_line,
    list_names,
)
from iris_dash.engines.addresses import Address
from iris_dash.engines.base import BATCH, OneTable, Rows
from iris_dash.engines.postgres_types import MONEY, moments, own_types
from iris_dash.engines.sqlite_functions import add_functions
from iris_dash.engines.sqlite_kinds import frame_of, kept_table, text_of
from iris_dash.engines.truth_casts import with_wide_casts

Answer = TypeVar("Answer")

CONNECT_SECONDS = 5
"""How long a server may take to accept a connection."""

POSTGRES: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "fallback_application_name": "iris-dash",
}
"""How a connection to PostgreSQL is kept, where its URL does not say: a silent server is away."""

CLICKHOUSE_SETTINGS = {"aggregate_functions_null_for_empty": 1, "session_timezone": "UTC"}
"""No rows have no smallest value, as everywhere else; ClickHouse would say 0."""

MOST_DIGITS = 38
"""Digits of a decimal number that Arrow holds."""

STAGING = "{:.40}__new"
"""The name of a table while it is written."""

NOT_OF_ENGINE = (
    IbisError,
    DatasetError,
    QueryTooLong,
    AttributeError,
    NotImplementedError,
    TypeError,
)
"""Errors that asking again would not mend."""


class IbisTable(OneTable):
    """A table on a server or in a file, asked through connections that are kept for reuse.

    Opening connects, to read the columns' types, which stay. Raises DatasetError, one line, where
    the table cannot be reached or there is no such table; it names those that there are. A
    connection lost meanwhile is replaced, so that a server that was restarted is asked again.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self.name, self.title = address.shown, ""
        self.orders: dict[str, tuple[str, ...]] = {}
        self._idle: list[Any] = []
        """Connections that nothing uses now; each is used by one thread at a time."""
        weakref.finalize(self, _close_all, self._idle)
        try:
            self._table = self._ask(self._describe)
        except EngineAway as error:
            raise DatasetError(str(error)) from error
        except IbisError as error:
            raise DatasetError(f"{self.name}: {self._reason(error)}") from error

    def table(self) -> Rows:
        """Return the table; nothing is asked yet."""
        rows: Rows = nw.from_native(self._table)
        return rows

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for, as plain columns; a missing value is null."""
        asked = with_wide_casts(nw.to_native(rows))

        def read(connection: Any) -> list[pl.DataFrame]:
            with ended_by(_canceller(connection)):
                return list(_read(connection, asked))

        return pl.concat(self._ask(read))

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start` of rows that are in order."""
        part: Rows = nw.from_native(nw.to_native(rows).limit(length, offset=start))
        return part

    def batches(self, rows: Rows) -> Generator[pl.DataFrame]:
        """Yield the rows in their order in pieces; closing it ends the query on the server.

        The pieces come over a connection of their own.
        """
        connection = self._connect()
        try:
            yield from each(_read(connection, nw.to_native(rows)), _canceller(connection))
        except NOT_OF_ENGINE:
            raise
        except Exception as error:
            raise self._away(error) from error
        finally:
            _close(connection)

    def close(self) -> None:
        """Close the connections that nothing uses now; asking connects again."""
        _close_all(self._idle)

    def _ask(self, work: Callable[[Any], Answer]) -> Answer:
        """Return what the work finds on a connection; on a new one if a kept one was lost."""
        kept = self._idle.pop() if self._idle else None
        connection = self._connect() if kept is None else kept
        try:
            answer = work(connection)
        except BaseException as error:
            lost = _is_lost(connection)
            _close(connection)
            if isinstance(error, NOT_OF_ENGINE) or not isinstance(error, Exception):
                raise
            if kept is None or not lost:
                raise self._away(error) from error
        else:
            self._idle.append(connection)
            return answer
        # What else was kept is not better.
        self.close()
        return self._ask(work)

    def _connect(self) -> Any:
        try:
            return _connect(self._address)
        except ImportError as error:
            raise DatasetError(f"{self.name}: {missing_package(self._address, error)}") from error
        except IrisDashError:
            raise
        except Exception as error:
            raise self._away(error) from error

    def _away(self, error: BaseException) -> EngineAway:
        return EngineAway(f"{self.name}: {self._reason(error)}")

    def _reason(self, error: BaseException) -> str:
        return self._address.redact(first_line(error))

    def _describe(self, connection: Any) -> ir.Table:
        """Return the table that the address names, or the only one there is."""
        *schema, name = self._address.table or (self._only_table(connection),)
        self.title = name
        database = tuple(schema) if len(schema) > 1 else next(iter(schema), None)
        try:
            found = connection.table(name, database=database)
        except TableNotFound:
            there = list_names(connection.list_tables(database=database))
            raise NoTableError(f"{self.name}: no table {name!r}; tables are {there}") from None
        namespace = dict(zip(("database", "catalog"), reversed(schema), strict=False))
        kinds = found.schema()
        if connection.name == "sqlite":
            return kept_table(connection.con, name, kinds)
        if connection.name == "postgres":
            place = exp.table_(name, next(iter(schema[-1:]), None), quoted=True).sql("postgres")
            kinds, self.orders = own_types(connection.con, place, kinds)
        return plain_table(kinds, name, **namespace)

    def _only_table(self, connection: Any) -> str:
        names = connection.list_tables()
        if len(names) != 1:
            there = f"it has {list_names(names)}" if names else "it has none"
            wanted = self._address.with_table("TABLE").shown
            raise DatasetError(f"{self.name}: which table? {there}; name it: {wanted}")
        self.name = self._address.with_table(names[0]).shown
        return str(names[0])


def missing_package(address: Address, error: ImportError) -> str:
    """Return in words what to install where an engine's package cannot be imported."""
    return f"{first_line(error)}; install it with {address.install_command}"


def write_table(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    """Write a frame as the table at an address, in place of one that is there.

    All or nothing: readers find the old table until the last row is written. Where Ibis writes,
    they may find none for a moment. `wrote` is told the rows of each piece written. Raises
    DatasetError, one line.
    """
    writers = {"postgresql": _write_postgres, "sqlite": _write_sqlite}
    try:
        if not address.table:
            raise ValueError(f"name the table: {address.with_table('TABLE').shown}")
        writers.get(address.scheme, _write_ibis)(address, frame, wrote)
    except ImportError as error:
        raise DatasetError(f"{address.shown}: {missing_package(address, error)}") from error
    except Exception as error:
        raise DatasetError(f"{address.shown}: {address.redact(first_line(error))}") from error


def _write_postgres(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    *schema, name = address.table
    new = STAGING.format(name)
    old, staging = (exp.table_(n, next(iter(schema), None), quoted=True) for n in (name, new))
    place, loading = old.sql("postgres"), staging.sql("postgres")
    with _connect(address).con as connection, connection.transaction():
        connection.execute(creation(frame, staging, "postgres").sql("postgres"))
        for piece in frame.iter_slices(BATCH):
            # Quotes tell empty text from none.
            rows = piece.write_csv(include_header=False, quote_style="non_numeric")
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY {loading} FROM STDIN (FORMAT csv)") as copy,
            ):
                copy.write(rows)
            wrote(len(piece))
        connection.execute(f"DROP TABLE IF EXISTS {place}")
        renamed = exp.to_identifier(name, quoted=True).sql("postgres")
        connection.execute(f"ALTER TABLE {loading} RENAME TO {renamed}")
        connection.execute(f"ANALYZE {place}")


def _write_sqlite(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    import ibis.backends.sqlite  # noqa: F401 -- its types are known once it is there

    table = exp.table_(address.table[-1], quoted=True)
    place = table.sql("sqlite")
    values = ", ".join("?" * frame.width)
    days = frame.with_columns(cs.temporal().cast(pl.String))
    with closing(sqlite3.connect(address.place, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"DROP TABLE IF EXISTS {place}")
        connection.execute(creation(frame, table, "sqlite").sql("sqlite"))
        for piece in days.iter_slices(BATCH):
            connection.executemany(f"INSERT INTO {place} VALUES ({values})", piece.iter_rows())
            wrote(len(piece))
        connection.execute("COMMIT")


def _write_ibis(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    *schema, name = address.table
    if schema:
        raise ValueError("a table is written to the database of the address; name no schema")
    connection = _connect(address)
    try:
        connection.create_table(STAGING.format(name), frame.to_arrow(), overwrite=True)
        connection.drop_table(name, force=True)
        connection.rename_table(STAGING.format(name), name)
    finally:
        _close(connection)
    wrote(len(frame))


def creation(frame: pl.DataFrame, table: exp.Table, dialect: str) -> exp.Create:
    """Return the statement that makes an empty table for a frame, every column nullable."""
    columns = ibis.Schema.from_polars(frame.schema).to_sqlglot_column_defs(dialect)
    return exp.Create(kind="TABLE", this=exp.Schema(this=table, expressions=columns))


def plain_table(schema: Any, name: str, **namespace: str) -> ir.Table:
    """Return a table of an Ibis schema, bound to no connection, with its columns made plain.

    Plain are truth values, numbers, text, dates and times; a decimal number of any scale or of
    more than 38 digits is read as a float, anything else as its text. Every column may be null.
    """
    kinds = {
        # Ibis leaves out a cast to the type that a column has.
        column: kind(nullable=True)
        if kind != MONEY and (kind.is_decimal() or _is_plain(kind))
        else dt.unknown
        for column, kind in schema.items()
    }
    table = ibis.table(kinds, name=name, **namespace)
    read_as = {
        column: kind if kind == MONEY else "float64" if kind.is_decimal() else "string"
        for column, kind in schema.items()
        if kind == MONEY or not _is_plain(kind)
    }
    return table.mutate(**{c: table[c].cast(kind) for c, kind in read_as.items()})


def _is_plain(kind: dt.DataType) -> bool:
    if isinstance(kind, dt.Decimal):
        return kind.scale is not None and (kind.precision or MOST_DIGITS + 1) <= MOST_DIGITS
    plain = (dt.Boolean, dt.Integer, dt.Floating, dt.String, dt.Date, dt.Timestamp)
    return isinstance(kind, plain)


def _connect(address: Address) -> Any:
    """Return a new Ibis connection."""
    if address.scheme == "postgresql":
        import psycopg

        # libpq reads the whole URL, of which Ibis leaves parts encoded.
        server: dict[str, Any] = POSTGRES | psycopg.conninfo.conninfo_to_dict(address.url)
        whole = psycopg.conninfo.make_conninfo(**server)
        return ibis.postgres.from_connection(psycopg.connect(whole, autocommit=True))
    if address.scheme == "sqlite":
        # It would be made where it does not exist.
        if not Path(address.place).is_file():
            raise NoTableError(f"{address.shown}: there is no file {address.place}")
        file = f"{Path(address.place).absolute().as_uri()}?mode=ro"
        # Threads take turns with it.
        connection = sqlite3.connect(file, uri=True, check_same_thread=False)
        connection.text_factory = text_of
        opened = ibis.sqlite.from_connection(connection)
        add_functions(connection)
        return opened
    more: dict[str, Any] = {}
    if address.scheme == "clickhouse":
        more = {"connect_timeout": CONNECT_SECONDS, "settings": CLICKHOUSE_SETTINGS}
    return ibis.connect(address.url, **more)


def _read(connection: Any, asked: ir.Table) -> Generator[pl.DataFrame]:
    """Yield the answer in pieces, at least one; the engine sends no more than is taken."""
    if connection.name == "postgres":
        return _copy(connection, asked)
    if connection.name == "sqlite":
        return _step(connection, asked)
    pieces = connection.to_pyarrow_batches(asked, chunk_size=BATCH)
    return as_polars(asked, (pa.Table.from_batches([piece]) for piece in pieces))


def _copy(connection: Any, asked: ir.Table) -> Generator[pl.DataFrame]:
    """Yield what PostgreSQL copies out, as text: many times as fast as row by row through Ibis."""
    schema = asked.schema().to_pyarrow()
    times = [field.name for field in schema if pa.types.is_temporal(field.type)]
    typed = dict(zip(schema.names, schema.types, strict=True))
    lines = csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)

    def read(content: bytes, types: dict[str, pa.DataType]) -> pa.Table:
        whole = csv.ReadOptions(column_names=schema.names, block_size=len(content) + 1)
        text = csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        )
        return csv.read_csv(BytesIO(content), whole, lines, text)

    def parse(content: bytes) -> pa.Table:
        try:
            return read(content, typed)
        except pa.ArrowInvalid:
            if not times:
                raise
        # Arrow knows neither infinite nor ancient dates.
        found = read(content, typed | dict.fromkeys(times, pa.string()))
        for name in times:
            place = schema.get_field_index(name)
            found = found.set_column(place, name, moments(found[name], schema.field(name).type))
        return found

    with (
        connection.con.cursor() as cursor,
        cursor.copy(f"COPY ({connection.compile(asked)}) TO STDOUT (FORMAT csv)") as rows,
    ):
        taken = iter(rows)

        def take() -> bytes:
            content = BytesIO()
            content.writelines(islice(taken, BATCH))
            return content.getvalue()

        yield from as_polars(asked, map(parse, iter(take, b"")))


def _step(connection: Any, asked: ir.Table) -> Generator[pl.DataFrame]:
    """Yield what SQLite finds row by row; Ibis would hold all of it."""
    empty = _frame(asked.schema().to_pyarrow().empty_table())
    with closing(connection.con.execute(connection.compile(asked))) as cursor:
        yield empty
        while rows := cursor.fetchmany(BATCH):
            yield frame_of(rows, empty.schema)


def as_polars(asked: ir.Table, pieces: Iterable[pa.Table]) -> Generator[pl.DataFrame]:
    """Yield an answer's pieces as frames of the types asked for, an empty one if there is none."""
    schema = asked.schema().to_pyarrow()
    empty = True
    for piece in pieces:
        empty = False
        yield _frame(piece.cast(schema))
    if empty:
        yield _frame(schema.empty_table())


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _canceller(connection: Any) -> Callable[[], object] | None:
    """Return what ends a connection's query, called by another thread; None: its driver cannot."""
    if connection.name == "postgres":
        return partial(connection.con.cancel_safe, timeout=CONNECT_SECONDS)
    if connection.name == "sqlite":
        interrupt: Callable[[], object] = connection.con.interrupt
        return interrupt
    return None


def _is_lost(connection: Any) -> bool:
    """Return whether a connection is of no more use; where it does not tell, it may be."""
    return bool(getattr(connection.con, "closed", True))


def _close(connection: Any) -> None:
    # It may be broken, and an engine may have nothing to close.
    with suppress(Exception), closing(connection.con):
        pass


def _close_all(connections: list[Any]) -> None:
    while connections:
        _close(connections.pop())
