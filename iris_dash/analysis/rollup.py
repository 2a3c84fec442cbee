"""A table at slider resolution, which answers aggregates in milliseconds.

Rolled up: one row per combination of facet values and of the measures' grid cells (see `grid`)
that occurs, with its count and sums. Where that does not pay, the same columns for every row.
Bounds on the grid select whole cells, so the answers are exact in both.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import Any, assert_never

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.analysis.aggregates import Aggregates, Density, GroupMeans, GroupMoments, Histogram
from iris_dash.analysis.grid import BELOW_CELL, MISSING_CELL, Bins, Grid, grid_of
from iris_dash.analysis.recent import Recent
from iris_dash.analysis.scan import Scan
from iris_dash.query.filters import Choice, Filter, Interval
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, FacetValue, Schema
from iris_dash.tables.row_set import Frame, N, Rows, RowSet
from iris_dash.tables.values import facet_places

MOST_CELLS = 600_000
"""A rollup with more rows than this costs more memory and time than it saves."""

LEAST_GAIN = 4
"""A rollup is kept when the table has at least this many times its rows."""

SAMPLE = 200_000

FEW_PLACES = 8

RECENT = 8
"""Masks and planes kept for the views that ask for the same rows."""


@dataclass(frozen=True, eq=False)
class Rollup(Aggregates):
    """The cells of one table, n of them, as columns; or its rows.

    `facets`: the place of each cell's value per facet; `cells`: its grid cell per measure; `bins`:
    its fine bin per measure (one past the last: none); `n`: its rows, None when every cell is one
    row; `sums`: the sum of each measure over them, in the measure's unit; `squares`: the sum of
    the squared offsets from the cell's low end. `scan` answers what reading the rows does better.
    """

    schema: Schema
    grids: dict[str, Grid]
    facets: dict[str, NDArray[Any]]
    cells: dict[str, NDArray[Any]]
    bins: dict[str, NDArray[np.uint8]]
    n: NDArray[np.float64] | None
    sums: dict[str, NDArray[np.float64]]
    squares: dict[str, NDArray[np.float64]]
    scan: Scan
    recent: Recent = field(default_factory=lambda: Recent(RECENT), repr=False)

    def __len__(self) -> int:
        return len(next(iter((*self.cells.values(), *self.facets.values())), ()))

    def answers(self, query: Query) -> bool:
        """Return whether the query's bounds part no cell that has rows: the answer is exact.

        A cell per row cannot be parted: its one value says on which side it is.
        """
        return self.n is None or all(map(self._parts_no_cell, query.filters))

    def _parts_no_cell(self, one: Filter) -> bool:
        match one:
            case Choice():
                return True
            case Interval(name, low, high):
                return (low is None or self._lowest(name, low) is not None) and (
                    high is None or self._highest(name, high) is not None
                )
            case _:
                assert_never(one)

    def _lowest(self, name: str, bound: float) -> int | None:
        """Return the lowest cell inside a lower bound; None if the bound parts a cell's rows."""
        cell = self.grids[name].lower_cell(bound)
        if cell is None and not self._occupied[name][self._between(name, bound)]:
            return self.grids[name].cell_between(bound) + 1
        return cell

    def _highest(self, name: str, bound: float) -> int | None:
        cell = self.grids[name].upper_cell(bound)
        if cell is None and not self._occupied[name][self._between(name, bound)]:
            return self.grids[name].cell_between(bound) - 1
        return cell

    def _between(self, name: str, bound: float) -> int:
        return self.grids[name].cell_between(bound) - MISSING_CELL

    @cached_property
    def _occupied(self) -> dict[str, NDArray[np.bool_]]:
        """Which cells of each measure have rows, from missing to above."""
        return {
            name: np.bincount(cells - MISSING_CELL, None, self.grids[name].top_cell + 4) > 0
            for name, cells in self.cells.items()
        }

    @cached_property
    def _within(self) -> dict[str, NDArray[np.float64]]:
        """Per cell and measure the sum of squares about the cell's own mean."""
        found = {}
        for name, grid in self.grids.items():
            assert self.n is not None
            with np.errstate(invalid="ignore"):
                offsets = self.sums[name] - self.n * grid.low_ends(self.cells[name])
                found[name] = np.maximum(self.squares[name] - offsets**2 / self.n, 0)
        return found

    @override
    def count(self, query: Query) -> int:
        chosen = self.selected(query)
        if chosen is None:
            return len(self.scan.dataset)
        return int(np.count_nonzero(chosen) if self.n is None else self.n[chosen].sum())

    @override
    def means(self, query: Query, by: Facet | None) -> list[GroupMeans]:
        if self.n is None:
            return self.scan.means(query, by)
        chosen = self.selected(query)
        groups, n = _taken(self._groups(by), chosen), _taken(self.n, chosen)
        length = len(by.values) if by else 1
        rows = np.bincount(groups, n, length)
        means = []
        for measure in self.schema.measures:
            known = _taken(self.cells[measure.name], chosen) != MISSING_CELL
            sums = np.bincount(groups, _taken(self.sums[measure.name], chosen), length)
            counted = rows if known.all() else np.bincount(groups, n * known, length)
            means.append([_mean(s, c) for s, c in zip(sums, counted, strict=True)])
        values = by.values if by else (None,)
        columns = list(zip(*means, strict=True)) or [()] * length
        return [
            GroupMeans(value, int(count), group)
            for value, count, group in zip(values, rows, columns, strict=True)
            if count
        ]

    @override
    def moments(self, query: Query, by: Facet | None) -> list[GroupMoments]:
        if self.n is None:
            return self.scan.moments(query, by)
        chosen = self.selected(query)
        # As places: picking them from many columns takes less than asking the mask each time.
        places = None if chosen is None else np.flatnonzero(chosen)
        groups, n = _taken(self._groups(by), places), _taken(self.n, places)
        length = len(by.values) if by else 1
        rows = np.bincount(groups, n, length)
        counts, means, deviations = [], [], []
        for name in self.grids:
            place, count = groups, n
            sums, within = _taken(self.sums[name], places), _taken(self._within[name], places)
            if self._occupied[name][0]:
                known = _taken(self.cells[name], places) != MISSING_CELL
                place, count, sums, within = groups[known], n[known], sums[known], within[known]
            counted, totals = np.bincount(place, count, length), np.bincount(place, sums, length)
            with np.errstate(invalid="ignore", divide="ignore"):
                middles = totals / counted
                # The squares within the cells and those of the cells' means about the group's.
                spread = within + count * (sums / count - middles[place]) ** 2
                found = np.sqrt(np.bincount(place, spread, length) / (counted - 1))
            counts.append(counted.astype(int).tolist())
            means.append([_mean(total, c) for total, c in zip(totals, counted, strict=True)])
            has = np.isfinite(found) & (counted > 1)
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
    def cell_counts(self, query: Query, name: str, by: Facet | None) -> NDArray[np.int64]:
        chosen, width = self.selected(query), self.grids[name].top_cell + 4
        length = len(by.values) if by else 1
        places = _taken(self._groups(by), chosen).astype(np.int64) * width
        places += _taken(self.cells[name], chosen) - MISSING_CELL
        n = None if self.n is None else _taken(self.n, chosen)
        counts = np.bincount(places, n, length * width)
        return counts.astype(np.int64).reshape(length, width)

    @override
    def finer_counts(
        self, query: Query, grid: Grid, by: Facet | None, between: tuple[float, float]
    ) -> NDArray[np.int64]:
        return self.scan.finer_counts(query, grid, by, between)

    @override
    def values_between(
        self, query: Query, name: str, by: Facet | None, ends: Sequence[tuple[float, float]]
    ) -> dict[FacetValue, tuple[NDArray[np.float64], NDArray[np.int64]]]:
        return self.scan.values_between(query, name, by, ends)

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
            recent=Recent(RECENT),
        )

    @override
    def count_facets(self, query: Query) -> dict[str, dict[FacetValue, int]]:
        counts = {}
        for facet in self.schema.facets:
            chosen = self.selected(query.without(facet.name))
            rows = self._counted(self.facets[facet.name], chosen, len(facet.values))
            counts[facet.name] = dict(zip(facet.values, map(int, rows), strict=True))
        return counts

    @override
    def histograms(
        self, query: Query, by: Facet | None, axes: tuple[str, str] | None = None
    ) -> dict[str, Histogram]:
        names = [measure.name for measure in self.schema.measures]
        first = list(reversed(axes)) if axes and axes[0] != axes[1] else []
        order = first + [name for name in names if name not in first]
        found = {}
        for i in range(0, len(order), 2):
            pair = tuple(order[i : i + 2])
            plane = self._plane(query, pair, by)
            for axis, name in enumerate(pair, start=1):
                others = tuple(other for other in range(1, plane.ndim) if other != axis)
                grid = self.grids[name]
                fine = plane.sum(axis=others)[:, : grid.fine.count]
                found[name] = Histogram(grid.coarse.edges, grid.coarse.of_fine(fine))
        return {name: found[name] for name in names}

    @override
    def histogram(
        self, query: Query, name: str, by: Facet | None, in_log: bool = False
    ) -> Histogram:
        grid = self.grids[name]
        if in_log:
            bins = grid.coarse_in_log
            return Histogram(bins.edges, bins.of_all_cells(self.cell_counts(query, name, by)))
        fine = self._plane(query, (name,), by)[:, : grid.fine.count]
        return Histogram(grid.coarse.edges, grid.coarse.of_fine(fine))

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
        across, up = (self._fine(name, logs) for name in axes)
        plane = self._plane(query, (axes[1], axes[0]), by, logs)
        return Density(across.edges, up.edges, plane[:, : up.count, : across.count])

    def _fine(self, name: str, in_log: Collection[str]) -> Bins:
        grid = self.grids[name]
        return grid.fine_in_log if name in in_log else grid.fine

    @cached_property
    def _bins_in_log(self) -> dict[str, NDArray[np.uint8]]:
        """The fine bin in log of each cell, per measure that offers a log scale."""
        return {
            measure.name: self.grids[measure.name].fine_in_log.of_cells(self.cells[measure.name])
            for measure in self.schema.measures
            if measure.log
        }

    def _plane(
        self,
        query: Query,
        names: tuple[str, ...],
        by: Facet | None,
        in_log: frozenset[str] = frozenset(),
    ) -> NDArray[np.int64]:
        """Return the rows per group and fine bins of one or two measures, with bins for none."""

        def count_plane() -> NDArray[np.int64]:
            shape = [len(by.values) if by else 1]
            flat = self._groups(by)
            for name in names:
                shape.append(self._fine(name, in_log).count + 1)
                kind = np.min_scalar_type(int(np.prod(shape)))
                bins = (self._bins_in_log if name in in_log else self.bins)[name]
                flat = flat.astype(kind, copy=False) * kind.type(shape[-1]) + bins
            counts = self._counted(flat, self.selected(query), int(np.prod(shape)))
            return counts.astype(np.int64).reshape(shape)

        plane: NDArray[np.int64] = self.recent.get_or_make(
            (query.narrowing(), names, by and by.name, in_log), count_plane
        )
        return plane

    def _counted(
        self, places: NDArray[Any], chosen: NDArray[np.bool_] | None, length: int
    ) -> NDArray[Any]:
        if self.n is not None:
            return np.bincount(_taken(places, chosen), _taken(self.n, chosen), length)
        if length <= FEW_PLACES:
            # Comparing a million bytes takes less than widening them, as bincount does.
            found = (places == place for place in range(length))
            return np.array([np.count_nonzero(f if chosen is None else f & chosen) for f in found])
        if chosen is None:
            return np.bincount(places, None, length)
        # Rows left out are counted in place 0 and taken off it: less work than picking the others.
        counts = np.bincount(places * chosen, None, length)
        counts[0] -= len(chosen) - np.count_nonzero(chosen)
        return counts

    def _groups(self, by: Facet | None) -> NDArray[Any]:
        return self.facets[by.name] if by else np.zeros(len(self), dtype=np.uint8)

    def selected(self, query: Query) -> NDArray[np.bool_] | None:
        """Return which cells are the query's; None for all."""
        narrowing = query.narrowing()
        mask: NDArray[np.bool_] | None = self.recent.get_or_make(
            narrowing, lambda: self._mask(narrowing)
        )
        return mask

    def _mask(self, query: Query) -> NDArray[np.bool_] | None:
        masks = [mask for one in query.filters for mask in self._masks(one)]
        return reduce(operator.and_, masks) if masks else None

    def _masks(self, one: Filter) -> Iterator[NDArray[np.bool_]]:
        match one:
            case Choice(name, chosen):
                values = self.schema.facet(name).values
                allowed = np.array([value in chosen for value in values], dtype=bool)
                yield allowed[self.facets[name]]
            case Interval(name, low, high):
                cells = self.cells[name]
                lowest = self._lowest(name, low) if low is not None else None
                highest = self._highest(name, high) if high is not None else None
                if low is not None and lowest is None:
                    yield self._values(name) >= low
                if high is not None and highest is None:
                    yield self._values(name) <= high
                # Without a lower bound everything is kept that is not missing.
                yield cells >= (BELOW_CELL if lowest is None else lowest)
                if highest is not None:
                    yield cells <= highest
            case _:
                assert_never(one)

    def _values(self, name: str) -> NDArray[np.float64]:
        """Return a measure's value per row, NaN for missing, where every cell is one row."""
        return self.scan.dataset.numbers(name)


