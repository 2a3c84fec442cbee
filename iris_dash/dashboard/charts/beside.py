"""One measure's distribution over the selection in front of that over its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from iris_dash.analysis.beside import HistogramBeside, MeasureBeside
from iris_dash.dashboard.charts.figures import (
    Figure,
    axis_title,
    bar_width,
    base_axis,
    base_layout,
    log_axis,
    of_measure,
)
from iris_dash.dashboard.charts.plotly_text import plain
from iris_dash.dashboard.theme import Theme
from iris_dash.query.numbers import bin_text, edge_text

FEW_TICKS = 6
MOST_OUTLINED = 2_000


def beside_figure(
    bins: HistogramBeside,
    one: MeasureBeside,
    words: str,
    theme: Theme,
    in_log: bool = False,
    narrow: bool = False,
) -> Figure:
    """Return both histograms as shares of their own rows, so that sides of any size compare.

    The baseline (`words`) is bars in grey, the selection an outline; dashed lines are the means. A
    drag bounds the measure.
    """
    measure, histogram = bins.measure, bins.selected.histogram
    edges = np.array(histogram.edges)
    ends = bin_texts(bins)
    own, other = shares(bins)
    drawn: dict[str, Any] = {"customdata": ends, "unselected": {"marker": {"opacity": 1}}}
    bars = drawn | {
        "type": "bar",
        "name": plain(words),
        "x": ((edges[:-1] + edges[1:]) / 2).tolist(),
        "y": other,
        "width": bar_width(histogram.edges, in_log),
        "marker": {"color": theme.others, "opacity": 0.55},
        "hovertemplate": f"%{{customdata}}<br>%{{y:.3~g}} % of {plain(words)}<extra></extra>",
    }
    line = drawn | {
        "type": "scatter",
        "mode": "lines",
        "name": "selected",
        "x": edges.tolist(),
        "y": [*own, own[-1] if own else 0],
        "line": {"shape": "hv", "color": theme.magnitude, "width": 2},
        "fill": "tozeroy",
        "fillcolor": f"{theme.magnitude}26",
        "customdata": [*ends, ends[-1] if ends else ""],
        "hovertemplate": "%{customdata}<br>%{y:.3~g} % of the selected<extra></extra>",
    }
    across = of_measure(measure, theme) | {"title": axis_title(plain(measure.title))}
    across |= {"nticks": FEW_TICKS} if narrow else {}
    across |= log_axis(measure) if in_log else {"range": [edges[0], edges[-1]]}
    up = base_axis(theme) | {
        "title": axis_title("% of its rows"),
        "rangemode": "tozero",
        "fixedrange": True,
    }
    means = ((one.baseline.mean, theme.muted), (one.selected.mean, theme.magnitude))
    within = [(m, ink) for m, ink in means if m is not None and edges[0] <= m <= edges[-1]]
    layout = base_layout(theme) | {
        "xaxis": across,
        "yaxis": up,
        "margin": {"l": 52, "r": 16, "t": 12, "b": 44},
        "bargap": 0,
        "barmode": "overlay",
        "showlegend": False,
        "dragmode": "select",
        "selectdirection": "h",
        "shapes": [_mean(mean, ink) for mean, ink in within],
        "meta": [measure.name, measure.name],
        "uirevision": f"{measure.name} {in_log}",
    }
    return {"data": [bars, line], "layout": layout}


def _mean(mean: float, ink: str) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": mean,
        "x1": mean,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": ink, "width": 1.5, "dash": "dash"},
    }


def shares(bins: HistogramBeside) -> tuple[list[float], list[float]]:
    """Return the percentages of both sides' values that lie in each bin."""
    return _shares(bins.selected.histogram.counts), _shares(bins.baseline.histogram.counts)


def _shares(counts: Any) -> list[float]:
    over_all = counts.sum(axis=0)
    found: list[float] = (100 * over_all / max(1, int(over_all.sum()))).tolist()
    return found


def bin_texts(bins: HistogramBeside) -> Sequence[str]:
    """Return what each bin holds in words: the first and the last also what is beyond them."""
    ends = bins.selected.histogram.ends
    texts = [bin_text(*pair) for pair in ends]
    apart = ends[-1][0] - ends[0][1] if ends else 0.0
    if texts and (bins.selected.below or bins.baseline.below):
        texts[0] = f"up to {edge_text(ends[0][1], apart=apart)}"
    if texts and (bins.selected.above or bins.baseline.above):
        texts[-1] = f"{edge_text(ends[-1][0], apart=apart)} and more"
    return texts
