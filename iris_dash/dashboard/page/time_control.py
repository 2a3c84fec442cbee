"""The control of a time: two boxes, each as coarse as wanted."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.alternatives import alternatives
from iris_dash.dashboard.page.elements import aria, clear_button, data
from iris_dash.query.moments import in_zone
from iris_dash.query.schema import Part, Time
from iris_dash.query.stops import extremes_text
from iris_dash.query.value_text import facet_text, value_text


def time_control(time: Time, parts: Sequence[Part] = ()) -> Component:
    """Return the two boxes of a time's period, each as coarse as wanted, both inclusive.

    Behind a disclosure stand the `parts` that can be asked.
    """
    boxes = [_time_input(time, *box) for box in ((ids.FROM, "from"), (ids.UNTIL, "to"))]
    dash = html.Span("–", className="dash", **aria(hidden="true"))
    name = html.Span(time.label, className="measure-label")
    grain = "day" if time.is_date else "zone" if time.named_zone else "clock"
    grain = "hours" if time.is_of_day else grain
    return html.Div(
        [
            html.Div([name, clear_button(time)], className="measure-head"),
            html.Div([boxes[0], dash, boxes[1]], className="time-bounds"),
            html.P(className="time-said", role="status"),
            alternatives(time),
            *([_parts(time, parts)] if parts else []),
        ],
        className="filter",
        role="group",
        **aria(label=time.label),
        **data(time=time.name, grain=grain, **_days(time)),
    )


def _days(time: Time) -> dict[str, str]:
    """Return the first and the last day of a column, between which a day is picked."""
    if time.low is None or time.high is None or time.is_of_day:
        return {}
    zone = ZoneInfo(time.named_zone) if time.named_zone else None
    ends = (in_zone(end, zone) if zone else end for end in (time.low, time.high))
    first, last = (f"{end:%Y-%m-%d}".rjust(10, "0") for end in ends)
    return {"first": first, "last": last}


def _parts(time: Time, parts: Sequence[Part]) -> Component:
    """Return the parts of a time, each as buttons to choose from; none chosen: all of them."""
    words = [part.label.removeprefix(f"{time.label}, ") for part in parts]
    chosen = [
        html.Fieldset(
            [
                html.Legend(word.capitalize(), className="part-legend"),
                dbc.Checklist(
                    id=ids.of_column(ids.PART, part.name),
                    options=[
                        {"label": value_text(value), "value": facet_text(value)}
                        for value in part.values
                        if value is not None
                    ],
                    value=[],
                    inline=True,
                    className="part",
                ),
            ],
            **aria(label=part.label),
        )
        for word, part in zip(words, parts, strict=True)
    ]
    summary = html.Summary(", ".join(words).capitalize())
    return html.Details([summary, *chosen], className="time-parts", **data(parts=time.name))


def _time_input(time: Time, role: str, word: str) -> Component:
    box: Component = dbc.Input(
        id=ids.of_column(role, time.name),
        type="text",
        inputmode="numeric",
        value="",
        debounce=True,
        placeholder=("hour:minute" if time.is_of_day else "yyyy-mm-dd") if word == "from" else "…",
        autocomplete="off",
        className="text-search time-bound",
    )
    clock = f", {time.named_zone}" if time.named_zone else ""
    said = html.Span(f"{time.label}, {word}{clock}", className="visually-hidden")
    held = f"; {extremes_text(time)} in the table" if time.low else ""
    title = f"{time.forms[0]}, {time.forms[1]} or {time.forms[2]}, inclusive{clock}{held}"
    label = html.Label([said, box], title=title)
    if time.is_of_day:
        return label
    pick = html.Button(
        html.Span("▾", **aria(hidden="true")),
        type="button",
        className="link-button pick-day",
        title="Pick a day",
        **aria(label=f"{time.label}, {word}: pick a day"),
        **data(pick=role),
    )
    return html.Div([label, pick], className="time-box")
