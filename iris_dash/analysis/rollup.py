"""A table at slider resolution, which answers aggregates in milliseconds.

Rolled up: one row per combination of facet values and of the measures' grid cells that occurs,
with its count and sums. Where that does not pay, the same columns for every row. Bounds on the
grid select whole cells, so the answers are exact in both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.analysis.aggregate.cell_figures import (
    MOST_COUNTS,
    Codes,
    Gathered,
    figures_frame,
    gather,
    held_columns,
)
from iris_dash.analysis.aggregate.cell_keys import cell_key, held_values
from iris_dash.analysis.aggregates import Density, GroupMeans, GroupMoments, Histogram, Needs
from iris_dash.analysis.cell_counts import taken
from iris_dash.analysis.cell_sums import CellSums
from iris_dash.analysis.grid import Bins
from iris_dash.analysis.row_sums import RowSums
from iris_dash.analysis.row_values import MOST_NUMBERS, RowValues
from iris_dash.analysis.scanned import Scanned
from iris_dash.analysis.value_counts import ValueCounts
from iris_dash.query.group_keys import GroupKey
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.slider_stops import SliderStops
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries import Frame

FEW_CELLS = 2_000
"""So few cells of a measure are counted as soon as its bins are."""


@dataclass(frozen=True, eq=False)
class Rollup(CellSums, Scanned):
    """The cells of one table with what is summed up in them; without counts `n` nothing is."""

    @cached_property
    def row_values(self) -> RowValues | None:
        """Which value each row has, where a cell is a row of a whole table that is held here."""
        frame = self._frame
        if frame is None or len(frame) * len(self.cells) > MOST_NUMBERS:
            return None
        return RowValues(frame)

    def _sums_of_rows(
        self, query: Query, by: Facet | None, measures: Sequence[Measure]
    ) -> NDArray[np.float64] | None:
        """Return the sums of measures per group of rows; None where that needs a scan."""
        if self._row_sums is None:
            return None
        length, chosen = len(by.values) if by else 1, self.selected(query)
        return self._row_sums.sums(measures, self.groups(by), length, chosen)

    @cached_property
    def _row_sums(self) -> RowSums | None:
        return None if self._frame is None else RowSums(self._frame)

    @property
    def _frame(self) -> Frame | None:
        """The rows of a whole table that is held here, where each is a cell."""
        dataset = self.scan.dataset
        return dataset.in_memory() if self.n is None and isinstance(dataset, Dataset) else None

    @override
    def means(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMeans]:
        measures, values = self.schema.measures if of is None else of, by.values if by else (None,)
        if self.n is None:
            sums = self._sums_of_rows(query, by, measures)
            if sums is None:
                return self.scan.means(query, by, of)
            rows = self.rows_per_group(query, by)
            means = [[_mean(0.0, *one) for one in zip(own, rows, strict=True)] for own in sums.T]
        else:
            rows, means = self.rows_per_group(query, by), []
            for measure in measures:
                low, totals = self.grids[measure.name].at(0), self.totals(query, measure.name, by)
                means.append([_mean(low, s, c) for c, s in zip(*totals, strict=True)])
        columns = list(zip(*means, strict=True)) or [()] * len(values)
        return [
            GroupMeans(value, int(count), group)
            for value, count, group in zip(values, rows, columns, strict=True)
            if count
        ]

    @override
    def moments(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMoments]:
        if self.n is None:
            return self.scan.moments(query, by, of)
        rows = self.rows_per_group(query, by)
        counts, means, deviations = [], [], []
        for name in [measure.name for measure in (self.schema.measures if of is None else of)]:
            grid, totals = self.grids[name], self.totals(query, name, by)
            spreads = self.spreads(query, name, by, totals)
            with np.errstate(invalid="ignore", divide="ignore"):
                found = grid.step * np.sqrt(spreads / (totals.counts - 1))
            counts.append(totals.counts.astype(int).tolist())
            low = grid.at(0)
            means.append([_mean(low, s, c) for c, s in zip(*totals, strict=True)])
            has = np.isfinite(found) & (totals.counts > 1)
            deviations.append([float(d) if h else None for d, h in zip(found, has, strict=True)])
        values = by.values if by else (None,)
        return [
            GroupMoments(
                value,
                int(rows[i]),
                tuple(of[i] for of in means),
                tuple(of[i] for of in counts),
                tuple(of[i] for of in deviations),
            )
            for i, value in enumerate(values)
            if rows[i]
        ]

    @override
    def value_counts(self, query: Query, measure: Measure, by: Facet | None) -> ValueCounts | None:
        return self.counted_values(self, query, measure, by)

    def counted_values(
        self, whole: Rollup, query: Query, measure: Measure, by: Facet | None
    ) -> ValueCounts | None:
        """Return the same of some of the cells of a whole table."""
        if self.n is None:
            numbers = self.row_values and self.row_values.numbers(measure)
            of, values = (numbers.of, numbers.values) if numbers else (None, None)
        else:
            held = held_values(whole, self, measure)
            of, values = (held.of, held.places[1:].to_numpy()) if held else (None, None)
        if of is None or values is None:
            return None
        width, length = len(values) + 1, len(by.values) if by else 1
        if width * length > MOST_COUNTS:
            return None
        places = self._rows_of_groups(query, by) * width
        places += of
        # What is not selected is counted behind all groups.
        counts = np.bincount(places, self.n, (length + 1) * width)
        found = counts.astype(np.int64).reshape(length + 1, width)
        return ValueCounts(values, found[:length])

    def _rows_of_groups(self, query: Query, by: Facet | None) -> NDArray[np.int64]:
        """Return the group of each cell; for those that are not selected their number."""
        chosen, length = self.selected(query), len(by.values) if by else 1

        def find() -> NDArray[np.int64]:
            groups = self.groups(by).astype(np.int64)
            return groups if chosen is None else np.where(chosen, groups, length)

        found: NDArray[np.int64] = self.recent.get_or_make(
            (query.filters, "groups", by and by.name), find
        )
        return found

    @override
    def stop_counts(self, query: Query, stops: SliderStops, by: Facet | None) -> NDArray[np.int64]:
        return self.scan.stop_counts(query, stops, by)

    @override
    def group_figures(self, query: Query, keys: Sequence[GroupKey], needs: Needs) -> pl.DataFrame:
        gathered = self.gathered(self, query, keys, needs)
        if gathered is None:
            return self.scan.group_figures(query, keys, needs)
        return figures_frame(gathered, needs, self.scan.dataset)

    def gathered(
        self, whole: Rollup, query: Query, keys: Sequence[GroupKey], needs: Needs
    ) -> Gathered | None:
        """Return the groups of the query's rows; None where cells do not tell what is needed.

        `whole`: the table's cells, of which these are perhaps some.
        """
        numbered = [cell_key(whole, self, key) for key in keys]
        columns = held_columns(whole, self, tuple(needs))
        if self.n is None or columns is None or None in numbered:
            return None  # of a cell per row an engine tells as much, and quicker
        chosen = self.selected(query)
        places = None if chosen is None else np.flatnonzero(chosen)
        n = taken(self.n, places)

        def count(codes: Sequence[Codes]) -> list[NDArray[Any]]:
            return [np.bincount(taken(of, places), n, length) for of, length in codes]

        found = gather(len(self), [key for key in numbered if key], columns, count)
        return None if found is None else found[0]

    @override
    def rest(self, query: Query) -> Rollup:
        chosen = self.selected(query)
        assert chosen is not None
        # As places: picking them from many columns takes less than asking the mask each time.
        left = np.flatnonzero(~chosen)
        return replace(
            self,
            facets=_taken_each(self.facets, left),
            cells=_taken_each(self.cells, left),
            bins=_taken_each(self.bins, left),
            n=None if self.n is None else self.n[left],
            sums=_taken_each(self.sums, left),
            squares=_taken_each(self.squares, left),
            scan=self.scan.rest(query),
        )

    @override
    def count_facet(self, query: Query, facet: Facet) -> dict[FacetValue, int]:
        return dict(zip(facet.values, self.facet_rows(query, facet).tolist(), strict=True))

    @override
    def count_facets(
        self, query: Query, of: Sequence[Facet] | None = None
    ) -> dict[str, dict[FacetValue, int]]:
        return {
            facet.name: self.count_facet(query.without(facet.name), facet)
            for facet in (self.schema.facets if of is None else of)
        }

    @override
    def histograms(
        self,
        query: Query,
        by: Facet | None,
        axes: tuple[str, str] | None = None,
        of: Sequence[Measure] | None = None,
    ) -> dict[str, Histogram]:
        names = [measure.name for measure in (self.schema.measures if of is None else of)]
        if self.n is not None:
            return {name: self.histogram(query, name, by) for name in names}
        # Two measures at a time, the density's axes first: those are then counted once.
        shared = axes and axes[0] != axes[1] and {*axes} <= {*names}
        first = list(reversed(axes)) if axes and shared else []
        order = first + [name for name in names if name not in first]
        found = {}
        for i in range(0, len(order), 2):
            pair = tuple(order[i : i + 2])
            plane = self.plane(query, pair, by)
            for axis, name in enumerate(pair, start=1):
                others = tuple(other for other in range(1, plane.ndim) if other != axis)
                grid = self.grids[name]
                fine = plane.sum(axis=others)[:, : grid.fine.count]
                found[name] = _histogram(grid.coarse, fine)
        return {name: found[name] for name in names}

    @override
    def histogram(
        self, query: Query, name: str, by: Facet | None, in_log: bool = False
    ) -> Histogram:
        grid = self.grids[name]
        bins = grid.coarse_in_log if in_log else grid.coarse
        # What is known of the cells says the means too.
        if in_log or (self.n is not None and grid.top_cell <= FEW_CELLS):
            counts = bins.of_all_cells(self.cell_counts(query, name, by))
            return Histogram(bins.edges, counts, bins.values)
        return _histogram(bins, self.plane(query, (name,), by)[:, : grid.fine.count])

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
        logs = frozenset(in_log) & frozenset(axes)
        across, up = (self.fine(name, logs) for name in axes)
        plane = self.plane(query, (axes[1], axes[0]), by, logs)
        return Density(across.edges, up.edges, plane[:, : up.count, : across.count])


def _histogram(bins: Bins, fine: NDArray[np.int64]) -> Histogram:
    return Histogram(bins.edges, bins.of_fine(fine), bins.values)


def _taken_each(columns: dict[str, NDArray[Any]], chosen: NDArray[Any]) -> dict[str, NDArray[Any]]:
    return {name: column[chosen] for name, column in columns.items()}


def _mean(low: float, total: float, count: float) -> float | None:
    """Return the mean of values counted from a low end.

    None without values, nor where infinities of both signs cancel.
    """
    return None if not count or total != total else low + float(total / count)
