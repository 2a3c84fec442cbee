"""Where a density is drawn, and in which cells: as one chose it, and as the table allows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from iris_dash.analysis.aggregates import Density
from iris_dash.analysis.fine_density import CELLS, MOST_ROWS, FineAxes, fine_axes
from iris_dash.analysis.plane_extents import (
    PlaneExtent,
    occupied_extent,
    outside,
    typical_extent,
)
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.explorer import Explorer

EXTENT = PageChoice(
    "_extent",
    "Scatter shows",
    (("typical", "All but the outermost"), ("all", "All"), ("selection", "What is selected")),
)


@dataclass(frozen=True)
class Plane:
    """Where a density is drawn.

    `extent`: the ends of its axes, None: of both sliders; `outside`: which share of its rows is not
    drawn, None where no axis is cut; `cuts`: whether one can be; `cells`: those that are finer than
    the sliders' steps, None: these.
    """

    extent: PlaneExtent | None
    outside: float | None
    cuts: bool
    cells: FineAxes | None


def plane_of(
    explorer: Explorer,
    density: Density,
    axes: tuple[str, str],
    in_log: Collection[str],
    chosen: str,
    narrow: bool = False,
) -> Plane:
    """Return where a density over two measures is drawn; `chosen`: a value of `EXTENT`.

    `narrow`: on a page that has no room for fine cells.
    """
    typical = typical_extent(density, explorer.whole_extent(axes, in_log))
    extent = typical if chosen == "typical" else None
    left_out = outside(density, extent) if extent else None
    if chosen == "selection":
        extent = occupied_extent(density)
    cells = None if narrow else _finer(explorer, density, axes, in_log, extent)
    return Plane(extent, left_out or None, typical is not None, cells)


def _finer(
    explorer: Explorer,
    density: Density,
    axes: tuple[str, str],
    in_log: Collection[str],
    extent: PlaneExtent | None,
) -> FineAxes | None:
    """Return finer cells where those of the sliders' steps are too few.

    A table of more rows, or one on an engine, would be asked anew at each step of a slider.
    """
    dataset = explorer.dataset
    is_quick = len(dataset) <= MOST_ROWS and dataset.in_memory() is not None
    if extent is None or not is_quick or axes[0] == axes[1] or {*axes} & {*in_log}:
        return None
    of_axes = zip((density.x_edges, density.y_edges), extent, CELLS, strict=True)
    if all(
        sum(low <= edge < high for edge in edges) >= most for edges, (low, high), most in of_axes
    ):
        return None
    return fine_axes((explorer.schema.measure(axes[0]), explorer.schema.measure(axes[1])), extent)
