"""Rolling a table up: once, by the same expressions on every engine, and kept in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import Grid, grid_of
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.scan import Scan
from iris_dash.query.names import held_name
from iris_dash.query.schema import Measure
from iris_dash.tables.extent import MOST_DECIMALS
from iris_dash.tables.libraries import Frame
from iris_dash.tables.row_set import N, Rows, RowSet
from iris_dash.tables.values import facet_places, floats

MOST_CELLS = 600_000
"""A rollup with more rows than this costs more memory and time than it saves."""

MOST_OF_LONG, GAIN_OF_LONG = 4_000_000, 250
"""So many may one have of a table that its engine takes long to scan: of a billion rows."""

LEAST_GAIN = 4
"""A rollup is kept when the table has at least this many times its rows."""

FEW_KEYS = 8
"""So many columns are looked at first of a table with more."""

SHORT = 100_000
"""Of so many rows cells are counted sooner than hundreds of expressions are worked out."""

SAMPLE = 200_000
"""Rows that are looked at first to see whether a rollup may pay."""


@dataclass(frozen=True)
class _Axis:
    """A measure of a rollup, its grid, and the columns that hold its cells and what is summed up.

    Where all its values are grid points (`exact`) rows are grouped by them as they are, so that an
    engine computes nothing; the cells are then made of the groups.
    """

    name: str
    grid: Grid
    exact: bool
    cell: str
    sum: str
    squares: str

    @property
    def held(self) -> str:
        return held_name(self.name)

    @property
    def key(self) -> str:
        return self.held if self.exact else self.cell

    def cells(self) -> nw.Expr:
        return self.grid.cells().alias(self.cell)

    def counted(self) -> nw.Expr:
        """Return the values counted from the grid's low end: sums of them lose no digits."""
        return nw.col(self.held).cast(nw.Float64()) - self.grid.at(0)

    def squared(self) -> nw.Expr:
        steps = self.grid.offsets() / self.grid.step
        if not self.grid.whole:
            # What is nothing beside a step is 0: PostgreSQL makes an error of its square. No
            # condition does it, since ClickHouse would work out both of its sides for every row.
            steps = (steps + 1.0) - 1.0
        return (steps**2).alias(self.squares)


def build_rollup(dataset: RowSet) -> Rollup | None:
    """Return the table rolled up, or with a cell per row where its cells are too many to pay.

    None for a table on an engine that does not roll up: its rows stay there, and for a table with
    neither facets nor measures.
    """
    axes = [_axis(i, measure) for i, measure in enumerate(dataset.schema.measures)]
    facets = [held_name(facet.name) for facet in dataset.schema.facets]
    if not axes and not facets:
        return None
    table = _grouped(dataset, axes, facets)
    if table is not None:
        cells = {axis.name: table[axis.cell].to_numpy() for axis in axes}
        return _from_table(dataset, axes, table, cells, rolled_up=True)
    if dataset.remote:
        return None
    if len(dataset) <= SHORT:
        table = dataset.collect(dataset.rows().select(*facets, *(axis.held for axis in axes)))
        cells = {axis.name: axis.grid.cells_of(floats(table[axis.held])) for axis in axes}
    else:
        table = dataset.collect(dataset.rows().select(*facets, *(axis.cells() for axis in axes)))
        cells = {axis.name: table[axis.cell].to_numpy() for axis in axes}
    return _from_table(dataset, axes, table, cells, rolled_up=False)


def _axis(number: int, measure: Measure) -> _Axis:
    names = (f"{kind}{number}" for kind in ("_cell", "_sum", "_squares"))
    return _Axis(measure.name, grid_of(measure), is_exact(measure), *names)


def is_exact(measure: Measure) -> bool:
    """Return whether all of a measure's values are points of its grid, but for rounding dust."""
    own = measure.step == 10.0**-measure.decimals and measure.decimals < MOST_DECIMALS
    return own and not measure.log


