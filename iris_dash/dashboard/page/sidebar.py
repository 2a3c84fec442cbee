"""The sidebar: a control per column that a filter may name."""

from __future__ import annotations

from typing import assert_never

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import aria, failure_notice, reset_button
from iris_dash.dashboard.page.facet_control import facet_control
from iris_dash.dashboard.page.measure_control import measure_control
from iris_dash.dashboard.page.text_control import text_control
from iris_dash.dashboard.page.time_control import time_control
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Text, Time
from iris_dash.query.where import LONGEST_PART


def sidebar(schema: Schema) -> Component:
    """Return all filters of a table, with Reset; on a phone they fold behind a button."""
    return html.Aside(
        [
            html.Div([html.H2("Filters"), reset_button("sidebar", "Reset")], className="card-head"),
            failure_notice(ids.FILTERS),
            *([_search()] if schema.texts else []),
            *(_control(schema, column) for column in schema.filterable),
        ],
        id=ids.FILTERS,
        className="card sidebar",
        **aria(label="Filters"),
    )


def _search() -> Component:
    """Return the box for what any text is to contain."""
    box: Component = dbc.Input(
        id=ids.SEARCH,
        type="search",
        value="",
        debounce=True,
        placeholder="Search all texts",
        autocomplete="off",
        maxlength=str(LONGEST_PART),
        className="text-search",
    )
    said = html.Span("Search all texts", className="visually-hidden")
    return html.Div(html.Label([said, box], className="facet-search-row"), className="filter")


def _control(schema: Schema, column: Filterable) -> Component:
    match column:
        case Facet():
            return facet_control(column, first=column == schema.facets[0])
        case Measure():
            return measure_control(column)
        case Time():
            parts = (p for p in schema.parts_by_name.values() if p.time == column.name)
            return time_control(column, tuple(parts))
        case Text():
            return text_control(column)
        case _:
            assert_never(column)
