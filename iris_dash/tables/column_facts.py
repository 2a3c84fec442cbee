"""What inference asks of a table's columns, and how a frame answers it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.core.side_by_side import side_by_side
from iris_dash.engines.base import ROW
from iris_dash.query.names import held_names, name_of_held
from iris_dash.tables.extent import Extent, finite_extent
from iris_dash.tables.libraries import library_of
from iris_dash.tables.libraries.moments import TimeEnds, time_ends

MOST_SHOWN = 50
"""With more categories than this, those that no row has are left out."""


SAMPLE = 10_000
"""Rows in which a column of many distinct values mostly has too many already."""


class ColumnFacts(Protocol):
    """What a schema is read from; see `infer_schema`."""

    names: list[str]

    @property
    def rows(self) -> int:
        """How many rows the table has."""

    def dtype(self, name: str) -> nw.dtypes.DType:
        """Return a column's type."""

    def distinct(self, name: str, most: int) -> int:
        """Return how many distinct values a column has, missing aside; more than `most`: any more.

        `most` bounds what an engine is asked to send.
        """

    def values(self, name: str, most: int) -> list[Any]:
        """Return the at most `most` distinct values of a column, missing aside.

        In the order of its categories where it has one, see `has_order`; an ordered categorical
        then also gives categories that no row has, unless they are too many to show.
        """

    def has_order(self, name: str) -> bool:
        """Return whether the table itself says in which order a column's values stand."""

    def counts(self, name: str, most: int) -> dict[Any, int]:
        """Return how many rows have each of these values of a column, None the missing one."""

    def has_missing(self, name: str) -> bool:
        """Return whether a value of the column is missing."""

    def all_differ(self, name: str) -> bool:
        """Return whether no value is missing and no two are alike, of what may be an identifier."""

    def extent(self, name: str) -> Extent | None:
        """Return what a slider needs of a numeric column; None without a finite value."""

    def ends(self, name: str) -> TimeEnds | None:
        """Return the first and the last of a column of dates or moments that Python can hold.

        None without any.
        """

    def sample(self, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Return the values of numeric columns in the first `SAMPLE` rows, missing ones as NaN."""


class FrameFacts:
    """The facts of a Polars or pandas frame, whose columns are called as held.

    `is_text`: it was read from a text file, whose columns have no types of their own.
    """

    def __init__(self, frame: nw.DataFrame[Any], is_text: bool = False) -> None:
        self.frame = frame
        self.is_text = is_text
        # A frame that is asked for a column, or a schema, looks at all of them each time.
        self._columns = {name_of_held(one.name): one for one in frame.iter_columns()}
        self._dtypes = {name: one.dtype for name, one in self._columns.items()}
        self.names = list(self._columns)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.frame)

    def dtype(self, name: str) -> nw.dtypes.DType:
        """Return a column's type."""
        return self._dtypes[name]

    def distinct(self, name: str, most: int) -> int:
        """Return how many distinct values a column has; see `ColumnFacts`."""
        column, found = self._columns[name], 0
        dtype = self._dtypes[name]
        # An Enum has no more than its categories.
        all_there_are = len(dtype.categories) if isinstance(dtype, nw.Enum) else self.rows
        for some in (column.head(SAMPLE), column):
            known = some.drop_nulls()
            found = known.n_unique() if len(known) else 0
            if found > most or found == all_there_are:
                break
        return found

    def values(self, name: str, most: int) -> list[Any]:
        """Return the distinct values of a column; see `ColumnFacts`."""
        known = self._columns[name].drop_nulls()
        dtype = known.dtype
        if isinstance(dtype, nw.Enum) and len(dtype.categories) <= MOST_SHOWN:
            return list(dtype.categories)
        present = known.unique(maintain_order=True).to_list()
        if isinstance(dtype, nw.Enum):
            return _only(dtype.categories, present)
        categories = library_of(known).categories(known)
        return present if categories is None else _only(categories, present)

    def counts(self, name: str, most: int) -> dict[Any, int]:
        """Return how many rows have each value of a column, None the missing one."""
        column = self._columns[name]
        found = column.drop_nulls().value_counts(name=ROW)
        counts = dict(zip(found[column.name].to_list(), found[ROW].to_list(), strict=True))
        return counts | {None: column.null_count()}

    def has_order(self, name: str) -> bool:
        """Return whether the table itself says in which order a column's values stand."""
        column = self._columns[name]
        if isinstance(column.dtype, nw.Enum):
            return not self.is_text
        # Those that nobody put into an order are in that of the alphabet.
        categories = library_of(column).categories(column)
        return categories is not None and categories != sorted(categories)

    def has_missing(self, name: str) -> bool:
        """Return whether a value of the column is missing."""
        return self._columns[name].null_count() > 0

    def all_differ(self, name: str) -> bool:
        """Return whether no value is missing and no two are alike."""
        column = self._columns[name]
        if self.has_missing(name) or column.head(SAMPLE).n_unique() < min(self.rows, SAMPLE):
            return False
        return self.rows <= SAMPLE or column.n_unique() == self.rows

    def extent(self, name: str) -> Extent | None:
        """Return what a slider needs of a numeric column."""
        return self._extents[name]

    @cached_property
    def _extents(self) -> dict[str, Extent | None]:
        """Of all numeric columns, several at once: each takes as long as it has rows."""
        numeric = [name for name in self.names if self.dtype(name).is_numeric()]
        found = side_by_side(lambda name: finite_extent(self._columns[name]), numeric, self.rows)
        return dict(zip(numeric, found, strict=True))

    def ends(self, name: str) -> TimeEnds | None:
        """Return the first and the last of a column of dates or moments; see `ColumnFacts`."""
        return time_ends(self._columns[name].to_polars())

    def sample(self, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Return the values of numeric columns in the first rows, missing ones as NaN."""
        return as_floats(self.frame.select(*held_names(names)).head(SAMPLE).to_polars())


def as_floats(frame: pl.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Return the values of numeric columns by name, missing ones as NaN."""
    floats = (series.cast(pl.Float64).fill_null(float("nan")) for series in frame)
    return {name_of_held(series.name): series.to_numpy() for series in floats}


def _only(values: Any, present: list[Any]) -> list[Any]:
    known = set(present)
    return [value for value in values if value in known]