def _grouped(dataset: RowSet, axes: list[_Axis], facets: list[str]) -> Frame | None:
    """Return the rows of each cell summed up; None where the cells are too many to pay.

    Rounding dust may part the rows of a cell of an exact measure.
    """
    if any(measure.is_long or measure.is_large for measure in dataset.schema.measures):
        return None  # sums of them would be neither exact nor floats
    keys = [*facets, *(axis.key for axis in axes)]
    most = int(min(MOST_CELLS, len(dataset) / LEAST_GAIN))
    if dataset.remote:
        most = max(most, min(MOST_OF_LONG, len(dataset) // GAIN_OF_LONG))
    if len(keys) > FEW_KEYS and not dataset.remote and _has_more(dataset, axes, facets, most):
        return None
    if len(dataset) > SAMPLE and not _promises(dataset, _keyed(dataset, axes, facets), keys):
        return None
    table = _added_up(dataset, axes, facets, most)
    if table is None:
        return None
    exact = [axis for axis in axes if axis.exact]
    n = nw.col(N).cast(nw.Float64())
    return table.with_columns(
        *(axis.cells() for axis in exact),
        *((axis.counted() * n).fill_null(0.0).alias(axis.sum) for axis in exact),
        *((axis.squared() * n).fill_null(0.0).alias(axis.squares) for axis in exact),
    )


def _added_up(dataset: RowSet, axes: list[_Axis], facets: list[str], most: int) -> Frame | None:
    """Return the groups of all parts of a table, with what is summed up; None for more than `most`.

    Those of several parts, which are mostly the same ones, are joined now and then: few wait in
    memory.
    """
    keys = [*facets, *(axis.key for axis in axes)]
    others = [axis for axis in axes if not axis.exact]
    sums = [nw.col(name).sum() for axis in others for name in (axis.sum, axis.squares)]
    parts, tables = dataset.parts(), list[Frame]()
    # How much is asked of a part does not change with the others.
    limit = most if len(parts) == 1 else MOST_OF_LONG
    for place, part in enumerate(parts, start=1):
        grouped = _keyed(part, axes, facets).group_by(*keys, drop_null_keys=False)
        asked = grouped.agg(nw.len().alias(N), *sums).head(limit + 1)
        tables.append(part.collect_at_start(asked))
        waiting = sum(map(len, tables[1:]))
        if len(parts) > 1 and (place == len(parts) or waiting > MOST_CELLS + len(tables[0])):
            joined = nw.concat(tables).group_by(*keys, drop_null_keys=False)
            tables = [joined.agg(nw.col(N).sum(), *sums)]
        if len(tables[-1]) > most:
            return None
    return tables[0]


def _keyed(part: RowSet, axes: list[_Axis], facets: list[str]) -> Rows:
    """Return rows with what they are grouped by and what is summed up.

    Squared before the group-by: engines sum columns there, not every expression.
    """
    columns = [nw.col(name) for name in (*facets, *(axis.held for axis in axes))]
    for axis in axes:
        if not axis.exact:
            columns += [axis.cells(), axis.counted().alias(axis.sum), axis.squared()]
    return part.rows().select(*columns)


def _has_more(dataset: RowSet, axes: list[_Axis], facets: list[str], most: int) -> bool:
    """Return whether the first few keys alone have more groups than may pay; more have no fewer.

    Of a table with hundreds of columns all keys together take long to tell the same.
    """
    few = axes[:FEW_KEYS]
    names = [axis.key for axis in few] or facets[:FEW_KEYS]
    rows = dataset.rows().select(
        *(nw.col(axis.held) if axis.exact else axis.cells() for axis in few),
        *(nw.col(name) for name in (() if few else names)),
    )
    groups = rows.group_by(*names, drop_null_keys=False).agg(nw.len().alias(N))
    return len(dataset.collect(groups.head(most + 1))) > most


def _promises(dataset: RowSet, rows: Rows, keys: list[str]) -> bool:
    """Return whether a sample of many rows leaves hope that a rollup pays."""
    # Not its distinct rows: some engines number the rows of each group to find those.
    groups = rows.select(*keys).head(SAMPLE).group_by(*keys, drop_null_keys=False)
    found = dataset.collect_at_start(groups.agg(nw.len().alias(N)).select(nw.len().alias(N)))
    return int(found.item()) * 2 <= SAMPLE


def _from_table(
    dataset: RowSet,
    axes: list[_Axis],
    table: Frame,
    cells: Mapping[str, NDArray[Any]],
    rolled_up: bool,
) -> Rollup:
    columns, bins = {}, {}
    for axis in axes:
        kind = np.int16 if axis.grid.top_cell < np.iinfo(np.int16).max else np.int32
        columns[axis.name] = cells[axis.name].astype(kind)
        bins[axis.name] = axis.grid.fine.of_cells(columns[axis.name])
    totals = axes if rolled_up else []
    return Rollup(
        schema=dataset.schema,
        grids={axis.name: axis.grid for axis in axes},
        facets={facet.name: facet_places(table, facet) for facet in dataset.schema.facets},
        cells=columns,
        bins=bins,
        n=floats(table[N]) if rolled_up else None,
        sums={axis.name: floats(table[axis.sum]) for axis in totals},
        squares={axis.name: floats(table[axis.squares]) for axis in totals},
        scan=Scan(dataset),
    )
