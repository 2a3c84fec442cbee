"""Differences as dots on a line around zero, each with its interval and its numbers in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import html
from dash.development.base_component import Component

from iris_dash.analysis.mean_intervals import Ends
from iris_dash.dashboard.charts.beside_words import short
from iris_dash.dashboard.page.elements import aria

LEAST = 1e-9


@dataclass(frozen=True)
class Dot:
    """A line of the chart: its name, where it stands and between what ends, its numbers.

    `does`: what a click on it does, as attributes; `quiet`: it says what the filters do anyway.
    """

    name: Sequence[Any]
    at: float | None
    ends: Ends | None
    numbers: Sequence[Any]
    title: str
    does: dict[str, Any] = field(default_factory=dict)
    is_chosen: bool | None = None
    quiet: bool = False


def dots(lines: Sequence[Dot], unit: str, label: str, least: float) -> Component:
    """Return a list of lines on one scale around zero, which reaches at least `least`."""
    most = max([least, *(_reach(line) for line in lines)])
    shown = [html.Li(_line(line, most)) for line in lines]
    ticks = [
        html.Span("0" if not number else f"{short(number, signed=True)}{last}")
        for number, last in ((-most, ""), (0.0, ""), (most, unit))
    ]
    axis = html.Li(
        [html.Span(), html.Span(ticks, className="dot-ticks"), html.Span()],
        className="dot-axis",
        **aria(hidden="true"),
    )
    return html.Ul([*shown, axis], className="dots", **aria(label=label))


def _reach(line: Dot) -> float:
    """Return how far from zero a line goes; an interval reaches no further than thrice its dot."""
    if line.at is None:
        return 0.0
    ends = [abs(end) for end in line.ends or ()]
    return max([abs(line.at), *(min(end, 3 * abs(line.at) + LEAST) for end in ends)])


def _place(number: float, most: float) -> float:
    return 50 + 50 * max(-1.0, min(1.0, number / most))


def _line(line: Dot, most: float) -> Component:
    marks = []
    if line.at is not None:
        if line.ends is not None:
            low, high = (_place(end, most) for end in line.ends)
            style = {"left": f"{low:.2f}%", "width": f"{high - low:.2f}%"}
            marks.append(html.Span(className="dot-interval", style=style))
        marks.append(html.Span(className="dot", style={"left": f"{_place(line.at, most):.2f}%"}))
    pressed: dict[str, Any] = (
        {} if line.is_chosen is None else aria(pressed=str(line.is_chosen).lower())
    )
    parts = [
        html.Span(line.name, className="dot-name"),
        html.Span(marks, className="dot-rail", **aria(hidden="true")),
        html.Span(line.numbers, className="dot-numbers"),
    ]
    look = "dot-line is-quiet" if line.quiet else "dot-line"
    return html.Button(
        parts, type="button", className=look, title=line.title, **line.does, **pressed
    )
