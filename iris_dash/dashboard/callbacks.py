"""The thin adapters between Dash and the pure functions beside this module.

Two server callbacks: the address sets the controls, and what the controls ask is answered. The
scripts in `assets/dashboard.js` carry the controls' state to the second, one question at a time.
"""

from __future__ import annotations

from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.controls import facet_options, mark, number_shown, slider_ends
from iris_dash.dashboard.figures import means_figure, scatter_figure
from iris_dash.dashboard.layout import count_line
from iris_dash.dashboard.state import (
    bounds_shown,
    format_address,
    on_existing_page,
    read_address,
    state_of_controls,
    ticked_texts,
)
from iris_dash.dashboard.table import sort_of_table, table_rows, table_sort
from iris_dash.dashboard.theme import LIGHT, THEMES
from iris_dash.errors import Problem
from iris_dash.explorer import Explorer
from iris_dash.query_string import format_query
from iris_dash.schema import Facet, Measure, Schema, value_text
from iris_dash.summary import GroupMeans


def register_callbacks(app: Dash, explorer: Explorer) -> None:
    """Tie the page's controls to the explorer's answers."""
    schema = explorer.schema
    _register_address(app, schema)
    _register_answer(app, explorer)
    _register_scripts(app, schema)


def _register_address(app: Dash, schema: Schema) -> None:
    outputs = {
        "notices": Output(ids.NOTICES, "children"),
        "facets": Output(ids.of_column(ids.FACET, ALL), "value"),
        "ranges": Output(ids.of_column(ids.RANGE, ALL), "value"),
        "lows": Output(ids.of_column(ids.LOW, ALL), "value"),
        "highs": Output(ids.of_column(ids.HIGH, ALL), "value"),
        "sort": Output(ids.TABLE, "sort_by"),
        "page": Output(ids.TABLE, "page_current"),
        "per_page": Output(ids.PER_PAGE, "value"),
    }
    if schema.axes:
        outputs["x"] = Output(ids.SCATTER_X, "value")
        outputs["y"] = Output(ids.SCATTER_Y, "value")

    @app.callback(outputs, Input(ids.ADDRESS, "data"), prevent_initial_call=True)
    def show_address(address: dict[str, Any] | None) -> dict[str, Any]:
        return controls_of_address(schema, (address or {}).get("search") or "")


def _register_answer(app: Dash, explorer: Explorer) -> None:
    schema = explorer.schema
    outputs = {
        "answered": Output(ids.ANSWERED, "data"),
        "main": Output(ids.MAIN, "className"),
        "count": Output(ids.COUNT, "children"),
        "facets": Output(ids.of_column(ids.FACET, ALL), "options"),
        "rows": Output(ids.TABLE, "data"),
        "page": Output(ids.TABLE, "page_current", allow_duplicate=True),
        "pages": Output(ids.TABLE, "page_count"),
        "range": Output(ids.TABLE_RANGE, "children"),
        "download": Output(ids.DOWNLOAD, "href"),
        "toggle": Output(ids.FILTERS_TOGGLE, "children"),
    }
    if schema.axes:
        outputs["scatter"] = Output(ids.SCATTER, "figure")
    if schema.measures:
        outputs["means"] = Output(ids.MEANS, "figure")
        outputs["key"] = Output(ids.MEANS_KEY, "children")

    @app.callback(outputs, Input(ids.ASKED, "data"), prevent_initial_call=True)
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        return answer_controls(explorer, asked)


