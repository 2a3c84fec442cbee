"""Counts for a live index by the time in whose order a rollup's rows are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL, grid_of
from iris_dash.analysis.live_places import Axis, Places, Sums, combined, size_of
from iris_dash.analysis.live_rows import CellRows
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Time


@dataclass(frozen=True, eq=False)
class TimeCounts:
    """Counts rows where one of the axes is that time; see `Counter`."""

    timed: TimedRollup

    def tells(self, query: Query, axes: Sequence[Places]) -> bool:
        """Return whether rows can be counted so."""
        times = [axis.column for axis in axes if isinstance(axis.column, Time)]
        of_cells = all(isinstance(axis, Axis) for axis in axes)
        return of_cells and times == [self.timed.index.stops.time] and self.timed.answers(query)

    def count(self, query: Query, axes: Sequence[Places]) -> NDArray[np.int64]:
        """Return the query's rows per place of each axis."""
        index, rollup, name = self.timed.index, self.timed.rollup, self.timed.index.stops.time.name
        at = [axis.column.name for axis in axes].index(name)
        own = [axis for axis in axes if axis.column.name != name]
        places, chosen = index.places(query.filter_on(name)), rollup.selected(query.without(name))
        assert places is not None
        length, time, cells = size_of(own), axes[at], CellRows(rollup, None, None)
        assert isinstance(time, Axis)
        codes = np.zeros(len(rollup), dtype=np.intp)
        if own:
            codes = combined(own, [axis.of(cells) for axis in own])
        if chosen is not None:
            codes = np.where(chosen, codes, length)
        found = index.per_stop(codes.astype(np.min_scalar_type(length)), length) * places
        gathered = np.zeros((time.length + 1, length), dtype=np.int64)
        np.add.at(gathered, time.places[: found.shape[1]], found.T)
        shaped = gathered.reshape([time.length + 1, *(axis.length + 1 for axis in own)])
        ordered: NDArray[np.int64] = np.moveaxis(shaped, 0, at)
        return ordered[tuple(slice(axis.length) for axis in axes)]

    def tally(
        self, query: Query, axes: Sequence[Places]
    ) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return where the query's rows are, and how many are there."""
        found = self.count(query, axes)
        places = np.flatnonzero(found)
        return places, found.ravel()[places]

    def sums(
        self, query: Query, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> dict[str, Sums]:
        """Return the sums of measures of which each cell has one value."""
        return {measure.name: self._sums(query, axes, measure) for measure in measures}

    def _sums(self, query: Query, axes: Sequence[Places], measure: Measure) -> Sums:
        grid = grid_of(measure)
        numbers = np.arange(grid.top_cell + 4)
        points = np.where(numbers % 2, grid.steps + 1, numbers // 2 - 1).astype(np.intp)
        points[(numbers < -MISSING_CELL) | (numbers > grid.top_cell - MISSING_CELL)] = (
            grid.steps + 1
        )
        counts = self.count(query, [*axes, Axis(measure, points, grid.steps + 1)])
        values, n = np.array([grid.at(k) for k in range(grid.steps + 1)]), counts.sum(axis=-1)
        middle = float(counts.reshape(-1, len(values)).sum(axis=0) @ values / max(n.sum(), 1))
        apart = values - middle
        return Sums(middle, n, counts @ apart, counts @ apart**2)
