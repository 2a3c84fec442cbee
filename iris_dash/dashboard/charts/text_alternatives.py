"""The text twin of each chart: a sentence of what it shows and a table with the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import aria, data


def twin_place(chart: str, name: str) -> Component:
    """Return where a chart's twin is shown: folded away, and asked for when it is unfolded."""
    return html.Details(
        [
            html.Summary(f"{name} as text"),
            html.Div(id=ids.of_column(ids.TWIN, chart), className="twin-body"),
        ],
        className="twin",
        **data(twin=chart),
    )


def twin(sentence: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Component]:
    """Return a sentence and a table whose first column names its rows."""
    lines = list(rows)
    if not lines:
        return [html.P(sentence)]
    return [
        html.P(sentence),
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(text, scope="col") for text in head])),
                    html.Tbody([_row(line) for line in lines]),
                ],
                className="numbers",
            ),
            className="numbers-box",
            tabIndex=0,
            role="region",
            **aria(label=sentence),
        ),
    ]


def _row(line: Sequence[Any]) -> Component:
    first, *rest = line
    return html.Tr([html.Th(first, scope="row"), *(html.Td(cell) for cell in rest)])
