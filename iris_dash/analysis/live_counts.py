"""Counts of a query's rows over several columns at once, as a live index needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.live_by_time import TimeCounts
from iris_dash.analysis.live_engine_counts import EngineCounts
from iris_dash.analysis.live_places import Axis, Counter, Places, Sums
from iris_dash.analysis.live_row_counts import RowCounts
from iris_dash.analysis.live_rows import CellRows, Column, FrameRows, Kept, LiveRows
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.timed_rollup import TimedRollup
from iris_dash.core.deadline import check
from iris_dash.query.filters import Filter
from iris_dash.query.names import held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Time
from iris_dash.tables.dataset import Dataset


@dataclass(frozen=True, eq=False)
class LiveCounts:
    """Counts the rows of one table: from its rollup, else the rows that are here, else elsewhere.

    `columns`: all that are counted by; `kept`: what is found for the next index.
    """

    dataset: Dataset
    rollup: Rollup | None
    timed: TimedRollup | None
    kept: Kept
    columns: Sequence[Column]
    _known: dict[tuple[tuple[Filter, ...], bool, bool], Counter] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def is_here(self) -> bool:
        """Whether the rows are in memory, so that no engine is asked."""
        return self.dataset.in_memory() is not None

    def count(self, query: Query, axes: Sequence[Places]) -> NDArray[np.int64] | None:
        """Return the query's rows per place of each axis; see `Counter`."""
        return self._counter(query, axes).count(query, axes)

    def tally(
        self, query: Query, axes: Sequence[Places]
    ) -> tuple[NDArray[np.intp], NDArray[np.int64]] | None:
        """Return where the query's rows are, and how many are there; see `Counter`."""
        return self._counter(query, axes).tally(query, axes)

    def sums(
        self, query: Query, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> dict[str, Sums]:
        """Return the sums of measures per place of each axis; see `Counter`."""
        plain = [measure for measure in measures if not (measure.is_long or measure.is_large)]
        return self._counter(query, axes).sums(query, axes, plain)

    def points(
        self, query: Query, axes: Sequence[Places], measures: Sequence[Measure], most: int
    ) -> tuple[list[NDArray[np.int32]], list[NDArray[np.float64]]] | None:
        """Return each row's place on some axes, and its values of some measures, NaN for missing.

        In the order of the table's rows, if they are here. None for more than `most` rows.
        """
        if any(measure.is_long for measure in measures):
            return None
        counter = self._counter(query, axes)
        if not isinstance(counter, RowCounts) or counter.rows.n is not None:
            if self.is_here:
                return None
            names = {column.name for column in (*(axis.column for axis in axes), *measures)}
            asked = self.dataset.select(query, tuple(held_names(sorted(names))))
            counter = RowCounts(FrameRows(self.dataset.collect(asked.head(most + 1))))
        found = counter.points(axes, measures)
        return found if len(found[0][0]) <= most else None

    def _counter(self, query: Query, axes: Sequence[Places]) -> Counter:
        """Return what counts a query's rows by some axes.

        Cells of a rollup where they tell the place on each axis.
        """
        by_time = TimeCounts(self.timed) if self.timed is not None else None
        if by_time is not None and by_time.tells(query, axes):
            return by_time
        of_cells = all(isinstance(axis, Axis) for axis in axes)
        has_time = any(isinstance(axis.column, Time) for axis in axes)
        key = (query.filters, of_cells, has_time)
        if key not in self._known:
            check()
            rows = self._find_rows(query, of_cells, has_time)
            self._known[key] = EngineCounts(self.dataset) if rows is None else RowCounts(rows)
        return self._known[key]

    def _find_rows(self, query: Query, of_cells: bool, has_time: bool) -> LiveRows | None:
        """Return the rows of a query, or cells of them; None where only an engine has them."""
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
