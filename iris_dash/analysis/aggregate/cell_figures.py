"""The figures of groups from how many rows a rollup's cells have: exactly, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.cell_keys import Numbered, combined, held_values, parted
from iris_dash.analysis.aggregate.figures import key_name
from iris_dash.analysis.aggregate.percentiles import percentiles_of
from iris_dash.analysis.aggregate.sources import Source, figure_name
from iris_dash.analysis.aggregate.statistics import ROWS
from iris_dash.analysis.aggregates import Needs
from iris_dash.analysis.cell_counts import CellCounts
from iris_dash.core.deadline import check
from iris_dash.query.schema import Facet, Filterable, Measure
from iris_dash.tables.row_set import RowSet

MOST_COUNTS = 4_000_000
"""So many counts are made at once at most, of the rows of each group that have each value."""

Codes = tuple[NDArray[np.int64], int]
"""A number for each cell, and below which number all of them lie."""

Count = Callable[[Sequence[Codes]], list[NDArray[np.int64]]]
"""Returns how many rows have each number: one array of periods × numbers for each of the codes."""


@dataclass(frozen=True, eq=False)
class Counted:
    """How many rows of each group have each value of a column, in the order of both.

    `groups`, `values` and `rows` stand side by side; of the column's `known` values 0 is the
    missing one.
    """

    groups: NDArray[np.int32]
    values: NDArray[np.int32]
    rows: NDArray[np.int64]
    known: pl.Series


@dataclass(frozen=True, eq=False)
class Gathered:
    """The groups of some rows: their places of each key, their rows, their values' counts."""

    places: tuple[pl.Series, ...]
    rows: NDArray[np.int64]
    columns: tuple[Counted, ...]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        held = sum(len(column.rows) for column in self.columns)
        return 3 * held + len(self.rows) * (len(self.places) + 1)


def held_columns(
    whole: CellCounts, cells: CellCounts, columns: Sequence[Filterable]
) -> list[Numbered] | None:
    """Return which value of each column each cell has; None where cells do not tell them all."""
    found = []
    for column in columns:
        held = held_values(whole, cells, column) if isinstance(column, Facet | Measure) else None
        if held is None:
            return None
        found.append(held)
    return found


def gather(
    cells: int,
    keys: Sequence[Numbered],
    columns: Sequence[Numbered],
    count: Count,
    periods: int = 1,
) -> tuple[Gathered, NDArray[np.int64]] | None:
    """Return the groups of so many cells by their keys and period, and the period of each.

    Groups without rows are left out. None where too many counts would have to be made.
    """
    codes, width = combined(keys, cells)
    known = np.arange(width)
    if width > MOST_COUNTS or width > cells:
        known, codes = np.unique(codes, return_inverse=True)
        width = len(known)
    made: list[Codes] = [(codes, width)]
    made += [(codes * column.count + column.of, width * column.count) for column in columns]
    if periods * sum(length for _, length in made) > MOST_COUNTS:
        return None
    rows, *counts = count(made)
    groups = np.flatnonzero(rows)
    found = []
    for column, counted in zip(columns, counts, strict=True):
        by_value = counted.reshape(-1, column.count)
        group, value = np.nonzero(by_value)
        at = np.searchsorted(groups, group).astype(np.int32)
        held = by_value[group, value].astype(np.int64)
        found.append(Counted(at, value.astype(np.int32), held, column.places))
    of_period, of_key = np.divmod(groups, width)
    places = tuple(parted(keys, known[of_key]))
    return Gathered(places, rows.ravel()[groups].astype(np.int64), tuple(found)), of_period


