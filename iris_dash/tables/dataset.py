"""A table with its schema and fingerprint; each kind answers for its rows in its own way."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from iris_dash.query.names import held_names
from iris_dash.query.query import Query
from iris_dash.tables.libraries import Frame
from iris_dash.tables.row_set import Rows, RowSet
from iris_dash.tables.values import records

VALUES_AT_ONCE = 100_000
"""Values that are made objects at once."""


@dataclass(frozen=True)
class Dataset(RowSet):
    """A table that questions are asked of; never changed after opening.

    `fingerprint` is a hash of the content and of what is said of it, for caches and ETags.
    """

    fingerprint: str

    @abstractmethod
    def page(self, query: Query) -> Frame:
        """Return the query's page of its rows in its order; past the end: no rows; unpaged: all.

        With the columns that the query shows, and perhaps more where it shows all.

        Ties keep the dataset's order, missing values come last. A long table is never put into
        order as a whole for one page: the engine finds the first rows, and only the page is read.
        """

    @abstractmethod
    def slices(self, query: Query) -> Iterator[Frame]:
        """Yield the query's rows in its order, in pieces, none of them larger than a slice.

        Unsorted rows are read as they are yielded; a sort holds one whole number per row meanwhile.
        Each piece has the time of an answer.
        """

    def records(
        self, query: Query, written: bool = False
    ) -> tuple[Iterator[list[Any]], int | None]:
        """Return the query's page of rows as JSON-ready objects by the columns' keys, in pieces.

        And how many rows the query selects on all its pages, if that is known without asking. The
        objects may be shared between answers: they are not to be changed. A piece is made as it is
        taken, since objects take many times the memory of a frame or of JSON. `written`: they are
        wanted as JSON alone, and may be orjson's Fragments of it.
        """
        page, keys = self.page(query), self.shown_keys(query)
        step = max(1, VALUES_AT_ONCE // (len(keys) or 1))
        starts = range(0, len(page), step)
        pieces = (records(page[start : start + step], keys) for start in starts)
        return pieces, len(page) if query.page is None else None

    def shown(self, query: Query) -> list[str]:
        """Return what the columns that rows have are called in a frame that is asked."""
        return held_names(query.shown(self.schema.names))

    def shown_keys(self, query: Query) -> list[str]:
        """Return the keys of the columns that rows have."""
        return [self.schema.by_name[name].key for name in query.shown(self.schema.names)]

    @abstractmethod
    def groups_page(
        self,
        groups: Rows,
        wanted: nw.Expr | None,
        order: Sequence[tuple[str, bool]],
        start: int,
        stop: int | None,
    ) -> tuple[Frame, int]:
        """Return those from place `start` up to `stop` of what rows were grouped into.

        And how many there are in all. `wanted`: a condition on a group; `order`: columns, each with
        whether it is descending, missing values last; `stop` None: all.
        """

    @abstractmethod
    def sample(self) -> Frame:
        """Return rows that tell the columns' types: all if they are here, else perhaps none."""

    @property
    def beyond(self) -> frozenset[str]:
        """The columns of an engine that have dates or times which Python cannot hold."""
        return frozenset()

    def in_memory(self) -> Frame | None:
        """Return the whole table if this process holds it."""
        return None

    def close(self) -> None:
        """Give back what is held open for the table; the last call."""
