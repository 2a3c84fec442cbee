"""The control of a column of text: a box for what it contains, and the values chosen from it."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import aria, data, leave_out
from iris_dash.query.schema import Text
from iris_dash.query.where import LONGEST_PART


def text_control(text: Text) -> Component:
    """Return the box of a column of text, and below it what else is asked of it.

    The box suggests values while one types; those that are chosen are listed, let in or left out.
    """
    box: Component = dbc.Input(
        id=ids.of_column(ids.CONTAINS, text.name),
        type="search",
        value="",
        debounce=True,
        placeholder="contains, or choose a value",
        autocomplete="off",
        maxlength=str(LONGEST_PART),
        className="text-search",
    )
    name = html.Span(text.label, className="measure-label")
    return html.Div(
        [
            html.Label([name, box], className="facet-search-row"),
            html.Ul(role="listbox", hidden=True, className="suggestions", **aria(label=text.label)),
            html.Ul(className="chosen", **aria(label=f"{text.label}: chosen")),
            leave_out(text.label),
            dcc.Store(id=ids.of_column(ids.CONDITIONS, text.name), data=[]),
        ],
        className="filter",
        **data(text=text.name),
    )
