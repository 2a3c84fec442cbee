"""Counts for a live index of rows that are here, or of a rollup's cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.live_places import (
    MOST_COUNTED_AT_ONCE,
    Places,
    Sums,
    cut,
    inside,
    size_of,
    tallied,
    whole,
)
from iris_dash.analysis.live_rows import LiveRows
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure


@dataclass(frozen=True, eq=False)
class RowCounts:
    """Counts the rows of one query, which is not looked at again; see `Counter`.

    Piece by piece, so that what is made of a row stays in the processor's cache. What is counted by
    the same first axes is cheaper than by others.
    """

    rows: LiveRows
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict, init=False)

    def count(self, _: Query, axes: Sequence[Places]) -> NDArray[np.int64]:
        """Return the rows per place of each axis."""
        return cut(self._counted(axes), axes)

    def tally(self, _: Query, axes: Sequence[Places]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return where rows are, and how many are there."""
        if size_of(axes) <= MOST_COUNTED_AT_ONCE:
            counts = self._counts(axes)
            places = np.flatnonzero(counts)
            return inside(places, counts[places], axes)
        at = np.concatenate([self._at(axes, number) for number in range(len(self.rows.pieces))])
        return tallied(at, self.rows.n, axes)

    def sums(
        self, _: Query, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> dict[str, Sums]:
        """Return the sums of those measures whose squares add up to floats."""
        counted, size = self._counted(axes), size_of(axes)
        middles = [self.rows.middle(measure) for measure in measures]
        n = [counted for _ in measures]
        first, second = np.zeros((2, len(measures), size))
        for number, piece in enumerate(self.rows.pieces):
            # Of the type in which NumPy counts, once for all of them.
            at = self._known_at(axes, number).astype(np.intp)
            for i, measure in enumerate(measures):
                moments = self.rows.moments(measure, middles[i], piece)
                first[i] += np.bincount(at, moments.first, size)
                second[i] += np.bincount(at, moments.second, size)
                if (missing := moments.missing) is not None:
                    weights = None if self.rows.n is None else self.rows.n[missing]
                    n[i] = n[i] - whole(np.bincount(at[missing], weights, size))
        return {
            measure.name: Sums(middles[i], *(cut(one[i], axes) for one in (n, first, second)))
            for i, measure in enumerate(measures)
            if np.isfinite(second[i]).all()
        }

    def _counted(self, axes: Sequence[Places]) -> NDArray[np.int64]:
        """Return the rows per place of `combined`, counted once: not to be changed."""
        own = ("counts", *axes)
        if own not in self._known:
            self._known[own] = self._counts(axes)
        found: NDArray[np.int64] = self._known[own]
        return found

    def _counts(self, axes: Sequence[Places]) -> NDArray[np.int64]:
        """Return the rows per place of `combined`."""
        size, waiting, count = size_of(axes), list[NDArray[Any]](), 0
        found = np.zeros(size, dtype=np.int64)
        for number in range(len(self.rows.pieces)):
            waiting.append(self._at(axes, number))
            count += len(waiting[-1])
            # Of more places than rows the counting alone would take longer than the rows.
            if count >= size or number + 1 == len(self.rows.pieces):
                at = waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
                found += whole(np.bincount(at, self.rows.n, size))
                waiting, count = [], 0
        return found

    def _at(self, axes: Sequence[Places], number: int) -> NDArray[Any]:
        """Return the place of each row of a piece in all of some axes; see `combined`."""
        *first, last = axes
        own = last.of(self.rows, self.rows.pieces[number])
        if not first:
            return own
        at = self._known_at(first, number).astype(np.intp)
        at *= last.length + 1
        at += own
        return at

    def _known_at(self, axes: Sequence[Places], number: int) -> NDArray[Any]:
        """Return the same, kept in as few bytes as hold it."""
        own = (number, *axes)
        if own not in self._known:
            self._known[own] = self._at(axes, number).astype(np.min_scalar_type(size_of(axes)))
        found: NDArray[Any] = self._known[own]
        return found

    def points(
        self, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> tuple[list[NDArray[np.int32]], list[NDArray[np.float64]]]:
        """Return each row's place on some axes, and its values of some measures, NaN for missing.

        In the order of the table's rows.
        """
        places: list[NDArray[np.int32]] = [axis.of(self.rows).astype(np.int32) for axis in axes]
        return places, [self.rows.values(measure) for measure in measures]
