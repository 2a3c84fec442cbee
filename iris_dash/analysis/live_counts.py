"""Counts of a query's rows over several columns at once, as a live index needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL, grid_of
from iris_dash.analysis.live_rows import CellRows, Column, FrameRows, Kept, LiveRows, Moments
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.core.deadline import check
from iris_dash.query.names import held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Time
from iris_dash.tables.dataset import Dataset


class Places(Protocol):
    """The places in which a column's rows are counted; `length` of them."""

    @property
    def column(self) -> Column:
        """Return what is counted by."""

    @property
    def length(self) -> int:
        """Return how many places there are."""

    def of(self, rows: LiveRows) -> NDArray[np.intp]:
        """Return the place of each of some rows; `length` for those that are in none."""


@dataclass(frozen=True, eq=False)
class Axis:
    """Places that are made of whole cells or stops, or of a facet's values.

    `places`: the place of each number of `LiveRows.numbers`; `length` for those that are in none.
    """

    column: Column
    places: NDArray[np.intp]
    length: int

    def of(self, rows: LiveRows) -> NDArray[np.intp]:
        """Return the place of each of some rows; see `Places`."""
        return self.places.take(rows.numbers(self.column))


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


MOST_COUNTED_AT_ONCE = 4_000_000
"""Of more places those that have rows are sorted out first, which takes less memory."""


