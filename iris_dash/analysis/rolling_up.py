"""Rolling a table up: once, by the same expressions on every engine, and kept in this process."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from iris_dash.analysis.grid import Grid, grid_of
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.scan import Scan
from iris_dash.tables.libraries import Frame
from iris_dash.tables.row_set import N, Rows, RowSet
from iris_dash.tables.values import facet_places, floats

MOST_CELLS = 600_000
"""A rollup with more rows than this costs more memory and time than it saves."""

LEAST_GAIN = 4
"""A rollup is kept when the table has at least this many times its rows."""

SAMPLE = 200_000
"""Rows that are looked at first to see whether a rollup may pay."""


def build_rollup(dataset: RowSet) -> Rollup | None:
    """Return the table rolled up, or with a cell per row where its cells are too many to pay.

    None for a table on an engine that does not roll up: its rows stay there, and for a table with
    neither facets nor measures.
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
        table = dataset.collect(grouped.head(most + 1))
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
    totals = list(enumerate(grids)) if rolled_up else []
    return Rollup(
        schema=dataset.schema,
        grids=grids,
        facets=places,
        cells=columns,
        bins=bins,
        n=floats(table[N]) if rolled_up else None,
        sums={name: floats(table[f"_sum{i}"]) for i, name in totals},
        squares={name: floats(table[f"_squares{i}"]) for i, name in totals},
        scan=Scan(dataset),
    )
