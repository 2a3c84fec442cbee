"""The chart of means: grouped bars, measures of one unit and size on one axis, others beside it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import repeat
from typing import Any

from iris_dash.analysis.aggregates import GroupMoments
from iris_dash.analysis.mean_intervals import mean_interval
from iris_dash.dashboard.charts.figures import (
    MOST_DRAWN,
    Figure,
    axis_title,
    base_axis,
    base_layout,
    hover_format,
    round_range,
)
from iris_dash.dashboard.charts.mean_panels import Panel, is_wide, panels
from iris_dash.dashboard.charts.plotly_text import cut, plain, plain_name
from iris_dash.dashboard.theme import Theme, colour
from iris_dash.query.counted import counted
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import facet_text

SUBPLOT_TOP = 46

LABEL_SHAPE = (12, 3)
"""A label under its bars: so many characters a line, and so many lines."""

SUBPLOT_LABEL_SHAPE = (8, 3)

LETTERS = 45
"""How many letters of a subplot's labels stand beside each other in the narrowest chart."""

CROWDED_LABEL_SHAPE = (14, 2)
"""Where labels may have to stand upright, on a phone."""


NO_INTERVAL = "none"
"""Plotly draws an interval of no length where there is null, and none where there is no number."""

PALE = {"opacity": 0.3, "error_y": {"visible": False}}
"""How bars look that a filter took away."""


def means_figure(
    schema: Schema,
    groups: list[GroupMoments],
    by: Facet | None,
    theme: Theme,
    narrow: bool = False,
    away: Collection[GroupMoments] = (),
) -> Figure:
    """Return grouped bars: for every measure the mean of each group; a subplot per scale.

    Those of groups that are filtered `away` are pale, and stand where they stood; a group that has
    no row, where each has a colour, keeps its place too, so that bars stand still.
    """
    shown = panels(schema, narrow)
    layout = base_layout(theme) | {
        "barmode": "group",
        "bargap": 0.25,
        "bargroupgap": 0.08,
        "showlegend": False,
        "uirevision": f"means {narrow}",
        "meta": by.name if by else None,
    }
    if len(shown) == 1:
        layout |= _only_axes(schema, shown[0], theme)
    else:
        layout |= _subplots(schema, shown, theme)
    gone = {facet_text(group.group) for group in away}
    traces = [
        _bars(schema, group, by, theme, panel, number)
        for number, panel in enumerate(shown, start=1)
        for group in _in_order([*groups, *away], by, len(schema.measures))
    ]
    for trace in traces:
        if trace["meta"] in gone:
            trace |= PALE
    for number, panel in enumerate(shown, start=1):
        axes = {_axis("y", n) for n, other in enumerate(shown, 1) if other.scale == panel.scale}
        ends = _ends(trace for trace in traces if trace.get("yaxis", "y") in axes)
        layout[_axis("yaxis", number)] |= {"range": round_range(ends)}
    return {"data": traces, "layout": layout}


def _ends(traces: Iterable[dict[str, Any]]) -> Iterator[float]:
    """Yield where the bars and their intervals end, as far as they are drawn."""
    for trace in traces:
        halves = trace["error_y"].get("array") or repeat(None)
        for mean, half in zip(trace["y"], halves, strict=False):
            if mean is not None and abs(mean) <= MOST_DRAWN:
                reach = half if isinstance(half, float) else 0.0
                yield from (mean - reach, mean + reach)


def _in_order(groups: list[GroupMoments], by: Facet | None, measures: int) -> list[GroupMoments]:
    """Return groups in their facet's own order, also those without rows; others last."""
    if by is None or by.coloured:
        return groups
    found = {group.group: group for group in groups}
    none, zeros = (None,) * measures, (0,) * measures
    return [found.get(value) or GroupMoments(value, 0, none, zeros, none) for value in by.values]


LONGEST_WORD = 24
"""A longer one is cut in its middle, where the line is no longer either."""


def wrapped(label: str, shape: tuple[int, int] = LABEL_SHAPE) -> str:
    """Return a label over a few lines, broken at spaces, cut where it has too many.

    >>> wrapped("Sepal length"), wrapped("Flipper length")
    ('Sepal length', 'Flipper<br>length')
    """
    width, most = shape
    lines = textwrap.wrap(
        label,
        width,
        break_long_words=False,
        break_on_hyphens=False,
        max_lines=most,
        placeholder=" …",
    )
    return "<br>".join(cut(line, max(width, LONGEST_WORD)) for line in lines) or label


