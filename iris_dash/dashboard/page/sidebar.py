"""The sidebar: a control per column that a filter may name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.analysis.judgment import first_groups
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import FILTERS, first_filters
from iris_dash.dashboard.page.column_chooser import column_chooser
from iris_dash.dashboard.page.elements import aria, data, failure_notice, reset_button
from iris_dash.dashboard.page.facet_control import facet_control
from iris_dash.dashboard.page.measure_control import measure_control
from iris_dash.dashboard.page.text_control import text_control
from iris_dash.dashboard.page.time_control import time_control
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Text, Time
from iris_dash.query.where import LONGEST_PART


def sidebar(schema: Schema) -> Component:
    """Return the filters of a table that stand at first, with Reset and what adds others.

    On a phone they fold behind a button.
    """
    controls = filter_controls(schema, first_filters(schema))
    if FILTERS.is_offered(schema):
        chooser = column_chooser(FILTERS, schema)
        controls = [chooser, html.Div(controls, id=ids.STANDING)]
    return html.Aside(
        [
            html.Div([html.H2("Filters"), reset_button("sidebar", "Reset")], className="card-head"),
            failure_notice(ids.FILTERS),
            *([_search()] if schema.texts else []),
            *controls,
            dcc.Store(id=ids.OTHERS, data={}),
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


def filter_controls(schema: Schema, names: Sequence[str]) -> list[Component]:
    """Return the controls of these columns; of a table of many, each with what takes it away."""
    columns = {column.name: column for column in schema.filterable}
    controls = [_control(schema, columns[name]) for name in names]
    if not FILTERS.is_offered(schema):
        return controls
    return [
        html.Div([_away(columns[name]), control], key=name, className="standing")
        for name, control in zip(names, controls, strict=True)
    ]


def _away(column: Filterable) -> Component:
    return html.Button(
        "×",
        type="button",
        className="link-button filter-away",
        title="Take this filter away",
        **data(away=column.name),
        **aria(label=f"Take the filter of {column.label} away"),
    )


def _control(schema: Schema, column: Filterable) -> Component:
    match column:
        case Facet():
            return facet_control(column, first=column == first_groups(schema))
        case Measure():
            return measure_control(column)
        case Time():
            parts = (p for p in schema.parts_by_name.values() if p.time == column.name)
            return time_control(column, tuple(parts))
        case Text():
            return text_control(column)
        case _:
            assert_never(column)
