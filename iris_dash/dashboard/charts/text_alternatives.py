"""The text alternative of a chart: a sentence of what it shows, and a table with its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard.page.elements import aria
from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import FacetValue, value_name


def text_alternative(
    sentence: str, head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> list[Component]:
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


def group_name(group: FacetValue, by: Facet | None, schema: Schema) -> str:
    """Return what a group is called; without a facet it is all of the rows."""
    return value_name(group) if by else f"all {schema.rows}"
