"""The chart over time: a line per group, a measure's mean with its interval as a band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from iris_dash.analysis.trend import Interval, Trend, TrendLine, groups_of_lines
from iris_dash.dashboard.charts.figures import (
    Figure,
    axis_title,
    base_axis,
    base_layout,
    hover_format,
    of_measure,
    round_range,
    whole_ticks,
)
from iris_dash.dashboard.charts.plotly_text import plain, plain_name
from iris_dash.dashboard.theme import OTHER_SYMBOL, Theme, colour, symbol
from iris_dash.query.calendar import unit_start, unit_text
from iris_dash.query.counted import counted
from iris_dash.query.schema import Schema
from iris_dash.query.value_text import facet_text

MOST_TICKS_NARROW = 3

HOVER = {
    "year": "%Y",
    "quarter": "%Y-Q%q",
    "month": "%b %Y",
    "week": "week of %Y-%m-%d",
    "day": "%a %Y-%m-%d",
    "hour": "%Y-%m-%d %H:00",
    "minute": "%Y-%m-%d %H:%M",
}
"""A unit as the chart says it, in the language of d3-time-format."""

END, ALONE = 9, 5
"""Pixels of the symbol at a line's end, and of a point that no line joins to another."""

BAND, BAND_OF_MANY = "2e", "1c"
"""How opaque the band of intervals is, in hexadecimal, and each of several."""


FAINT = 0.45
"""How opaque the lines of the period before are."""


def trend_figure(
    schema: Schema,
    trend: Trend,
    theme: Theme,
    narrow: bool = False,
    *,
    before: Trend | None = None,
    before_words: str = "",
    most_bands: int = 1,
) -> Figure:
    """Return a line per group, broken where there is no value; bands where lines are few.

    Counts and sums lead dotted to a unit that is cut short. `before`: the same of the period
    before, drawn faintly behind, each unit at its like; `before_words`: which period that is.
    A drag chooses units, which the page's script takes as bounds: `meta` has their ends.
    """
    periods = unit_periods(trend.places, trend.unit)
    starts = [first for first, _ in periods]
    traces = []
    lines = _lines_of_groups(trend)
    drawn_before = before.lines if before else ()
    band = BAND if len(trend.lines) == 1 else BAND_OF_MANY
    if trend.of and len(trend.lines) <= most_bands:
        traces += [
            _band(starts, line.intervals, _ink(trend, line, theme) + band)
            | {"meta": {"group": _group(trend, line), "part": "band"}}
            for line in trend.lines
            if any(line.intervals)
        ]
    for line in drawn_before:
        traces.append(_faint(schema, trend, line, starts, theme, before_words))
    for line in lines:
        group = _group(trend, line)
        traces += [
            trace | {"meta": {"group": group, "part": trace["meta"]}}
            for trace in _line(schema, trend, line, starts, theme)
        ]
    across = base_axis(theme) | {
        "type": "date",  # were both axes fixed, nothing could be dragged
        "tickangle": 0,
        "hoverformat": HOVER[trend.unit],
        "showgrid": False,
        "ticks": "outside",
        "tickcolor": theme.line,
    }
    across |= {"nticks": MOST_TICKS_NARROW} if narrow else {}
    up = of_measure(trend.of, theme) if trend.of else base_axis(theme)
    up |= {"fixedrange": True}
    if trend.of:
        up |= {"title": axis_title(plain(trend.of.title))}
    known = [v for line in trend.lines for v in _values(trend, line) if v is not None]
    if trend.of is None and before is None:
        up |= {"range": round_range(known)}  # it stands still while a filter moves
    else:
        up |= {"rangemode": "tozero" if trend.adds_up else "normal"}
    if trend.of is None:
        up |= whole_ticks(n for line in [*trend.lines, *drawn_before] for n in line.counts)
    if max(map(abs, known), default=1) < 1:
        up |= {"exponentformat": "none"}  # no 400µ
    layout = base_layout(theme) | {
        "xaxis": across,
        "yaxis": up,
        "margin": {"l": 52, "r": 16, "t": 12, "b": 30},
        "dragmode": "select",
        "selectdirection": "h",
        "hovermode": "x",
        "showlegend": False,
        "meta": {
            "time": trend.time.name,
            "from": starts,
            "until": [last for _, last in periods],
            "cut": list(trend.cut) if trend.adds_up and len(starts) > 1 else [False, False],
        },
        "uirevision": f"{trend.time.name} {trend.unit}",
    }
    return {"data": traces, "layout": layout}


def _lines_of_groups(trend: Trend) -> list[TrendLine]:
    """Return a line per group, without a value for one without rows; pooled ones as they are."""
    if trend.by is None or not trend.lines or any(line.others for line in trend.lines):
        return list(trend.lines)
    known = {line.group: line for line in trend.lines}
    count = len(trend.places)
    return [
        known.get(value) or TrendLine(value, (0,) * count, (None,) * count, (None,) * count)
        for value, _ in groups_of_lines(trend.by)
    ]


