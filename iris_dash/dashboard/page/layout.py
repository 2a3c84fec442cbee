"""The page: count, charts and table beside the header and the sidebar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.state import CHOICES, CORRELATION, DISTRIBUTION, PAGE_SIZES, VIEW
from iris_dash.dashboard.charts.distributions import distributions_height
from iris_dash.dashboard.charts.figures import CHART_CONFIG, STILL_CONFIG
from iris_dash.dashboard.charts.means import ROW_HEIGHT, has_subplots, is_wide, means_height
from iris_dash.dashboard.charts.pairs import matrix_height
from iris_dash.dashboard.charts.text_alternatives import twin_place
from iris_dash.dashboard.page.controls import sidebar
from iris_dash.dashboard.page.copy_panel import copy_panel
from iris_dash.dashboard.page.elements import aria, data, empty_notice, failure_notice, select
from iris_dash.dashboard.page.header import header
from iris_dash.dashboard.page.notes import means_title
from iris_dash.dashboard.page.table import data_table
from iris_dash.explorer import Explorer
from iris_dash.query.schema import Schema

CORRELATION_HEIGHT = 380

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
            dcc.Store(id=ids.HISTOGRAMS),
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
            _views(schema),
            *_cards(schema),
        ],
        id=ids.MAIN,
        className="main view-overview is-loading",
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
    said = [
        html.Span([html.Strong(strong), rest], hidden=True, **data(trouble=kind))
        for kind, (strong, rest) in TROUBLES.items()
    ]
    again = " ".join(kind for kind in TROUBLES if kind != "login")
    return html.Div(
        [
            *said,
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


def _views(schema: Schema) -> Component:
    """Return the choice of the view; a table without measures has no charts to choose."""
    names = {
        "overview": "Overview",
        "distributions": "Distributions",
        "pairs": "Pairs",
        "compare": "Compare",
        "table": "Table",
    }
    lacking = set()
    if not schema.measures:
        lacking |= {"distributions", "compare"}
    if len(schema.measures) < 2:
        lacking |= {"pairs"}
    options = [(key, text) for key, text in names.items() if key not in lacking]
    return choice(VIEW, "View", options, "views")


def choice(key: str, label: str, options: Sequence[tuple[str, str]], look: str) -> Component:
    """Return one of the page's own choices as buttons of which one is pressed."""
    return html.Fieldset(
        [
            html.Legend(label, className="visually-hidden"),
            dbc.RadioItems(
                id=ids.of_column(ids.CHOICE, key),
                options=[{"value": value, "label": text} for value, text in options],
                value=options[0][0],
                name=key,
                inline=True,
                className="radio-row",
            ),
        ],
        className=look,
    )


def count_line(count: int | None, total: int, rows: str) -> list[str | Component]:
    """Return the line "97 of 150 flowers"."""
    shown = "…" if count is None else f"{count:,}"
    return [html.Span(shown, className="count"), f" of {total:,} {rows}"]


def _cards(schema: Schema) -> list[Component]:
    """Return the charts and the table; the first of them has the choice of the colouring facet."""
    chooser = [_colour_chooser(schema)] if len(schema.facets) > 1 else []
    cards = []
    if schema.axes:
        cards.append(_scatter_card(schema, schema.axes, chooser))
    if schema.measures:
        cards.append(_means_card(schema, [] if cards else chooser))
    table = _table_card(schema, [] if cards else chooser)
    looks = ["charts"]
    looks += ["has-subplots"] if has_subplots(schema) else []
    looks += ["is-wide"] if is_wide(schema) else []
    more = _more_views(schema)
    charts = [html.Div(cards, className=" ".join(looks) + " only-overview")] if cards else []
    return [*charts, *more, table]


def _more_views(schema: Schema) -> list[Component]:
    """Return the cards of the other views; choices without charts stay, out of sight."""
    kinds = [(kind, kind.capitalize()) for kind in CHOICES[DISTRIBUTION]]
    whom = [("all", "All selected"), ("groups", "Per group")]
    shapes = choice(DISTRIBUTION, "Shown as", kinds, "segments")
    groups = choice(CORRELATION, "Correlation of", whom, "segments")
    cards: list[Component] = []
    if schema.measures:
        card = _chart_card(
            html.H2("Distributions"),
            ids.DISTRIBUTIONS,
            schema,
            [shapes],
            [],
            distributions_height(schema),
            distributions_height(schema, narrow=True),
        )
        cards.append(html.Div(card, className="only-distributions"))
        compared = html.Section(
            [
                html.Div(html.H2("Selection beside the rest"), className="card-head"),
                html.Div(
                    [html.Div(id=ids.COMPARISON), failure_notice(ids.COMPARISON)],
                    className="comparison-box",
                ),
            ],
            className="card",
        )
        cards.append(html.Div(compared, className="only-compare"))
    else:
        cards.append(html.Div([shapes], hidden=True))
    if len(schema.measures) > 1:
        matrix = _chart_card(
            html.H2("Every two measures"), ids.MATRIX, schema, [], [], matrix_height(schema)
        )
        tools = [groups] if schema.facets else []
        rest = [] if schema.facets else [html.Div(groups, hidden=True)]
        correlation = _chart_card(
            html.H2("Correlation"), ids.CORRELATION, schema, tools, rest, CORRELATION_HEIGHT
        )
        cards.append(html.Div([matrix, correlation], className="only-pairs"))
    else:
        cards.append(html.Div([groups], hidden=True))
    return cards


