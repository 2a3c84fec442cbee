"""Histograms of long tails: drawn between two percentiles, their end bars hold the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import Histogram
from iris_dash.analysis.grid import MOST_BARS, Bins, Grid

TAIL = 0.01
"""The part of a table's values beyond either end of what is drawn."""

MOST_OF_SPAN = 0.6
"""A part of the span that is cut away is to be worth a mark."""

FEWEST_BARS = 3


@dataclass(frozen=True)
class Window:
    """Which of a measure's fine bins are drawn: from the first to the last, both inclusive."""

    first: int
    last: int


@dataclass(frozen=True, eq=False)
class ClippedHistogram:
    """A histogram whose first bar also holds what is `below` its bins, its last what is `above`."""

    histogram: Histogram
    below: int
    above: int


@dataclass(frozen=True, eq=False)
class TailedHistogram:
    """A histogram of a window, and one bar more at each end that holds what is cut away there.

    `low`, `high`: where the window ends; None where nothing is cut away on that side.
    """

    histogram: Histogram
    low: float | None
    high: float | None


def window_of(grid: Grid, counts: NDArray[np.int64]) -> Window | None:
    """Return what of a whole table's histogram is drawn: from its 1st percentile to its 99th.

    `counts`: rows per cell of the grid, as `Aggregates.cell_counts` has them, of one group. None
    where that cuts hardly anything away, leaves no shape, or where each bar is one value.
    """
    values = grid.coarse.values
    if values and all(low == high for low, high in values):
        return None
    fine = grid.fine.of_all_cells(counts)
    total = int(fine.sum())
    if not total:
        return None
    sums = fine.cumsum() / total
    first = int(np.searchsorted(sums, TAIL, side="right"))
    last = int(np.searchsorted(sums, 1 - TAIL, side="left"))
    filled = np.flatnonzero(fine)
    span = int(filled[-1] - filled[0] + 1)
    bars = last - first + 1
    if not FEWEST_BARS <= bars <= min(MOST_BARS, MOST_OF_SPAN * span):
        return None
    return Window(first, last)


def clipped(grid: Grid, window: Window, counts: NDArray[np.int64]) -> ClippedHistogram:
    """Return the histogram of a window per group; `counts`: groups × cells."""
    whole, (first, last) = grid.fine, (window.first, window.last)
    starts = [0, *whole.starts[first + 1 : last + 1]]
    values = None if whole.values is None else whole.values[first : last + 1]
    bins = Bins(grid, whole.edges[first : last + 2], starts, values=values)
    fine = whole.of_all_cells(counts)
    return ClippedHistogram(
        Histogram(bins.edges, bins.of_all_cells(counts), bins.values),
        int(fine[..., :first].sum()),
        int(fine[..., last + 1 :].sum()),
    )


def tailed(grid: Grid, window: Window, counts: NDArray[np.int64]) -> TailedHistogram:
    """Return a window's histogram per group with a bar for each tail; `counts`: groups × cells."""
    whole, (first, last) = grid.fine, (window.first, window.last)
    begins = tail_begins(grid, window)
    ends = [*begins[1:], whole.count]
    edges = (*(whole.edges[at] for at in begins), whole.edges[-1])
    values = whole.values and tuple(
        (whole.values[begin][0], whole.values[end - 1][1])
        for begin, end in zip(begins, ends, strict=True)
    )
    fine = whole.of_all_cells(counts)
    found = np.add.reduceat(fine, begins, axis=-1)
    return TailedHistogram(
        Histogram(edges, found, values),
        whole.edges[first] if first else None,
        whole.edges[last + 1] if last + 1 < whole.count else None,
    )


def tail_begins(grid: Grid, window: Window) -> list[int]:
    """Return the fine bin with which each bar of `tailed` begins."""
    first, last = window.first, window.last
    above = [last + 1] if last + 1 < grid.fine.count else []
    return [*([0] if first else []), *range(first, last + 1), *above]
