"""Indexing a rolled-up table by its time: which cell each row lies in, found column by column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL
from iris_dash.analysis.judgment import trend_time
from iris_dash.analysis.rolling_up import is_exact
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.time_cells import place_column, stops_at
from iris_dash.analysis.time_index import TimeIndex
from iris_dash.query.names import held_name
from iris_dash.query.slider_stops import slider_stops
from iris_dash.tables.row_set import RowSet
from iris_dash.tables.values import facet_places, floats

MOST_CODES = 2**25
"""So many combinations have a table of the cells that they are; of more each is looked up."""

PLACE = "_place"


def build_time_index(dataset: RowSet, rollup: Rollup | None) -> TimeIndex | None:
    """Return the rows of a rolled-up table by the first time that is no time of day.

    None for a table whose rows stay on an engine, one without such a time or a slider for it, one
    that is not rolled up, and one with a measure whose values in a cell differ: how many rows there
    are of a cell does not say their sum.
    """
    time = trend_time(dataset.schema)
    stops = slider_stops(time) if time else None
    is_rolled_up = rollup is not None and rollup.n is not None and len(rollup) > 0
    if (
        not stops
        or not is_rolled_up
        or dataset.remote
        or not all(map(is_exact, dataset.schema.measures))
    ):
        return None
    assert rollup is not None
    states = np.zeros(len(dataset), np.uint32), np.zeros(len(rollup), np.uint32)
    for columns in _columns(dataset, rollup):
        states = _further(*states, *columns)
    cells = np.zeros(int(states[1].max()) + 1, np.uint32)
    cells[states[1]] = np.arange(len(rollup))
    times = dataset.collect(dataset.rows().select(place_column(stops).alias(PLACE)))
    at = stops_at(stops, floats(times[PLACE]))
    index = TimeIndex.of_rows(stops, at, cells[states[0]], len(rollup))
    _ = index.known
    return index


def _columns(dataset: RowSet, rollup: Rollup) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Yield for each facet and measure where the rows stand, and the cells; none is negative."""
    for facet in dataset.schema.facets:
        held = dataset.collect(dataset.rows().select(held_name(facet.name)))
        yield facet_places(held, facet), rollup.facets[facet.name]
    for name, grid in rollup.grids.items():
        held = dataset.collect(dataset.rows().select(grid.cells().alias(PLACE)))
        rows = held[PLACE].to_numpy() - MISSING_CELL
        yield rows, rollup.cells[name].astype(np.int32) - MISSING_CELL


def _further(
    rows: NDArray[Any], cells: NDArray[Any], row: NDArray[Any], cell: NDArray[Any]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return numbers that tell rows and cells apart by one column more; the same for the same.

    `rows` and `cells` are such numbers by the columns before. Those that occur are counted anew, so
    that there are never more than there are cells.
    """
    values = np.unique(cell)
    number = np.zeros(int(values[-1]) + 1, np.int64)
    number[values] = np.arange(len(values))
    own = cells.astype(np.int64) * len(values) + number[cell]
    known = np.unique(own)
    asked = rows.astype(np.int64) * len(values) + number[row]
    if known[-1] > MOST_CODES:
        found = (np.searchsorted(known, codes).astype(np.uint32) for codes in (asked, own))
        return next(found), next(found)
    table = np.zeros(int(known[-1]) + 1, np.uint32)
    table[known] = np.arange(len(known))
    return table[asked], table[own]
