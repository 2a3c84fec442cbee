"""Counts for a live index of rows that are here, or of a rollup's cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.live_places import Places, Sums, combined, cut, size_of, tallied, whole
from iris_dash.analysis.live_rows import LiveRows, Moments
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure


@dataclass(frozen=True, eq=False)
class RowCounts:
    """Counts the rows of one query, which is not looked at again; see `Counter`.

    What is counted by the same first axes is cheaper than by others.
    """

    rows: LiveRows
    _known: dict[tuple[Any, ...], NDArray[Any]] = field(default_factory=dict, init=False)

    def count(self, _: Query, axes: Sequence[Places]) -> NDArray[np.int64]:
        """Return the rows per place of each axis."""
        *first, last = axes
        at = last.of(self.rows)
        if first:
            at += self._combined(first) * (last.length + 1)
        return cut(whole(np.bincount(at, self.rows.n, size_of(axes))), axes)

    def tally(self, _: Query, axes: Sequence[Places]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return where rows are, and how many are there."""
        return tallied(self._combined(axes), self.rows.n, axes)

    def sums(
        self, _: Query, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> dict[str, Sums]:
        """Return the sums of those measures whose squares add up to floats."""
        found = {measure.name: self._sums(axes, measure) for measure in measures}
        return {name: sums for name, sums in found.items() if np.isfinite(sums.second).all()}

    def _sums(self, axes: Sequence[Places], measure: Measure) -> Sums:
        moments, at = self.rows.moments(measure), self._combined(axes)
        first, second = (
            cut(np.bincount(at, weights, size_of(axes)), axes)
            for weights in (moments.first, moments.second)
        )
        return Sums(moments.middle, self._counted(at, moments, axes), first, second)

    def _counted(
        self, at: NDArray[np.intp], moments: Moments, axes: Sequence[Places]
    ) -> NDArray[np.int64]:
        """Return how many values there are per place; where none is missing these are all rows."""
        own, n = ("counts", *axes), self.rows.n
        if moments.has is not None:
            n = moments.has.astype(np.float64) if n is None else n * moments.has
        elif own in self._known:
            known: NDArray[np.int64] = self._known[own]
            return known
        found = cut(whole(np.bincount(at, n, size_of(axes))), axes)
        if moments.has is None:
            self._known[own] = found
        return found

    def points(
        self, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> tuple[list[NDArray[np.int32]], list[NDArray[np.float64]]]:
        """Return each row's place on some axes, and its values of some measures, NaN for missing.

        In the order of the table's rows.
        """
        places: list[NDArray[np.int32]] = [axis.of(self.rows).astype(np.int32) for axis in axes]
        return places, [self.rows.values(measure) for measure in measures]

    def _combined(self, axes: Sequence[Places]) -> NDArray[np.intp]:
        """Return the place of each row in all of some axes, each with one more for none."""
        own = tuple(axes)
        if own not in self._known:
            self._known[own] = combined(axes, [axis.of(self.rows) for axis in axes])
        return self._known[own]
