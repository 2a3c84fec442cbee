"""A measure's slider grid: where a value stands on it, exactly, and the bins made of its steps.

A value on grid point k has cell 2k, a value strictly between k and k + 1 has cell 2k + 1, counted
from the slider's low end. Any bounds on the grid, both inclusive, then select whole cells. Where a
log scale is offered the grid is finer the smaller the numbers are, and the multiples of the
slider's step are on it too, so that bins even in either scale are made of whole cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.steps import LEAST_PART, without_dust
from iris_dash.query.names import held_name
from iris_dash.query.schema import MOST_SHOWN, Measure
from iris_dash.query.steps import (
    MOST_EXACT_DIVISOR,
    ceil_to_step,
    floor_to_step,
    multiple,
    step_fraction,
)
from iris_dash.tables.extent import LOG_STEPS, MOST_DECIMALS, MOST_EXACT, log_pieces

MISSING_CELL = -2
BELOW_CELL = -1
HISTOGRAM_BINS = 50
MOST_BARS = 60
"""So many values of a column have a bar each."""

DENSITY_BINS = 100


@dataclass(frozen=True)
class Grid:
    """The points `k * numerator / divisor` from `first` to `last`; k * numerator is a whole number.

    Division rounds once, so a point is the very number that its decimal text reads as. `below` is
    the finer grid of smaller numbers, which ends where this one begins; `even`, where there is one,
    the grid of the slider's steps; `whole` says that the column's numbers are; `parts`: where all
    of its values are multiples of a part of its step, how many of them make a step.
    """

    name: str
    numerator: int
    divisor: int
    first: int
    last: int
    below: Grid | None = None
    even: Grid | None = None
    whole: bool = False
    parts: int | None = None

    @property
    def steps(self) -> int:
        """How many steps lie between the ends; 0 for a constant column."""
        return self._base + self.last - self.first

    @property
    def _base(self) -> int:
        return self.below.steps if self.below else 0

    @property
    def top_cell(self) -> int:
        """The cell of the high end; one more is above the grid, as infinity is."""
        return 2 * self.steps

    @property
    def step(self) -> float:
        """How far one grid point lies from the next, in the measure's unit."""
        return multiple(1, self.numerator, self.divisor)

    def point(self, k: int) -> float:
        """Return grid point k, counted from zero (not from the low end)."""
        return multiple(k, self.numerator, self.divisor)

    def at(self, place: int) -> float:
        """Return a grid point by its place, counted from the low end."""
        if self.below and place < self._base:
            return self.below.at(place)
        return self.point(self.first + place - self._base)

    def lower_cell(self, bound: float) -> int | None:
        """Return the lowest cell inside a lower bound, or None if it is not on the grid.

        A bound beyond an end counts as on it: only infinity lies out there.
        """
        if bound < self.point(self.first):
            return self.below.lower_cell(bound) if self.below else 0
        return self.top_cell + 1 if bound > self.point(self.last) else self._cell_at(bound)

    def upper_cell(self, bound: float) -> int | None:
        """Return the highest cell inside an upper bound, or None if it is not on the grid."""
        if bound > self.point(self.last):
            return self.top_cell
        if bound < self.point(self.first):
            return self.below.upper_cell(bound) if self.below else BELOW_CELL
        return self._cell_at(bound)

    def cell_between(self, bound: float) -> int:
        """Return the cell of the values next to a number that is on no grid point."""
        if self.below and bound < self.point(self.first):
            return self.below.cell_between(bound)
        k = math.floor(bound * self.divisor / self.numerator)
        # The quotient may be rounded across a whole number; the points themselves decide.
        k += self.point(k + 1) <= bound
        k -= self.point(k) > bound
        return 2 * (k - self.first + self._base) + 1

    def _cell_at(self, bound: float) -> int | None:
        k = round(bound * self.divisor / self.numerator)
        return 2 * (k - self.first + self._base) if self.point(k) == bound else None

    # Below, one case stands within another, so that an engine computes what a value needs and no
    # more: neither a whole number of an infinity nor the grids on which the value does not lie.

    def cells(self) -> nw.Expr:
        """Return the cell of each value of the column as whole numbers; missing is -2."""
        value = nw.col(held_name(self.name)).cast(nw.Float64())
        above = value > self.at(self.steps)
        cell = nw.when(above).then(nw.lit(self.top_cell + 1)).otherwise(self._cell_of(value))
        cell = nw.when(value.is_null()).then(nw.lit(MISSING_CELL)).otherwise(cell)
        return cell.cast(nw.Int32())

    def _cell_of(self, value: nw.Expr) -> nw.Expr:
        nearest, point = self._nearest(value)
        side = nw.when(value < point).then(nw.lit(-1)).otherwise(nw.lit(0))
        side = nw.when(value > point).then(nw.lit(1)).otherwise(side)
        own = (nearest - (self.first - self._base)) * 2 + side
        smaller = self.below._cell_of(value) if self.below else nw.lit(BELOW_CELL)
        return nw.when(value < self.point(self.first)).then(smaller).otherwise(own)

    def cells_of(self, values: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the same of numbers, NaN for missing: no expression is to be worked out first."""
        with np.errstate(invalid="ignore", over="ignore"):
            found = self._cells_of(values)
        found[values > self.at(self.steps)] = self.top_cell + 1
        found[np.isnan(values)] = MISSING_CELL
        return found.astype(np.int32)

    def _cells_of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        own = values
        if self.numerator > self.divisor and not self.whole:
            least = self.step * LEAST_PART
            own = np.where((values >= -least) & (values <= least), 0.0, values)
        nearest = np.rint(own * (self.divisor / self.numerator))
        point = self._divided(nearest * float(self.numerator), float(self.divisor))
        side = (values > point) * 1.0 - (values < point)
        inside = (nearest - (self.first - self._base)) * 2 + side
        smaller = self.below._cells_of(values) if self.below else BELOW_CELL
        found: NDArray[np.float64] = np.where(values < self.point(self.first), smaller, inside)
        return found

    def offsets(self) -> nw.Expr:
        """Return how far each value lies above its cell's low end, `low_end`; 0 on the grid.

        Null for what lies off the grid, as infinity does.
        """
        value = nw.col(held_name(self.name)).cast(nw.Float64())
        return nw.when(value.is_between(self.at(0), self.at(self.steps))).then(
            self._offset_of(value)
        )

    def _offset_of(self, value: nw.Expr) -> nw.Expr:
        nearest, point = self._nearest(value)
        own = value - nw.when(value < point).then(self._points(nearest - 1)).otherwise(point)
        if not self.below:
            return own
        smaller = value < self.point(self.first)
        return nw.when(smaller).then(self.below._offset_of(value)).otherwise(own)

    def _nearest(self, value: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
        """Return the number of the grid point nearest to each value, and that point."""
        if self.numerator > self.divisor and not self.whole:
            value = without_dust(value, self.step)
        nearest = (value * (self.divisor / self.numerator)).round(0)
        return nearest, self._points(nearest)

    def low_ends(self, cells: NDArray[Any]) -> NDArray[np.float64]:
        """Return the grid point at or below the values of each cell from 0 to the top one."""
        # Cells are short integers, and the low end may be any number.
        k = (cells // 2).astype(np.float64) + float(self.first - self._base)
        own: NDArray[np.float64] = self._divided(k * float(self.numerator), float(self.divisor))
        if not self.below:
            return own
        return np.where(cells < 2 * self._base, self.below.low_ends(cells), own)

    def value_of(self, cell: int) -> float | None:
        """Return the one value that a cell holds; None for a cell between two points."""
        if cell <= BELOW_CELL:
            return -math.inf
        if cell > self.top_cell:
            return math.inf
        return None if cell % 2 else self.at(cell // 2)

    @property
    def is_passed(self) -> bool:
        """Whether numbers other than infinity may lie beyond its ends."""
        return max(-self.at(0), self.at(self.steps)) >= MOST_SHOWN

    def ends_of(self, cell: int) -> tuple[float, float]:
        """Return the two points that a cell lies between, both outside it."""
        if cell <= BELOW_CELL:
            return -math.inf, self.at(0)
        if cell > self.top_cell:
            return self.at(self.steps), math.inf
        return self.at(cell // 2), self.at(cell // 2 + 1)

    def within(self, cell: int, times: int) -> Grid:
        """Return a finer grid over a cell between two points."""
        if self.below and cell < 2 * self._base:
            return self.below.within(cell, times)
        k = self.first + cell // 2 - self._base
        return Grid(self.name, self.numerator, self.divisor * times, k * times, (k + 1) * times)

    def _points(self, k: nw.Expr) -> nw.Expr:
        # Divided by a column, not by a number: Polars multiplies by a number's reciprocal instead,
        # which rounds twice and misses the point.
        points: nw.Expr = self._divided(k * float(self.numerator), k * 0 + float(self.divisor))
        return points

    def _divided(self, numerators: Any, divisors: Any) -> Any:
        """Return numerators in units, as `multiple` does; `divisors` is the divisor."""
        if self.divisor > MOST_EXACT_DIVISOR:
            return numerators * (1 / self.divisor)
        return numerators / divisors if self.divisor > 1 else numerators

    @cached_property
    def fine(self) -> Bins:
        """The bins of a density: at most 100, of whole steps, as even as they can be."""
        return self._even_bins(self._fine_width, 1)

    @cached_property
    def coarse(self) -> Bins:
        """The bins of a histogram: at most 50, each of whole fine bins."""
        width = self._fine_width
        count = self._even_count(width)
        parts = 1 if self._is_of_values and count <= MOST_BARS else -(-count // HISTOGRAM_BINS)
        return self._even_bins(width * parts, parts)

    @cached_property
    def stops(self) -> tuple[float, ...]:
        """The numbers on which a slider in log stands: at most 101, as even in log as can be.

        The ends are among them, and each is a grid point.
        """
        points = np.log([self.at(place) for place in range(self.steps + 1)])
        wanted = np.linspace(points[0], points[-1], LOG_STEPS + 1)
        above = np.searchsorted(points, wanted).clip(1, self.steps)
        nearer = wanted - points[above - 1] < points[above] - wanted
        return tuple(self.at(int(place)) for place in np.unique(above - nearer))

    @cached_property
    def fine_in_log(self) -> Bins:
        """The bins of a density on a log axis: from each stop to the next."""
        return self._log_bins(1)

    @cached_property
    def coarse_in_log(self) -> Bins:
        """The bins of a histogram on a log axis: at most 50, each of whole fine bins."""
        return self._log_bins(-(-(len(self.stops) - 1) // HISTOGRAM_BINS))

    @property
    def _is_of_values(self) -> bool:
        """Whether a step holds one value of the column."""
        return (self.even or self).parts == 1

    @property
    def _lengths(self) -> int:
        """How many steps even bins have to cover: with the top point's own, if it is a value's."""
        even = self.even or self
        return even.steps + (even.parts is not None)

    @property
    def _fine_width(self) -> int:
        return max(1, -(-self._lengths // DENSITY_BINS))

    def _even_count(self, width: int) -> int:
        return max(1, -(-self._lengths // width))

    def _even_bins(self, width: int, parts: int) -> Bins:
        even, count = self.even or self, self._even_count(width)
        points = [even.point(even.first + i * width) for i in range(count + 1)]
        cells: Sequence[int] = range(0, 2 * width * count, 2 * width)
        starts = self._cells(points[:-1]) if self.even else cells
        if even.parts is None:
            return Bins(self, tuple(points), starts, parts)
        # An edge is half way between the greatest value before it and the least one behind.
        halves = [(even.first + i * width) * even.parts * 2 - 1 for i in range(count + 1)]
        divisor = even.divisor * even.parts
        edges = tuple(multiple(k, even.numerator, 2 * divisor) for k in halves)
        lasts = [multiple((k - 1) // 2, even.numerator, divisor) for k in halves[1:]]
        return Bins(self, edges, starts, parts, tuple(zip(points[:-1], lasts, strict=True)))

    def _log_bins(self, parts: int) -> Bins:
        *begins, end = self.stops
        edges = begins[::parts]
        return Bins(self, (*edges, end), self._cells(edges), parts)

    def _cells(self, points: Sequence[float]) -> list[int]:
        return [self.lower_cell(point) or 0 for point in points]


@dataclass(frozen=True)
class Bins:
    """Bins of whole cells; half open, the last one closed.

    `edges`: one more than there are bins; the last may lie beyond the slider's end; `starts`: the
    cell at which each bin begins; `parts`: of how many fine bins it is made. `values`: the least
    and the greatest that each may hold, where a column's values are multiples of one number: no
    edge is a value then, and no bin may hold more of them than another.
    """

    grid: Grid
    edges: tuple[float, ...]
    starts: Sequence[int]
    parts: int = 1
    values: tuple[tuple[float, float], ...] | None = None

    @property
    def count(self) -> int:
        """How many bins there are."""
        return len(self.starts)

    def of_cells(self, cells: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the bin of each cell; `count` for missing values and what lies off the grid."""
        places = np.arange(MISSING_CELL, self.grid.top_cell + 2)
        bins = np.searchsorted(self.starts, places, side="right") - 1
        bins[(places < 0) | (places > self.grid.top_cell)] = self.count
        found: NDArray[np.uint8] = bins.astype(np.uint8)[cells - MISSING_CELL]
        return found

    def of_fine(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return counts per fine bin, on the last axis, as counts per bin of these."""
        return np.add.reduceat(counts, np.arange(0, counts.shape[-1], self.parts), axis=-1)

    def of_all_cells(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return counts per cell, on the last axis from missing to above, as counts per bin."""
        inside = counts[..., -MISSING_CELL : self.grid.top_cell + 1 - MISSING_CELL]
        length = inside.shape[-1]
        before = np.zeros((*inside.shape[:-1], length + 1), dtype=np.int64)
        np.cumsum(inside, axis=-1, out=before[..., 1:])
        # A last bin may begin beyond the top cell: no row is in it.
        ends = np.minimum([*self.starts, length], length)
        return np.diff(before[..., ends], axis=-1)


def parts_of(measure: Measure) -> int | None:
    """Return of how many values' distances a measure's step is; None where a bin holds too many.

    >>> parts_of(Measure("month", "Month", "month", low=1, high=12, step=1))
    1
    >>> parts_of(Measure("x", "X", "x", low=0, high=10, step=0.1, decimals=3)) is None
    True
    """
    numerator, divisor = step_fraction(measure.step)
    largest = max(-measure.low, measure.high) * 10**measure.decimals
    are_told = measure.decimals < MOST_DECIMALS and largest < MOST_EXACT
    return numerator if are_told and divisor == 10**measure.decimals else None


def grid_of(measure: Measure) -> Grid:
    """Return the grid of a measure's slider.

    >>> grid_of(Measure("x", "X", "x", low=4.3, high=7.9, step=0.1)).steps
    36
    """
    low, high, step = measure.low, measure.high, measure.step
    if measure.log:
        low, high = floor_to_step(low, step), ceil_to_step(high, step)
    numerator, divisor = step_fraction(step)
    first, last = (round(end * divisor / numerator) for end in (low, high))
    whole = measure.whole is not None
    even = Grid(measure.name, numerator, divisor, first, last, None, None, whole, parts_of(measure))
    if not measure.log:
        return even
    grid: Grid | None = None
    for piece in log_pieces(measure.low, measure.high, step, measure.decimals):
        grid = Grid(measure.name, *piece, below=grid)
    assert grid is not None
    return replace(grid, even=even)
