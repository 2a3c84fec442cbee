"""Rows that are asked where they lie: a table's, or those of it that a query leaves out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.query.filters import Filter
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.tables.filtering import clause, condition, left_out, restricts
from iris_dash.tables.libraries import Frame

Rows = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""Rows to be narrowed, grouped and then collected; a short table's are computed at once."""

N = "_n"
"""How many rows a row stands for."""


@dataclass(frozen=True)
class RowSet(ABC):
    """Rows with the schema's columns, called as `held_name` says, and perhaps `_row`.

    That is a row's place in the table, from 0.

    A missing value is null. Errors of every method that asks: EngineAway if the rows' engine
    cannot answer, QueryTooLong if that takes too long.
    """

    schema: Schema

    @property
    def remote(self) -> bool:
        """Whether another program holds the rows.

        What it sends takes time, and not every one knows that infinities of both signs have no sum.
        """
        return False

    @abstractmethod
    def __len__(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def rows(self) -> Rows:
        """Return all the rows, to be asked."""

    @abstractmethod
    def collect(self, rows: Rows) -> Frame:
        """Return the answer of what was asked of `rows` or of a selection of them."""

    def collect_at_start(self, rows: Rows) -> Frame:
        """Return the same of what is asked at each start, which may be kept for the next one."""
        return self.collect(rows)

    def parts(self) -> Sequence[RowSet]:
        """Return tables of the same columns that together have these rows: several, or just this.

        What is asked of a part at a start may be known though another part is new.
        """
        return [self]

    def select(self, query: Query, columns: Sequence[str] = ()) -> Rows:
        """Return the rows that the query selects, to be asked; n may be 0.

        Sorting and paging are not applied here. `columns`: those that are asked; none: all.
        """
        rows = self.rows()
        rows = rows.filter(condition(self.schema, query)) if restricts(query) else rows
        return rows.select(*columns) if columns else rows

    def select_with(
        self, query: Query, made: Mapping[str, nw.Expr], columns: Sequence[str] = ()
    ) -> Rows:
        """Return the rows that the query selects, with columns made of theirs, by their names.

        Of one table a name always means the same. `columns`: those that are asked, and of which
        others are made; none: all.
        """
        rows = self.select(query, columns)
        if not made:
            return rows
        return rows.with_columns(column.alias(name) for name, column in made.items())

    def count(self, query: Query) -> int:
        """Return how many rows the query selects."""
        return int(self.collect(self.select(query).select(nw.len())).item())

    def tally(self, rows: Rows, names: list[str]) -> Frame:
        """Return the values of these columns of some rows, and in `_n` how many rows have them.

        The same values may stand in several rows.
        """
        return self.collect(rows.select(*names, nw.lit(1).alias(N)))

    def holds(self, one: Filter) -> NDArray[np.bool_]:
        """Return in which rows a filter holds, as a new array."""
        yes, no = (nw.lit(number, nw.Int8) for number in (1, 0))  # a byte each
        chosen = nw.when(clause(self.schema, one)).then(yes).otherwise(no).alias(N)
        found = self.collect(self.rows().select(chosen))[N].to_numpy()
        return np.asarray(found == 1, dtype=np.bool_)

    def rest(self, query: Query) -> RowSet:
        """Return the rows that a query with a restriction leaves out."""
        return Rest(self.schema, self, query)


@dataclass(frozen=True)
class Rest(RowSet):
    """The rows that a query leaves out, asked where all of them are."""

    whole: RowSet
    query: Query

    @override
    def __len__(self) -> int:
        return self.count(Query())

    @property
    @override
    def remote(self) -> bool:
        return self.whole.remote

    @override
    def rows(self) -> Rows:
        return self.whole.rows().filter(left_out(self.schema, self.query))

    @override
    def collect(self, rows: Rows) -> Frame:
        return self.whole.collect(rows)

    @override
    def tally(self, rows: Rows, names: list[str]) -> Frame:
        return self.whole.tally(rows, names)