@dataclass(frozen=True, eq=False)
class LiveCounts:
    """Counts the rows of one table: from its rollup, else from the rows where they are here.

    `columns`: all that are counted by; `kept`: what is found for the next index.
    """

    dataset: Dataset
    rollup: Rollup | None
    timed: TimedRollup | None
    kept: Kept
    columns: Sequence[Column]
    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def count(self, query: Query, axes: Sequence[Places]) -> NDArray[np.int64] | None:
        """Return the query's rows per place of each axis; None where only an engine could count.

        What is counted by the same first axes is cheaper than by others.
        """
        found = self._by_time(query, axes)
        if found is not None:
            return found
        rows, key = self._rows(query, axes)
        if rows is None:
            return None
        *first, last = axes
        at = last.of(rows)
        if first:
            at += self._combined(rows, key, first) * (last.length + 1)
        return _cut(_whole(np.bincount(at, rows.n, _size(axes))), axes)

    def tally(
        self, query: Query, axes: Sequence[Places]
    ) -> tuple[NDArray[np.intp], NDArray[np.int64]] | None:
        """Return where the query's rows are, and how many are there: of many places few have any.

        Places are of all axes as one, in order, as `np.ravel_multi_index` has them.
        """
        if self._is_by_time(query, axes):
            found = self._by_time(query, axes)
            assert found is not None
            places = np.flatnonzero(found)
            return places, found.ravel()[places]
        rows, key = self._rows(query, axes)
        if rows is None:
            return None
        places, n = _tallied(self._combined(rows, key, axes), rows.n, _size(axes))
        own = np.unravel_index(places, [axis.length + 1 for axis in axes])
        lengths = [axis.length for axis in axes]
        inside = np.all([one < length for one, length in zip(own, lengths, strict=True)], axis=0)
        kept = np.ravel_multi_index([one[inside] for one in own], lengths)
        return kept.astype(np.intp), n[inside]

    def sums(self, query: Query, axes: Sequence[Places], measure: Measure) -> Sums | None:
        """Return the sums of a measure per place of each axis.

        None where only an engine could sum, and where sums of its values are no floats.
        """
        if measure.is_long or measure.is_large:
            return None
        if self._is_by_time(query, axes):
            return self._sums_by_time(query, axes, measure)
        rows, key = self._rows(query, axes)
        if rows is None:
            return None
        moments, at = rows.moments(measure), self._combined(rows, key, axes)
        first, second = (
            _cut(np.bincount(at, weights, _size(axes)), axes)
            for weights in (moments.first, moments.second)
        )
        if not np.isfinite(second).all():
            return None
        counts = self._counted(rows, at, moments, key, axes)
        return Sums(moments.middle, counts, first, second)

    def _counted(
        self,
        rows: LiveRows,
        at: NDArray[np.intp],
        moments: Moments,
        key: tuple[Any, ...],
        axes: Sequence[Places],
    ) -> NDArray[np.int64]:
        """Return how many values there are per place; where none is missing these are all rows."""
        own, n = (*key, "counts", *axes), rows.n
        if moments.has is not None:
            n = moments.has.astype(np.float64) if n is None else n * moments.has
        elif own in self._known:
            known: NDArray[np.int64] = self._known[own]
            return known
        found = _cut(_whole(np.bincount(at, n, _size(axes))), axes)
        if moments.has is None:
            self._known[own] = found
        return found

    def points(
        self, query: Query, axes: Sequence[Places], measures: Sequence[Measure], most: int
    ) -> tuple[list[NDArray[np.int32]], list[NDArray[np.float64]]] | None:
        """Return each row's place on some axes, and its values of some measures, NaN for missing.

        In the order of the table's rows. None for more than `most` rows, and where only cells of
        several rows are here.
        """
        rows, _ = self._rows(query, axes)
        if rows is None or rows.n is not None:
            return None
        places: list[NDArray[np.int32]] = [axis.of(rows).astype(np.int32) for axis in axes]
        if len(places[0]) > most or any(measure.is_long for measure in measures):
            return None
        return places, [rows.values(measure) for measure in measures]

    def _rows(
        self, query: Query, axes: Sequence[Places]
    ) -> tuple[LiveRows | None, tuple[Any, ...]]:
        """Return the rows of a query, and by what they are known.

        Cells of a rollup where they tell the place on each axis.
        """
        of_cells = all(isinstance(axis, Axis) for axis in axes)
        has_time = any(isinstance(axis.column, Time) for axis in axes)
        key = (query.filters, of_cells, has_time)
        if key not in self._known:
            check()
            self._known[key] = self._find_rows(query, of_cells, has_time)
        found: LiveRows | None = self._known[key]
        return found, key

    def _find_rows(self, query: Query, of_cells: bool, has_time: bool) -> LiveRows | None:
        frame, rollup = self.dataset.in_memory(), self.rollup
        if rollup is not None and rollup.n is None and frame is not None:
            return CellRows.of(rollup, query, frame, self.kept)
        if rollup is not None and of_cells and not has_time:
            if self.timed is not None and self.timed.answers(query):
                return CellRows.of(*self.timed.under(query), None, Kept())
            if self.timed is None and rollup.answers(query):
                return CellRows.of(rollup, query, None, self.kept)
        if frame is None:
            return None
        names = dict.fromkeys(column.name for column in self.columns)
        asked = self.dataset.select(query, tuple(held_names(names)))
        return FrameRows(self.dataset.collect(asked))

    def _combined(
        self, rows: LiveRows, key: tuple[Any, ...], axes: Sequence[Places]
    ) -> NDArray[np.intp]:
        """Return the place of each row in all of some axes, each with one more for none."""
        own = (*key, *axes)
        if own not in self._known:
            self._known[own] = _combined(rows, axes)
        found: NDArray[np.intp] = self._known[own]
        return found

    def _is_by_time(self, query: Query, axes: Sequence[Places]) -> bool:
        """Return whether one axis is the time by which a rollup's rows are in order."""
        times = [axis.column for axis in axes if isinstance(axis.column, Time)]
        timed = self.timed if all(isinstance(axis, Axis) for axis in axes) else None
        return timed is not None and times == [timed.index.stops.time] and timed.answers(query)

    def _by_time(self, query: Query, axes: Sequence[Places]) -> NDArray[np.int64] | None:
        if not self._is_by_time(query, axes):
            return None
        assert self.timed is not None
        index, rollup, name = self.timed.index, self.timed.rollup, self.timed.index.stops.time.name
        at = [axis.column.name for axis in axes].index(name)
        own = [axis for axis in axes if axis.column.name != name]
        places, chosen = index.places(query.filter_on(name)), rollup.selected(query.without(name))
        assert places is not None
        length, time = _size(own), axes[at]
        assert isinstance(time, Axis)
        cells = CellRows(rollup, None, None)
        codes = _combined(cells, own) if own else np.zeros(len(rollup), dtype=np.intp)
        if chosen is not None:
            codes = np.where(chosen, codes, length)
        found = index.per_stop(codes.astype(np.min_scalar_type(length)), length) * places
        gathered = np.zeros((time.length + 1, length), dtype=np.int64)
        np.add.at(gathered, time.places[: found.shape[1]], found.T)
        shaped = gathered.reshape([time.length + 1, *(axis.length + 1 for axis in own)])
        ordered: NDArray[np.int64] = np.moveaxis(shaped, 0, at)
        return ordered[tuple(slice(axis.length) for axis in axes)]

    def _sums_by_time(self, query: Query, axes: Sequence[Places], measure: Measure) -> Sums | None:
        """Return the sums of a measure of which each cell has one value."""
        grid = grid_of(measure)
        numbers = np.arange(grid.top_cell + 4)
        points = np.where(numbers % 2, grid.steps + 1, numbers // 2 - 1).astype(np.intp)
        points[(numbers < -MISSING_CELL) | (numbers > grid.top_cell - MISSING_CELL)] = (
            grid.steps + 1
        )
        counts = self._by_time(query, [*axes, Axis(measure, points, grid.steps + 1)])
        assert counts is not None
        values, n = np.array([grid.at(k) for k in range(grid.steps + 1)]), counts.sum(axis=-1)
        middle = float(counts.reshape(-1, len(values)).sum(axis=0) @ values / max(n.sum(), 1))
        apart = values - middle
        return Sums(middle, n, counts @ apart, counts @ apart**2)


def _tallied(
    at: NDArray[np.intp], n: NDArray[np.float64] | None, size: int
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the different places, in order, and how many rows are at each."""
    if size <= MOST_COUNTED_AT_ONCE:
        counts = _whole(np.bincount(at, n, size))
        places = np.flatnonzero(counts)
        return places, counts[places]
    if n is None:
        return np.unique(at, return_counts=True)
    places, inverse = np.unique(at, return_inverse=True)
    return places, _whole(np.bincount(inverse, n))


def _combined(rows: LiveRows, axes: Sequence[Places]) -> NDArray[np.intp]:
    first, *rest = axes
    at = first.of(rows).astype(np.intp)
    for axis in rest:
        at *= axis.length + 1
        at += axis.of(rows)
    return at


def _size(axes: Sequence[Places]) -> int:
    return int(np.prod([axis.length + 1 for axis in axes]))


def _whole(counts: NDArray[Any]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.rint(counts).astype(np.int64)
    return found


def _cut(found: NDArray[Any], axes: Sequence[Places]) -> NDArray[Any]:
    """Return what is found per place, without the places for none."""
    shaped = found.reshape([axis.length + 1 for axis in axes])
    return shaped[tuple(slice(axis.length) for axis in axes)]
