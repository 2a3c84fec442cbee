"""Places in which a live index counts rows, and what is summed up in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, assert_never

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.cell_counts import ALL
from iris_dash.analysis.grid import BELOW_CELL, MISSING_CELL, Grid, grid_of
from iris_dash.analysis.live_rows import Column, LiveRows
from iris_dash.analysis.time_cells import place_column, stops_at
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Time
from iris_dash.query.slider_stops import SliderStops, slider_stops
from iris_dash.tables.libraries import Series, library_of
from iris_dash.tables.values import floats

MOST_COUNTED_AT_ONCE = 4_000_000
"""Of more places those that have rows are sorted out first, which takes less memory."""


class Places(Protocol):
    """The places in which a column's rows are counted; `length` of them."""

    @property
    def column(self) -> Column:
        """Return what is counted by."""

    @property
    def length(self) -> int:
        """Return how many places there are."""

    def of(self, rows: LiveRows, piece: slice = ALL) -> NDArray[Any]:
        """Return the place of each row of a piece; `length` for those that are in none."""

    @property
    def key(self) -> nw.Expr:
        """Return what an engine groups rows by, so that each group is in one place."""

    def of_keys(self, keys: Series) -> NDArray[np.intp]:
        """Return the place of each `key`; `length` for those that are in none."""


