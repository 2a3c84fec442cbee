"""What narrows the table, in words: a chip per filter, and the way back when nothing is left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from iris_dash.analysis.diagnosis import Diagnosis
from iris_dash.analysis.relaxation import Relaxation
from iris_dash.dashboard.answer.address import format_address
from iris_dash.dashboard.answer.column_choices import settled, shown_columns
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.page.elements import aria, data, made
from iris_dash.query.counted import count_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema


def chips(schema: Schema, state: DashboardState, diagnosis: Diagnosis) -> list[Component]:
    """Return a button per active filter that takes it away; it says how many rows that brings."""
    return [
        made(
            html.Button,
            [
                made(html.Span, effect.words),
                made(html.Span, f"· {more_rows(effect.removes_alone)}", className="chip-effect"),
                made(html.Span, "×", className="chip-cross", **aria(hidden="true")),
            ],
            type="button",
            className="chip",
            title="Click to take it away",
            **to_query(schema, state, effect.without),
            **data(column=effect.name),
            **aria(label=f"{effect.words} · {more_rows(effect.removes_alone)}, remove this filter"),
        )
        for effect in diagnosis.filters
    ]


def more_rows(count: int) -> str:
    """Return how many more rows there are without a filter.

    >>> more_rows(120835), more_rows(0)
    ('120,835 more without it', 'no more without it')
    """
    return f"{count_text(count)} more without it" if count else "no more without it"


def way_back(schema: Schema, state: DashboardState, relaxation: Relaxation | None) -> list[Any]:
    """Return the button of the smallest step that brings rows back; nothing where there is none."""
    if relaxation is None:
        return []
    return [
        made(html.P, "The smallest step back:"),
        made(
            html.Button,
            [made(html.Strong, relaxation.words), f" gives {count_text(relaxation.count)}"],
            type="button",
            className="btn btn-primary",
            **to_query(schema, state, relaxation.query),
        ),
    ]


def to_query(schema: Schema, state: DashboardState, query: Query) -> dict[str, Any]:
    """Return the attribute by which a click opens another query in the same view.

    Which filters stand in the sidebar stays as it is.
    """
    there = replace(state, query=query.on_page(1, state.query.per_page or 10))
    standing = shown_columns(schema, state.query, state.columns)
    there = replace(there, columns=settled(schema, query, standing))
    return data(open=f"?{format_address(schema, there)}")
