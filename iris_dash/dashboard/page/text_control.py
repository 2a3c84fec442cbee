"""The control of a column of text: a box for what it contains."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import data
from iris_dash.query.schema import Text
from iris_dash.query.where import LONGEST_PART


def text_control(text: Text) -> Component:
    """Return the box for what a column of text contains; what else is asked of it stays beside."""
    box: Component = dbc.Input(
        id=ids.of_column(ids.CONTAINS, text.name),
        type="search",
        value="",
        debounce=True,
        placeholder="contains",
        autocomplete="off",
        maxlength=str(LONGEST_PART),
        className="text-search",
    )
    name = html.Span(text.label, className="measure-label")
    return html.Div(
        [
            html.Label([name, box], className="facet-search-row"),
            dcc.Store(id=ids.of_column(ids.CONDITIONS, text.name), data=[]),
        ],
        className="filter",
        **data(text=text.name),
    )
