"""Indexing a rolled-up table by its time: which cell each row lies in, found column by column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL
from iris_dash.analysis.rolling_up import is_exact
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.time_cells import place_column, stops_at
from iris_dash.analysis.time_index import TimeIndex
from iris_dash.analysis.trend import trend_time
from iris_dash.query.names import held_name
from iris_dash.query.slider_stops import slider_stops
from iris_dash.tables.row_set import RowSet
from iris_dash.tables.values import facet_places, floats

MOST_CODES = 2**24
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
    codes, own, most = np.zeros(len(dataset), np.int64), np.zeros(len(rollup), np.int64), 1
    for row, cell in _columns(dataset, rollup):
        # Those that occur are numbered, so that there are few combinations.
        values = np.unique(cell)
        number = np.zeros(int(values[-1]) + 1, np.int64)
        number[values] = np.arange(len(values))
        most *= len(values)
        if most >= 2**62:
            return None
        codes = codes * len(values) + number[row]
        own = own * len(values) + number[cell]
    times = dataset.collect(dataset.rows().select(place_column(stops).alias(PLACE)))
    at = stops_at(stops, floats(times[PLACE]))
    index = TimeIndex.of_rows(stops, at, _cells_of(codes, own, most), len(rollup))
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


def _cells_of(codes: NDArray[np.int64], own: NDArray[np.int64], most: int) -> NDArray[np.uint32]:
    """Return which cell has each row's code; of several that have it, one."""
    if most <= MOST_CODES:
        table = np.zeros(most, np.uint32)
        table[own] = np.arange(len(own))
        return table[codes]
    order = np.argsort(own)
    return order[np.searchsorted(own[order], codes)].astype(np.uint32)