@dataclass(frozen=True, eq=False)
class Axis:
    """Places that are made of whole cells or stops, or of a facet's values.

    `places`: the place of each number of `LiveRows.numbers`; `length` for those that are in none.
    """

    column: Column
    places: NDArray[np.intp]
    length: int

    def of(self, rows: LiveRows, piece: slice = ALL) -> NDArray[Any]:
        """Return the place of each row of a piece; see `Places`."""
        return self._narrow.take(rows.numbers(self.column, piece))

    @cached_property
    def _narrow(self) -> NDArray[Any]:
        """The places in as few bytes as hold them."""
        return self.places.astype(np.min_scalar_type(self.length))

    @property
    def key(self) -> nw.Expr:
        """Return what an engine groups rows by; see `Places`."""
        match self.column:
            case Facet(name):
                return nw.col(held_name(name))
            case Time():
                return place_column(_stops(self.column))
            case Measure():
                grid = grid_of(self.column)
                if self._width > 1:
                    cell = grid.cells()
                    inside = cell.is_between(0, grid.top_cell)
                    return nw.when(inside).then(cell // self._width)
                return grid.cells() if grid.even is None else self._chosen(grid)
            case _:
                assert_never(self.column)

    def of_keys(self, keys: Series) -> NDArray[np.intp]:
        """Return the place of each key; see `Places`."""
        match self.column:
            case Facet(values=values):
                return self.places.take(library_of(keys).places(keys, values))
            case Time():
                return self.places.take(stops_at(_stops(self.column), floats(keys)) - MISSING_CELL)
            case Measure():
                numbers, found = floats(keys), self.places
                if self._width > 1:
                    cells = np.where(np.isnan(numbers), MISSING_CELL, numbers * self._width)
                    return found.take(cells.astype(np.intp) - MISSING_CELL)
                if grid_of(self.column).even is None:
                    return found.take(numbers.astype(np.intp) - MISSING_CELL)
                return numbers.astype(np.intp)
            case _:
                assert_never(self.column)

    @cached_property
    def _begins(self) -> NDArray[np.intp]:
        """The cells on a measure's grid at which another place begins, but for the first one's."""
        inner = self.places[-MISSING_CELL:-1]
        return np.flatnonzero(np.diff(inner)) + 1

    @cached_property
    def _width(self) -> int:
        """Of how many cells each place of a measure is made; 1 where these are not even.

        On a slider that is 1, as a stop has its own. All other axes have no place off the grid.
        """
        return int(np.gcd.reduce(self._begins)) or len(self.places)

    def _chosen(self, grid: Grid) -> nw.Expr:
        """Return the place itself, chosen by halves: of a grid of log there are too many cells.

        A row is compared a few times with its value, and nothing is computed of it.
        """
        value = nw.col(held_name(grid.name)).cast(nw.Float64())
        begins = [0, *self._begins.tolist(), grid.top_cell + 1]
        places = self.places[np.array([BELOW_CELL, *begins]) - MISSING_CELL].tolist()

        def choose(low: int, high: int) -> nw.Expr:
            if low == high:
                return nw.lit(places[low])
            middle = (low + high + 1) // 2
            cell = begins[middle - 1]
            point = grid.at(cell // 2)
            above = value > point if cell % 2 else value >= point
            return nw.when(above).then(choose(middle, high)).otherwise(choose(low, middle - 1))

        missing = nw.lit(int(self.places[0]))
        return nw.when(value.is_null()).then(missing).otherwise(choose(0, len(places) - 1))


@dataclass(frozen=True, eq=False)
class Sums:
    """What means and deviations are made of: per place of some axes.

    `n`: how many values there are; `first` and `second`: the sums of them and of their squares, in
    the measure's unit, counted from `middle`.
    """

    middle: float
    n: NDArray[np.int64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]


class Counter(Protocol):
    """Counts the rows of one table, in one of several ways.

    Each answer is None where it would be too much, or where its sums are no floats. Errors: those
    of the table's engine.
    """

    def count(self, query: Query, axes: Sequence[Places]) -> NDArray[np.int64] | None:
        """Return the query's rows per place of each axis."""

    def tally(
        self, query: Query, axes: Sequence[Places]
    ) -> tuple[NDArray[np.intp], NDArray[np.int64]] | None:
        """Return where the query's rows are, and how many are there: of many places few have any.

        Places are of all axes as one, in order, as `np.ravel_multi_index` has them.
        """

    def sums(
        self, query: Query, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> dict[str, Sums]:
        """Return the sums of those measures that can be summed up, per place of each axis."""


def size_of(axes: Sequence[Places]) -> int:
    """Return how many places all axes have as one, each with one more for none."""
    return int(np.prod([axis.length + 1 for axis in axes]))


def combined(axes: Sequence[Places], places: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Return the place on all axes as one of what has these on each; see `size_of`."""
    at = places[0].astype(np.intp)
    for axis, own in zip(axes[1:], places[1:], strict=True):
        at *= axis.length + 1
        at += own
    return at


def cut(found: NDArray[Any], axes: Sequence[Places]) -> NDArray[Any]:
    """Return what is found per place of `combined`, by axis, without the places for none."""
    shaped = found.reshape([axis.length + 1 for axis in axes])
    return shaped[tuple(slice(axis.length) for axis in axes)]


def tallied(
    at: NDArray[np.intp], n: NDArray[np.float64] | None, axes: Sequence[Places]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the different places, in order, and how many rows are at each.

    `at`: of `combined`; `n`: for how many rows each stands, None: one. Places are counted without
    those for none then, as `np.ravel_multi_index` does.
    """
    if size_of(axes) <= MOST_COUNTED_AT_ONCE:
        counts = whole(np.bincount(at, n, size_of(axes)))
        places = np.flatnonzero(counts)
        counts = counts[places]
    elif n is None:
        places, counts = np.unique(at, return_counts=True)
    else:
        places, inverse = np.unique(at, return_inverse=True)
        counts = whole(np.bincount(inverse, n))
    return inside(places, counts, axes)


def inside(
    places: NDArray[np.intp], counts: NDArray[np.int64], axes: Sequence[Places]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return places of `combined` without those for none, and their counts; see `tallied`."""
    own = np.unravel_index(places, [axis.length + 1 for axis in axes])
    lengths = [axis.length for axis in axes]
    is_in = np.all([one < length for one, length in zip(own, lengths, strict=True)], axis=0)
    kept = np.ravel_multi_index([one[is_in] for one in own], lengths)
    return kept.astype(np.intp), counts[is_in]


def whole(counts: NDArray[Any]) -> NDArray[np.int64]:
    """Return counts that may have been added up as floats."""
    found: NDArray[np.int64] = (
        counts if counts.dtype == np.int64 else np.rint(counts).astype(np.int64)
    )
    return found


def _stops(time: Time) -> SliderStops:
    stops = slider_stops(time)
    assert stops is not None
    return stops
