"""What inference asks of a table's columns, answered by a frame or by the engine that holds it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

import narwhals as nw
import polars as pl

from iris_dash.tables.extent import MOST_DECIMALS, Extent, finite_extent, off_decimals
from iris_dash.tables.libraries import library_of

ROW = "_row"
"""Internal column: a row's place in the table; sorting ties keep it."""

GREATEST = sys.float_info.max

MOST_SHOWN = 50
"""With more categories than this, those that no row has are left out."""


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
        """Return the at most `most` distinct values of a column, in its order, missing aside.

        Categories' order, else first appearance, else ascending. An ordered categorical also gives
        categories that no row has, unless they are too many to show.
        """

    def has_missing(self, name: str) -> bool:
        """Return whether a value of the column is missing."""

    def extent(self, name: str) -> Extent | None:
        """Return what a slider needs of a numeric column; None without a finite value."""


class FrameFacts:
    """The facts of a Polars or pandas frame."""

    def __init__(self, frame: nw.DataFrame[Any]) -> None:
        self.frame = frame
        self.names = frame.columns

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.frame)

    def dtype(self, name: str) -> nw.dtypes.DType:
        """Return a column's type."""
        return self.frame.schema[name]

    def distinct(self, name: str, most: int) -> int:
        """Return how many distinct values a column has, missing aside."""
        known = self.frame[name].drop_nulls()
        return known.n_unique() if len(known) else 0

    def values(self, name: str, most: int) -> list[Any]:
        """Return the distinct values of a column; see `ColumnFacts`."""
        known = self.frame[name].drop_nulls()
        present = known.unique(maintain_order=True).to_list()
        dtype = known.dtype
        if isinstance(dtype, nw.Enum):
            some = len(dtype.categories) <= MOST_SHOWN
            return list(dtype.categories) if some else _only(dtype.categories, present)
        categories = library_of(known).categories(known)
        return present if categories is None else _only(categories, present)

    def has_missing(self, name: str) -> bool:
        """Return whether a value of the column is missing."""
        return bool(self.rows and self.frame[name].is_null().any())

    def extent(self, name: str) -> Extent | None:
        """Return what a slider needs of a numeric column."""
        return finite_extent(self.frame[name])


class AskedFacts:
    """The facts of a table that an engine holds: a few questions, each answered with few rows."""

    def __init__(
        self, rows: nw.LazyFrame[Any], collect: Callable[[nw.LazyFrame[Any]], pl.DataFrame]
    ) -> None:
        self._table = rows
        self._collect = collect
        self._types = rows.collect_schema()
        self._row = [ROW] if ROW in self._types else []
        self._values: dict[tuple[str, int], list[Any]] = {}
        self.names = [name for name in self._types if name != ROW]

    @cached_property
    def _counts(self) -> dict[str, Any]:
        """How many rows there are, and per column what is known of it: one question."""
        asked = [nw.len().alias("n")]
        for i, name in enumerate(self.names):
            column = nw.col(name)
            asked.append(column.count().alias(f"known{i}"))
            if self.dtype(name).is_numeric():
                number = column.cast(nw.Float64())
                # Between the greatest floats: not every engine knows what is finite.
                finite = nw.when(number.is_between(-GREATEST, GREATEST)).then(number)
                asked += [finite.min().alias(f"low{i}"), finite.max().alias(f"high{i}")]
                asked += [finite.sum().alias(f"sum{i}")]
            elif isinstance(self.dtype(name), nw.String):
                asked += [column.min().alias(f"low{i}"), column.max().alias(f"high{i}")]
        return self._collect(self._table.select(*asked)).row(0, named=True)

    @cached_property
    def _decimals(self) -> dict[str, int]:
        """The fewest decimals that all values of each float column can be written with."""
        asked, counts = [], self._counts
        for i, name in enumerate(self.names):
            if self.dtype(name).is_float() and counts[f"low{i}"] is not None:
                scale = max(abs(counts[f"low{i}"]), abs(counts[f"high{i}"]))
                for decimals in range(MOST_DECIMALS):
                    off = off_decimals(name, decimals, scale)
                    asked.append(off.alias(f"{i} {decimals}"))
        found = self._collect(self._table.select(*asked)).row(0, named=True) if asked else {}
        least: dict[str, int] = {}
        for key, misses in found.items():
            i, decimals = map(int, key.split())
            if not misses:
                least.setdefault(self.names[i], decimals)
        return least

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return int(self._counts["n"])

    @property
    def fingerprint_text(self) -> str:
        """What tells one content of the table from another: types, counts, extremes and sums."""
        return repr([*((n, str(t)) for n, t in self._types.items()), *self._counts.items()])

    def dtype(self, name: str) -> nw.dtypes.DType:
        """Return a column's type."""
        return self._types[name]

    def distinct(self, name: str, most: int) -> int:
        """Return how many distinct values a column has, missing aside, or `most` + 1."""
        return len(self.values(name, most))

    def values(self, name: str, most: int) -> list[Any]:
        """Return the first `most` + 1 distinct values of a column; see `ColumnFacts`."""
        if (name, most) not in self._values:
            self._values[name, most] = self._ask_values(name, most)
        return self._values[name, most]

    def _ask_values(self, name: str, most: int) -> list[Any]:
        known = self._table.filter(~nw.col(name).is_null())
        if self._row:
            firsts = known.group_by(name).agg(nw.col(ROW).min().alias("first"))
            found = self._collect(firsts.head(most + 1)).sort("first")
        else:
            found = self._collect(known.select(name).unique().head(most + 1)).sort(name)
        return found[name].to_list()

    def has_missing(self, name: str) -> bool:
        """Return whether a value of the column is missing."""
        return int(self._counts[f"known{self.names.index(name)}"]) < self.rows

    def extent(self, name: str) -> Extent | None:
        """Return what a slider needs of a numeric column."""
        i = self.names.index(name)
        low, high = self._counts[f"low{i}"], self._counts[f"high{i}"]
        if low is None:
            return None
        decimals = self._decimals.get(name, MOST_DECIMALS) if self.dtype(name).is_float() else 0
        mean = float(self._counts[f"sum{i}"]) / int(self._counts[f"known{i}"])
        return Extent(float(low), float(high), decimals, mean)


def _only(values: Any, present: list[Any]) -> list[Any]:
    known = set(present)
    return [value for value in values if value in known]
