"""Indexing a rolled-up table by its time: which cell each row lies in, found piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL, Grid
from iris_dash.analysis.judgment import trend_time
from iris_dash.analysis.rolling_up import is_exact
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.time_cells import PLACE, stops_of
from iris_dash.analysis.time_index import TimeIndex
from iris_dash.query.names import held_name
from iris_dash.query.slider_stops import slider_stops
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries import Frame
from iris_dash.tables.values import facet_places, floats

MOST_CODES = 2**24
"""So many combinations have a table of the cells that they are; of more each is looked up."""

PIECE = 1 << 17
"""Rows that are looked at at once: they stay in a processor's cache meanwhile."""

Numbers = NDArray[Any]


def build_time_index(dataset: Dataset, rollup: Rollup | None) -> TimeIndex | None:
    """Return the rows of a rolled-up table by the first time that is no time of day.

    None for a table whose rows stay on an engine, one without such a time or a slider for it, one
    that is not rolled up, and one with a measure whose values in a cell differ: how many rows there
    are of a cell does not say their sum.
    """
    time = trend_time(dataset.schema)
    stops = slider_stops(time) if time else None
    frame = dataset.in_memory()
    is_rolled_up = rollup is not None and rollup.n is not None and len(rollup) > 0
    if (
        not stops
        or not is_rolled_up
        or frame is None
        or not all(map(is_exact, dataset.schema.measures))
    ):
        return None
    assert rollup is not None
    cells = np.empty(len(frame), np.uint32)
    at = np.empty(len(frame), np.int16)
    columns = tuple(_numbered(rollup))
    names = [held_name(name) for name in (*rollup.facets, *rollup.grids)]

    def look(begin: int) -> None:
        piece = frame[begin : begin + PIECE]
        at[begin : begin + PIECE] = stops_of(stops, piece)
        cells[begin : begin + PIECE] = _found(columns, piece.select(*names))

    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        for _ in pool.map(look, range(0, len(frame), PIECE)):
            pass
    index = TimeIndex.of_rows(stops, at, cells, len(rollup))
    _ = index.known
    return index


@dataclass(frozen=True)
class _Lookup:
    """The number that each of some codes has: a table of all up to the last, else in their order.

    Of codes that occur more than once it is any one's.
    """

    codes: NDArray[np.int64] | None
    numbers: NDArray[np.uint32]

    @classmethod
    def of(cls, codes: NDArray[np.int64], numbers: Numbers, span: int) -> _Lookup:
        if span > MOST_CODES:
            order = np.argsort(codes)
            return cls(codes[order], numbers[order].astype(np.uint32))
        table = np.zeros(span, np.uint32)
        table[codes] = numbers
        return cls(None, table)

    def __call__(self, codes: NDArray[np.int64]) -> NDArray[np.uint32]:
        return self.numbers[codes if self.codes is None else np.searchsorted(self.codes, codes)]


@dataclass(frozen=True)
class _Column:
    """A column that tells cells apart: what each of its places adds to a row's code.

    `before`: what the codes by the columns before become first; `after`: the cells by all codes.
    """

    read: Callable[[Frame], Numbers]
    added: NDArray[np.int64]
    before: _Lookup | None = None
    after: _Lookup | None = None


def _numbered(rollup: Rollup) -> Iterator[_Column]:
    """Yield the columns by which rows are told apart, of which the last knows the cells."""
    columns = [
        (partial(facet_places, facet=facet), rollup.facets[facet.name])
        for facet in rollup.schema.facets
    ]
    for name, grid in rollup.grids.items():
        own = rollup.cells[name].astype(np.int32) - MISSING_CELL
        columns.append((partial(_cells, grid=grid), own))
    codes, span = np.zeros(len(rollup), np.int64), 1
    for i, (read, own) in enumerate(columns):
        values = np.flatnonzero(np.bincount(own))
        before = after = None
        if span * len(values) > MOST_CODES:
            known, numbers = np.unique(codes, return_inverse=True)
            before = _Lookup.of(codes, numbers, span)
            codes, span = numbers.astype(np.int64), len(known)
        added = np.zeros(int(values[-1]) + 1, np.int64)
        added[values] = np.arange(len(values)) * span
        codes, span = codes + added[own], span * len(values)
        if i == len(columns) - 1:
            after = _Lookup.of(codes, np.arange(len(codes)), span)
        yield _Column(read, added, before, after)


def _found(columns: tuple[_Column, ...], held: Frame) -> NDArray[np.uint32]:
    """Return the cell of each of some rows."""
    codes: Numbers = np.zeros(len(held), np.int64)
    for column in columns:
        codes = codes if column.before is None else column.before(codes)
        codes = codes + column.added[column.read(held)]
    assert columns[-1].after is not None
    return columns[-1].after(codes)


def _cells(held: Frame, grid: Grid) -> Numbers:
    """Return the cells of some rows, counted from that of missing; no column has a finer grid."""
    values = floats(held[held_name(grid.name)])
    missing = np.isnan(values)
    steps = np.rint(values * (grid.divisor / grid.numerator))
    if missing.any():
        steps[missing] = grid.first
    points = steps * grid.numerator / grid.divisor
    inside = len(steps) and steps.min() >= grid.first and steps.max() <= grid.last
    if inside and ((points == values) | missing).all():
        found = (steps - grid.first).astype(np.intp) * 2 - MISSING_CELL
        found[missing] = 0
        return found
    # There is rounding dust, or infinity.
    return held.select(grid.cells().alias(PLACE))[PLACE].to_numpy() - MISSING_CELL
