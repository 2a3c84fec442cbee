"""The scatter of too many rows for points: a density per group, in the group's colour."""

from __future__ import annotations

import base64
import math
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import Density
from iris_dash.dashboard.charts.figures import Figure
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.charts.scatter import scatter_layout
from iris_dash.dashboard.theme import Theme, colour
from iris_dash.query.numbers import edge_text
from iris_dash.query.schema import Facet, Schema

FAINTEST = 0.15
STRONGEST = 0.95
STOPS = 8


def density_figure(
    schema: Schema,
    density: Density,
    by: Facet | None,
    axes: tuple[str, str],
    theme: Theme,
    in_log: Collection[str] = (),
) -> Figure:
    """Return one heat map per group over the plane of two measures; no rows, no colour.

    Colour grows with the logarithm of the rows in a cell, on one scale for all groups; hovering
    tells the exact number. Axes are those of the scatter with points, so zooming carries over.
    Those of the measures `in_log` are logarithmic, and so are their bins.
    """
    x, y = (schema.measure(name) for name in axes)
    return {
        "data": density_traces(schema, density, by, axes, theme),
        "layout": scatter_layout(x, y, theme, in_log),
    }


def density_traces(
    schema: Schema, density: Density, by: Facet | None, axes: tuple[str, str], theme: Theme
) -> list[dict[str, Any]]:
    """Return the heat map of each group; see `density_figure`."""
    x, y = (schema.measure(name) for name in axes)
    rows = plain(schema.rows)
    most = int(density.counts.max(initial=1))
    traces: list[dict[str, Any]] = []
    for position, counts in enumerate(density.counts):
        if not counts.any():
            continue
        name = plain_name(by.values[position]) if by else rows
        traces.append(
            {
                "type": "heatmap",
                "name": name,
                "x": list(density.x_edges),
                "y": list(density.y_edges),
                "z": _typed(counts),
                "zmin": 0,
                "zmax": most,
                "colorscale": _logarithmic_scale(colour(by, position, theme), most),
                "showscale": False,
                "hoverongaps": False,
                "hovertemplate": f"{plain(x.label)} %{{x}}<br>{plain(y.label)} %{{y}}"
                f"<br>%{{z:,}} {rows}<extra>{name}</extra>",
            }
        )
    return traces


def density_note(
    schema: Schema, density: Density, axes: tuple[str, str], in_log: Collection[str] = ()
) -> str:
    """Return what the density's colours mean, for the line under the chart."""
    measures = [schema.measure(name) for name in axes]
    sizes = []
    for measure, edges in zip(measures, (density.x_edges, density.y_edges), strict=True):
        if measure.name in in_log:
            sizes.append(f"{100 * ((edges[-1] / edges[0]) ** (1 / (len(edges) - 1)) - 1):.2g} %")
        else:
            sizes.append(f"{edge_text(edges[1] - edges[0])} {measure.unit}".strip())
    most = int(density.counts.max(initial=0))
    return (
        f"Too many {schema.rows} for points: a cell of {sizes[0]} × {sizes[1]} has the stronger "
        f"colour the more lie in it (logarithmic, up to {most:,})."
    )


def _typed(counts: NDArray[np.int64]) -> dict[str, str]:
    """Return counts as Plotly's typed array, zeros as gaps: a tenth of the time of nested lists."""
    # A 32-bit float is exact up to 2^24.
    kind = "f4" if counts.max(initial=0) < 1 << 24 else "f8"
    numbers = np.where(counts, counts, np.nan).astype(f"<{kind}")
    return {
        "dtype": kind,
        "bdata": base64.b64encode(numbers.tobytes()).decode(),
        "shape": ",".join(map(str, numbers.shape)),
    }


def _logarithmic_scale(base: str, most: int) -> list[list[Any]]:
    """Return a colour scale over 0 to `most` whose strength follows the logarithm."""
    red, green, blue = (int(base[i : i + 2], 16) for i in (1, 3, 5))
    stops = [[0.0, f"rgba({red},{green},{blue},0)"]]
    for step in range(STOPS + 1):
        count = most ** (step / STOPS)
        share = math.log(count) / math.log(most) if most > 1 else 1.0
        strength = FAINTEST + (STRONGEST - FAINTEST) * share
        stops.append([count / most, f"rgba({red},{green},{blue},{strength:.3f})"])
    stops[-1][0] = 1.0
    return stops
