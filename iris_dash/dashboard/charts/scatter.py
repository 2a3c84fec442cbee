"""The scatter: a point per row over two measures, or a density, beside their histograms."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

from iris_dash.analysis.aggregates import Histogram
from iris_dash.analysis.plane_extents import PlaneExtent
from iris_dash.dashboard.charts.figures import (
    Figure,
    axis_title,
    bar_width,
    base_layout,
    hover_format,
    measure_axis,
)
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.theme import Theme, colour, symbol
from iris_dash.query.schema import Facet, Measure, Schema
from iris_dash.query.value_text import FacetValue, facet_text

Points = Mapping[FacetValue, tuple[list[Any], list[Any]]]

BESIDE = 0.04
"""How much of its span is free at either end of an axis that fits the points."""

MAIN_PART = 0.88
"""Of a scatter's width and height; the histograms beside it have the rest."""

POINT_OPACITY = 0.8

POINT_SIZES = ((300, 8), (1_000, 6), (math.inf, 5))
"""How large a point is, px, of a table of at most so many rows: many large ones are a blot."""


def scatter_figure(
    schema: Schema,
    points: Points,
    by: Facet | None,
    axes: tuple[str, str],
    theme: Theme,
    in_log: Collection[str] = (),
    of: int = 0,
) -> Figure:
    """Return the points of each group over two measures; axes span the whole table, `of` rows.

    Neither axes nor the points' size follow the selection, so that points stand still while a
    slider moves. Axes of the measures `in_log` are logarithmic.
    """
    x, y = (schema.measure(name) for name in axes)
    # Those that share a colour lie below the others.
    places = (0,) if by is None else by.in_rank[::-1] if by.coloured else by.in_rank
    size = next(size for rows, size in POINT_SIZES if of <= rows)
    traces = []
    for position in places:
        value = by.values[position] if by else None
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
                    "symbol": symbol(by, position),
                    "size": size,
                    "opacity": POINT_OPACITY,
                },
                # A box becomes bounds: points redrawn inside them are not to be paled by it.
                "unselected": {"marker": {"opacity": POINT_OPACITY}},
                "xhoverformat": hover_format(x),
                "yhoverformat": hover_format(y),
                "hovertemplate": f"{plain(x.label)} %{{x}}<br>{plain(y.label)} %{{y}}"
                f"<extra>{name}</extra>",
                "meta": facet_text(value) if by else None,
            }
        )
    return {"data": traces, "layout": scatter_layout(x, y, theme, in_log)}


def points_extent(points: Points, in_log: tuple[bool, bool]) -> PlaneExtent | None:
    """Return the ends of axes that fit the points; None where they are none, or in a line.

    `in_log`: whether either axis is logarithmic, so that only what is above zero stands there.
    """
    ends = []
    for place, is_log in enumerate(in_log):
        values = [v for one in points.values() for v in one[place] if v is not None]
        values = [math.log10(v) if is_log else v for v in values if v > 0 or not is_log]
        low, high = min(values, default=0.0), max(values, default=0.0)
        free = BESIDE * (high - low)
        if not 0 < free < math.inf:
            return None
        ends.append((low - free, high + free))
    (left, right), (low, high) = (
        (10**a, 10**b) if is_log else (a, b) for (a, b), is_log in zip(ends, in_log, strict=True)
    )
    return (left, right), (low, high)


def within(
    figure: Figure, extent: PlaneExtent, axes: tuple[Measure, Measure], in_log: Collection[str]
) -> Figure:
    """Return a figure over two measures with axes that end there, logarithmic `in_log`."""
    layout = dict(figure["layout"])
    for axis, measure, ends in zip(("xaxis", "yaxis"), axes, extent, strict=True):
        is_log = measure.name in in_log
        layout[axis] = layout[axis] | {
            "range": [math.log10(end) if is_log else end for end in ends]
        }
    return figure | {"layout": layout | {"uirevision": layout["uirevision"] + repr(extent)}}


def with_margins(
    figure: Figure,
    across: Histogram,
    up: Histogram,
    by: Facet | None,
    theme: Theme,
    hue: str | None = None,
) -> Figure:
    """Return a figure over two measures with their histograms above and at its right.

    `hue`: the colour of all bars; None: each group has its own.
    """
    bars: list[dict[str, Any]] = []
    for histogram, upright in ((across, True), (up, False)):
        edges = histogram.edges
        log = figure["layout"]["xaxis" if upright else "yaxis"].get("type") == "log"
        middles = [(low + high) / 2 for low, high in pairwise(edges)]
        for position in by.in_rank if by else (0,):
            counts = histogram.counts[position]
            if by and by.coloured and not counts.any():
                continue  # of few groups each keeps its place
            lengths = [count or None for count in counts.tolist()]
            bars.append(
                {
                    "type": "bar",
                    "name": plain_name(by.values[position]) if by else "",
                    "x": middles if upright else lengths,
                    "y": lengths if upright else middles,
                    "orientation": "v" if upright else "h",
                    "width": bar_width(edges, log),
                    "marker": {"color": hue or colour(by, position, theme), "line": {"width": 0}},
                    "hoverinfo": "skip",
                    "meta": facet_text(by.values[position]) if by else None,
                    "yaxis" if upright else "xaxis": "y2" if upright else "x2",
                }
            )
    return figure | {"data": [*figure["data"], *bars]}


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
