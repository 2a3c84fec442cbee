"""The heat map of correlations: over all rows, or one beside the other per group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iris_dash.analysis.correlation import Correlations
from iris_dash.dashboard.charts.figures import Figure, base_axis, base_layout
from iris_dash.dashboard.charts.plotly_text import cut, plain, plain_name
from iris_dash.dashboard.theme import Theme
from iris_dash.query.numbers import coefficient_text
from iris_dash.query.schema import Facet, Schema

MOST_LETTERS = 16
"""Of a measure's name beside the map."""


def correlation_figure(
    schema: Schema, found: Sequence[Correlations], by: Facet | None, theme: Theme
) -> Figure:
    """Return a heat map of coefficients per group, or one over all rows, each number written."""
    count = max(1, len(found))
    width = (1 - 0.06 * (count - 1)) / count
    traces: list[dict[str, Any]] = []
    layout = base_layout(theme) | {"annotations": [], "uirevision": "correlation"}
    layout["margin"] = {"l": 100, "r": 12, "t": 30, "b": 80}
    for place, correlations in enumerate(found):
        tail = "" if place == 0 else str(place + 1)
        labels = [plain(schema.measure(name).label) for name in correlations.measures]
        left = place * (width + 0.06)
        names = {"tickvals": labels, "ticktext": [cut(label, MOST_LETTERS) for label in labels]}
        names = names if any(cut(label, MOST_LETTERS) != label for label in labels) else {}
        layout[f"xaxis{tail}"] = base_axis(theme) | {
            "domain": [left, left + width],
            "anchor": f"y{tail}",
            "showgrid": False,
            **names,
        }
        layout[f"yaxis{tail}"] = base_axis(theme) | {
            "anchor": f"x{tail}",
            "autorange": "reversed",
            "showgrid": False,
            "showticklabels": place == 0,
            **names,
        }
        cells = [[None if r is None else round(r, 4) for r in line] for line in correlations.r]
        texts = [[coefficient_text(r, 2) for r in line] for line in correlations.r]
        traces.append(
            {
                "type": "heatmap",
                "x": labels,
                "y": labels,
                "z": cells,
                "text": texts,
                "texttemplate": "%{text}",
                "textfont": {"size": 12, "color": theme.ink},
                "zmin": -1,
                "zmax": 1,
                "colorscale": _diverging(theme),
                "showscale": False,
                "customdata": [list(line) for line in correlations.n],
                "hovertemplate": "%{y} and %{x}<br>r = %{text}, n = %{customdata:,}<extra></extra>",
                "xaxis": f"x{tail}",
                "yaxis": f"y{tail}",
            }
        )
        rows = plain(schema.rows)
        title = plain_name(correlations.group) if by else f"all selected {rows}"
        layout["annotations"].append(
            {
                "text": title,
                "x": left + width / 2,
                "y": 1,
                "xref": "paper",
                "yref": "paper",
                "yanchor": "bottom",
                "yshift": 4,
                "showarrow": False,
                "font": {"color": theme.muted},
            }
        )
    return {"data": traces, "layout": layout}


def _diverging(theme: Theme) -> list[list[Any]]:
    """Return a scale from orange over the card's own colour to blue, pale enough for text."""
    if theme.ink == "#1b1f24":
        return [[0, "#f2a56b"], [0.5, "#ffffff"], [1, "#6fb1e0"]]
    return [[0, "#8a4a1c"], [0.5, "#171b21"], [1, "#1f5f8f"]]
