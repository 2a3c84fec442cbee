"""The density in a live index: rows per place of the slider's column and cell of a plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL, Bins
from iris_dash.analysis.live_counts import LiveCounts
from iris_dash.analysis.live_places import Axis, Places
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one axis of a plane, and their edges: one more than there are cells."""

    places: Places
    edges: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class PlaneAxes:
    """What a density is counted by: cells across and up.

    `grouped`: whether the cells have the colours of groups; else all are of one hue.
    """

    across: Cells
    up: Cells
    grouped: bool


MOST_NUMBERS = 500_000
"""A density is left out that has more of them."""


@dataclass(frozen=True, eq=False)
class LivePlane:
    """The cells that have rows, in the order of the slider's places.

    `places`: of the slider's column; `cells`: of the plane, counted through its groups, or all in
    one, from below up and from left to right; `counts`: the rows.
    """

    axes: PlaneAxes
    places: NDArray[np.intp]
    cells: NDArray[np.intp]
    counts: NDArray[np.int64]


def bin_cells(measure: Measure, bins: Bins) -> Cells:
    """Return the bins of a measure as cells."""
    found = bins.of_cells(np.arange(MISSING_CELL, bins.grid.top_cell + 2))
    return Cells(Axis(measure, found.astype(np.intp), bins.count), bins.edges)


def live_plane(
    counts: LiveCounts, query: Query, base: Sequence[Places], asked: PlaneAxes
) -> LivePlane | None:
    """Return the rows per cell of a density; `base`: the slider, and groups.

    None where it would have too many numbers.
    """
    axes = [*(base if asked.grouped else base[:1]), asked.up.places, asked.across.places]
    found = counts.tally(query, axes)
    if found is None or len(found[0]) > MOST_NUMBERS:
        return None
    places, cells = np.divmod(found[0], int(np.prod([axis.length for axis in axes[1:]])))
    return LivePlane(asked, places, cells, found[1])