@lru_cache(maxsize=32)
def bar_names(schema: Schema) -> tuple[str, ...]:
    """Return what tells each measure's bars apart: its label, with its name if two share one.

    As Plotly takes them.
    """
    labels = Counter(measure.label for measure in schema.measures)
    return tuple(
        plain(m.label if labels[m.label] == 1 else f"{m.label} ({m.name})") for m in schema.measures
    )


def _only_axes(schema: Schema, panel: Panel, theme: Theme) -> Figure:
    names, unit = [bar_names(schema)[place] for place in panel.measures], panel.unit
    across = base_axis(theme) | {"type": "category", "showgrid": False}
    if any(wrapped(name) != name for name in names):
        across |= {"tickvals": names, "ticktext": [wrapped(name) for name in names]}
    title = axis_title(plain(f"Mean ({unit})") if unit else "Mean")
    return {"xaxis": across, "yaxis": base_axis(theme) | {"title": title}}


def _subplots(schema: Schema, shown: list[Panel], theme: Theme) -> Figure:
    """Return axes per subplot, its unit above them; those of one scale share it."""
    names = bar_names(schema)
    shape = CROWDED_LABEL_SHAPE if is_wide(schema) else SUBPLOT_LABEL_SHAPE
    layout: Figure = {"margin": base_layout(theme)["margin"] | {"t": SUBPLOT_TOP}}
    units, firsts = [], dict[int, int]()
    for number, panel in enumerate(shown, start=1):
        own = [names[place] for place in panel.measures]
        layout[_axis("xaxis", number)] = base_axis(theme) | {
            "type": "category",
            "showgrid": False,
            "domain": list(panel.x),
            "anchor": _axis("y", number),
            "tickvals": own,
            "ticktext": [wrapped(name, _shape(panel, shape)) for name in own],
            "tickfont": {"size": 11},
        }
        first = firsts.setdefault(panel.scale, number)
        layout[_axis("yaxis", number)] = base_axis(theme) | {
            "domain": list(panel.y),
            "anchor": _axis("x", number),
            "automargin": panel.x[0] == 0,  # beside another there is room, and it costs time
            **({"matches": _axis("y", first)} if first != number else {}),
        }
        units.append(
            {
                "text": plain(panel.unit),
                "font": {"color": theme.muted},
                "x": panel.x[0],
                "y": panel.y[1],
                "xref": "paper",
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "bottom",
                "yshift": 2,
                "showarrow": False,
            }
        )
    return layout | {"annotations": [unit for unit in units if unit["text"]]}


def _shape(panel: Panel, least: tuple[int, int]) -> tuple[int, int]:
    """Return how labels are broken below a subplot: a wide one has room for longer lines."""
    share = (panel.x[1] - panel.x[0]) / len(panel.measures)
    return max(least[0], int(LETTERS * share)), least[1]


def _bars(
    schema: Schema,
    group: GroupMoments,
    by: Facet | None,
    theme: Theme,
    panel: Panel,
    number: int,
) -> dict[str, Any]:
    position = by.values.index(group.group) if by and not group.others else 0
    name = plain_name(group.group) if by else plain(f"all {schema.rows}")
    name = counted(group.others, "others") if group.others else name
    names = bar_names(schema)
    bars = {
        "type": "bar",
        "name": name,
        "x": [names[place] for place in panel.measures],
        "y": [group.means[place] for place in panel.measures],
        "marker": {"color": theme.others if group.others else colour(by, position, theme)},
        "error_y": _errors(group, panel, theme),
        "customdata": [group.counts[place] for place in panel.measures],
        "hovertemplate": [
            f"%{{x}}<br>mean %{{y:{hover_format(schema.measures[place])}}}, "
            f"n = %{{customdata:,}}<extra>{name}</extra>"
            for place in panel.measures
        ],
        "meta": facet_text(group.group) if by and not group.others else None,
        "ids": [schema.measures[place].name for place in panel.measures],
    }
    placed = {"xaxis": _axis("x", number), "yaxis": _axis("y", number)}
    return bars | placed if number > 1 else bars


def _errors(group: GroupMoments, panel: Panel, theme: Theme) -> dict[str, Any]:
    """Return the bars' 95 % intervals."""
    halves: list[float | str] = []
    for place in panel.measures:
        ends = mean_interval(group.counts[place], group.means[place], group.deviations[place])
        halves.append(NO_INTERVAL if ends is None else (ends[1] - ends[0]) / 2)
    return {"type": "data", "array": halves, "color": theme.muted, "thickness": 1.2, "width": 4}


def _axis(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"
