"""Aggregates of a query's rows by asking the engine: counts, means, histograms, densities."""

from __future__ import annotations

import math
import operator
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.filtering import Frame, Rows, gather, select_rows
from iris_dash.analysis.grid import MISSING_CELL, Bins, Grid, grid_of
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, FacetValue
from iris_dash.tables.dataset import Dataset, EngineDataset, facet_places, is_missing

N = "_n"
CELL = "_cell"


@dataclass(frozen=True)
class GroupMeans:
    """The mean of every measure over one group: its facet value, its n rows, the means.

    `means` follows the schema's measures, in their units; None where a group has no value.
    """

    group: FacetValue
    n: int
    means: tuple[float | None, ...]


@dataclass(frozen=True)
class GroupMoments(GroupMeans):
    """The means of a group, how many values each is of, and their standard deviations.

    `deviations` have n - 1 in the divisor, in the measures' units; None with fewer than two values.
    """

    counts: tuple[int, ...]
    deviations: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many rows lie in each bin, per group.

    `counts`: groups × bins, groups in the facet's order (one without a facet); `edges`: bins + 1,
    in the measure's unit. Missing and infinite values are in no bin.
    """

    edges: tuple[float, ...]
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Density:
    """How many rows lie in each cell of a plane of two measures, per group.

    `counts`: groups × y bins × x bins; edges as in a histogram.
    """

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    counts: NDArray[np.int64]


class Scan:
    """Answers by reading the rows: right for every query and every table."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def count(self, query: Query) -> int:
        """Return how many rows the query selects."""
        rows = select_rows(self.dataset, query)
        if isinstance(rows, nw.DataFrame):
            return len(rows)
        return int(gather(self.dataset, rows.select(nw.len().alias(N))).item())

    def means(self, query: Query, by: Facet | None) -> list[GroupMeans]:
        """Return the means per group, in the facet's own order; groups without rows left out."""
        # Not every engine knows that infinities of both signs have no mean.
        kinds = ("mean", "min", "max") if isinstance(self.dataset, EngineDataset) else ("mean",)
        return [
            GroupMeans(group, n, tuple(_mean(*of_measure) for of_measure in found))
            for group, n, found in self._of_measures(query, by, kinds)
        ]

    def moments(self, query: Query, by: Facet | None) -> list[GroupMoments]:
        """Return n, mean and standard deviation of every measure per group, as `means` has them."""
        # Not every engine knows that infinities have no deviation, nor those of both signs a mean.
        ends = ("min", "max") if isinstance(self.dataset, EngineDataset) else ()
        with np.errstate(invalid="ignore"):  # of infinite values, in pandas
            groups = self._of_measures(query, by, ("count", "mean", "std", *ends))
        return [
            GroupMoments(
                group,
                n,
                tuple(_mean(mean, *ends) for _, mean, _, *ends in found),
                tuple(int(of_measure[0]) for of_measure in found),
                tuple(_deviation(count, std, *ends) for count, _, std, *ends in found),
            )
            for group, n, found in groups
        ]

    def cell_counts(self, query: Query, name: str, by: Facet | None) -> NDArray[np.int64]:
        """Return the rows per group and grid cell of a measure: groups × (cells + 3).

        The cells stand one after the other, from missing and below to above: cell c at c + 2.
        """
        grid = grid_of(self.dataset.schema.measure(name))
        return self.count_cells(query, grid, by)

    def count_cells(
        self,
        query: Query,
        grid: Grid,
        by: Facet | None,
        between: tuple[float, float] | None = None,
    ) -> NDArray[np.int64]:
        """Return the rows per group and cell of any grid over a measure; see `cell_counts`.

        `between`: only of values between these ends, both exclusive.
        """
        rows = select_rows(self.dataset, query)
        if between is not None:
            column = nw.col(grid.name)
            rows = rows.filter((column > between[0]) & (column < between[1]))
        groups = [by.name] if by else []
        keys = rows.select(*groups, grid.cells().alias(CELL))
        found = self._counted(keys.group_by(*groups, CELL, drop_null_keys=False))
        counts = np.zeros((len(by.values) if by else 1, grid.top_cell + 4), dtype=np.int64)
        places = facet_places(found, by) if by else np.zeros(len(found), dtype=np.intp)
        cells = found[CELL].to_numpy().astype(np.intp) - MISSING_CELL
        np.add.at(counts, (places, cells), found[N].to_numpy().astype(np.int64))
        return counts

    def values_between(
        self, query: Query, name: str, by: Facet | None, ends: Sequence[tuple[float, float]]
    ) -> dict[FacetValue, tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Return the values of a measure between any of these ends, both exclusive.

        Per group (None without a facet): the values, ascending, and how many rows there are up to
        and with each of them. An engine sends each distinct value once.
        """
        column = nw.col(name)
        between = reduce(operator.or_, ((column > low) & (column < high) for low, high in ends))
        rows = select_rows(self.dataset, query).filter(between)
        groups = [by.name] if by else []
        if isinstance(self.dataset, EngineDataset):
            found = self._counted(rows.group_by(*groups, name, drop_null_keys=False))
            n = found[N].to_numpy().astype(np.int64)
        else:
            found = gather(self.dataset, rows.select(*groups, name))
            n = np.ones(len(found), dtype=np.int64)
        values = found[name].cast(nw.Float64()).to_numpy()
        places = facet_places(found, by) if by else np.zeros(len(found), dtype=np.intp)
        answer = {}
        for place, group in enumerate(by.values if by else (None,)):
            own = places == place
            order = np.argsort(values[own])
            answer[group] = values[own][order], np.cumsum(n[own][order])
        return answer

    def count_facets(self, query: Query) -> dict[str, dict[FacetValue, int]]:
        """Return each facet's counts under all the *other* filters: what ticking would give."""
        restricted = {name for name, _ in query.facets}
        shared = select_rows(self.dataset, query)
        return {
            facet.name: self._count_values(
                select_rows(self.dataset, query.without_facet(facet.name))
                if facet.name in restricted
                else shared,
                facet,
            )
            for facet in self.dataset.schema.facets
        }

    def histograms(
        self, query: Query, by: Facet | None, axes: tuple[str, str] | None = None
    ) -> dict[str, Histogram]:
        """Return the histogram of every measure, over bins of whole slider steps, at most 50."""
        names = [measure.name for measure in self.dataset.schema.measures]
        return {name: self.histogram(query, name, by) for name in names}

    def histogram(
        self, query: Query, name: str, by: Facet | None, in_log: bool = False
    ) -> Histogram:
        """Return the histogram of one measure, its bins even or even in log; see `histograms`."""
        grid = grid_of(self.dataset.schema.measure(name))
        bins = grid.coarse_in_log if in_log else grid.coarse
        return Histogram(bins.edges, self._binned(query, [bins], by))

    def density(
        self,
        query: Query,
        axes: tuple[str, str],
        by: Facet | None,
        in_log: Collection[str] = (),
    ) -> Density:
        """Return the density over two measures, at most 100 bins each, of whole slider steps.

        Those of the measures `in_log` are even in log.
        """
        grids = [grid_of(self.dataset.schema.measure(name)) for name in axes]
        across, up = (grid.fine_in_log if grid.name in in_log else grid.fine for grid in grids)
        return Density(across.edges, up.edges, self._binned(query, [up, across], by))

    def _binned(self, query: Query, axes: list[Bins], by: Facet | None) -> NDArray[np.int64]:
        """Return the counts per group and bin: an array of groups × bins of each axis."""
        rows = select_rows(self.dataset, query)
        keys = [f"_cell{i}" for i in range(len(axes))]
        cells = [bins.grid.cells().alias(key) for key, bins in zip(keys, axes, strict=True)]
        groups = [by.name] if by else []
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
        return gather(self.dataset, grouped.agg(nw.len().alias(N)))

    def _count_values(self, rows: Rows, facet: Facet) -> dict[FacetValue, int]:
        """Return how many rows have each value of the facet, in its order, zeros included."""
        found = self._counted(rows.group_by(facet.name, drop_null_keys=False))
        counts = {_key(value): int(n) for value, n in found.select(facet.name, N).iter_rows()}
        return {value: counts.get(value, 0) for value in facet.values}

    def _of_measures(
        self, query: Query, by: Facet | None, kinds: Sequence[str]
    ) -> list[tuple[FacetValue, int, list[tuple[Any, ...]]]]:
        """Return each group with rows, in the facet's order: its value, its rows, its aggregates.

        Per measure one tuple, an aggregate of each kind ("mean", "count" …) over the values that
        are not missing. Without a facet there is one group.
        """
        rows, width = select_rows(self.dataset, query), len(kinds)
        aggregates = [
            getattr(nw.col(measure.name), kind)().alias(f"{kind} {i}")
            for i, measure in enumerate(self.dataset.schema.measures)
            for kind in kinds
        ]
        asked = [nw.len().alias(N), *aggregates]
        if by is None:
            found = [(None, *gather(self.dataset, rows.select(*asked)).row(0))]
        else:
            grouped = rows.group_by(by.name, drop_null_keys=False).agg(*asked)
            by_value = {_key(row[0]): row for row in gather(self.dataset, grouped).iter_rows()}
            found = [(value, *by_value[value][1:]) for value in by.values if value in by_value]
        return [
            (value, int(n), [tuple(found[i : i + width]) for i in range(0, len(found), width)])
            for value, n, *found in found
            if n
        ]


def _key(value: Any) -> Any:
    return None if is_missing(value) else value


def _mean(mean: Any, low: Any = None, high: Any = None) -> float | None:
    """Return a mean; None without values, nor where infinities of both signs cancel."""
    if low is not None and low == -math.inf and high == math.inf:
        return None
    return _number(mean)


def _deviation(n: Any, std: Any, low: Any = 0.0, high: Any = 0.0) -> float | None:
    """Return a standard deviation; engines differ where there is none."""
    if n < 2 or not (math.isfinite(low) and math.isfinite(high)):
        return None
    found = _number(std)
    return found if found is not None and math.isfinite(found) else None


def _number(value: Any) -> float | None:
    return None if is_missing(value) else float(value)
