"""Aggregates by asking the rows where they lie: right for every query and every table."""

from __future__ import annotations

import operator
from collections.abc import Collection, Sequence
from functools import cached_property, reduce
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.analysis.aggregate.figures import group_figures
from iris_dash.analysis.aggregates import (
    Aggregates,
    Density,
    GroupMeans,
    GroupMoments,
    Histogram,
    Needs,
)
from iris_dash.analysis.grid import MISSING_CELL, Bins, Grid, grid_of
from iris_dash.analysis.in_unit import deviation_in_unit, deviation_of, mean_in_unit
from iris_dash.analysis.steps import in_steps, summed_up
from iris_dash.analysis.time_cells import place_column, stops_at
from iris_dash.query.group_keys import GroupKey
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.slider_stops import SliderStops
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.libraries import Frame
from iris_dash.tables.libraries.plain_values import is_missing
from iris_dash.tables.row_set import N, Rows, RowSet
from iris_dash.tables.values import facet_places, floats

CELL, LOW, HIGH = "_cell", "_low", "_high"


class Scan(Aggregates):
    """Answers by reading the rows."""

    def __init__(self, dataset: RowSet) -> None:
        self.dataset = dataset
        self.schema = dataset.schema

    @override
    def count(self, query: Query) -> int:
        return self.dataset.count(query)

    @override
    def means(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMeans]:
        # Not every engine knows that infinities of both signs have no mean.
        kinds = ("mean", "min", "max") if self.dataset.remote else ("mean",)
        measures = self.schema.measures if of is None else of
        return [
            GroupMeans(group, n, tuple(map(mean_in_unit, measures, found)))
            for group, n, found in self._of_measures(query, by, measures, kinds)
        ]

    @override
    def moments(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMoments]:
        # Not every engine knows that infinities have no deviation, nor those of both signs a mean.
        ends = ("min", "max") if self.dataset.remote else ()
        measures = self.schema.measures if of is None else of
        with np.errstate(invalid="ignore"):  # of infinite values, in pandas
            groups = self._of_measures(query, by, measures, ("count", "mean", "std", *ends))
        return [
            GroupMoments(
                group,
                n,
                tuple(
                    mean_in_unit(measure, (mean, *ends))
                    for (_, mean, _, *ends), measure in zip(found, measures, strict=True)
                ),
                tuple(int(of_measure[0]) for of_measure in found),
                tuple(
                    deviation_in_unit(deviation_of(count, std, *ends), measure)
                    for (count, _, std, *ends), measure in zip(found, measures, strict=True)
                ),
            )
            for group, n, found in groups
        ]

    @override
    def cell_counts(self, query: Query, name: str, by: Facet | None) -> NDArray[np.int64]:
        return self._cell_counts(self._rows(query, by, name), self._grid(name), by)

    @override
    def finer_counts(
        self, query: Query, grid: Grid, by: Facet | None, between: tuple[float, float]
    ) -> NDArray[np.int64]:
        column, (low, high) = nw.col(held_name(grid.name)), between
        rows = self._rows(query, by, grid.name).filter((column > low) & (column < high))
        return self._cell_counts(rows, grid, by)

    def _cell_counts(self, rows: Rows, grid: Grid, by: Facet | None) -> NDArray[np.int64]:
        groups = [held_name(by.name)] if by else []
        keys = rows.select(*groups, grid.cells().alias(CELL))
        found = self._counted(keys.group_by(*groups, CELL, drop_null_keys=False))
        counts = np.zeros((len(by.values) if by else 1, grid.top_cell + 4), dtype=np.int64)
        places = facet_places(found, by) if by else np.zeros(len(found), dtype=np.intp)
        cells = found[CELL].to_numpy().astype(np.intp) - MISSING_CELL
        np.add.at(counts, (places, cells), found[N].to_numpy().astype(np.int64))
        return counts

    @override
    def stop_counts(self, query: Query, stops: SliderStops, by: Facet | None) -> NDArray[np.int64]:
        groups = [held_name(by.name)] if by else []
        rows = self._rows(query, by, stops.time.name)
        keys = rows.select(*groups, place_column(stops).alias(CELL))
        found = self._counted(keys.group_by(*groups, CELL, drop_null_keys=False))
        at = stops_at(stops, floats(found[CELL]))
        counts = np.zeros((len(by.values) if by else 1, len(stops) + 1), dtype=np.int64)
        places = facet_places(found, by) if by else np.zeros(len(found), dtype=np.intp)
        # Below the first and missing are negative: those, too, are counted in the last column.
        at = np.where((at < 0) | (at > len(stops)), len(stops), at)
        np.add.at(counts, (places, at), found[N].to_numpy().astype(np.int64))
        return counts[:, :-1]

    @override
    def values_between(
        self, query: Query, name: str, by: Facet | None, ends: Sequence[tuple[float, float]]
    ) -> dict[FacetValue, tuple[NDArray[np.float64], NDArray[np.int64]]]:
        held = held_name(name)
        column = nw.col(held)
        between = reduce(operator.or_, ((column > low) & (column < high) for low, high in ends))
        rows = self._rows(query, by, name).filter(between)
        found = self.dataset.tally(rows, [held_name(by.name), held] if by else [held])
        n = found[N].to_numpy().astype(np.int64)
        values = floats(found[held])
        places = facet_places(found, by) if by else np.zeros(len(found), dtype=np.intp)
        answer = {}
        for place, group in enumerate(by.values if by else (None,)):
            own = places == place
            order = np.argsort(values[own])
            answer[group] = values[own][order], np.cumsum(n[own][order])
        return answer

    @override
    def whole_ends(
        self, query: Query, name: str, by: Facet | None
    ) -> dict[FacetValue, tuple[int, int]]:
        column, rows = nw.col(held_name(name)), self._rows(query, by, name)
        rows = rows.filter(~column.is_null())
        asked = column.min().alias(LOW), column.max().alias(HIGH)
        if by:
            groups = rows.group_by(held_name(by.name), drop_null_keys=False)
            found = self.dataset.collect(groups.agg(*asked))
            values = [by.values[place] for place in facet_places(found, by).tolist()]
        else:
            found, values = self.dataset.collect(rows.select(*asked)), [None]
        ends = zip(values, found[LOW].to_list(), found[HIGH].to_list(), strict=True)
        return {value: (int(low), int(high)) for value, low, high in ends if low is not None}

    @override
    def count_facet(self, query: Query, facet: Facet) -> dict[FacetValue, int]:
        return self._count_values(self.dataset.select(query), facet)

    @override
    def count_facets(
        self, query: Query, of: Sequence[Facet] | None = None
    ) -> dict[str, dict[FacetValue, int]]:
        shared = self.dataset.select(query)
        return {
            facet.name: self._count_values(
                self.dataset.select(query.without(facet.name))
                if query.filter_on(facet.name)
                else shared,
                facet,
            )
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
        return {name: self.histogram(query, name, by) for name in names}

    @override
    def histogram(
        self, query: Query, name: str, by: Facet | None, in_log: bool = False
    ) -> Histogram:
        grid = self._grid(name)
        bins = grid.coarse_in_log if in_log else grid.coarse
        return Histogram(bins.edges, self._binned(query, [bins], by), bins.values)

    @override
    def density(
        self,
        query: Query,
        axes: tuple[str, str],
        by: Facet | None,
        in_log: Collection[str] = (),
    ) -> Density:
        grids = [self._grid(name) for name in axes]
        across, up = (grid.fine_in_log if grid.name in in_log else grid.fine for grid in grids)
        return Density(across.edges, up.edges, self._binned(query, [up, across], by))

    @override
    def group_figures(self, query: Query, keys: Sequence[GroupKey], needs: Needs) -> pl.DataFrame:
        return group_figures(self.dataset, query, keys, needs)

    @override
    def rest(self, query: Query) -> Scan:
        return Scan(self.dataset.rest(query))

    def _rows(self, query: Query, by: Facet | None, *names: str) -> Rows:
        """Return what is asked of the query's rows: some measures, and the facet that groups."""
        return self.dataset.select(query, self._columns(by, *names))

    def _columns(self, by: Facet | None, *names: str) -> tuple[str, ...]:
        asked = dict.fromkeys((*names, *([by.name] if by else [])))
        return tuple(map(held_name, asked))

    def _grid(self, name: str) -> Grid:
        return grid_of(self.schema.measure(name))

    def _binned(self, query: Query, axes: list[Bins], by: Facet | None) -> NDArray[np.int64]:
        """Return the counts per group and bin: an array of groups × bins of each axis."""
        rows = self._rows(query, by, *(bins.grid.name for bins in axes))
        keys = [f"_cell{i}" for i in range(len(axes))]
        cells = [bins.grid.cells().alias(key) for key, bins in zip(keys, axes, strict=True)]
        groups = [held_name(by.name)] if by else []
        keyed = rows.select(*groups, *cells)
        found = self._counted(keyed.group_by(*groups, *keys, drop_null_keys=False))
        shape = (len(by.values) if by else 1, *(bins.count for bins in axes))
        places: list[NDArray[Any]] = [
            facet_places(found, by) if by else np.zeros(len(found), dtype=np.intp)
        ]
        for key, bins in zip(keys, axes, strict=True):
            places.append(bins.of_cells(found[key].to_numpy().astype(np.intp)))
        inside = np.logical_and.reduce(
            [place < size for place, size in zip(places, shape, strict=True)]
        )
        counts = np.zeros(shape, dtype=np.int64)
        rows_of_bins = found[N].to_numpy()[inside].astype(np.int64)
        np.add.at(counts, tuple(place[inside] for place in places), rows_of_bins)
        return counts

    def _counted(self, grouped: Any) -> Frame:
        """Return how many rows each group of a group-by has, as `_n`."""
        return self.dataset.collect(grouped.agg(nw.len().alias(N)))

    def _count_values(self, rows: Rows, facet: Facet) -> dict[FacetValue, int]:
        """Return how many rows have each value of the facet, in its order, zeros included."""
        held = held_name(facet.name)
        found = self._counted(rows.group_by(held, drop_null_keys=False))
        counts = {_key(value): int(n) for value, n in found.select(held, N).iter_rows()}
        return {value: counts.get(value, 0) for value in facet.values}

    @cached_property
    def _made(self) -> dict[str, dict[str, nw.Expr]]:
        """What some aggregates are of instead of the values themselves, by their kind and name."""
        measures = self.schema.measures
        return {
            # In steps from the low end, as engines square the values themselves.
            "std": {m.name: in_steps(m) for m in measures},
            "mean": {m.name: summed_up(m) for m in measures if m.is_long or m.is_large},
        }

    def _of_measures(
        self, query: Query, by: Facet | None, of: Sequence[Measure], kinds: Sequence[str]
    ) -> list[tuple[FacetValue, int, list[tuple[Any, ...]]]]:
        """Return each group with rows, in the facet's order: its value, its rows, its aggregates.

        Per measure one tuple, an aggregate of each kind ("mean", "count" …) over the values that
        are not missing. Without a facet there is one group.
        """
        made = {
            _made_for(kind, measure.name): self._made[kind][measure.name]
            for kind in self._made.keys() & {*kinds}
            for measure in of
            if measure.name in self._made[kind]
        }
        asked_of = self._columns(by, *(measure.name for measure in of))
        rows, width = self.dataset.select_with(query, made, asked_of), len(kinds)
        aggregates = [
            getattr(nw.col(own if own in made else held_name(measure.name)), kind)().alias(
                f"_{kind} {i}"
            )
            for i, measure in enumerate(of)
            for kind in kinds
            for own in [_made_for(kind, measure.name)]
        ]
        asked = [nw.len().alias(N), *aggregates]
        if by is None:
            found = [(None, *self.dataset.collect(rows.select(*asked)).row(0))]
        else:
            grouped = rows.group_by(held_name(by.name), drop_null_keys=False).agg(*asked)
            by_value = {_key(row[0]): row for row in self.dataset.collect(grouped).iter_rows()}
            found = [(value, *by_value[value][1:]) for value in by.values if value in by_value]
        return [
            (value, int(n), [tuple(found[i : i + width]) for i in range(0, len(found), width)])
            for value, n, *found in found
            if n
        ]


def _made_for(kind: str, name: str) -> str:
    return f"_made for {kind} {name}"


def _key(value: Any) -> Any:
    return None if is_missing(value) else value
