"""The rows of a query as columns of numbers, from which a live index counts them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.cell_counts import ALL, PIECE, taken
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


MOST_KEPT = 24
"""Measures of which is kept what their means are summed up from."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What is found of a table's rows for the indexes to come: stops of times, moments of cells."""

    stops: dict[str, NDArray[Any]] = field(default_factory=dict)
    moments: dict[str, Moments] = field(default_factory=dict)


class LiveRows(Protocol):
    """Some rows, or cells that stand for several alike."""

    @property
    def pieces(self) -> Sequence[slice]:
        """Return what they are looked at in: what is made of a piece stays in a cache."""

    @property
    def n(self) -> NDArray[np.float64] | None:
        """For how many rows each cell stands; None: each for one."""

    def numbers(self, column: Column, of: slice = ALL) -> NDArray[Any]:
        """Return the number of each value in a piece: its facet's place, else its cell or stop.

        Missing is 0, below 1, a measure's cell c at c + 2 and a time's stop s at s + 2.
        """

    def middle(self, measure: Measure) -> float:
        """Return from where the sums of a measure are counted."""

    def moments(self, measure: Measure, middle: float, of: slice = ALL) -> Moments:
        """Return what means and deviations of a measure are summed up from, in a piece."""

    def values(self, measure: Measure, of: slice = ALL) -> NDArray[np.float64]:
        """Return the values in a piece, NaN for missing, of rows that stand for one each."""


@dataclass(frozen=True, eq=False)
class Moments:
    """How far the values of each row, or cell, lie from a `middle`, summed up over its rows.

    `first`: themselves, `second`: their squares; 0 where a value is `missing`, None: nowhere.
    """

    middle: float
    missing: NDArray[np.bool_] | None
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        values: NDArray[np.float64],
        middle: float,
        n: NDArray[np.float64] | None = None,
        within: NDArray[np.float64] | None = None,
    ) -> Moments:
        """Return those of values, NaN for missing, each of `n` rows, with the squares about it."""
        is_missing = np.isnan(values)
        missing = is_missing if is_missing.any() else None
        with np.errstate(invalid="ignore", over="ignore"):
            apart = values - middle
            first, second = apart, apart * apart
            if n is not None:
                first, second = apart * n, second * n
            if within is not None:
                second += within
        if missing is not None:
            first[missing] = second[missing] = 0.0
        return cls(middle, missing, first, second)

    def taken(self, chosen: NDArray[Any] | None) -> Moments:
        """Return those of some of the rows."""
        missing = None if self.missing is None else taken(self.missing, chosen)
        return Moments(self.middle, missing, taken(self.first, chosen), taken(self.second, chosen))


def middle_of(pieces: Iterable[tuple[NDArray[np.float64], NDArray[np.float64] | None]]) -> float:
    """Return the mean of pieces of values, NaN for missing, and of how many rows each is."""
    rows = total = 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        for values, n in pieces:
            known = ~np.isnan(values)
            rows += float(np.count_nonzero(known) if n is None else n[known].sum())
            own = values[known] if n is None else values[known] * n[known]
            total += float(own.sum())
        return total / rows if rows else 0.0


