"""The thin adapters between Dash and the pure functions of `answer`.

Two server callbacks: an address sets the controls, and what they ask is answered; of a table in
memory the first does both. The scripts in `assets/scripts` carry the controls' state to the
second, one question at a time. What runs as the page opens finds in the layout what its address
set: see `opened_layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.urls import iri_to_uri

from iris_dash.core.errors import AnswerFailed, IrisDashError
from iris_dash.core.timing import note
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.cached_answer import answer_question
from iris_dash.dashboard.answer.column_choices import COLUMNS, offered_choices
from iris_dash.dashboard.answer.opening import open_address
from iris_dash.dashboard.answer.shown_groups import shown_groups
from iris_dash.dashboard.asked_reply import AskedReply
from iris_dash.dashboard.opened_layout import with_controls
from iris_dash.dashboard.outputs import answer_outputs, opened_outputs
from iris_dash.dashboard.page.copy_panel import copy_forms
from iris_dash.dashboard.page.facet_control import has_many, has_tick_buttons
from iris_dash.dashboard.views.sentence import keys_of
from iris_dash.explorer import Explorer
from iris_dash.query.schema import Schema
from iris_dash.tables.description import TableDescription

P = ParamSpec("P")
R = TypeVar("R")


def register_callbacks(
    app: Dash,
    explorer: Explorer,
    source: str | None = None,
    description: TableDescription | None = None,
) -> AskedReply:
    """Tie the page's controls to the explorer's answers; return what replies to their questions.

    `source` is where the table is from, and `description` what else than the file
    beside it describes it.
    """
    schema = explorer.schema
    _register_address(app, explorer)
    reply = _register_answer(app, explorer)
    _register_copy(app, explorer, source, description)
    _register_scripts(app, schema)
    return reply


def _own(answer: Callable[P, R]) -> Callable[P, R]:
    """Return a callback whose unexpected failure is known as the product's own.

    What Dash raises instead is the fault of who asked: see `backend`.
    """

    @wraps(answer)
    def answered(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return answer(*args, **kwargs)
        except (IrisDashError, HTTPException):
            raise
        except Exception as error:
            raise AnswerFailed(type(error).__name__) from error

    return answered


def _register_address(app: Dash, explorer: Explorer) -> None:
    outputs = opened_outputs(explorer.schema)

    @app.callback(
        outputs,
        Input(ids.ADDRESS, "data"),
        State(ids.SHOWN_COLUMNS, "data"),
        prevent_initial_call=True,
    )
    @_own
    def show_address(asked: Any, shown: Any) -> dict[str, Any]:
        opened = open_address(explorer, asked)
        note(query=(opened["answered"] or {}).get("rows"))
        return _listed(with_controls(explorer.schema, outputs, opened, shown))


def _register_answer(app: Dash, explorer: Explorer) -> AskedReply:
    outputs = answer_outputs(explorer.schema)

    @_own
    def answer(asked: Any) -> dict[str, Any]:
        found = answer_question(explorer, asked)
        note(query=found["answered"]["rows"])
        return found

    # So that the page knows when to ask, and for what.
    app.callback(outputs, Input(ids.ASKED, "data"), prevent_initial_call=True)(answer)
    return AskedReply(app, outputs, answer)


def _listed(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer that leaves as it is what it does not have: other views, what failed.

    So it leaves controls that came into the page, or went, since it was asked.
    """

    def of(value: Any, places: Any) -> Any:
        if not isinstance(places, list):
            return value
        fits = isinstance(value, list | tuple) and len(value) == len(places)
        return value if fits else [no_update] * len(places)

    asked = ctx.outputs_grouping.items()
    return {name: of(answer.get(name, no_update), places) for name, places in asked}


def _register_copy(
    app: Dash, explorer: Explorer, source: str | None, description: TableDescription | None
) -> None:
    @app.callback(
        Output(ids.COPY_PANEL, "is_open"),
        Output(ids.COPY_FORMS, "children"),
        Input(ids.COPY_AS, "n_clicks"),
        State(ids.ANSWERED, "data"),
        prevent_initial_call=True,
    )
    @_own
    def show(clicks: int | None, answered: Any) -> tuple[bool, Any]:
        rows = answered.get("rows") if isinstance(answered, dict) else None
        search = answered.get("search") if isinstance(answered, dict) else None
        url = iri_to_uri(request.url_root)
        groups = shown_groups(explorer, str(search or ""))
        return True, copy_forms(explorer, str(rows or ""), url, source, description, groups)


