"""The matrix: a scatter of every two measures, with histograms on its diagonal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard.charts.density import density_traces
from iris_dash.dashboard.charts.figures import Figure, base_layout, of_measure, span
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.theme import Theme, colour, symbol
from iris_dash.explorer import Scatter
from iris_dash.query.schema import Facet, Measure, Schema

MOST_MEASURES = 8
"""A matrix of more measures has plots too small to read."""

CELL, SMALL_CELL = 150, 110
"""Pixels of a plot of the matrix: of few measures, and of more."""

FEW_MEASURES = 5

GAP = 0.02

TICKS, FEW_TICKS = 4, 2
"""On an axis of few measures, and of many, whose plots are narrow on a small screen."""

SHORT_FROM, SHORT_TICKS = 1000, {"tickformat": "~s", "nticks": 3}
"""From there on a tick across reads 2k."""


def pair_names(schema: Schema) -> list[str]:
    """Return the measures of the matrix: the first quantities."""
    return [measure.name for measure in schema.quantities[:MOST_MEASURES]]


def matrix_height(schema: Schema) -> int:
    """Return the matrix's height in pixels."""
    count = len(pair_names(schema))
    return max(2, count) * (CELL if count <= FEW_MEASURES else SMALL_CELL) + 60


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
            layout[f"xaxis{tail}"] = of_measure(x, theme) | {
                "domain": [x0, x0 + size],
                "anchor": f"y{tail}",
                "range": span(x),
                "showticklabels": bottom,
                "title": {"text": plain(x.label), "font": {"size": 11}} if bottom else None,
                "nticks": FEW_TICKS if len(names) > FEW_MEASURES else TICKS,
                "tickangle": 0,
                **(SHORT_TICKS if max(-x.low, x.high) >= SHORT_FROM else {}),
            }
            layout[f"yaxis{tail}"] = of_measure(y, theme) | {
                "domain": [max(0.0, y1 - size), y1],
                "anchor": f"x{tail}",
                "showticklabels": first and row > 0,
                "title": {"text": plain(y.label), "font": {"size": 11}} if first else None,
                "nticks": TICKS,
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
                "symbol": symbol(by, place),
                "size": 4,
                "opacity": 0.7,
            },
        }
        for place, value in enumerate(values)
    ]


def _title(measure: Measure) -> dict[str, Any]:
    return {"text": plain(measure.label), "font": {"size": 11}}


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
