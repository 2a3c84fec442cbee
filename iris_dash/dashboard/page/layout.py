"""The page: count, views and their cards beside the header and the sidebar."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import shown_columns
from iris_dash.dashboard.page.cards import cards
from iris_dash.dashboard.page.column_chooser import column_names
from iris_dash.dashboard.page.copy_panel import copy_panel
from iris_dash.dashboard.page.elements import aria, data
from iris_dash.dashboard.page.header import header
from iris_dash.dashboard.page.notes import count_line
from iris_dash.dashboard.page.sidebar import sidebar
from iris_dash.dashboard.views.all_views import VIEWS, offered_views, view_choice
from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema


def create_layout(explorer: Explorer) -> Component:
    """Return the whole page for one table; what the table lacks is not shown."""
    schema = explorer.schema
    return html.Div(
        [
            dcc.Store(id=ids.ADDRESS),
            dcc.Store(id=ids.ASKED),
            dcc.Store(id=ids.ANSWERED),
            dcc.Store(id=ids.HISTOGRAMS),
            dcc.Store(id=ids.SHOWN_COLUMNS, data=shown_columns(schema, Query(), ())),
            *column_names(schema),
            html.A(f"Skip to the {schema.rows}", href=f"#{ids.MAIN}", className="skip-link"),
            header(explorer),
            copy_panel(),
            html.Div(
                [
                    sidebar(schema),
                    _main(schema, len(explorer.dataset)),
                ],
                className="page",
            ),
        ]
    )


def _main(schema: Schema, total: int) -> Component:
    return html.Main(
        [
            _trouble(),
            html.Div(id=ids.NOTICES, role="status"),
            html.Div(
                [
                    html.P(
                        count_line(None, total, schema.rows), id=ids.COUNT, className="count-line"
                    ),
                    html.P(id=ids.SAID, role="status", className="visually-hidden"),
                    html.Div(id=ids.CHIPS, className="chips"),
                    html.Div(id=ids.WAY_BACK, className="way-back"),
                    html.Button(
                        "Filters",
                        id=ids.FILTERS_TOGGLE,
                        type="button",
                        className="btn filters-toggle",
                        **aria(expanded="false", controls=ids.FILTERS),
                    ),
                ],
                className="count-row",
            ),
            view_choice(offered_views(schema)).buttons("views", schema),
            *cards(schema),
        ],
        id=ids.MAIN,
        className=f"main view-{VIEWS[0].key} is-loading",
        tabIndex=-1,
    )


TROUBLES = {
    "away": (
        "The server does not answer. ",
        "What you see may be older than the filters; the page keeps asking.",
    ),
    "slow": ("The answer takes long. ", "What you see may be older than the filters."),
    "limited": (
        "Too many questions for now. ",
        "What you see may be older than the filters; the page asks again by itself.",
    ),
    "login": ("Your login has ended. ", "What you see may be older than the filters."),
}
"""What is said while nothing is answered, by what the page's script makes of it."""


def _trouble() -> Component:
    """Return what is said while nothing is answered, and what a person can do about it."""
    messages = [
        html.Span([html.Strong(strong), rest], hidden=True, **data(trouble=kind))
        for kind, (strong, rest) in TROUBLES.items()
    ]
    again = " ".join(kind for kind in TROUBLES if kind != "login")
    return html.Div(
        [
            *messages,
            _mend("Try again now", again, retry=""),
            _mend("Sign in again", "login", reload=""),
        ],
        id=ids.CONNECTION,
        role="alert",
        className="alert alert-warning",
        hidden=True,
    )


def _mend(text: str, troubles: str, **does: str) -> Component:
    return html.Button(
        text,
        type="button",
        className="btn quiet-button",
        hidden=True,
        **data(trouble=troubles, **does),
    )
