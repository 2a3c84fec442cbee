"""Aggregates of a query's rows by asking the engine: counts, means, histograms, densities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.dataset import Dataset, facet_places, is_missing
from iris_dash.filtering import Rows, gather, select_rows
from iris_dash.grid import Bins, grid_of
from iris_dash.query import Query
from iris_dash.schema import Facet, FacetValue, Schema

N = "_n"


@dataclass(frozen=True)
class GroupMeans:
    """The mean of every measure over one group: its facet value, its n rows, the means.

    `means` follows the schema's measures, in their units; None where a group has no value.
    """

    group: FacetValue
    n: int
    means: tuple[float | None, ...]


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
        return int(rows.select(nw.len().alias(N)).collect().item())

    def means(self, query: Query, by: Facet | None) -> list[GroupMeans]:
        """Return the means per group, in the facet's own order; groups without rows left out."""
        return mean_rows(select_rows(self.dataset, query), self.dataset.schema, by)

    def count_facets(self, query: Query) -> dict[str, dict[FacetValue, int]]:
        """Return each facet's counts under all the *other* filters: what ticking would give."""
        restricted = {name for name, _ in query.facets}
        shared = select_rows(self.dataset, query)
        return {
            facet.name: count_values(
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
        found = {}
        for measure in self.dataset.schema.measures:
            bins = grid_of(measure).coarse
            found[measure.name] = Histogram(bins.edges, self._binned(query, [bins], by))
        return found

    def density(self, query: Query, axes: tuple[str, str], by: Facet | None) -> Density:
        """Return the density over two measures, at most 100 bins of whole slider steps each."""
        across, up = (grid_of(self.dataset.schema.measure(name)).fine for name in axes)
        return Density(across.edges, up.edges, self._binned(query, [up, across], by))

    def _binned(self, query: Query, axes: list[Bins], by: Facet | None) -> NDArray[np.int64]:
        """Return the counts per group and bin: an array of groups × bins of each axis."""
        rows = select_rows(self.dataset, query)
        keys = [f"_cell{i}" for i in range(len(axes))]
        cells = [bins.grid.cells().alias(key) for key, bins in zip(keys, axes, strict=True)]
        groups = [by.name] if by else []
        grouped = rows.select(*groups, *cells).group_by(*groups, *keys, drop_null_keys=False)
        found = gather(grouped.agg(nw.len().alias(N)))
        shape = (len(by.values) if by else 1, *(bins.count for bins in axes))
        places: list[NDArray[Any]] = [
            facet_places(found, by) if by else np.zeros(len(found), dtype=np.intp)
        ]
        for key, bins in zip(keys, axes, strict=True):
            places.append(bins.of_cells(found[key].to_numpy()))
        inside = np.logical_and.reduce(
            [place < size for place, size in zip(places, shape, strict=True)]
        )
        counts = np.zeros(shape, dtype=np.int64)
        rows_of_bins = found[N].to_numpy()[inside].astype(np.int64)
        np.add.at(counts, tuple(place[inside] for place in places), rows_of_bins)
        return counts


def mean_rows(rows: Rows, schema: Schema, by: Facet | None) -> list[GroupMeans]:
    """Return the means per group, in the facet's own order; groups without rows are left out.

    Means are arithmetic, over the values that are not missing. Without a facet there is one group.
    """
    means = [nw.col(measure.name).mean() for measure in schema.measures]
    if by is None:
        n, *values = gather(rows.select(nw.len().alias(N), *means)).row(0)
        return [GroupMeans(None, int(n), tuple(map(_number, values)))] if n else []
    grouped = rows.group_by(by.name, drop_null_keys=False).agg(nw.len().alias(N), *means)
    found = {_key(row[0]): row for row in gather(grouped).iter_rows()}
    return [
        GroupMeans(value, int(row[1]), tuple(map(_number, row[2:])))
        for value in by.values
        if (row := found.get(_key(value))) is not None
    ]


def count_values(rows: Rows, facet: Facet) -> dict[FacetValue, int]:
    """Return how many rows have each value of the facet, in its order, zeros included."""
    grouped = rows.group_by(facet.name, drop_null_keys=False).agg(nw.len().alias(N))
    found = {_key(value): int(n) for value, n in gather(grouped).iter_rows()}
    return {value: found.get(_key(value), 0) for value in facet.values}


def _key(value: Any) -> Any:
    return None if is_missing(value) else value


def _number(value: Any) -> float | None:
    return None if is_missing(value) else float(value)