def _taken(column: NDArray[Any], chosen: NDArray[Any] | None) -> NDArray[Any]:
    return column if chosen is None else column[chosen]


def _taken_each(columns: dict[str, NDArray[Any]], chosen: NDArray[Any]) -> dict[str, NDArray[Any]]:
    return {name: column[chosen] for name, column in columns.items()}


def _mean(total: float, count: float) -> float | None:
    """Return a mean; none without values, nor where infinities of both signs cancel."""
    return None if not count or total != total else float(total / count)


def build_rollup(dataset: RowSet) -> Rollup | None:
    """Return the table rolled up, or with a cell per row where its cells are too many to pay.

    None for a table on an engine that does not roll up: its rows stay there, and for a table with
    neither facets nor measures. What does roll up is asked once, by the same expressions on every
    engine, and then kept here.
    """
    schema = dataset.schema
    grids = {measure.name: grid_of(measure) for measure in schema.measures}
    facets = [facet.name for facet in schema.facets]
    cells = {name: f"_cell{i}" for i, name in enumerate(grids)}
    keys = [*facets, *cells.values()]
    if not keys:
        return None
    columns = [nw.col(name) for name in (*facets, *grids)]
    columns += [grid.cells().alias(cells[name]) for name, grid in grids.items()]
    # Squared before the group-by: engines sum columns there, not every expression.
    columns += [(grid.offsets() ** 2).alias(f"_square{i}") for i, grid in enumerate(grids.values())]
    rows = dataset.rows().select(*columns)
    if _promises(dataset, rows.select(*keys)):
        asked = [nw.len().alias(N)]
        for i, name in enumerate(grids):
            asked.append(nw.col(name).sum().alias(f"_sum{i}"))
            asked.append(nw.col(f"_square{i}").sum().alias(f"_squares{i}"))
        most = int(min(MOST_CELLS, len(dataset) / LEAST_GAIN))
        grouped = rows.group_by(*keys, drop_null_keys=False).agg(*asked)
        table = dataset.collect(grouped.head(most + 1) if dataset.remote else grouped)
        if len(table) <= most:
            return _from_table(dataset, grids, cells, table, rolled_up=True)
    if dataset.remote:
        return None
    return _from_table(dataset, grids, cells, dataset.collect(rows.select(*keys)), rolled_up=False)


