"""The scatter as a plain dict, and what every chart of the page shares."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.theme import Theme, colour, symbol
from iris_dash.query.schema import Facet, FacetValue, Measure, Schema

Figure = dict[str, Any]
Points = Mapping[FacetValue, tuple[list[Any], list[Any]]]

CHART_CONFIG: Any = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtons": [["select2d", "zoom2d", "pan2d", "resetScale2d"]],
    "showSendToCloud": False,
}
STILL_CONFIG: Any = CHART_CONFIG | {"displayModeBar": False}
"""Of charts whose axes need no zoom."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
EDGE = 0.03
FEW_POWERS = 3
"""A log axis over so many powers of ten has ticks between them."""

MOST_POWERS = 8
MAIN_PART = 0.88
POINT_OPACITY = 0.8
"""Of a scatter's width and height; the histograms beside it have the rest."""


def scatter_figure(
    schema: Schema,
    points: Points,
    by: Facet | None,
    axes: tuple[str, str],
    theme: Theme,
    in_log: Collection[str] = (),
) -> Figure:
    """Return the points of each group over two measures; axes span the whole table.

    The axes do not follow the selection, so that points stand still while a slider moves. Those of
    the measures `in_log` are logarithmic.
    """
    x, y = (schema.measure(name) for name in axes)
    values = by.values if by else (None,)
    traces = []
    for position, value in enumerate(values):
        across, up = points.get(value, ([], []))
        name = plain_name(value) if by else plain(schema.rows)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": across,
                "y": up,
                "marker": {
                    "color": colour(by, position, theme),
                    "symbol": symbol(position),
                    "size": 8,
                    "opacity": POINT_OPACITY,
                },
                # A box becomes bounds: points redrawn inside them are not to be paled by it.
                "unselected": {"marker": {"opacity": POINT_OPACITY}},
                "hovertemplate": f"{plain(x.label)} %{{x}}<br>{plain(y.label)} %{{y}}"
                f"<extra>{name}</extra>",
            }
        )
    return {"data": traces, "layout": scatter_layout(x, y, theme, in_log)}


def with_margins(
    figure: Figure, across: Histogram, up: Histogram, by: Facet | None, theme: Theme
) -> Figure:
    """Return a figure over two measures with their histograms above and at its right."""
    bars: list[dict[str, Any]] = []
    for histogram, upright in ((across, True), (up, False)):
        edges = histogram.edges
        log = figure["layout"]["xaxis" if upright else "yaxis"].get("type") == "log"
        middles = [(low + high) / 2 for low, high in pairwise(edges)]
        for position, counts in enumerate(histogram.counts):
            if not counts.any():
                continue
            lengths = [count or None for count in counts.tolist()]
            bars.append(
                {
                    "type": "bar",
                    "name": plain_name(by.values[position]) if by else "",
                    "x": middles if upright else lengths,
                    "y": lengths if upright else middles,
                    "orientation": "v" if upright else "h",
                    "width": bar_width(edges, log),
                    "marker": {"color": colour(by, position, theme), "line": {"width": 0}},
                    "hoverinfo": "skip",
                    "yaxis" if upright else "xaxis": "y2" if upright else "x2",
                }
            )
    return figure | {"data": [*figure["data"], *bars]}


def bar_width(edges: Sequence[float], in_log: bool) -> float | list[float]:
    """Return how wide the bars of a histogram are: one number where its bins are even."""
    widths = [high - low for low, high in pairwise(edges)]
    return widths if in_log else widths[0]


def scatter_layout(x: Measure, y: Measure, theme: Theme, in_log: Collection[str] = ()) -> Figure:
    """Return the layout of a plane of two measures: axes over the whole table, zoom kept.

    A drag chooses a box, which the page's script takes as bounds; zooming is in the mode bar.
    """
    hidden = {"visible": False, "fixedrange": True, "domain": [MAIN_PART + 0.02, 1]}
    main = {"domain": [0, MAIN_PART]}
    return base_layout(theme) | {
        "xaxis": measure_axis(x, theme, in_log) | {"title": axis_title(plain(x.title))} | main,
        "yaxis": measure_axis(y, theme, in_log) | {"title": axis_title(plain(y.title))} | main,
        "xaxis2": hidden | {"anchor": "y"},
        "yaxis2": hidden | {"anchor": "x"},
        "barmode": "stack",
        "bargap": 0.05,
        "dragmode": "select",
        "meta": [x.name, y.name],
        "showlegend": False,
        "hovermode": "closest",
        "uirevision": repr([(axis.name, axis.name in in_log) for axis in (x, y)]),
    }


def base_layout(theme: Theme) -> Figure:
    """Return the layout that a chart begins with."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": theme.ink},
        "margin": {"l": 52, "r": 12, "t": 26, "b": 44},
        "hoverlabel": {"namelength": -1},
        "modebar": {
            "orientation": "h",
            "bgcolor": "rgba(0,0,0,0)",
            "color": theme.muted,
            "activecolor": theme.ink,
        },
    }


def base_axis(theme: Theme) -> Figure:
    """Return what every axis begins with."""
    return {
        "gridcolor": theme.line,
        "linecolor": theme.line,
        "zeroline": False,
        "automargin": True,
        "fixedrange": False,
    }


def measure_axis(measure: Measure, theme: Theme, in_log: Collection[str]) -> Figure:
    """Return an axis that shows every finite value of a measure, logarithmic if it is `in_log`."""
    if measure.name in in_log:
        return base_axis(theme) | log_axis(measure)
    return base_axis(theme) | {"range": span(measure)}


def log_axis(measure: Measure, few_powers: float = FEW_POWERS) -> Figure:
    """Return what makes an axis logarithmic, its ticks at 1, 2 and 5, or at powers of ten alone.

    They are alone over more than `few_powers` of them.
    """
    ends = [math.log10(measure.low), math.log10(measure.high)]
    powers = ends[1] - ends[0]
    margin = powers * EDGE
    return {
        "type": "log",
        "range": [ends[0] - margin, ends[1] + margin],
        "dtick": "D2" if powers <= few_powers else math.ceil(powers / MOST_POWERS),
        "tickformat": "~s" if measure.low >= 1 else "~g",
    }


def axis_title(text: str) -> Figure:
    """Return an axis title as Plotly takes it."""
    return {"text": text, "standoff": 8}


def span(measure: Measure) -> list[float]:
    """Return the range of an axis that shows every finite value of a measure."""
    margin = (measure.high - measure.low or measure.step) * EDGE
    return [measure.low - margin, measure.high + margin]