def _register_scripts(app: Dash, schema: Schema) -> None:
    linked = (ids.RANGE, ids.LOW, ids.HIGH)
    app.clientside_callback(
        ClientsideFunction("dashboard", "linkRange"),
        [
            *[Output(ids.of_column(role, MATCH), "value") for role in linked],
            *[Output(ids.of_column(ids.RANGE, MATCH), key) for key in ("min", "max", "step")],
        ],
        [Input(ids.of_column(role, MATCH), "value") for role in (*linked, ids.LOG)],
    )
    period = (ids.PERIOD, ids.FROM, ids.UNTIL)
    app.clientside_callback(
        ClientsideFunction("dashboard", "linkPeriod"),
        [Output(ids.of_column(role, MATCH), "value") for role in period],
        [Input(ids.of_column(role, MATCH), "value") for role in period],
    )
    chosen = [ids.SCATTER_X, ids.SCATTER_Y] if schema.axes else []
    chosen += [ids.SEARCH] if schema.texts else []
    chosen += [ids.COLOUR_BY] if schema.facets else []
    app.clientside_callback(
        ClientsideFunction("dashboard", "ask"),
        Input(ids.of_column(ids.FACET, ALL), "value"),
        Input(ids.of_column(ids.LOW, ALL), "value"),
        Input(ids.of_column(ids.HIGH, ALL), "value"),
        Input(ids.TABLE, "sort_by"),
        Input(ids.TABLE, "page_current"),
        Input(ids.PER_PAGE, "value"),
        Input(ids.of_column(ids.CHOICE, ALL), "value"),
        Input(ids.of_column(ids.LOG, ALL), "value"),
        Input(ids.of_column(ids.CONTAINS, ALL), "value"),
        Input(ids.of_column(ids.FROM, ALL), "value"),
        Input(ids.of_column(ids.UNTIL, ALL), "value"),
        Input(ids.OTHERS, "data"),
        Input(ids.of_column(ids.PART, ALL), "value"),
        Input(ids.of_column(ids.CONDITIONS, ALL), "data"),
        Input(ids.of_column(ids.LEFT_OUT, ALL), "data"),
        *[Input(component_id, "value") for component_id in chosen],
        State(ids.SHOWN_COLUMNS, "data"),
        State(ids.ANSWERED, "data"),
    )
    if schema.texts:
        app.clientside_callback(
            ClientsideFunction("dashboard", "drawChosen"),
            Input(ids.of_column(ids.CONDITIONS, ALL), "data"),
            State(ids.of_column(ids.CONDITIONS, ALL), "id"),
        )
    if any(has_many(facet) for facet in schema.facets):
        app.clientside_callback(
            ClientsideFunction("dashboard", "drawLeftOut"),
            Input(ids.of_column(ids.LEFT_OUT, ALL), "data"),
            State(ids.of_column(ids.LEFT_OUT, ALL), "id"),
        )
    app.clientside_callback(
        ClientsideFunction("dashboard", "drawHistograms"),
        Input(ids.HISTOGRAMS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("dashboard", "drawColumnLines"),
        Input(ids.COLUMN_LINES, "data"),
    )
    if keys_of(schema):
        app.clientside_callback(
            ClientsideFunction("dashboard", "drawSummary"),
            Input(ids.SUMMARY, "data"),
        )
    if offered_choices(schema) or COLUMNS.is_offered(schema):
        app.clientside_callback(
            ClientsideFunction("dashboard", "showColumns"),
            Input(ids.SHOWN_COLUMNS, "data"),
        )
    if any(has_tick_buttons(facet) for facet in schema.facets):
        app.clientside_callback(
            ClientsideFunction("dashboard", "tickShown"),
            Output(ids.of_column(ids.FACET, MATCH), "value", allow_duplicate=True),
            Input(ids.of_column(ids.FACET_ALL, MATCH), "n_clicks"),
            Input(ids.of_column(ids.FACET_NONE, MATCH), "n_clicks"),
            State(ids.of_column(ids.FACET, MATCH), "value"),
            State(ids.of_column(ids.FACET, MATCH), "id"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("dashboard", "answered"),
        Input(ids.ANSWERED, "data"),
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
