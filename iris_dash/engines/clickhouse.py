"""A table of ClickHouse's engine inside this process: a folder that chdb reads."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import chdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import narwhals as nw
import polars as pl
from chdb.session import Session
from ibis.backends.sql.datatypes import ClickHouseType
from sqlglot import exp

from iris_dash.core.deadline import check, each
from iris_dash.core.errors import DatasetError, EngineAway, NoTableError, first_line, list_names
from iris_dash.engines.addresses import Address
from iris_dash.engines.base import BATCH, OneTable, Rows
from iris_dash.engines.ibis_tables import (
    CLICKHOUSE_SETTINGS,
    STAGING,
    as_polars,
    creation,
    plain_table,
)

Answer = TypeVar("Answer")

DEFAULT = "default"

SYSTEM = ("INFORMATION_SCHEMA", "information_schema", "system")

ARROW = "ArrowTable"


class ChdbTable(OneTable):
    """A table in a chdb folder; a process has one folder open, and a folder one process.

    Opening reads the columns' types, which stay. Raises DatasetError, one line, where the folder
    cannot be read or has no such table; it names those that there are.
    """

    def __init__(self, address: Address) -> None:
        self.name = address.shown
        self.orders: dict[str, tuple[str, ...]] = {}
        self.title = address.table[-1] if address.table else ""
        self._folder = address.place
        try:
            # It would be made where it does not exist.
            if not Path(self._folder, "metadata").is_dir():
                raise FileNotFoundError(f"no chdb folder {self._folder}")
            self._session = self._open()
            weakref.finalize(self, self._session.close)
            self._table = self._describe(address)
        except (FileNotFoundError, LookupError) as error:
            raise NoTableError(f"{self.name}: {error.args[0]}") from None
        except Exception as error:
            raise DatasetError(f"{self.name}: {_reason(error)}") from error

    def table(self) -> Rows:
        """Return the table; nothing is asked yet."""
        rows: Rows = nw.from_native(self._table)
        return rows

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for, as plain columns; a missing value is null.

        Questions of several threads take turns inside chdb, which ends none of them early.
        """
        asked = nw.to_native(rows)
        check()
        found = self._ask(lambda: self._session.query(_sql(asked), ARROW))
        check()
        return pl.concat(as_polars(asked, [found]))

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start` of rows that are in order."""
        part: Rows = nw.from_native(nw.to_native(rows).limit(length, offset=start))
        return part

    def batches(self, rows: Rows) -> Generator[pl.DataFrame]:
        """Yield the rows in their order in pieces; closing it ends the query.

        In a session of its own, since a session has one stream at a time.
        """
        asked = nw.to_native(rows)
        with (
            closing(self._ask(self._open)) as session,
            closing(self._ask(lambda: session.send_query(_sql(asked), ARROW))) as stream,
        ):
            yield from each(as_polars(asked, iter(lambda: self._ask(stream.fetch), None)))

    def close(self) -> None:
        """Let go of the folder, so that another process can open it; nothing can be asked after."""
        self._session.close()

    def _open(self) -> Session:
        session = Session(self._folder)
        for key, value in CLICKHOUSE_SETTINGS.items():
            session.query(f"SET {key} = {value!r}")
        return session

    def _ask(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except chdb.ChdbError as error:
            raise EngineAway(f"{self.name}: {_reason(error)}") from error

    def _describe(self, address: Address) -> ir.Table:
        """Return the table that the address names, its types read by Ibis from ClickHouse's."""
        *_, database, name = (DEFAULT, *(address.table or ("",)))
        there = self._tables()
        if (database, name) not in there:
            names = list_names(t if d == DEFAULT else f"{d}.{t}" for d, t in there)
            raise LookupError(f"no table {name!r}; tables are {names}")
        columns = self._session.query(f"DESCRIBE TABLE {_quoted(database, name)}", ARROW)
        kinds = {row["name"]: _kind(row["type"]) for row in columns.to_pylist()}
        table = plain_table(kinds, name, database=database)
        # A time in whole seconds comes out as a plain number.
        seconds = {c: kind for c, kind in kinds.items() if kind.is_timestamp() and not kind.scale}
        return table.cast({c: kind.copy(scale=3) for c, kind in seconds.items()})

    def _tables(self) -> list[tuple[str, str]]:
        query = "SELECT database, name FROM system.tables WHERE NOT is_temporary ORDER BY ALL"
        rows = self._session.query(query, ARROW).to_pylist()
        return [(row["database"], row["name"]) for row in rows if row["database"] not in SYSTEM]


def write_table(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    """Write a frame as the table at an address, in place of one that is there.

    All or nothing. No other process may have the folder open. `wrote` is told the rows of each
    piece written. Raises DatasetError, one line.
    """
    if not address.table:
        raise DatasetError(f"name the table: {address.with_table('TABLE').shown}")
    *_, database, name = (DEFAULT, *address.table)
    old, new = (exp.table_(n, db=database, quoted=True) for n in (name, STAGING.format(name)))
    place, loading = old.sql("clickhouse"), new.sql("clickhouse")
    create = creation(frame, new, "clickhouse")
    for kind in create.find_all(exp.DataType):
        # Its Date begins in 1970.
        if kind.is_type("date"):
            kind.set("this", exp.DataType.Type.DATE32)
    try:
        with closing(Session(address.place)) as session:
            session.query(f"CREATE DATABASE IF NOT EXISTS {_name(database)}")
            session.query(f"DROP TABLE IF EXISTS {loading}")
            session.query(f"{create.sql('clickhouse')} ENGINE = MergeTree ORDER BY tuple()")
            for piece in frame.iter_slices(BATCH):
                stream = BytesIO()
                piece.write_ipc_stream(stream)
                with session.send_insert(f"INSERT INTO {loading}", "ArrowStream") as insert:
                    insert.append(stream.getvalue())
                    insert.finish()
                wrote(len(piece))
            session.query(f"CREATE TABLE IF NOT EXISTS {place} AS {loading}")
            session.query(f"EXCHANGE TABLES {loading} AND {place}")
            session.query(f"DROP TABLE {loading}")
    except Exception as error:
        raise DatasetError(f"{address.shown}: {_reason(error)}") from error


def _kind(text: str) -> dt.DataType:
    """Return a column's type for Ibis; unknown for what does not come out of chdb as it is said.

    An Enum would come as a number, for one.
    """
    return dt.unknown if "Enum" in text else ClickHouseType.from_string(text)


def _sql(asked: ir.Table) -> str:
    return str(ibis.to_sql(asked, dialect="clickhouse", pretty=False))


def _quoted(database: str, name: str) -> str:
    return str(exp.table_(name, db=database, quoted=True).sql("clickhouse"))


def _name(name: str) -> str:
    return str(exp.to_identifier(name, quoted=True).sql("clickhouse"))


def _reason(error: BaseException) -> str:
    line = first_line(error)
    if "EmbeddedServer" in line:
        return "chdb opens a folder in one process, and one folder in a process, at a time"
    return line
