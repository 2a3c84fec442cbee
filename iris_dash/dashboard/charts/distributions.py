"""How each measure is distributed, per group: bars, boxes or violins, all from counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from iris_dash.analysis.aggregates import Histogram
from iris_dash.analysis.quartiles import GroupSpread
from iris_dash.analysis.tails import ClippedHistogram
from iris_dash.dashboard.charts.figures import (
    Figure,
    axis_title,
    bar_width,
    base_axis,
    base_layout,
    hover_format,
    log_axis,
    numbers_of,
    whole_ticks,
)
from iris_dash.dashboard.charts.means import wrapped
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.theme import Theme, colour
from iris_dash.query.counted import count_text
from iris_dash.query.numbers import bin_text, edge_text
from iris_dash.query.schema import Facet, Measure, Schema

COLUMNS = 2
ROW_HEIGHT = 240
NARROW_ROW_HEIGHT = 210
GAP = 64
"""Pixels between two rows of plots."""

FEW_TICKS = 6
FEW_POWERS = 1.5
"""Of an axis on a narrow page."""

TITLE_SHAPE = (36, 2)
"""A title has so many characters a line, and so many lines."""

WIDEST = 0.42
"""Half of a violin, where two neighbours are 1 apart."""


def distributions_height(schema: Schema, narrow: bool = False) -> int:
    """Return the chart's height in pixels; on a narrow page the plots stand below each other."""
    if narrow:
        return max(1, len(schema.quantities)) * NARROW_ROW_HEIGHT + 40
    return max(1, -(-len(schema.quantities) // COLUMNS)) * ROW_HEIGHT + 40


def distributions_figure(
    schema: Schema,
    kind: str,
    histograms: Mapping[str, Histogram],
    groups: list[GroupSpread],
    by: Facet | None,
    theme: Theme,
    in_log: Collection[str] = (),
    narrow: bool = False,
    clips: Mapping[str, ClippedHistogram] | None = None,
) -> Figure:
    """Return a plot per measure: its histogram, box or violin per group.

    A box spans the quartiles, its whiskers the least and the greatest value, its point the mean.
    A violin is the histogram of its group, mirrored, each as wide as its fullest bin. Axes of the
    measures `in_log` are logarithmic, and so are their bins. `clips`: those histograms whose end
    bars hold what lies beyond, which is said above these bars.
    """
    traces: list[dict[str, Any]] = []
    layout = base_layout(theme) | {"showlegend": False, "barmode": "stack", "bargap": 0.04}
    layout["annotations"] = []
    columns, row_height = (1, NARROW_ROW_HEIGHT) if narrow else (COLUMNS, ROW_HEIGHT)
    rows = max(1, -(-len(schema.quantities) // columns))
    gap = GAP / (rows * row_height)
    height = (1 - gap * (rows - 1)) / rows
    places = {measure.name: place for place, measure in enumerate(schema.measures)}
    for i, measure in enumerate(schema.quantities):
        row, column = divmod(i, columns)
        wide = narrow or len(schema.quantities) == 1
        left = 0.0 if column == 0 else 0.54
        x = [left, 1.0 if wide else left + 0.46]
        top = 1 - row * (height + gap)
        number = "" if i == 0 else str(i + 1)
        axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        log = measure.name in in_log
        traces += _traces(
            measure, places[measure.name], kind, histograms, groups, by, theme, axes, log, clips
        )
        across = base_axis(theme) | {"domain": x, "anchor": f"y{number}"}
        up = base_axis(theme) | {"domain": [max(0.0, top - height), top], "anchor": f"x{number}"}
        of_values = across if kind == "histogram" else up
        of_values |= numbers_of(measure)
        of_values |= {"nticks": FEW_TICKS} if narrow else {}
        if log:
            of_values |= log_axis(measure, FEW_POWERS) if narrow else log_axis(measure)
        clip = (clips or {}).get(measure.name)
        if clip:
            layout["annotations"] += _rests(clip, x[0], x[1], top, theme)
        if kind == "histogram":
            across["title"] = axis_title(wrapped(plain(measure.title), TITLE_SHAPE))
            up |= {"nticks": FEW_TICKS} if narrow else {}
            up |= whole_ticks(histograms[measure.name].counts.sum(axis=0).tolist())
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
    revision = repr((kind, sorted(in_log), narrow))
    return {"data": traces, "layout": layout | {"uirevision": revision}}


def _rests(
    clip: ClippedHistogram, left: float, right: float, top: float, theme: Theme
) -> Iterator[dict[str, Any]]:
    """Yield what stands above a plot's end bars that hold more than their bin: how much."""
    for count, place, anchor, words in (
        (clip.below, left, "left", f"◂ {count_text(clip.below)} lower"),
        (clip.above, right, "right", f"{count_text(clip.above)} higher ▸"),
    ):
        if count:
            yield {
                "text": words,
                "font": {"color": theme.muted, "size": 11},
                "x": place,
                "y": top,
                "xref": "paper",
                "yref": "paper",
                "xanchor": anchor,
                "yanchor": "bottom",
                "showarrow": False,
            }


def _title(measure: Measure, left: float, top: float, theme: Theme) -> dict[str, Any]:
    return {
        "text": wrapped(plain(measure.title), TITLE_SHAPE),
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
    return plain_name(group.group) if by else plain(schema.rows)


def _traces(
    measure: Measure,
    place: int,
    kind: str,
    histograms: Mapping[str, Histogram],
    groups: list[GroupSpread],
    by: Facet | None,
    theme: Theme,
    axes: dict[str, str],
    in_log: bool,
    clips: Mapping[str, ClippedHistogram] | None = None,
) -> list[dict[str, Any]]:
    histogram = histograms[measure.name]
    edges = np.array(histogram.edges)
    middles = ((edges[:-1] + edges[1:]) / 2).tolist()
    traces: list[dict[str, Any]] = []
    for number, group in enumerate(groups):
        position = by.values.index(group.group) if by else 0
        counts = histogram.counts[position]
        shade = colour(by, position, theme)
        name = plain_name(group.group) if by else plain(measure.label)
        spread = group.measures[place]
        common: dict[str, Any] = axes | {"name": name}
        if kind == "histogram":
            ends = [bin_text(*ends) for ends in histogram.ends]
            clip = (clips or {}).get(measure.name)
            if clip:
                (_, low), (high, _) = histogram.ends[0], histogram.ends[-1]
                said = [edge_text(end, apart=high - low) for end in (low, high)]
                ends[0] = f"up to {said[0]}" if clip.below else ends[0]
                ends[-1] = f"{said[1]} and more" if clip.above else ends[-1]
            traces.append(
                common
                | {
                    "type": "bar",
                    "x": middles,
                    "y": counts.tolist(),
                    "width": bar_width(histogram.edges, in_log),
                    "marker": {"color": shade},
                    "customdata": ends,
                    "hovertemplate": f"%{{customdata}} {plain(measure.unit)}<br>%{{y:,}}"
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
                    "yhoverformat": hover_format(measure),
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
                        "yhoverformat": hover_format(measure),
                        "hovertemplate": f"median %{{y}}<extra>{name}</extra>",
                    }
                )
    return traces


def _faint(shade: str) -> str:
    red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.25)"