def figures_frame(gathered: Gathered, needs: Needs, rows: RowSet) -> pl.DataFrame:
    """Return the groups with figures of the columns, as `group_figures` does."""
    names = [key_name(place) for place in range(len(gathered.places))]
    groups = pl.DataFrame(
        [
            *(series.alias(name) for series, name in zip(gathered.places, names, strict=True)),
            pl.Series(ROWS, gathered.rows),
        ]
    )
    for place, (column, figures) in enumerate(needs.items()):
        check()
        source = Source(column, place, tuple(figures), rows, by_cells=True)
        values = _Values(gathered.columns[place], len(gathered.rows), column)
        found = {kind: values.raw(kind) for kind in source.asked}
        frame = pl.DataFrame(
            {ROWS: groups[ROWS]} | {figure_name(kind, place): found[kind] for kind in found}
        )
        groups = groups.with_columns(source.in_unit(nw.from_native(frame)))
    return groups


class _Values:
    """The values of a column in each of some groups, as an engine would tell their figures."""

    def __init__(self, counted: Counted, groups: int, column: Filterable) -> None:
        is_known = counted.values > 0
        self.counted, self.size, self.column = counted, groups, column
        self.groups, self.rows = counted.groups[is_known], counted.rows[is_known]
        self.places = counted.values[is_known]
        self.own, self.first = np.unique(self.groups, return_index=True)
        self.last = np.append(self.first, len(self.groups))[1:] - 1
        self.n = np.bincount(self.groups, self.rows, groups).astype(np.int64)

    def raw(self, kind: str) -> pl.Series:
        """Return one figure of each group, null where there is none."""
        match kind:
            case "n":
                return pl.Series(self.n)
            case "distinct":  # what is missing counts as one value
                return pl.Series(np.bincount(self.counted.groups, None, self.size))
            case "min" | "max":
                return self._of_own(self.values[self.first if kind == "min" else self.last])
            case "sum":
                return self._of_own(self._sums())
            case "mean":
                return self._of_own(self._low + self._offsets())
            case "std":
                return self._of_own(self._deviations())
            case _:
                percent = int(kind[1:])
                if not len(self.own):
                    return self._of_own(np.zeros(0))
                made = percentiles_of(self.groups, self.values, self.rows, self.own, [percent])
                return self._of_own(made[percent])

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The value of each count."""
        known: NDArray[Any] = self.counted.known.to_numpy()
        return known[self.places].astype(np.float64)

    def _sums(self) -> NDArray[Any]:
        values = self.values
        if isinstance(self.column, Measure) and self.column.whole is not None:
            # Exact to 64 bits; who asks knows whether they suffice.
            whole = values.astype(np.int64) * self.rows
            return np.add.reduceat(whole, self.first) if len(self.first) else whole
        return np.bincount(self.groups, values * self.rows, self.size)[self.own]

    @property
    def _low(self) -> float:
        """From where values are counted: sums of what lies above lose no digits."""
        return float(self.values.min(initial=np.inf)) if len(self.own) else 0.0

    def _offsets(self) -> NDArray[np.float64]:
        """Return how far the mean of each group lies above `_low`."""
        above = np.bincount(self.groups, (self.values - self._low) * self.rows, self.size)
        return above[self.own] / self.n[self.own]

    def _deviations(self) -> NDArray[np.float64]:
        """Return the deviations of the values in steps, n - 1 in the divisor."""
        assert isinstance(self.column, Measure)
        offsets = np.zeros(self.size)
        offsets[self.own] = self._offsets()
        apart = (self.values - self._low - offsets[self.groups]) / self.column.step
        squares = np.bincount(self.groups, apart**2 * self.rows, self.size)[self.own]
        with np.errstate(invalid="ignore", divide="ignore"):
            found: NDArray[np.float64] = np.sqrt(squares / (self.n[self.own] - 1))
        return found

    def _of_own(self, found: NDArray[Any]) -> pl.Series:
        """Return figures of the groups that have values, null for the others."""
        series = pl.Series(found)
        return (
            pl.Series([None], dtype=series.dtype)
            .new_from_index(0, self.size)
            .scatter(self.own.astype(np.int64), series)
        )
