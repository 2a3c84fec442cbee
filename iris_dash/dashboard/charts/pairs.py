"""Every two measures: a matrix of scatters with histograms on its diagonal, and correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from iris_dash.analysis.aggregates import Histogram
from iris_dash.analysis.correlation import Correlations
from iris_dash.dashboard.charts.density import density_traces
from iris_dash.dashboard.charts.figures import Figure, base_axis, base_layout, span
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.theme import Theme, colour, symbol
from iris_dash.explorer import Scatter
from iris_dash.query.schema import Facet, Schema

MOST_MEASURES = 5
"""A matrix of more measures has plots too small to read."""

CELL = 150
"""Pixels of a plot of the matrix."""

GAP = 0.02


def pair_names(schema: Schema) -> list[str]:
    """Return the measures of the matrix: the first of them."""
    return [measure.name for measure in schema.measures[:MOST_MEASURES]]


def matrix_height(schema: Schema) -> int:
    """Return the matrix's height in pixels."""
    return max(2, len(pair_names(schema))) * CELL + 60


def matrix_figure(
    schema: Schema,
    pairs: Mapping[tuple[str, str], Scatter],
    histograms: Mapping[str, Histogram],
    by: Facet | None,
    theme: Theme,
) -> Figure:
    """Return the scatter of every two measures below the diagonal of their histograms."""
    names = pair_names(schema)
    size = (1 - GAP * (len(names) - 1)) / max(1, len(names))
    traces: list[dict[str, Any]] = []
    layout = base_layout(theme) | {"showlegend": False, "barmode": "stack", "bargap": 0.04}
    layout["margin"] = {"l": 64, "r": 8, "t": 8, "b": 48}
    number = 0
    for row, up in enumerate(names):
        for column, across in enumerate(names[: row + 1]):
            number += 1
            tail = "" if number == 1 else str(number)
            axes = {"xaxis": f"x{tail}", "yaxis": f"y{tail}"}
            x0, y1 = column * (size + GAP), 1 - row * (size + GAP)
            x, y = schema.measure(across), schema.measure(up)
            bottom, first = row == len(names) - 1, column == 0
            layout[f"xaxis{tail}"] = base_axis(theme) | {
                "domain": [x0, x0 + size],
                "anchor": f"y{tail}",
                "range": span(x),
                "showticklabels": bottom,
                "title": {"text": plain(x.label), "font": {"size": 11}} if bottom else None,
                "nticks": 4,
            }
            layout[f"yaxis{tail}"] = base_axis(theme) | {
                "domain": [max(0.0, y1 - size), y1],
                "anchor": f"x{tail}",
                "showticklabels": first and row > 0,
                "title": {"text": plain(y.label), "font": {"size": 11}} if first else None,
                "nticks": 4,
            }
            if row == column:
                traces += _bars(histograms[across], by, theme, axes)
                continue
            layout[f"yaxis{tail}"]["range"] = span(y)
            scatter = pairs[across, up]
            if scatter.density is not None:
                found = density_traces(schema, scatter.density, by, (across, up), theme)
            else:
                found = _points(schema, scatter, by, theme)
            traces += [trace | axes for trace in found]
    return {"data": traces, "layout": layout | {"uirevision": "pairs", "hovermode": "closest"}}


def _points(
    schema: Schema, scatter: Scatter, by: Facet | None, theme: Theme
) -> list[dict[str, Any]]:
    values = by.values if by else (None,)
    # Plotly draws broken lines around a plot whose traces are all empty.
    none: tuple[list[Any], list[Any]] = ([], []) if scatter.drawn else ([None], [None])
    points = (scatter.points or {}) if scatter.drawn else {}
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": plain_name(value) if by else plain(schema.rows),
            "x": points.get(value, none)[0],
            "y": points.get(value, none)[1],
            "marker": {
                "color": colour(by, place, theme),
                "symbol": symbol(place),
                "size": 4,
                "opacity": 0.7,
            },
        }
        for place, value in enumerate(values)
    ]


def _bars(
    histogram: Histogram, by: Facet | None, theme: Theme, axes: Mapping[str, str]
) -> list[dict[str, Any]]:
    edges = np.array(histogram.edges)
    values = by.values if by else (None,)
    return [
        {
            "type": "bar",
            "name": plain_name(value) if by else "",
            "x": ((edges[:-1] + edges[1:]) / 2).tolist(),
            "y": counts.tolist(),
            "width": float(edges[1] - edges[0]),
            "marker": {"color": colour(by, place, theme)},
            **axes,
        }
        for place, (value, counts) in enumerate(zip(values, histogram.counts, strict=True))
        if counts.any()
    ]


def correlation_figure(
    schema: Schema, found: Sequence[Correlations], by: Facet | None, theme: Theme
) -> Figure:
    """Return a heat map of coefficients per group, or one over all rows, each number written."""
    count = max(1, len(found))
    width = (1 - 0.06 * (count - 1)) / count
    traces: list[dict[str, Any]] = []
    layout = base_layout(theme) | {"annotations": [], "uirevision": "correlation"}
    layout["margin"] = {"l": 100, "r": 12, "t": 30, "b": 80}
    for place, correlations in enumerate(found):
        tail = "" if place == 0 else str(place + 1)
        labels = [plain(schema.measure(name).label) for name in correlations.measures]
        left = place * (width + 0.06)
        layout[f"xaxis{tail}"] = base_axis(theme) | {
            "domain": [left, left + width],
            "anchor": f"y{tail}",
            "showgrid": False,
        }
        layout[f"yaxis{tail}"] = base_axis(theme) | {
            "anchor": f"x{tail}",
            "autorange": "reversed",
            "showgrid": False,
            "showticklabels": place == 0,
        }
        cells = [[None if r is None else round(r, 4) for r in line] for line in correlations.r]
        texts = [["–" if r is None else f"{r:.2f}" for r in line] for line in correlations.r]
        traces.append(
            {
                "type": "heatmap",
                "x": labels,
                "y": labels,
                "z": cells,
                "text": texts,
                "texttemplate": "%{text}",
                "textfont": {"size": 12, "color": theme.ink},
                "zmin": -1,
                "zmax": 1,
                "colorscale": _diverging(theme),
                "showscale": False,
                "customdata": [list(line) for line in correlations.n],
                "hovertemplate": "%{y} and %{x}<br>r = %{text}, n = %{customdata:,}<extra></extra>",
                "xaxis": f"x{tail}",
                "yaxis": f"y{tail}",
            }
        )
        rows = plain(schema.rows)
        title = plain_name(correlations.group) if by else f"all selected {rows}"
        layout["annotations"].append(
            {
                "text": title,
                "x": left + width / 2,
                "y": 1,
                "xref": "paper",
                "yref": "paper",
                "yanchor": "bottom",
                "yshift": 4,
                "showarrow": False,
                "font": {"color": theme.muted},
            }
        )
    return {"data": traces, "layout": layout}


def _diverging(theme: Theme) -> list[list[Any]]:
    """Return a scale from orange over the card's own colour to blue, pale enough for text."""
    if theme.ink == "#1b1f24":
        return [[0, "#f2a56b"], [0.5, "#ffffff"], [1, "#6fb1e0"]]
    return [[0, "#8a4a1c"], [0.5, "#171b21"], [1, "#1f5f8f"]]
