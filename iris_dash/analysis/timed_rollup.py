"""A rollup that answers for periods and parts of one time too, for which it counts its cells anew.

A measure's values in a cell are all alike here, so that the sums of some rows of a cell are their
number times one row's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.analysis.aggregate.cell_figures import (
    Codes,
    Gathered,
    figures_frame,
    gather,
    held_columns,
)
from iris_dash.analysis.aggregate.cell_keys import (
    Numbered,
    cell_key,
    combined,
    parted,
    stop_key,
)
from iris_dash.analysis.aggregate.figures import key_name
from iris_dash.analysis.aggregates import Density, GroupMeans, GroupMoments, Histogram, Needs
from iris_dash.analysis.cells import RECENT
from iris_dash.analysis.recent import Recent
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.scanned import Scanned
from iris_dash.analysis.time_filters import TimeFilters
from iris_dash.analysis.time_index import FIRST_STOP, TimeIndex
from iris_dash.analysis.value_counts import ValueCounts
from iris_dash.query.filters import Choice, Filter
from iris_dash.query.group_keys import GroupKey
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.slider_stops import SliderStops
from iris_dash.query.value_text import FacetValue

MOST_KEPT = 300_000
"""Groups by a time with more numbers than this are made anew each time."""


class _Taken(Mapping[str, "NDArray[Any]"]):
    """Some cells of columns, each taken when it is first asked for; of sums a share."""

    def __init__(
        self,
        columns: Mapping[str, NDArray[Any]],
        cells: NDArray[np.intp],
        share: NDArray[np.float64] | None,
    ) -> None:
        self._columns, self._cells, self._share = columns, cells, share
        self._taken: dict[str, NDArray[Any]] = {}

    @override
    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._taken:
            column = self._columns[name][self._cells]
            self._taken[name] = column if self._share is None else column * self._share
        return self._taken[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    @override
    def __len__(self) -> int:
        return len(self._columns)


def _choices_of(query: Query, keys: Sequence[GroupKey]) -> tuple[list[pl.Expr], Query]:
    """Return which groups by some keys a query lets in, and its other filters."""
    chosen = []
    for place, key in enumerate(keys):
        one = query.filter_on(key.column.name)
        if isinstance(key.column, Facet) and isinstance(one, Choice):
            values = key.column.values
            known = [values.index(value) for value in one.values if value is not None]
            places = pl.Series([*known, *([None] if None in one.values else [])], dtype=pl.Int64)
            chosen.append(pl.col(key_name(place)).is_in(places.implode(), nulls_equal=True))
            query = query.without(one.name)
    return chosen, query


class TimedRollup(Scanned):
    """The cells of one table, with the rows of each by a time: see `Rollup` and `TimeIndex`."""

    def __init__(self, rollup: Rollup, index: TimeIndex) -> None:
        assert rollup.n is not None
        self.rollup, self.index, self.n = rollup, index, rollup.n
        self.schema, self.scan = rollup.schema, rollup.scan
        self._time = TimeFilters(index, self.schema)
        self._recent, self._by_period = Recent(RECENT), Recent(RECENT)

    def __len__(self) -> int:
        return len(self.rollup)

    def answers(self, query: Query) -> bool:
        """Return whether the query's bounds part no cell, and no stop, that has rows."""
        of_time, others = self._time.apart(query)
        return self._time.places(of_time) is not None and self.rollup.answers(others)

    def under(self, query: Query) -> tuple[Rollup, Query]:
        """Return the rollup of the query's period, and the query's other filters."""
        of_time, others = self._time.apart(query)
        if not of_time:
            return self.rollup, query
        found = self._recent.get_or_make(of_time, lambda: self._of(self._counts(of_time)))
        return found, others

    def _counts(self, of_time: tuple[Filter, ...]) -> NDArray[np.float64]:
        places = self._time.places(of_time)
        assert places is not None
        return self.index.counts(places)

    def _of(self, n: NDArray[np.float64]) -> Rollup:
        """Return the rollup of so many rows of each cell, without those that have none."""
        whole, left = self.rollup, np.flatnonzero(n)
        share = n[left] / self.n[left]

        def taken(columns: dict[str, NDArray[Any]], times: Any = None) -> Any:
            return _Taken(columns, left, times)

        return replace(
            whole,
            facets=taken(whole.facets),
            cells=taken(whole.cells),
            bins=taken(whole.bins),
            n=n[left],
            sums=taken(whole.sums, share),
            squares=taken(whole.squares, share),
        )

    @override
    def count(self, query: Query) -> int:
        under, others = self.under(query)
        return int(under.rows_of(others).sum())

    @override
    def means(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMeans]:
        under, others = self.under(query)
        return under.means(others, by, of)

    @override
    def moments(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMoments]:
        under, others = self.under(query)
        return under.moments(others, by, of)

    @override
    def count_facet(self, query: Query, facet: Facet) -> dict[FacetValue, int]:
        under, others = self.under(query)
        return under.count_facet(others, facet)

    @override
    def count_facets(
        self, query: Query, of: Sequence[Facet] | None = None
    ) -> dict[str, dict[FacetValue, int]]:
        under, others = self.under(query)
        return under.count_facets(others, of)

    @override
    def histograms(
        self,
        query: Query,
        by: Facet | None,
        axes: tuple[str, str] | None = None,
        of: Sequence[Measure] | None = None,
    ) -> dict[str, Histogram]:
        under, others = self.under(query)
        return under.histograms(others, by, axes, of)

    @override
    def histogram(
        self, query: Query, name: str, by: Facet | None, in_log: bool = False
    ) -> Histogram:
        under, others = self.under(query)
        return under.histogram(others, name, by, in_log)

    @override
    def density(
        self,
        query: Query,
        axes: tuple[str, str],
        by: Facet | None,
        in_log: Collection[str] = (),
    ) -> Density:
        if axes[0] == axes[1]:
            return self.scan.density(query, axes, by, in_log)
        under, others = self.under(query)
        return under.density(others, axes, by, in_log)

    @override
    def cell_counts(self, query: Query, name: str, by: Facet | None) -> NDArray[np.int64]:
        under, others = self.under(query)
        return under.cell_counts(others, name, by)

    @override
    def value_counts(self, query: Query, measure: Measure, by: Facet | None) -> ValueCounts | None:
        under, others = self.under(query)
        return under.counted_values(self.rollup, others, measure, by)

    @override
    def stop_counts(self, query: Query, stops: SliderStops, by: Facet | None) -> NDArray[np.int64]:
        of_time, others = self._time.apart(query)
        places = self._time.places(of_time)
        if stops != self.index.stops or places is None:
            return self.scan.stop_counts(query, stops, by)
        length = len(by.values) if by else 1

        def count() -> NDArray[np.int64]:
            chosen = self.rollup.selected(others)
            codes = self.rollup.groups(by).astype(np.uint16)
            if chosen is not None:
                codes = np.where(chosen, codes, np.uint16(length))
            return self.index.per_stop(codes, length)

        found = self._recent.get_or_make((others.filters, by and by.name), count)
        counted: NDArray[np.int64] = (found * places)[:, FIRST_STOP:-1]
        return counted

    @override
    def group_figures(self, query: Query, keys: Sequence[GroupKey], needs: Needs) -> pl.DataFrame:
        periods = [stop_key(self.index, key) for key in keys]
        # What is chosen of a key is picked from all of its groups: those are known for the next.
        chosen, others = _choices_of(query, keys) if any(periods) else ((), query)
        gathered = self._gathered(others, keys, periods, needs)
        if gathered is None:
            return self.scan.group_figures(query, keys, needs)
        return figures_frame(gathered, needs, self.scan.dataset).filter(*chosen)

    def _gathered(
        self,
        query: Query,
        keys: Sequence[GroupKey],
        periods: Sequence[Numbered | None],
        needs: Needs,
    ) -> Gathered | None:
        if not any(periods):
            under, others = self.under(query)
            return under.gathered(self.rollup, others, keys, needs)
        asked = (query.filters, tuple(keys), tuple(needs))
        found: Gathered | None = self._by_period.get_or_make(
            asked,
            lambda: self._gather(query, keys, periods, needs),
            lambda made: made is not None and made.size <= MOST_KEPT,
        )
        return found

    def _gather(
        self,
        query: Query,
        keys: Sequence[GroupKey],
        periods: Sequence[Numbered | None],
        needs: Needs,
    ) -> Gathered | None:
        """Return the groups by keys of which some are periods of the index's time."""
        whole, (of_time, others) = self.rollup, self._time.apart(query)
        numbered = [
            cell_key(whole, whole, key)
            for key, period in zip(keys, periods, strict=True)
            if period is None
        ]
        columns = held_columns(whole, whole, tuple(needs))
        let_in = self._time.places(of_time)
        if columns is None or let_in is None or None in numbered:
            return None
        chosen = whole.selected(others)
        by_period = [period for period in periods if period]
        codes, _ = combined(by_period, len(let_in))
        let_in = let_in & (np.diff(self.index.begins) > 0)
        known, at = np.unique(codes[let_in], return_inverse=True)
        numbers = np.full(len(codes), -1)
        numbers[let_in] = at

        def count(made: Sequence[Codes]) -> list[NDArray[np.int64]]:
            return self.index.per_period(made, numbers, len(known), chosen)

        own_keys = [key for key in numbered if key]
        found = gather(len(whole), own_keys, columns, count, len(known))
        if found is None:
            return None
        gathered, of_period = found
        by_cells, by_time = iter(gathered.places), iter(parted(by_period, known[of_period]))
        places = tuple(next(by_time if period else by_cells) for period in periods)
        return replace(gathered, places=places)

    @override
    def rest(self, query: Query) -> Rollup:
        of_time, others = self._time.apart(query)
        if not of_time:
            return self.rollup.rest(query)
        chosen = self.rollup.selected(others)
        inside = self._counts(of_time)
        left = self.n - (inside if chosen is None else inside * chosen)
        return replace(self._of(left), scan=self.scan.rest(query))
