"""The shown query as text for other tools, each with a button that copies it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.copy_as import forms
from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import aria, data
from iris_dash.explorer import Explorer
from iris_dash.query.url import parse_arguments
from iris_dash.tables.description import TableDescription


def copy_panel() -> Component:
    """Return the panel with the query as text for other tools."""
    panel: Component = dbc.Modal(
        [
            dbc.ModalHeader(
                dbc.ModalTitle("This view, elsewhere", tag="h2", id=ids.COPY_TITLE),
                close_button=True,
            ),
            dbc.ModalBody(html.Div(id=ids.COPY_FORMS)),
        ],
        id=ids.COPY_PANEL,
        size="lg",
        scrollable=True,
        is_open=False,
        labelledby=ids.COPY_TITLE,
    )
    return panel


def copy_forms(
    explorer: Explorer,
    rows: str,
    url: str,
    source: str | None,
    description: TableDescription | None = None,
    groups: Aggregation | None = None,
) -> list[Component]:
    """Return the query that the page shows as curl, Python, pandas, Polars and DuckDB or SQL.

    `rows`: its canonical text; `url`: where who reads the page has it from, which the texts name
    instead of the server's files; `source`: the table's file or address; `groups`: the aggregate
    that is shown of the rows, if any. Errors: QueryError, as for any query.
    """
    query = parse_arguments(explorer.schema, parse_qsl(rows, keep_blank_values=True))
    texts = forms(
        explorer, query, url.rstrip("/"), source, description, groups=groups, is_served=True
    )
    return [_form(name, text) for name, text in texts.items()]


def _form(name: str, text: str) -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H3(name),
                    html.Button(
                        "Copy",
                        type="button",
                        className="btn quiet-button",
                        **data(copy=text),
                        **aria(label=f"Copy {name}"),
                    ),
                ],
                className="card-head",
            ),
            html.Pre(text, tabIndex=0, role="region", **aria(label=name)),
        ],
        className="form-text",
    )
