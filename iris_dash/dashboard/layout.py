"""The page: header, sidebar, count, charts and table."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.controls import aria, reset_button, sidebar
from iris_dash.dashboard.figures import CHART_CONFIG
from iris_dash.dashboard.state import PAGE_SIZES
from iris_dash.dashboard.table import data_table
from iris_dash.explorer import Explorer
from iris_dash.schema import Schema

CHART_HEIGHT = "310px"

# The theme is set by a script in the head, before the first paint, so that nothing flashes.
INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
    {%metas%}
    <title>{%title%}</title>
    {%favicon%}
    <script src="assets/theme.js"></script>
    {%css%}
</head>
<body>
    {%app_entry%}
    <footer>
        {%config%}
        {%scripts%}
        {%renderer%}
    </footer>
</body>
</html>
"""


def create_layout(explorer: Explorer) -> Component:
    """Return the whole page for one table; what the table lacks is not shown."""
    schema = explorer.schema
    return html.Div(
        [
            dcc.Store(id=ids.ADDRESS),
            dcc.Store(id=ids.ASKED),
            dcc.Store(id=ids.ANSWERED),
            _header(explorer),
            html.Div(
                [sidebar(schema), _main(schema, len(explorer.dataset))],
                className="page",
            ),
        ]
    )


def _header(explorer: Explorer) -> Component:
    schema = explorer.schema
    about = f"{len(explorer.dataset):,} {schema.rows}"
    about = f"{about} · {schema.about}" if schema.about else about
    return html.Header(
        [
            html.H1(schema.title),
            html.P(about, className="about"),
            html.Nav(
                [
                    html.A("JSON routes", href="docs/", className="quiet-link"),
                    html.A(
                        "Download CSV",
                        id=ids.DOWNLOAD,
                        href="export.csv",
                        className="btn btn-primary",
                    ),
                ],
                **aria(label="Files and documentation"),
            ),
        ],
        className="top",
    )


def _main(schema: Schema, total: int) -> Component:
    return html.Main(
        [
            html.Div(
                [
                    html.Strong("The server does not answer. "),
                    "What you see may be older than the filters; the page keeps asking.",
                ],
                id=ids.CONNECTION,
                role="alert",
                className="alert alert-warning",
                hidden=True,
            ),
            html.Div(id=ids.NOTICES, role="status"),
            html.Div(
                [
                    html.P(
                        count_line(None, total, schema.rows),
                        id=ids.COUNT,
                        className="count-line",
                        **aria(live="polite"),
                    ),
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
            html.Div(_charts(schema), className="charts"),
            _table_card(schema),
        ],
        id=ids.MAIN,
        className="main is-loading",
    )


def count_line(count: int | None, total: int, rows: str) -> list[str | Component]:
    """Return the line "97 of 150 flowers"."""
    shown = "…" if count is None else f"{count:,}"
    return [html.Span(shown, className="count"), f" of {total:,} {rows}"]


def _charts(schema: Schema) -> list[Component]:
    cards = []
    options = [{"label": m.label, "value": m.name} for m in schema.measures]
    if schema.axes:
        x, y = schema.axes
        chooser = html.Div(
            [
                _axis_select(ids.SCATTER_X, "Horizontal axis", options, x),
                html.Span("by", className="unit"),
                _axis_select(ids.SCATTER_Y, "Vertical axis", options, y),
            ],
            className="chooser",
        )
        cards.append(_chart_card("Scatter", ids.SCATTER, schema, [chooser]))
    if schema.measures:
        by = f" per {schema.facets[0].label.lower()}" if schema.facets else ""
        key = html.Ul(id=ids.MEANS_KEY, className="key")
        cards.append(_chart_card(f"Mean{by}", ids.MEANS, schema, [], below=[key]))
    return cards


def _axis_select(
    component_id: str, label: str, options: list[dict[str, str]], value: str
) -> Component:
    return html.Label(
        [
            html.Span(label, className="visually-hidden"),
            dbc.Select(id=component_id, options=options, value=value, size="sm"),
        ]
    )


def _chart_card(
    title: str,
    component_id: str,
    schema: Schema,
    tools: list[Component],
    below: Sequence[Component] = (),
) -> Component:
    return html.Section(
        [
            html.Div([html.H2(title), *tools], className="card-head"),
            html.Div(
                [
                    dcc.Graph(
                        id=component_id,
                        figure={"data": [], "layout": {"xaxis": {"visible": False}}},
                        config=CHART_CONFIG,
                        responsive=True,
                        style={"height": CHART_HEIGHT},
                    ),
                    *below,
                    _empty(component_id, schema),
                ],
                className="chart-box",
            ),
        ],
        className="card",
    )


def _empty(place: str, schema: Schema) -> Component:
    return html.Div(
        [html.P(f"No {schema.rows} match these filters."), reset_button(place, "Reset filters")],
        className="empty",
    )


def _table_card(schema: Schema) -> Component:
    sizes = [{"label": f"{size} per page", "value": str(size)} for size in PAGE_SIZES]
    return html.Section(
        [
            html.Div(
                [
                    html.H2(schema.rows.capitalize()),
                    html.Div(
                        [
                            html.Span(id=ids.TABLE_RANGE, className="unit"),
                            html.Label(
                                [
                                    html.Span("Rows on a page", className="visually-hidden"),
                                    dbc.Select(
                                        id=ids.PER_PAGE,
                                        options=sizes,
                                        value=str(PAGE_SIZES[0]),
                                        size="sm",
                                    ),
                                ]
                            ),
                        ],
                        className="chooser",
                    ),
                ],
                className="card-head",
            ),
            html.Div([data_table(schema), _empty(ids.TABLE, schema)], className="table-box"),
        ],
        className="card table-card",
    )