def _promises(dataset: RowSet, keyed: Rows) -> bool:
    """Return whether a sample leaves hope that a rollup pays."""
    if len(dataset) <= SAMPLE:
        return True
    found = dataset.collect(keyed.head(SAMPLE).unique().select(nw.len().alias(N)))
    return int(found.item()) * 2 <= SAMPLE


def _from_table(
    dataset: RowSet,
    grids: dict[str, Grid],
    cells: dict[str, str],
    table: Frame,
    rolled_up: bool,
) -> Rollup:
    columns, bins = {}, {}
    for name, key in cells.items():
        kind = np.int16 if grids[name].top_cell < np.iinfo(np.int16).max else np.int32
        columns[name] = table[key].to_numpy().astype(kind)
        bins[name] = grids[name].fine.of_cells(columns[name])
    places = {facet.name: facet_places(table, facet) for facet in dataset.schema.facets}

    def floats(column: str) -> NDArray[np.float64]:
        return np.asarray(table[column].to_numpy(), dtype=np.float64)

    totals = list(enumerate(grids)) if rolled_up else []
    return Rollup(
        dataset.schema,
        grids,
        places,
        columns,
        bins,
        floats(N) if rolled_up else None,
        {name: floats(f"_sum{i}") for i, name in totals},
        {name: floats(f"_squares{i}") for i, name in totals},
        Scan(dataset),
    )