def unit_periods(places: Sequence[int], unit: str) -> list[tuple[str, str]]:
    """Return the two ends of each of some units as addresses have them, both inclusive."""
    found = []
    for place in places:
        if unit in ("quarter", "week"):
            first = unit_start(place, unit).date()
            last = _quarter_end(first) if unit == "quarter" else _week_end(first)
            length = 7 if unit == "quarter" else 10
            found.append((first.isoformat()[:length], last.isoformat()[:length]))
        else:
            text = unit_text(place, unit)
            found.append((text, text))
    return found


def _quarter_end(first: date) -> date:
    return first.replace(month=first.month + 2)


def _week_end(first: date) -> date:
    return date.max if (date.max - first).days < 6 else first + timedelta(days=6)


def _group(trend: Trend, line: TrendLine) -> str | None:
    return facet_text(line.group) if trend.by else None


def _position(trend: Trend, line: TrendLine) -> int:
    return trend.by.values.index(line.group) if trend.by else 0


def line_name(schema: Schema, trend: Trend, line: TrendLine) -> str:
    """Return what a line is called, as Plotly takes it."""
    if line.others:
        return counted(line.others, "others")
    return plain_name(line.group) if trend.by else plain(schema.rows)


def _ink(trend: Trend, line: TrendLine, theme: Theme) -> str:
    return theme.others if line.others else colour(trend.by, _position(trend, line), theme)


def _line(
    schema: Schema, trend: Trend, line: TrendLine, starts: list[str], theme: Theme
) -> Iterator[dict[str, Any]]:
    name = line_name(schema, trend, line)
    # A group without rows has no line along zero.
    values = _values(trend, line) if any(line.counts) else [None] * len(starts)
    number = _number(trend)
    rows = " (n = %{customdata:,})" if trend.of else ""
    ink = _ink(trend, line, theme)
    drawn = {"type": "scatter", "x": starts, "line": {"color": ink, "width": 2}}
    points = {
        "name": name,
        "y": list(values),
        "marker": {
            "color": ink,
            "size": _sizes(values),
            "symbol": OTHER_SYMBOL if line.others else symbol(trend.by, _position(trend, line)),
            "opacity": 1,
            "line": {"width": 0},
        },
        "unselected": {"marker": {"opacity": 1}},
        "hovertemplate": f"{name} %{{y:{number}}}{rows}<extra></extra>",
    }
    points |= {"customdata": list(line.counts)} if trend.of else {}
    last, cut = len(values) - 1, trend.cut if trend.adds_up else ()
    if not any(cut) or last < 1:
        yield drawn | points | {"mode": "lines+markers", "meta": "all"}
        return
    short = {at for at, is_cut in zip((0, last), cut, strict=True) if is_cut}
    beside = {at for end in short for at in (end - 1, end, end + 1)}
    quiet = drawn | {"mode": "lines", "hoverinfo": "skip"}
    yield quiet | {
        "y": [None if at in short else value for at, value in enumerate(values)],
        "meta": "whole",
    }
    yield quiet | {
        "meta": "short",
        "y": [value if at in beside else None for at, value in enumerate(values)],
        "line": {"color": ink, "width": 2, "dash": "dot"},
    }
    yield drawn | points | {"mode": "markers", "meta": "points"}


def _values(trend: Trend, line: TrendLine) -> Sequence[float | None]:
    return line.values if trend.of else line.counts


def _number(trend: Trend) -> str:
    """Return how the chart says a value, in the language of d3-format."""
    if trend.of is None:
        return ","
    number = hover_format(trend.of)
    return f",{number}" if trend.statistic == "sum" else number


def _faint(
    schema: Schema, trend: Trend, line: TrendLine, starts: list[str], theme: Theme, words: str
) -> dict[str, Any]:
    name = f"{line_name(schema, trend, line)}, {words}"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": starts,
        "y": [
            value if count or trend.of else None
            for value, count in zip(_values(trend, line), line.counts, strict=True)
        ],
        "opacity": FAINT,
        "line": {"color": _ink(trend, line, theme), "width": 1.5},
        "hovertemplate": f"{name} %{{y:{_number(trend)}}}<extra></extra>",
    }


def _sizes(values: Sequence[float | None]) -> list[int]:
    """Return the size of each point's symbol: none along a line."""
    known = [value is not None for value in values]
    last = len(known) - 1 - known[::-1].index(True) if any(known) else None
    around = [False, *known, False]
    return [
        END if at == last else ALONE if own and not (around[at] or around[at + 2]) else 0
        for at, own in enumerate(known)
    ]


def _band(starts: Sequence[str], intervals: Sequence[Interval | None], fill: str) -> dict[str, Any]:
    x: list[str | None] = []
    y: list[float | None] = []
    for piece in _pieces(intervals):
        ends = [(starts[at], interval) for at, interval in piece]
        x += [*(start for start, _ in ends), *(start for start, _ in reversed(ends)), None]
        y += [*(high for _, (_, high) in ends), *(low for _, (low, _) in reversed(ends)), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _pieces(intervals: Sequence[Interval | None]) -> Iterator[list[tuple[int, Interval]]]:
    """Yield the runs of units that have an interval."""
    piece: list[tuple[int, Interval]] = []
    for at, interval in enumerate((*intervals, None)):
        if interval is not None:
            piece.append((at, interval))
        elif piece:
            yield piece
            piece = []
