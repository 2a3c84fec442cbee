"""The facts of a table that an engine holds, for which it is asked few questions, each once."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.engines.base import ROW
from iris_dash.query.names import held_name, held_names
from iris_dash.tables.column_facts import SAMPLE as LOOKED
from iris_dash.tables.column_facts import as_floats
from iris_dash.tables.engine_columns import EngineColumn, engine_columns, is_number
from iris_dash.tables.extent import MOST_DECIMALS, SAMPLE, Extent, off_decimals, shown_extent
from iris_dash.tables.libraries.moments import TimeEnds, moment_rows, time_ends
from iris_dash.tables.roles import may_identify
from iris_dash.tables.table_parts import Collect, TableParts

GREATEST = sys.float_info.max

LABEL_LIKE = (nw.String, nw.Categorical, nw.Enum)
"""Which types beside numbers may hold an identifier."""

MOST_SUMMED = 1e290
"""So many of them as there can be rows have a sum; of larger numbers the mean decides nothing."""

YEAR = re.compile(r"\d{4}-")


class EngineFacts:
    """The facts of a table that an engine holds: a few questions, each asked once.

    One reads the whole table: its counts, extremes and sums. One per column that may be a facet
    gives its values, and one or two look at the decimals of its floats. Whole numbers of the
    columns `texts` are read as text. `parts`: tables that together have the rows, of which each is
    asked, and how; without them it is the table.
    """

    def __init__(
        self,
        table: nw.LazyFrame[Any],
        collect: Collect,
        orders: Mapping[str, tuple[str, ...]] | None = None,
        texts: Collection[str] = (),
        parts: Sequence[tuple[nw.LazyFrame[Any], Collect]] = (),
    ) -> None:
        self._table = table
        self._collect = collect
        self._parts = TableParts(parts or [(table, collect)])
        enums = table.collect_schema().items()
        own = {name: d.categories for name, d in enums if isinstance(d, nw.Enum)}
        self._orders = own | dict(orders or {})
        self._plain = engine_columns(table, texts)
        self._types = table.select(*(c.expression for c in self._plain)).collect_schema()
        self._values: dict[str, tuple[int, list[Any]]] = {}
        self._of_values: dict[str, dict[Any, int]] = {}
        # Dask has no least date, and pandas behind it none that Python cannot hold.
        days = () if table.implementation.is_dask() else (nw.Date, nw.Time)
        self._ordered = (nw.String, nw.Datetime, *days)
        self.names = [column.name for column in self._plain if column.name != ROW]

    @cached_property
    def _found(self) -> pl.DataFrame:
        """How many rows there are, and per column what is known of it: one question."""
        asked, distinct = [nw.len().alias("n")], list[nw.Expr]()
        for i, name in enumerate(self.names):
            column, dtype = nw.col(held_name(name)), self.dtype(name)
            number = column
            if dtype.is_float():
                asked.append(
                    nw.when(is_number(held_name(name))).then(column).count().alias(f"known{i}")
                )
                # Between the greatest floats: not every engine knows what is finite.
                number = nw.when(column.is_between(-GREATEST, GREATEST)).then(column)
            asked.append(column.count().alias(f"given{i}"))
            if may_identify(name) and (dtype.is_numeric() or isinstance(dtype, LABEL_LIKE)):
                distinct.append(column.n_unique().alias(f"distinct{i}"))
            if dtype.is_numeric():
                size = column.cast(nw.Float64())
                if dtype.is_float():
                    size = nw.when(column.is_between(-MOST_SUMMED, MOST_SUMMED)).then(column)
                asked.append(size.sum().alias(f"sum{i}"))
            if dtype.is_numeric() or isinstance(dtype, self._ordered):
                asked += [number.min().alias(f"low{i}"), number.max().alias(f"high{i}")]
        if len(self._parts.parts) == 1:
            return self._parts.figures(self._plain, [*asked, *distinct])
        found = self._parts.figures(self._plain, asked)
        if not distinct:
            return found
        rows = self._table.select(*(c.expression for c in self._plain))
        return found.hstack(self._collect(rows.select(*distinct)))

    @cached_property
    def _counts(self) -> dict[str, Any]:
        """The same as plain values."""
        found = self._found
        return dict(zip(found.columns, moment_rows(found)[0], strict=True))

    @cached_property
    def columns(self) -> tuple[EngineColumn, ...]:
        """How each column is read; NaN as missing where there is any."""
        return tuple(
            replace(
                column,
                has_nan=column.name != ROW and self._has_nan(column.name),
                is_beyond=column.name != ROW and self._is_beyond(column.name),
            )
            for column in self._plain
        )

    def _is_beyond(self, name: str) -> bool:
        """Return whether a column of dates or times has some that Python cannot hold."""
        if not isinstance(self.dtype(name), nw.Date | nw.Datetime):
            return False
        i = self.names.index(name)
        ends = (self._counts.get(f"low{i}"), self._counts.get(f"high{i}"))
        # Nanoseconds alone begin with the four digits of a year that it can hold.
        return any(isinstance(end, str) and not YEAR.match(end) for end in ends)

    def _has_nan(self, name: str) -> bool:
        return self._known(name) < int(self._counts[f"given{self.names.index(name)}"])

    def _known(self, name: str) -> int:
        """Return how many values of a column are not missing."""
        i = self.names.index(name)
        return int(self._counts.get(f"known{i}", self._counts[f"given{i}"]))

    @cached_property
    def _rows(self) -> nw.LazyFrame[Any]:
        return self._table.select(*(column.expression for column in self.columns))

    @cached_property
    def _decimals(self) -> dict[str, int]:
        """The fewest decimals, at most 6, that all values of each float column are written with.

        The first rows tell how many they are at least; the engine whether all others agree.
        """
        counts, scales = self._counts, dict[str, float]()
        for i, name in enumerate(self.names):
            if self.dtype(name).is_float() and counts[f"low{i}"] is not None:
                scales[name] = max(abs(counts[f"low{i}"]), abs(counts[f"high{i}"]))
        if not scales:
            return {}
        first = self._collect(self._rows.select(*held_names(scales)).head(SAMPLE))
        looked = {name: range(MOST_DECIMALS) for name in scales}
        least = _least_decimals(looked, scales, partial(_of_frame, first))
        looked = {name: range(d, d + 1) for name, d in least.items() if d < MOST_DECIMALS}
        ask = partial(self._parts.figures, self.columns)
        found = _least_decimals(looked, scales, ask)
        looked = {name: range(d, MOST_DECIMALS) for name, d in found.items() if d > least[name]}
        return least | found | _least_decimals(looked, scales, ask)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return int(self._counts["n"])

    @property
    def fingerprint_text(self) -> str:
        """What tells one content of the table from another, of what has been asked so far.

        Types, counts, extremes and sums, and of columns with few values those.
        """
        types = [(name, str(dtype)) for name, dtype in self._types.items()]
        few = [(n, values) for n, (most, values) in self._values.items() if len(values) <= most]
        return repr([*types, *self._counts.items(), *few])

    def dtype(self, name: str) -> nw.dtypes.DType:
        """Return a column's type."""
        return self._types[held_name(name)]

    def distinct(self, name: str, most: int) -> int:
        """Return how many distinct values a column has, missing aside, or `most` + 1."""
        return len(self.values(name, most))

    def values(self, name: str, most: int) -> list[Any]:
        """Return at most `most` + 1 distinct values of a column; see `ColumnFacts`."""
        asked, values = self._values.get(name, (-1, []))
        # All of them are known where fewer were found than asked for.
        if most > asked and len(values) > asked:
            held = held_name(name)
            found = self._parts.counts(self.columns, held, most).sort(held).head(most + 1)
            values = found[held].to_list()
            self._of_values[name] = dict(zip(values, found[ROW].to_list(), strict=True))
            if (order := self._orders.get(name)) is not None and len(values) <= most:
                values = [value for value in order if value in values]
            self._values[name] = most, values
        return values[: most + 1]

    def counts(self, name: str, most: int) -> dict[Any, int]:
        """Return how many rows have each value of a column, None the missing one."""
        self.values(name, most)
        return self._of_values[name] | {None: self.rows - self._known(name)}

    def has_order(self, name: str) -> bool:
        """Return whether the engine says in which order a column's values stand."""
        return name in self._orders

    def has_missing(self, name: str) -> bool:
        """Return whether a value of the column is missing."""
        return self._known(name) < self.rows

    def all_differ(self, name: str) -> bool:
        """Return whether no value is missing and no two are alike, of what may be an identifier."""
        distinct = self._counts.get(f"distinct{self.names.index(name)}")
        return distinct == self.rows and not self.has_missing(name)

    def extent(self, name: str) -> Extent | None:
        """Return what a slider needs of a numeric column."""
        i = self.names.index(name)
        low, high = self._counts[f"low{i}"], self._counts[f"high{i}"]
        if low is None:
            return None
        decimals = self._decimals[name] if self.dtype(name).is_float() else 0
        mean = float(self._counts[f"sum{i}"] or 0.0) / self._known(name)
        ends = (int(low), int(high)) if self.dtype(name).is_integer() else ()
        return shown_extent(low, high, decimals, mean, *ends)

    def ends(self, name: str) -> TimeEnds | None:
        """Return the first and the last of a column of dates or moments; see `ColumnFacts`."""
        low, high = (f"{end}{self.names.index(name)}" for end in ("low", "high"))
        if low not in self._found.columns:
            return None
        found = self._found
        if self._is_beyond(name):
            column = nw.col(held_name(name))
            held = self._rows.filter(column.is_between(*self._held_ends(name)))
            found = self._collect(held.select(column.min().alias(low), column.max().alias(high)))
        return time_ends(pl.concat([found[low].alias(""), found[high].alias("")]))

    def sample(self, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Return the values of numeric columns in the first rows, missing ones as NaN."""
        return as_floats(self._collect(self._rows.select(*held_names(names)).head(LOOKED)))

    def _held_ends(self, name: str) -> tuple[date | datetime, date | datetime]:
        """Return the first and the last that Python can hold of a column's type."""
        dtype = self.dtype(name)
        if not isinstance(dtype, nw.Datetime):
            return date.min, date.max
        if dtype.time_zone is None:
            return datetime.min, datetime.max
        # In its own zone a moment may be a day earlier or later than in UTC.
        ends = datetime.min + timedelta(days=1), datetime.max - timedelta(days=1)
        return ends[0].replace(tzinfo=UTC), ends[1].replace(tzinfo=UTC)


def _of_frame(frame: pl.DataFrame, asked: Sequence[nw.Expr]) -> pl.DataFrame:
    return nw.to_native(nw.from_native(frame).select(*asked))


def _least_decimals(
    looked: dict[str, range],
    scales: dict[str, float],
    ask: Callable[[Sequence[nw.Expr]], pl.DataFrame],
) -> dict[str, int]:
    """Return the fewest of some decimals that suffice for each column's values; else one more."""
    asked = [(name, d) for name, decimals in looked.items() for d in decimals]
    off = [off_decimals(held_name(n), d, scales[n]).alias(f"{i}") for i, (n, d) in enumerate(asked)]
    misses = dict(zip(asked, ask(off).row(0) if off else (), strict=True))
    return {
        name: next((d for d in decimals if not misses[name, d]), decimals.stop)
        for name, decimals in looked.items()
    }
