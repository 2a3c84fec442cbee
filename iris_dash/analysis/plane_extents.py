"""Where the axes of a density end: around most of the table's rows, or around what is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import Density

PlaneExtent: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
"""The ends of the horizontal and of the upright axis."""

TAIL = 0.005
"""The part of the rows beyond either end of an axis that is not drawn at first."""

MOST_OF_SPAN = 0.9
"""What is cut away is to be worth a sentence."""


def whole_extent(density: Density) -> PlaneExtent | None:
    """Return where the density of a whole table is drawn at first.

    Between the bins that hold the 0.5th and the 99.5th percentile of either measure; None where
    that leaves no row out, or where it takes hardly anything from the plane.
    """
    extent = _extent(density, _central)
    cuts = extent is not None and _cuts(density, extent) and outside(density, extent)
    return extent if cuts else None


def typical_extent(density: Density, whole: PlaneExtent | None) -> PlaneExtent | None:
    """Return where the density of a selection is drawn at first.

    That is where the `whole` table's is, so that axes and cells stand still while a slider moves,
    and as much more as holds the same percentiles of the selection. None where the whole table's is
    not cut, and where hardly anything is cut away.
    """
    own = _extent(density, _central)
    if whole is None:
        return None
    extent = whole if own is None else _around(whole, own)
    return extent if _cuts(density, extent) else None


def occupied_extent(density: Density) -> PlaneExtent | None:
    """Return the ends of the cells that have rows; None without any."""
    return _extent(density, _occupied)


def outside(density: Density, extent: PlaneExtent) -> float:
    """Return which share of a density's rows lies outside an extent of whole cells."""
    plane = density.counts.sum(axis=0)
    x, y = (
        (np.asarray(edges[:-1]) >= low) & (np.asarray(edges[1:]) <= high)
        for edges, (low, high) in zip((density.x_edges, density.y_edges), extent, strict=True)
    )
    rows = int(plane.sum())
    return 1 - int(plane[np.ix_(y, x)].sum()) / rows if rows else 0.0


def _extent(
    density: Density, between: Callable[[NDArray[np.int64]], tuple[int, int]]
) -> PlaneExtent | None:
    """Return the ends of the bins that `between` chooses on either axis; None without rows."""
    plane = density.counts.sum(axis=0)
    if not plane.any():
        return None
    ends = []
    for edges, axis in ((density.x_edges, 0), (density.y_edges, 1)):
        first, last = between(plane.sum(axis=axis))
        ends.append((edges[first], edges[last + 1]))
    return ends[0], ends[1]


def _occupied(counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first and the last bin that has rows."""
    places = np.flatnonzero(counts)
    return int(places[0]), int(places[-1])


def _central(counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first and the last bin between the percentiles at which a density is cut."""
    sums = counts.cumsum() / counts.sum()
    first = int(np.searchsorted(sums, TAIL, side="right"))
    return first, int(np.searchsorted(sums, 1 - TAIL, side="left"))


def _cuts(density: Density, extent: PlaneExtent) -> bool:
    return any(
        high - low <= MOST_OF_SPAN * (edges[-1] - edges[0])
        for edges, (low, high) in zip((density.x_edges, density.y_edges), extent, strict=True)
    )


def _around(one: PlaneExtent, other: PlaneExtent) -> PlaneExtent:
    (a, b), (c, d) = (
        (min(low, own_low), max(high, own_high))
        for (low, high), (own_low, own_high) in zip(one, other, strict=True)
    )
    return (a, b), (c, d)