def _scatter_card(schema: Schema, axes: tuple[str, str], tools: list[Component]) -> Component:
    options = [{"label": m.label, "value": m.name} for m in schema.measures]
    x, y = axes
    chooser = html.Div(
        [
            select(ids.SCATTER_X, "Horizontal axis", options, x),
            html.Span("by", className="unit"),
            select(ids.SCATTER_Y, "Vertical axis", options, y),
        ],
        className="chooser",
    )
    note = html.P(id=ids.SCATTER_NOTE, className="note")
    title = html.H2("Scatter")
    return _chart_card(title, ids.SCATTER, schema, [chooser, *tools], [note], ROW_HEIGHT)


def _means_card(schema: Schema, tools: list[Component]) -> Component:
    first = schema.facets[0] if schema.facets else None
    title = html.H2(means_title(first), id=ids.MEANS_TITLE)
    key = html.Ul(id=ids.MEANS_KEY, className="key")
    bars = html.Span("95 % intervals", className="unit")
    return _chart_card(title, ids.MEANS, schema, [*tools, bars], [key], means_height(schema))


def _colour_chooser(schema: Schema) -> Component:
    options = [{"label": facet.label, "value": facet.name} for facet in schema.facets]
    chooser = select(ids.COLOUR_BY, "Colour by", options, schema.facets[0].name, hidden=False)
    return html.Div(chooser, className="chooser")


def _chart_card(
    title: Component,
    component_id: str,
    schema: Schema,
    tools: Sequence[Component],
    below: Sequence[Component],
    height: int,
    narrow_height: int | None = None,
) -> Component:
    words = str(getattr(title, "children", None))
    # On a phone these scroll sideways, by keyboard too.
    scrolls: dict[str, Any] = (
        {"tabIndex": 0, "role": "group", **aria(label=words)}
        if component_id in (ids.MATRIX, ids.CORRELATION)
        else {}
    )
    return html.Section(
        [
            html.Div([title, *tools], className="card-head"),
            html.Div(
                [
                    dcc.Graph(
                        id=component_id,
                        figure={"data": [], "layout": {"xaxis": {"visible": False}}},
                        config=CHART_CONFIG if component_id == ids.SCATTER else STILL_CONFIG,
                        responsive=True,
                        style={"height": f"{height}px", "--narrow": f"{narrow_height or height}px"},
                    ),
                    *below,
                    empty_notice(component_id, schema),
                    failure_notice(component_id),
                ],
                className="chart-box",
                **scrolls,
            ),
            html.Div(
                [
                    twin_place(component_id, words),
                    *(_picture(component_id, kind, words) for kind in ("png", "svg")),
                ],
                className="card-foot",
            ),
        ],
        className="card",
    )


def _picture(chart: str, kind: str, words: str) -> Component:
    """Return a button that saves a chart as a picture."""
    return html.Button(
        kind.upper(),
        type="button",
        className="link-button",
        title=f"Save as {kind.upper()}",
        **data(picture=kind, chart=chart),
        **aria(label=f"{words}: save as {kind.upper()}"),
    )


def _table_card(schema: Schema, tools: Sequence[Component]) -> Component:
    sizes = [{"label": f"{size} per page", "value": str(size)} for size in PAGE_SIZES]
    return html.Section(
        [
            html.Div(
                [
                    html.H2(schema.rows.capitalize()),
                    *tools,
                    html.Div(
                        [
                            html.Span(id=ids.TABLE_RANGE, className="unit"),
                            select(ids.PER_PAGE, "Rows on a page", sizes, str(PAGE_SIZES[0])),
                        ],
                        className="chooser",
                    ),
                ],
                className="card-head",
            ),
            html.Div(
                [data_table(schema), empty_notice(ids.TABLE, schema), failure_notice(ids.TABLE)],
                className="table-box",
            ),
        ],
        className="card table-card",
    )