def _register_scripts(app: Dash, schema: Schema) -> None:
    app.clientside_callback(
        ClientsideFunction("dashboard", "linkRange"),
        [Output(ids.of_column(role, MATCH), "value") for role in (ids.RANGE, ids.LOW, ids.HIGH)],
        [Input(ids.of_column(role, MATCH), "value") for role in (ids.RANGE, ids.LOW, ids.HIGH)],
        State(ids.of_column(ids.RANGE, MATCH), "min"),
        State(ids.of_column(ids.RANGE, MATCH), "max"),
        prevent_initial_call=True,
    )
    axes = [Input(ids.SCATTER_X, "value"), Input(ids.SCATTER_Y, "value")] if schema.axes else []
    app.clientside_callback(
        ClientsideFunction("dashboard", "ask"),
        Input(ids.of_column(ids.FACET, ALL), "value"),
        Input(ids.of_column(ids.LOW, ALL), "value"),
        Input(ids.of_column(ids.HIGH, ALL), "value"),
        Input(ids.TABLE, "sort_by"),
        Input(ids.TABLE, "page_current"),
        Input(ids.PER_PAGE, "value"),
        *axes,
        State(ids.of_column(ids.FACET, ALL), "id"),
        State(ids.of_column(ids.LOW, ALL), "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("dashboard", "answered"),
        Input(ids.ANSWERED, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("dashboard", "reset"),
        Input({"role": ids.RESET, "place": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("dashboard", "foldFilters"),
        Input(ids.FILTERS_TOGGLE, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("dashboard", "start"),
        Input(ids.MAIN, "id"),
    )


def controls_of_address(schema: Schema, search: str) -> dict[str, Any]:
    """Return the values of every control for an address, and what of it was left out."""
    state, problems = read_address(schema, search)
    shown = [bounds_shown(measure, state.query) for measure in schema.measures]
    controls: dict[str, Any] = {
        "notices": notice(problems),
        "facets": [ticked_texts(schema, state.query, facet.name) for facet in schema.facets],
        "ranges": [_on_slider(m, ends) for m, ends in zip(schema.measures, shown, strict=True)],
        "lows": [number_shown(low) for low, _ in shown],
        "highs": [number_shown(high) for _, high in shown],
        "sort": table_sort(state.query.sort),
        "page": (state.query.page or 1) - 1,
        "per_page": str(state.query.per_page),
    }
    if state.axes:
        controls["x"], controls["y"] = state.axes
    return controls


def answer_controls(explorer: Explorer, asked: dict[str, Any]) -> dict[str, Any]:
    """Return everything that the page shows for the state of its controls.

    `asked`: see `state_of_controls`; `sort` is the table's own form; `theme`, and `n`, the
    question's number, which comes back in `answered`. Errors: QueryError.
    """
    schema = explorer.schema
    controls = asked | {"sort": sort_of_table(asked.get("sort"))}
    state = state_of_controls(schema, controls)
    by = explorer.group_facet(state.query)
    theme = THEMES.get(asked.get("theme") or "", LIGHT)
    view = explorer.view(state.query, state.axes)
    state = on_existing_page(state, view.count)
    query = state.query
    page, per_page = query.page or 1, query.per_page or 1
    active = len(query.facets) + len(query.bounds)
    answer: dict[str, Any] = {
        "answered": {"n": asked.get("n"), "search": format_address(schema, state)},
        "main": "main" if view.count else "main is-empty",
        "count": count_line(view.count, len(explorer.dataset), schema.rows),
        "facets": [
            facet_options(facet, view.facet_counts[facet.name], coloured=facet == by)
            for facet in schema.facets
        ],
        "rows": table_rows(schema, view.page),
        "page": page - 1,
        "pages": max(1, -(-view.count // per_page)),
        "range": range_line(page, per_page, view.count),
        "toggle": f"Filters ({active})" if active else "Filters",
        "download": "?".join(filter(None, ("export.csv", format_query(schema, query.unpaged())))),
    }
    if state.axes:
        answer["scatter"] = scatter_figure(schema, view.points, by, state.axes, theme)
    if schema.measures:
        answer["means"] = means_figure(schema, view.means, by, theme)
        answer["key"] = means_key(view.means, by)
    return answer


def range_line(page: int, per_page: int, count: int) -> str:
    """Return which rows the table shows.

    >>> range_line(2, 10, 16)
    'rows 11–16 of 16'
    """
    if not count:
        return "no rows"
    return f"rows {(page - 1) * per_page + 1:,}–{min(page * per_page, count):,} of {count:,}"


def means_key(groups: list[GroupMeans], by: Facet | None) -> list[Component]:
    """Return the key of the mean bars: each group's symbol, name and n."""
    if by is None:
        return [html.Li(f"n = {group.n:,}") for group in groups]
    return [
        html.Li([mark(by.values.index(g.group)), f"{value_text(g.group)}, n = {g.n:,}"])
        for g in groups
    ]


def notice(problems: tuple[Problem, ...]) -> Component | None:
    """Return what of an address was left out, one line each; nothing when all of it applied."""
    if not problems:
        return None
    lines = [html.Li(problem.msg) for problem in problems]
    return html.Div(
        ["Left out of the address, the rest applies:", html.Ul(lines)], className="alert alert-info"
    )


def _on_slider(measure: Measure, shown: tuple[float, float]) -> list[float]:
    low, high = slider_ends(measure)
    return [min(max(shown[0], low), high), min(max(shown[1], low), high)]
