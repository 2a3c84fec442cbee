"""What holds a table: an engine is asked with lazy Narwhals expressions, answers with Polars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import polars as pl

from iris_dash.core.errors import DatasetError

Rows = nw.LazyFrame[Any]

FolderKeys = Callable[[Sequence[Path], Path], list[pl.Series]]
"""Returns the columns that the names of folders say, with a value for each file below a folder."""

BATCH = 100_000
"""Rows of a piece, where an engine sends its answer in pieces."""

ROW = "_row"
"""Internal column: a row's place in the table; sorting ties keep it."""

STAR = "\x01*"
"""What an engine calls a column `*` to which that means all columns."""


def check_names(table: str, names: Iterable[str]) -> None:
    """Refuse a table of which two columns have one name; DatasetError says which."""
    repeated = next((name for name, times in Counter(names).items() if times > 1), None)
    if repeated is not None:
        raise DatasetError(f"{table}: two of its columns are called {repeated!r}")


def check_letter_case(names: Iterable[str], reason: str) -> None:
    """Refuse names of which two differ in the case of their Latin letters alone: ValueError."""
    known: dict[bytes, str] = {}
    for name in names:
        # Only ASCII's are one to DuckDB and SQLite.
        if (other := known.setdefault(name.encode().lower(), name)) != name:
            raise ValueError(f"columns {other!r} and {name!r} are one to {reason}")


class Engine(Protocol):
    """One table on one engine; its methods may be called from several threads at once.

    `name` is how messages speak of it: its address, without a password; `title` is the table's own
    name; `orders` are the values of columns in their own order, where it has one that its types do
    not say; `notes` say in words what is read otherwise than it is; `content` stands for the
    table's content where that is known without asking, else it is empty; `comes_in_order`: rows
    that nobody sorts come in the table's order; `read_as`: how the columns are read in SQL that
    are not as they stand. Errors of every method:
    EngineAway where the engine cannot be reached or asked now; the next call tries again.
    QueryTooLong where the answer takes longer than the deadline of this thread: its query is ended
    where the engine can, else given up once it is answered.
    """

    name: str
    title: str
    orders: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]
    content: str
    comes_in_order: bool
    read_as: Mapping[str, str]

    def close(self) -> None:
        """Give back what the engine holds open: a server, a file, workers; the last call."""

    def table(self) -> Rows:
        """Return the table, to be narrowed by this thread; connects where there is need."""

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for, as plain columns; a missing value is null."""

    def collect_at_start(self, rows: Rows) -> pl.DataFrame:
        """Return the same of what is asked at each start, which an engine may keep for the next."""

    def parts(self) -> Sequence[Engine]:
        """Return tables of the same columns that together have the rows: several, or just this.

        What is asked of a part at a start may be known though another part is new.
        """

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start` of rows that are in order."""

    def batches(self, rows: Rows) -> Generator[pl.DataFrame]:
        """Yield the rows in their order in pieces that fit into memory; closing it ends the query.

        At least one piece, which may have no rows.
        """


class OneTable:
    """An engine's table whose content nobody knows without asking: what most engines are."""

    content = ""
    comes_in_order = False
    notes: tuple[str, ...] = ()
    read_as: Mapping[str, str] = {}

    def collect_at_start(self: Engine, rows: Rows) -> pl.DataFrame:
        """See Engine."""
        return self.collect(rows)

    def parts(self: Engine) -> Sequence[Engine]:
        """See Engine."""
        return [self]
