"""What every figure of the page begins with: its layout, axes, fonts and buttons."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any

from iris_dash.dashboard.charts.plotly_text import cut
from iris_dash.dashboard.theme import Theme
from iris_dash.query.numbers import shown_digits
from iris_dash.query.schema import MOST_SHOWN, Measure, Schema

Figure = dict[str, Any]

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

FEW_ROWS = 5
"""Counts below may have ticks at halves."""

FEW_POWERS = 3
"""A log axis over so many powers of ten has ticks between them."""

MOST_POWERS = 8

MOST_PLAIN = 1e15
MOST_DECIMALS = 6
"""So many may be more."""

MOST_DRAWN = 1.5 * MOST_SHOWN
LEAST_DRAWN = 1e-300
FEW_NUMBERS = 1_000

AS_IT_IS = frozenset({str, int, bool, type(None)})
"""The types of what is drawn as it is; it is most of a figure, beside numbers that fit."""

MOST_LETTERS = 90
"""Of an axis title; the page shortens it to what fits beside the axis."""

ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Where axes end that stand still: so many tens, hundreds, tenths."""

HARDLY = 1 + 1e-9
"""What is so little above a round number is that number: the page rounds sums in another order."""

PARTS = ("y", "z", "median")
"""Of a trace, what it draws."""

FAR, LEAST_FAR, FEW_FAR = 100, 1_000, 5
"""So many times its span lies a measure far from zero, a thousand at least; it has so few ticks."""

OF_QUARTERS = 2
"""Decimals of a quarter of the way between two numbers, beside theirs."""


def drawable(figure: Figure, schema: Schema) -> Figure:
    """Return a figure without the numbers at which Plotly fails.

    None for those that lie beyond every slider, 0 for those that are too small for an axis. Long
    lists, of points, have an axis of their measure: they are looked at only where that ends early.
    """
    ends = (max(-measure.low, measure.high) for measure in schema.measures)
    is_passed = max(ends, default=0.0) >= MOST_SHOWN
    drawn: Figure = _drawable(figure, math.inf if is_passed else FEW_NUMBERS)
    for key, axis in drawn["layout"].items():
        if key.startswith(("xaxis", "yaxis")) and isinstance(axis.get("title"), dict):
            axis["title"] = axis["title"] | {"text": cut(axis["title"]["text"], MOST_LETTERS)}
    return drawn


def without_marks(figure: Figure) -> bool:
    """Return whether a figure has traces and not one number or text to draw in them."""
    return bool(figure["data"]) and not any(
        any(_has_any(trace.get(part)) for part in PARTS) for trace in figure["data"]
    )


def _has_any(part: Any) -> bool:
    if isinstance(part, list | tuple):
        return any(_has_any(one) for one in part)
    return part is not None


def with_words(figure: Figure, words: str, theme: Theme) -> Figure:
    """Return a figure without axes that says why nothing is drawn."""
    said = {
        "text": words,
        "showarrow": False,
        "font": {"color": theme.muted, "size": 14},
        "xref": "paper",
        "yref": "paper",
        "x": 0.5,
        "y": 0.5,
    }
    axes = {key: {"visible": False} for key in figure["layout"] if key[1:5] == "axis"}
    return {"data": [], "layout": figure["layout"] | axes | {"annotations": [said]}}


def _drawable(part: Any, most: float) -> Any:
    match part:
        case dict():
            return {
                key: value if type(value) in AS_IT_IS else _drawable(value, most)
                for key, value in part.items()
            }
        case list() | tuple() if len(part) <= most:
            return [
                value
                if type(value) is float and LEAST_DRAWN <= abs(value) <= MOST_DRAWN
                else _drawable(value, most)
                for value in part
            ]
        case float() if abs(part) > MOST_DRAWN:
            return None
        case float() if abs(part) < LEAST_DRAWN:
            return 0.0
    return part


def bar_width(edges: Sequence[float], in_log: bool) -> float | list[float]:
    """Return how wide the bars of a histogram are: one number where its bins are even."""
    widths = [high - low for low, high in pairwise(edges)]
    return widths if in_log else widths[0]


def round_range(ends: Iterable[float]) -> list[float]:
    """Return a range between round numbers that holds zero and some values.

    It is the same for values that are much alike, so an axis stands still while a filter moves.

    >>> round_range([5.006, 1.462]), round_range([-3.1, 212]), round_range([])
    ([0.0, 6.0], [-4.0, 250.0], [0.0, 1.0])
    >>> round_range([5.000000000000001])
    [0.0, 5.0]
    """
    low, high = 0.0, 0.0
    for end in ends:
        low, high = min(low, end), max(high, end)
    return [0.0 - _round_above(-low), _round_above(high)] if low < high else [0.0, 1.0]


def _round_above(number: float) -> float:
    """Return the next round number; zero for zero."""
    if not number:
        return 0.0
    power = 10.0 ** math.floor(math.log10(number))
    return next((step * power for step in ROUND if step * power * HARDLY >= number), 10 * power)


def whole_ticks(counts: Iterable[float]) -> Figure:
    """Return what keeps the ticks of an axis of counts on whole numbers: there is no half row.

    Of more than a few rows Plotly's own ticks are whole.

    >>> whole_ticks([0, 2]), whole_ticks([2, 40]), whole_ticks([])
    ({'tickvals': [0, 1, 2]}, {}, {'tickvals': [0, 1]})
    """
    most = max(counts, default=0)
    return {"tickvals": list(range(max(1, math.ceil(most)) + 1))} if most < FEW_ROWS else {}


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
        "separatethousands": True,
    }


def of_measure(measure: Measure, theme: Theme) -> Figure:
    """Return what an axis of a measure begins with."""
    return base_axis(theme) | numbers_of(measure)


def numbers_of(measure: Measure) -> Figure:
    """Return how an axis says a measure's numbers.

    A year's thousands are not parted; what lies far from zero has all of its digits, and room for
    them: no 100.02k.
    """
    most, span = max(-measure.low, measure.high), measure.high - measure.low
    is_far = LEAST_FAR <= most < MOST_PLAIN and most > FAR * span
    whole = {"exponentformat": "none", "nticks": FEW_FAR} if is_far else {}
    return {"separatethousands": measure.is_grouped} | whole


def measure_axis(measure: Measure, theme: Theme, in_log: Collection[str]) -> Figure:
    """Return an axis that shows every finite value of a measure, logarithmic if it is `in_log`."""
    if measure.name in in_log:
        return of_measure(measure, theme) | log_axis(measure)
    return of_measure(measure, theme) | {"range": span(measure)}


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


def hover_format(measure: Measure) -> str:
    """Return how a chart says numbers of a measure: with its decimals, and those of quartiles.

    In the language of d3-format. Numbers of any decimals have 12 digits, large ones 15.

    >>> hover_format(Measure("x", "X", "x", low=4.3, high=7.9, step=0.1, decimals=1))
    '.3~f'
    """
    if max(-measure.low, measure.high) >= MOST_PLAIN:
        return ".15~g"
    if measure.decimals >= MOST_DECIMALS:
        return f".{max(12, shown_digits(measure))}~g"
    return f".{measure.decimals + OF_QUARTERS}~f"


def axis_title(text: str) -> Figure:
    """Return an axis title as Plotly takes it."""
    return {"text": text, "standoff": 8}


def span(measure: Measure) -> list[float]:
    """Return the range of an axis that shows every finite value of a measure."""
    width = measure.high - measure.low or measure.step
    margin = min(width, sys.float_info.max) * EDGE
    return [measure.low - margin, measure.high + margin]
