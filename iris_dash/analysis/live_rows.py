"""The rows of a query as columns of numbers, from which a live index counts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.cell_counts import taken
from iris_dash.analysis.grid import MISSING_CELL, Grid, grid_of
from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.time_cells import stops_of
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Time
from iris_dash.query.slider_stops import slider_stops
from iris_dash.tables.libraries import Frame
from iris_dash.tables.values import facet_places, floats

Column = Facet | Measure | Time
"""What rows are counted by."""


class LiveRows(Protocol):
    """Some rows, or cells that stand for several alike."""

    @property
    def n(self) -> NDArray[np.float64] | None:
        """For how many rows each cell stands; None: each for one."""

    def numbers(self, column: Column) -> NDArray[Any]:
        """Return the number of each value: its facet's place, else its cell or stop.

        Missing is 0, below 1, a measure's cell c at c + 2 and a time's stop s at s + 2.
        """

    def values(self, measure: Measure) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return the mean of each cell's values, NaN for missing, and their squares about it.

        The squares in the measure's unit; None where each stands for one value.
        """


@dataclass(frozen=True, eq=False)
class CellRows:
    """Those cells of a rollup that a query selects; `frame`: its rows, where a cell is one."""

    rollup: Rollup
    chosen: NDArray[Any] | None
    frame: Frame | None
    stops: dict[str, NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, rollup: Rollup, query: Query, frame: Frame | None, stops: dict[str, NDArray[Any]]
    ) -> CellRows:
        """Return the cells of a query; `stops` keeps what is found of times."""
        chosen: NDArray[Any] | None = rollup.selected(query)
        # Of cells as places: picking them from many columns takes less than asking the mask.
        if chosen is not None and rollup.n is not None:
            chosen = np.flatnonzero(chosen)
        return cls(rollup, chosen, frame, stops)

    @property
    def n(self) -> NDArray[np.float64] | None:
        """How many rows each cell stands for."""
        return None if self.rollup.n is None else taken(self.rollup.n, self.chosen)

    def numbers(self, column: Column) -> NDArray[Any]:
        """Return the number of each value; see `LiveRows`."""
        match column:
            case Facet(name):
                return taken(self.rollup.facets[name], self.chosen)
            case Measure(name):
                cells = taken(self.rollup.cells[name], self.chosen)
                found: NDArray[Any] = np.subtract(cells, MISSING_CELL, dtype=np.int32)
                return found
            case Time(name):
                if name not in self.stops:
                    assert self.frame is not None
                    self.stops[name] = _stop_numbers(column, self.frame)
                return taken(self.stops[name], self.chosen)

    def values(self, measure: Measure) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return the means of the cells' values, and the squares about them; see `LiveRows`."""
        name, rollup = measure.name, self.rollup
        if self.frame is not None:
            return taken(floats(self.frame[held_name(name)]), self.chosen), None
        assert rollup.n is not None
        grid = rollup.grids[name]
        missing = taken(rollup.cells[name], self.chosen) == MISSING_CELL
        with np.errstate(invalid="ignore"):
            means = taken(rollup.sums[name], self.chosen) / taken(rollup.n, self.chosen)
        means = np.where(missing, np.nan, means + grid.at(0))
        return means, taken(rollup.within[name], self.chosen) * grid.step**2


@dataclass(frozen=True, eq=False)
class FrameRows:
    """The rows of a frame, which hold the columns that are asked about."""

    frame: Frame
    n: None = None

    def numbers(self, column: Column) -> NDArray[Any]:
        """Return the number of each value; see `LiveRows`."""
        match column:
            case Facet():
                return facet_places(self.frame, column)
            case Measure():
                return _cell_numbers(grid_of(column), self.frame)
            case Time():
                return _stop_numbers(column, self.frame)

    def values(self, measure: Measure) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return the values; see `LiveRows`."""
        return floats(self.frame[held_name(measure.name)]), None


def _cell_numbers(grid: Grid, frame: Frame) -> NDArray[Any]:
    cells = frame.select(grid.cells().alias("_cell"))["_cell"].to_numpy()
    found: NDArray[Any] = cells.astype(np.int32) - MISSING_CELL
    return found


def _stop_numbers(time: Time, frame: Frame) -> NDArray[Any]:
    stops = slider_stops(time)
    assert stops is not None
    return stops_of(stops, frame) - MISSING_CELL
