"""The control of a time: two boxes, each as coarse as wanted."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import aria, data
from iris_dash.query.schema import Time
from iris_dash.query.stops import extremes_text


def time_control(time: Time) -> Component:
    """Return the two boxes of a time's period, each as coarse as wanted, both inclusive."""
    boxes = [_time_input(time, *box) for box in ((ids.FROM, "from"), (ids.UNTIL, "to"))]
    dash = html.Span("–", className="dash", **aria(hidden="true"))
    name = html.Span(time.label, className="measure-label")
    grain = "day" if time.is_date else "zone" if time.named_zone else "clock"
    grain = "hours" if time.is_of_day else grain
    return html.Div(
        [
            name,
            html.Div([boxes[0], dash, boxes[1]], className="time-bounds"),
            html.P(className="time-said", role="status"),
        ],
        className="filter",
        role="group",
        **aria(label=time.label),
        **data(time=time.name, grain=grain),
    )


def _time_input(time: Time, role: str, word: str) -> Component:
    box: Component = dbc.Input(
        id=ids.of_column(role, time.name),
        type="text",
        inputmode="numeric",
        value="",
        debounce=True,
        placeholder=("hour:minute" if time.is_of_day else "year-month-day")
        if word == "from"
        else "…",
        autocomplete="off",
        className="text-search time-bound",
    )
    clock = f", {time.named_zone}" if time.named_zone else ""
    said = html.Span(f"{time.label}, {word}{clock}", className="visually-hidden")
    held = f"; {extremes_text(time)} in the table" if time.low else ""
    title = f"{time.forms[0]}, {time.forms[1]} or {time.forms[2]}, inclusive{clock}{held}"
    return html.Label([said, box], title=title)
