"""How each measure is distributed, per group: bars, boxes or violins, all from counts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from iris_dash.dashboard.figures import Figure, axis_title, base_axis, base_layout
from iris_dash.dashboard.theme import Theme, colour
from iris_dash.schema import Facet, Measure, Schema, value_text
from iris_dash.spread import GroupSpread
from iris_dash.summary import Histogram

COLUMNS = 2
ROW_HEIGHT = 240
GAP = 64
"""Pixels between two rows of plots."""

WIDEST = 0.42
"""Half of a violin, where two neighbours are 1 apart."""


def distributions_height(schema: Schema) -> int:
    """Return the chart's height in pixels."""
    return max(1, -(-len(schema.measures) // COLUMNS)) * ROW_HEIGHT + 40


def distributions_figure(
    schema: Schema,
    kind: str,
    histograms: Mapping[str, Histogram],
    groups: list[GroupSpread],
    by: Facet | None,
    theme: Theme,
) -> Figure:
    """Return a plot per measure: its histogram, box or violin per group.

    A box spans the quartiles, its whiskers the least and the greatest value, its point the mean.
    A violin is the histogram of its group, mirrored, each as wide as its fullest bin.
    """
    traces: list[dict[str, Any]] = []
    layout = base_layout(theme) | {"showlegend": False, "barmode": "stack", "bargap": 0.04}
    layout["annotations"] = []
    rows = max(1, -(-len(schema.measures) // COLUMNS))
    gap = GAP / (rows * ROW_HEIGHT)
    height = (1 - gap * (rows - 1)) / rows
    for i, measure in enumerate(schema.measures):
        row, column = divmod(i, COLUMNS)
        wide = len(schema.measures) == 1
        left = 0.0 if column == 0 else 0.54
        x = [left, 1.0 if wide else left + 0.46]
        top = 1 - row * (height + gap)
        number = "" if i == 0 else str(i + 1)
        axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        traces += _traces(measure, i, kind, histograms, groups, by, theme, axes)
        across = base_axis(theme) | {"domain": x, "anchor": f"y{number}"}
        up = base_axis(theme) | {"domain": [max(0.0, top - height), top], "anchor": f"x{number}"}
        if kind == "histogram":
            across["title"] = axis_title(measure.title)
        else:
            # Above the plot: at its side it would lie over the next one where the page is narrow.
            layout["annotations"].append(_title(measure, x[0], top, theme))
            across |= {
                "tickvals": list(range(len(groups))),
                "ticktext": [_name(schema, group, by) for group in groups],
                "range": [-0.6, max(len(groups), 1) - 0.4],
                "showgrid": False,
            }
        layout |= {f"xaxis{number}": across, f"yaxis{number}": up}
    return {"data": traces, "layout": layout | {"uirevision": kind}}


def _title(measure: Measure, left: float, top: float, theme: Theme) -> dict[str, Any]:
    return {
        "text": measure.title,
        "font": {"color": theme.ink},
        "x": left,
        "y": top,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 4,
        "showarrow": False,
    }


def _name(schema: Schema, group: GroupSpread, by: Facet | None) -> str:
    return value_text(group.group) if by else schema.rows


def _traces(
    measure: Measure,
    place: int,
    kind: str,
    histograms: Mapping[str, Histogram],
    groups: list[GroupSpread],
    by: Facet | None,
    theme: Theme,
    axes: dict[str, str],
) -> list[dict[str, Any]]:
    histogram = histograms[measure.name]
    edges = np.array(histogram.edges)
    middles = ((edges[:-1] + edges[1:]) / 2).tolist()
    traces: list[dict[str, Any]] = []
    for number, group in enumerate(groups):
        position = by.values.index(group.group) if by else 0
        counts = histogram.counts[position]
        shade = colour(by, position, theme)
        name = value_text(group.group) if by else measure.label
        spread = group.measures[place]
        common: dict[str, Any] = axes | {"name": name}
        if kind == "histogram":
            ends = [f"{a:.6g} – {b:.6g}" for a, b in pairwise(histogram.edges)]
            traces.append(
                common
                | {
                    "type": "bar",
                    "x": middles,
                    "y": counts.tolist(),
                    "width": float(edges[1] - edges[0]),
                    "marker": {"color": shade},
                    "customdata": ends,
                    "hovertemplate": f"%{{customdata}} {measure.unit}<br>%{{y:,}}"
                    f"<extra>{name}</extra>",
                }
            )
        elif kind == "box" and spread.median is not None:
            traces.append(
                common
                | {
                    "type": "box",
                    "x": [number],
                    "q1": [spread.q1],
                    "median": [spread.median],
                    "q3": [spread.q3],
                    "lowerfence": [spread.min],
                    "upperfence": [spread.max],
                    "mean": [spread.mean],
                    "boxmean": True,
                    "width": 0.6,
                    "marker": {"color": shade},
                    "line": {"color": shade},
                    "fillcolor": _faint(shade),
                }
            )
        elif kind == "violin" and counts.any():
            filled = np.flatnonzero(counts)
            first, last = int(filled[0]), int(filled[-1]) + 1
            half = counts[first:last] / counts.max() * WIDEST
            held = middles[first:last]
            ups = [*held, *held[::-1]]
            acrosses = [*(number + half).tolist(), *(number - half[::-1]).tolist()]
            traces.append(
                common
                | {
                    "type": "scatter",
                    "mode": "lines",
                    "x": acrosses,
                    "y": ups,
                    "fill": "toself",
                    "fillcolor": _faint(shade),
                    "line": {"color": shade, "width": 1.5},
                    "hoverinfo": "name",
                }
            )
            if spread.median is not None:
                traces.append(
                    common
                    | {
                        "type": "scatter",
                        "mode": "markers",
                        "x": [number],
                        "y": [spread.median],
                        "marker": {"color": shade, "size": 8, "symbol": "line-ew-open"},
                        "hovertemplate": f"median %{{y}}<extra>{name}</extra>",
                    }
                )
    return traces


def _faint(shade: str) -> str:
    red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.25)"
