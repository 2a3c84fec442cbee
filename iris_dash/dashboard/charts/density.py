"""The scatter of too many rows for points: how many lie in each cell, as the strength of a hue."""

from __future__ import annotations

import base64
import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import Density, Histogram
from iris_dash.analysis.plane_extents import PlaneExtent
from iris_dash.dashboard.charts.figures import Figure
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.charts.scatter import scatter_layout, with_margins, within
from iris_dash.dashboard.theme import Theme, colour
from iris_dash.query.locale import number_read
from iris_dash.query.numbers import edge_text
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import facet_text

FAINTEST = 0.15
STRONGEST = 0.95
STOPS = 8

FEW_GROUPS = 3
"""So many groups have cells of their own colour."""

MOST_STEPS = 4


def density_figure(
    schema: Schema,
    density: Density,
    by: Facet | None,
    axes: tuple[str, str],
    theme: Theme,
    in_log: Collection[str] = (),
    extent: PlaneExtent | None = None,
) -> Figure:
    """Return the rows per cell of the plane of two measures; no rows, no colour.

    Colour grows with the logarithm of the rows in a cell; hovering tells the exact number. It is
    one hue, or with up to three groups that of the group which most of a cell's rows are of. Axes
    are those of the scatter with points, or end at an `extent`. Those of the measures `in_log` are
    logarithmic, and so are their bins. Beside it are the sums of its columns and of its rows.
    """
    x, y = (schema.measure(name) for name in axes)
    layout = scatter_layout(x, y, theme, in_log)
    figure = {"data": density_traces(schema, density, by, axes, theme), "layout": layout}
    figure = within(figure, extent, (x, y), in_log) if extent else figure
    by, hue = (by, None) if has_few_groups(by) else (None, theme.magnitude)
    counts = density.counts if by else density.counts.sum(axis=0, keepdims=True)
    across = Histogram(density.x_edges, counts.sum(axis=1))
    up = Histogram(density.y_edges, counts.sum(axis=2))
    return with_margins(figure, across, up, by, theme, hue)


def density_traces(
    schema: Schema, density: Density, by: Facet | None, axes: tuple[str, str], theme: Theme
) -> list[dict[str, Any]]:
    """Return the heat map of all rows, or of each of few groups where it is the commonest.

    A group that is so nowhere keeps its place: another selection may have it.
    """
    x, y = (schema.measure(name) for name in axes)
    rows = plain(schema.rows)
    whole = density.counts.sum(axis=0)
    most = int(whole.max(initial=1))
    commonest = density.counts.argmax(axis=0)
    traces: list[dict[str, Any]] = []
    for position in range(len(density.counts)) if has_few_groups(by) else (None,):
        counts = whole if position is None else np.where(commonest == position, whole, 0)
        told, ink, more = "", theme.magnitude, {}
        if position is not None and by is not None:
            order = [position, *(n for n in range(len(density.counts)) if n != position)]
            told, ink = f"<br>{_told(by, order)}", colour(by, position, theme)
            own = np.where(commonest == position, density.counts[order], 0)
            more = {
                "customdata": _typed(np.moveaxis(own, 0, -1)),
                "meta": facet_text(by.values[position]),
            }
        traces.append(
            {
                "type": "heatmap",
                "name": rows,
                "x": list(density.x_edges),
                "y": list(density.y_edges),
                "z": _typed(np.where(counts, counts, np.nan)),
                "zmin": 0,
                "zmax": most,
                "colorscale": _logarithmic_scale(ink, most),
                "showscale": False,
                "hoverongaps": False,
                "hovertemplate": f"{plain(x.label)} %{{x}}<br>{plain(y.label)} %{{y}}"
                f"<br>%{{z:,}} {rows}{told}<extra></extra>",
            }
            | more
        )
    return traces


def _told(by: Facet, order: Sequence[int]) -> str:
    """Return what hovering tells of a cell: how many of its rows each group has."""
    names = (plain_name(by.values[position]) for position in order)
    return ", ".join(f"{name} %{{customdata[{at}]:,}}" for at, name in enumerate(names))


def has_few_groups(by: Facet | None) -> bool:
    """Return whether cells have the colours of groups."""
    return by is not None and len(by.values) <= FEW_GROUPS


def density_steps(density: Density) -> list[tuple[int, float]]:
    """Return a few counts, from one to the most, each with how strong its colour is."""
    most = int(density.counts.sum(axis=0).max(initial=0))
    powers = [10**power for power in range(len(str(most)))] if most else []
    steps = [step for step in powers if step < most / 2]
    steps = [*steps[-MOST_STEPS:], *([most] if most else [])]
    return [(step, _strength(step, most)) for step in steps]


def density_note(
    schema: Schema, density: Density, axes: tuple[str, str], in_log: Collection[str] = ()
) -> str:
    """Return what the density counts, for the line under the chart."""
    measures = [schema.measure(name) for name in axes]
    sizes = []
    for measure, edges in zip(measures, (density.x_edges, density.y_edges), strict=True):
        if measure.name in in_log:
            share = 100 * ((edges[-1] / edges[0]) ** (1 / (len(edges) - 1)) - 1)
            sizes.append(number_read(f"{share:.2g} %"))
        else:
            sizes.append(f"{edge_text(edges[1] - edges[0])} {measure.unit}".strip())
    return f"{schema.rows.capitalize()} per cell of {sizes[0]} × {sizes[1]}."


def _typed(numbers: NDArray[np.int64] | NDArray[np.float64]) -> dict[str, str]:
    """Return counts as Plotly's typed array, a gap as NaN: a tenth of the time of nested lists."""
    most = int(np.nanmax(numbers, initial=0))
    if numbers.dtype.kind == "i":
        whole = (("u1", 1 << 8), ("u2", 1 << 16), ("u4", 1 << 32))
        kind = next((kind for kind, beyond in whole if most < beyond), "f8")
    else:
        kind = "f4" if most < 1 << 24 else "f8"  # so far a 32-bit float is exact
    return {
        "dtype": kind,
        "bdata": base64.b64encode(numbers.astype(f"<{kind}").tobytes()).decode(),
        "shape": ",".join(map(str, numbers.shape)),
    }


def _logarithmic_scale(base: str, most: int) -> list[list[Any]]:
    """Return a colour scale over 0 to `most` whose strength follows the logarithm."""
    red, green, blue = (int(base[i : i + 2], 16) for i in (1, 3, 5))
    stops = [[0.0, f"rgba({red},{green},{blue},0)"]]
    for step in range(STOPS + 1):
        count = most ** (step / STOPS)
        stops.append([count / most, f"rgba({red},{green},{blue},{_strength(count, most):.3f})"])
    stops[-1][0] = 1.0
    return stops


def _strength(count: float, most: int) -> float:
    share = math.log(count) / math.log(most) if most > 1 else 1.0
    return FAINTEST + (STRONGEST - FAINTEST) * share
