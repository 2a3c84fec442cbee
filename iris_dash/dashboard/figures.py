"""Charts as plain dicts: a small frame and the schema in, a Plotly figure out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iris_dash.dashboard.theme import SYMBOLS, Theme, colour
from iris_dash.schema import Facet, FacetValue, Measure, Schema, value_text
from iris_dash.summary import GroupMeans

Figure = dict[str, Any]
Points = Mapping[FacetValue, tuple[list[Any], list[Any]]]

CHART_CONFIG: Any = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtons": [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    "showSendToCloud": False,
}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
EDGE = 0.03


def scatter_figure(
    schema: Schema, points: Points, by: Facet | None, axes: tuple[str, str], theme: Theme
) -> Figure:
    """Return the points of each group over two measures; axes span the whole table.

    The axes do not follow the selection, so that points stand still while a slider moves.
    """
    x, y = (schema.measure(name) for name in axes)
    values = by.values if by else (None,)
    traces = []
    for position, value in enumerate(values):
        across, up = points.get(value, ([], []))
        name = value_text(value) if by else schema.rows
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": across,
                "y": up,
                "marker": {
                    "color": colour(by, position, theme),
                    "symbol": SYMBOLS[position % len(SYMBOLS)],
                    "size": 8,
                    "opacity": 0.8,
                },
                "hovertemplate": f"{x.label} %{{x}}<br>{y.label} %{{y}}<extra>{name}</extra>",
            }
        )
    layout = _layout(theme) | {
        "xaxis": _axis(theme) | {"title": _title(x.title), "range": _span(x)},
        "yaxis": _axis(theme) | {"title": _title(y.title), "range": _span(y)},
        "showlegend": False,
        "hovermode": "closest",
        "uirevision": f"{x.name}|{y.name}",
    }
    return {"data": traces, "layout": layout}


def means_figure(
    schema: Schema, groups: list[GroupMeans], by: Facet | None, theme: Theme
) -> Figure:
    """Return grouped bars: for every measure the mean of each group."""
    labels = [measure.label for measure in schema.measures]
    traces = []
    for group in groups:
        position = by.values.index(group.group) if by else 0
        name = value_text(group.group) if by else f"all {schema.rows}"
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": labels,
                "y": list(group.means),
                "marker": {"color": colour(by, position, theme)},
                "hovertemplate": f"%{{x}}<br>mean %{{y:.4g}}<extra>{name}, n = {group.n}</extra>",
            }
        )
    units = {measure.unit for measure in schema.measures}
    unit = units.pop() if len(units) == 1 else ""
    layout = _layout(theme) | {
        "barmode": "group",
        "bargap": 0.25,
        "bargroupgap": 0.08,
        "xaxis": _axis(theme) | {"type": "category", "showgrid": False},
        "yaxis": _axis(theme)
        | {"title": _title(f"Mean ({unit})" if unit else "Mean"), "rangemode": "tozero"},
        "showlegend": False,
        "uirevision": "means",
    }
    return {"data": traces, "layout": layout}


def _layout(theme: Theme) -> Figure:
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": theme.ink},
        "margin": {"l": 52, "r": 12, "t": 26, "b": 44},
        "modebar": {
            "orientation": "h",
            "bgcolor": "rgba(0,0,0,0)",
            "color": theme.muted,
            "activecolor": theme.ink,
        },
    }


def _axis(theme: Theme) -> Figure:
    return {
        "gridcolor": theme.line,
        "linecolor": theme.line,
        "zeroline": False,
        "automargin": True,
        "fixedrange": False,
    }


def _title(text: str) -> Figure:
    return {"text": text, "standoff": 8}


def _span(measure: Measure) -> list[float]:
    margin = (measure.high - measure.low or measure.step) * EDGE
    return [measure.low - margin, measure.high + margin]
