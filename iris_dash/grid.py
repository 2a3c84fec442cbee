"""A measure's slider grid: where a value stands on it, exactly, and the bins made of its steps.

A value on grid point k has cell 2k, a value strictly between k and k + 1 has cell 2k + 1, counted
from the slider's low end. Any bounds on the grid, both inclusive, then select whole cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.schema import Measure, step_fraction

MISSING_CELL = -2
BELOW_CELL = -1
HISTOGRAM_BINS = 50
DENSITY_BINS = 100


@dataclass(frozen=True)
class Grid:
    """The points `k * numerator / divisor` from `first` to `last`; k * numerator is a whole number.

    Division rounds once, so a point is the very number that its decimal text reads as.
    """

    name: str
    numerator: int
    divisor: int
    first: int
    last: int

    @property
    def steps(self) -> int:
        """How many steps lie between the ends; 0 for a constant column."""
        return self.last - self.first

    @property
    def top_cell(self) -> int:
        """The cell of the high end; one more is above the grid, as infinity is."""
        return 2 * self.steps

    def point(self, k: int) -> float:
        """Return grid point k, counted from zero (not from the low end)."""
        return k * self.numerator / self.divisor

    def lower_cell(self, bound: float) -> int | None:
        """Return the lowest cell inside a lower bound, or None if it is not on the grid.

        A bound beyond an end counts as on it: only infinity lies out there.
        """
        if bound < self.point(self.first):
            return 0
        return self.top_cell + 1 if bound > self.point(self.last) else self._cell_at(bound)

    def upper_cell(self, bound: float) -> int | None:
        """Return the highest cell inside an upper bound, or None if it is not on the grid."""
        if bound > self.point(self.last):
            return self.top_cell
        return BELOW_CELL if bound < self.point(self.first) else self._cell_at(bound)

    def cell_between(self, bound: float) -> int:
        """Return the cell of the values next to a number that is on no grid point."""
        k = math.floor(bound * self.divisor / self.numerator)
        # The quotient may be rounded across a whole number; the points themselves decide.
        k += self.point(k + 1) <= bound
        k -= self.point(k) > bound
        return 2 * (k - self.first) + 1

    def _cell_at(self, bound: float) -> int | None:
        k = round(bound * self.divisor / self.numerator)
        return 2 * (k - self.first) if self.point(k) == bound else None

    def cells(self) -> nw.Expr:
        """Return the cell of each value of the column as whole numbers; missing is -2."""
        value = nw.col(self.name).cast(nw.Float64())
        low, high = self.point(self.first), self.point(self.last)
        # Missing and infinite values are no whole numbers; they get their own cells below.
        finite = value.fill_null(low).clip(low, high)
        nearest = (finite * (self.divisor / self.numerator)).round(0)
        point = self._points(nearest)
        above = nw.when(finite > point).then(nw.lit(1)).otherwise(nw.lit(0))
        below = nw.when(finite < point).then(nw.lit(1)).otherwise(nw.lit(0))
        inside = ((nearest - self.first) * 2).cast(nw.Int32()) + above - below
        beyond = nw.when(value < low).then(nw.lit(BELOW_CELL)).otherwise(inside)
        beyond = nw.when(value > high).then(nw.lit(self.top_cell + 1)).otherwise(beyond)
        return nw.when(value.is_null()).then(nw.lit(MISSING_CELL)).otherwise(beyond)

    def offsets(self) -> nw.Expr:
        """Return how far each value lies above its cell's low end, `low_end`; 0 on the grid."""
        value = nw.col(self.name).cast(nw.Float64())
        inside = value.clip(self.point(self.first), self.point(self.last))
        nearest = (inside * (self.divisor / self.numerator)).round(0)
        below = nw.when(value < self._points(nearest)).then(nw.lit(1)).otherwise(nw.lit(0))
        return value - self._points(nearest - below)

    def low_ends(self, cells: NDArray[Any]) -> NDArray[np.float64]:
        """Return the grid point at or below the values of each cell from 0 to the top one."""
        return (cells // 2 + self.first) * float(self.numerator) / self.divisor

    def value_of(self, cell: int) -> float | None:
        """Return the one value that a cell holds; None for a cell between two points."""
        if cell <= BELOW_CELL:
            return -math.inf
        if cell > self.top_cell:
            return math.inf
        return None if cell % 2 else self.point(self.first + cell // 2)

    def ends_of(self, cell: int) -> tuple[float, float]:
        """Return the two points that a cell lies between, both outside it."""
        k = self.first + cell // 2
        return self.point(k), self.point(k + 1)

    def within(self, cell: int, times: int) -> Grid:
        """Return a finer grid over a cell between two points."""
        k = self.first + cell // 2
        return Grid(self.name, self.numerator, self.divisor * times, k * times, (k + 1) * times)

    def _points(self, k: nw.Expr) -> nw.Expr:
        # Divided by a column, not by a number: Polars multiplies by a number's reciprocal instead,
        # which rounds twice and misses the point.
        point = k * float(self.numerator)
        return point / (k * 0 + self.divisor) if self.divisor > 1 else point

    @property
    def fine(self) -> Bins:
        """The bins of a density: at most 100, of whole steps, as even as they can be."""
        width = max(1, -(-self.steps // DENSITY_BINS))
        return Bins(self, width, max(1, -(-self.steps // width)))

    @property
    def coarse(self) -> Bins:
        """The bins of a histogram: at most 50, each of whole fine bins."""
        fine = self.fine
        joined = -(-fine.count // HISTOGRAM_BINS)
        return Bins(self, fine.width * joined, -(-fine.count // joined))


@dataclass(frozen=True)
class Bins:
    """`count` bins of `width` grid steps each; half open, the last one closed."""

    grid: Grid
    width: int
    count: int

    @property
    def edges(self) -> tuple[float, ...]:
        """The bins' edges, count + 1 of them; the last may lie beyond the slider's end."""
        grid = self.grid
        return tuple(grid.point(grid.first + i * self.width) for i in range(self.count + 1))

    def of_cells(self, cells: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the bin of each cell; `count` for missing values and what lies off the grid."""
        bins = np.minimum(cells // (2 * self.width), self.count - 1)
        inside = (cells >= 0) & (cells <= self.grid.top_cell)
        return np.where(inside, bins, self.count).astype(np.uint8)

    def of_fine(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return counts per fine bin, on the last axis, as counts per bin of these."""
        starts = np.arange(0, self.grid.fine.count, self.width // self.grid.fine.width)
        return np.add.reduceat(counts, starts, axis=-1)


def grid_of(measure: Measure) -> Grid:
    """Return the grid of a measure's slider.

    >>> grid_of(Measure("x", "X", "x", low=4.3, high=7.9, step=0.1)).steps
    36
    """
    numerator, divisor = step_fraction(measure.step)
    ends = (round(end * divisor / numerator) for end in (measure.low, measure.high))
    return Grid(measure.name, numerator, divisor, *ends)
