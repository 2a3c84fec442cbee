"""Counts for a live index by the engine that holds the rows: one grouping per chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.live_places import Places, Sums, combined, cut, size_of, tallied, whole
from iris_dash.analysis.steps import in_steps
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure
from iris_dash.tables.libraries import Frame
from iris_dash.tables.row_set import N, RowSet
from iris_dash.tables.values import floats

MOST_GROUPS = 500_000
"""More groups of one chart are not sent."""


@dataclass(frozen=True)
class EngineCounts:
    """Counts rows where they lie; see `Counter`."""

    rows: RowSet

    def count(self, query: Query, axes: Sequence[Places]) -> NDArray[np.int64] | None:
        """Return the query's rows per place of each axis."""
        found = self._grouped(query, axes, ())
        if found is None:
            return None
        counts = np.bincount(_places(found, axes), floats(found[N]), size_of(axes))
        return cut(whole(counts), axes)

    def tally(
        self, query: Query, axes: Sequence[Places]
    ) -> tuple[NDArray[np.intp], NDArray[np.int64]] | None:
        """Return where the query's rows are, and how many are there."""
        found = self._grouped(query, axes, ())
        return None if found is None else tallied(_places(found, axes), floats(found[N]), axes)

    def sums(
        self, query: Query, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> dict[str, Sums]:
        """Return the sums of those measures whose squares add up to floats."""
        found = self._grouped(query, axes, measures) if measures else None
        if found is None:
            return {}
        at, sums = _places(found, axes), {}
        # A group without values has no sum. Of infinite ones that of the squares is none either.
        for number, measure in enumerate(measures):
            n, first, second = (
                cut(np.bincount(at, np.nan_to_num(floats(found[name]), posinf=np.inf), size), axes)
                for name in _summed(number)
                for size in [size_of(axes)]
            )
            first, second = first * measure.step, second * measure.step**2
            if np.isfinite(second).all():
                sums[measure.name] = Sums(measure.low, whole(n), first, second)
        return sums

    def _grouped(
        self, query: Query, axes: Sequence[Places], measures: Sequence[Measure]
    ) -> Frame | None:
        """Return a row per group of the axes' keys, with what is counted; None for too many."""
        keys = [_key(place) for place in range(len(axes))]
        columns = [axis.key.alias(key) for axis, key in zip(axes, keys, strict=True)]
        asked = [nw.len().alias(N)]
        for number, measure in enumerate(measures):
            # Made before the grouping: engines sum columns there, not every expression.
            count, first, second = _summed(number)
            columns += [in_steps(measure).alias(first), (in_steps(measure) ** 2).alias(second)]
            asked += [
                nw.col(first).count().alias(count),
                nw.col(first).sum(),
                nw.col(second).sum(),
            ]
        rows = self.rows.select(query).select(*columns)
        grouped = rows.group_by(*keys, drop_null_keys=False).agg(*asked)
        found = self.rows.collect(grouped.head(MOST_GROUPS + 1))
        return found if len(found) <= MOST_GROUPS else None


def _places(found: Frame, axes: Sequence[Places]) -> NDArray[np.intp]:
    return combined(axes, [axis.of_keys(found[_key(i)]) for i, axis in enumerate(axes)])


def _key(number: int) -> str:
    return f"_key{number}"


def _summed(number: int) -> tuple[str, str, str]:
    return f"_count{number}", f"_first{number}", f"_second{number}"