@dataclass(frozen=True, eq=False)
class CellRows:
    """Those cells of a rollup that a query selects; `frame`: its rows, where a cell is one.

    `chosen`: a mask of rows, or the places of cells; None: all.
    """

    rollup: Rollup
    chosen: NDArray[Any] | None
    frame: Frame | None
    kept: Kept = field(default_factory=Kept)
    _last: dict[tuple[int | None, int | None, int | None], NDArray[np.intp]] = field(
        default_factory=dict, init=False, repr=False
    )

    @classmethod
    def of(cls, rollup: Rollup, query: Query, frame: Frame | None, kept: Kept) -> CellRows:
        """Return the cells of a query."""
        chosen: NDArray[Any] | None = rollup.selected(query)
        # Of cells as places: picking them from many columns takes less than asking the mask.
        if chosen is not None and rollup.n is not None:
            chosen = np.flatnonzero(chosen)
        return cls(rollup, chosen, frame, kept)

    @property
    def pieces(self) -> Sequence[slice]:
        """Return what they are looked at in; see `LiveRows`."""
        if self.frame is None:
            return [ALL]
        return [slice(start, start + PIECE) for start in range(0, len(self.rollup), PIECE)]

    @property
    def n(self) -> NDArray[np.float64] | None:
        """How many rows each cell stands for."""
        return None if self.rollup.n is None else taken(self.rollup.n, self.chosen)

    def numbers(self, column: Column, of: slice = ALL) -> NDArray[Any]:
        """Return the number of each value in a piece; see `LiveRows`."""
        match column:
            case Facet(name):
                return self._taken(self.rollup.facets[name], of)
            case Measure(name):
                cells = self._taken(self.rollup.cells[name], of)
                found: NDArray[Any] = np.subtract(cells, MISSING_CELL, dtype=np.int32)
                return found
            case Time(name):
                if name not in self.kept.stops:
                    assert self.frame is not None
                    self.kept.stops[name] = _stop_numbers(column, self.frame)
                return self._taken(self.kept.stops[name], of)

    def middle(self, measure: Measure) -> float:
        """Return from where the sums of a measure are counted: the mean of one row in so many.

        With k rows for each of those it is less than √k standard deviations from that of all rows.
        """
        if self.frame is None:
            return self._kept(measure.name).middle
        return middle_of([(self.values(measure, slice(None, None, len(self.pieces))), None)])

    def moments(self, measure: Measure, middle: float, of: slice = ALL) -> Moments:
        """Return what is summed up of a measure; of a rollup's cells it is kept."""
        if self.frame is None:
            return self._kept(measure.name).taken(self.chosen)
        return Moments.of(self.values(measure, of), middle)

    def _kept(self, name: str) -> Moments:
        if name not in self.kept.moments:
            for old in [*self.kept.moments][: -MOST_KEPT + 1]:
                del self.kept.moments[old]
            self.kept.moments[name] = self._moments(name)
        return self.kept.moments[name]

    def _moments(self, name: str) -> Moments:
        rollup, grid = self.rollup, self.rollup.grids[name]
        assert rollup.n is not None
        with np.errstate(invalid="ignore"):
            means = rollup.sums[name] / rollup.n + grid.at(0)
        means[rollup.cells[name] == MISSING_CELL] = np.nan
        middle = middle_of([(means, rollup.n)])
        return Moments.of(means, middle, rollup.n, rollup.within[name] * grid.step**2)

    def values(self, measure: Measure, of: slice = ALL) -> NDArray[np.float64]:
        """Return the values in a piece; see `LiveRows`."""
        assert self.frame is not None
        return self._chosen(floats(self.frame[held_name(measure.name)][of]), of)

    def _taken(self, column: NDArray[Any], of: slice) -> NDArray[Any]:
        """Return what is chosen of a piece of a column."""
        return self._chosen(column[of], of)

    def _chosen(self, piece: NDArray[Any], of: slice) -> NDArray[Any]:
        """Return what is chosen of a piece."""
        if self.chosen is None:
            return piece
        return piece.take(self.chosen if self.frame is None else self._places(of, self.chosen))

    def _places(self, of: slice, chosen: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return the places of the rows that are chosen in a piece, found once for several columns.

        Picking them takes a third, or less, of what asking the mask does: it guesses wrong at a
        row in two.
        """
        own = (of.start, of.stop, of.step)
        if own not in self._last:
            self._last.clear()
            self._last[own] = np.flatnonzero(chosen[of])
        return self._last[own]


@dataclass(frozen=True, eq=False)
class FrameRows:
    """The rows of a frame, which hold the columns that are asked about."""

    frame: Frame
    pieces: Sequence[slice] = (ALL,)
    n: None = None

    def numbers(self, column: Column, of: slice = ALL) -> NDArray[Any]:
        """Return the number of each value; see `LiveRows`."""
        match column:
            case Facet():
                return facet_places(self.frame, column)[of]
            case Measure():
                return _cell_numbers(grid_of(column), self.frame)[of]
            case Time():
                return _stop_numbers(column, self.frame)[of]

    def middle(self, measure: Measure) -> float:
        """Return from where the sums of a measure are counted: its mean."""
        return middle_of([(self.values(measure), None)])

    def moments(self, measure: Measure, middle: float, of: slice = ALL) -> Moments:
        """Return what is summed up of a measure."""
        return Moments.of(self.values(measure, of), middle)

    def values(self, measure: Measure, of: slice = ALL) -> NDArray[np.float64]:
        """Return the values; see `LiveRows`."""
        return floats(self.frame[held_name(measure.name)])[of]


def _cell_numbers(grid: Grid, frame: Frame) -> NDArray[Any]:
    cells = frame.select(grid.cells().alias("_cell"))["_cell"].to_numpy()
    found: NDArray[Any] = cells.astype(np.int32) - MISSING_CELL
    return found


def _stop_numbers(time: Time, frame: Frame) -> NDArray[Any]:
    stops = slider_stops(time)
    assert stops is not None
    return stops_of(stops, frame) - MISSING_CELL
