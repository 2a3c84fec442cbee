"""The control of a time: two boxes, each as coarse as wanted, and a histogram over a slider."""

from __future__ import annotations

import json
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.analysis.time_bars import bar_words
from iris_dash.dashboard import ids
from iris_dash.dashboard.page.alternatives import alternatives
from iris_dash.dashboard.page.elements import TOLD_LATER, aria, clear_button, data
from iris_dash.query.locale import time_form
from iris_dash.query.moments import in_zone
from iris_dash.query.schema import Part, Time
from iris_dash.query.slider_stops import SliderStops, slider_stops
from iris_dash.query.stops import extremes_text
from iris_dash.query.value_text import facet_text, value_text

FINE = ("hour", "minute", "second")
"""Units of which two texts are too long to stand beside each other."""


def time_control(time: Time, parts: Sequence[Part] = ()) -> Component:
    """Return the two boxes of a time's period, both inclusive, above its histogram and slider.

    Of a time without a slider the boxes are all. Behind a disclosure stand the `parts` that can be
    asked.
    """
    boxes = [_time_input(time, *box) for box in ((ids.FROM, "from"), (ids.UNTIL, "to"))]
    dash = html.Span("–", className="dash", **aria(hidden="true"))
    stops = slider_stops(time)
    per = [html.Span(f"per {bar_words(stops)}", className="unit")] if stops else []
    name = html.Span([time.label, *per], className="measure-label")
    grain = "day" if time.is_date else "zone" if time.named_zone else "clock"
    grain = "hours" if time.is_of_day else grain
    return html.Div(
        [
            html.Div([name, clear_button(time)], className="measure-head"),
            html.Div([boxes[0], dash, boxes[1]], className=_bounds_look(time)),
            html.P(className="time-said", role="status"),
            html.Div(className="histogram", **aria(hidden="true")),
            _slider(time, stops),
            alternatives(time),
            *([_parts(time, parts)] if parts else []),
        ],
        className="filter" if stops else "filter is-constant",
        role="group",
        **aria(label=time.label),
        **data(time=time.name, grain=grain, zone=time.named_zone or ""),
        **data(**_days(time), **_stands(stops)),
    )


def _bounds_look(time: Time) -> str:
    """Return the classes of the boxes: one above the other where texts have hours behind days."""
    is_fine = time.unit in FINE and not time.is_of_day
    return "time-bounds is-stacked" if is_fine else "time-bounds"


def _slider(time: Time, stops: SliderStops | None) -> Component:
    """Return the slider over a time's stops; of one that has none it is out of sight."""
    last = len(stops) - 1 if stops else 1
    return dcc.RangeSlider(
        id=ids.of_column(ids.PERIOD, time.name),
        min=0,
        max=last,
        step=1,
        marks=None,
        value=[0, last],
        updatemode=TOLD_LATER,
        allow_direct_input=False,
        allowCross=False,
        disabled=stops is None,
        className="range",
    )


def _stands(stops: SliderStops | None) -> dict[str, str]:
    """Return what the script knows of a slider: the texts with which each stop begins and ends."""
    if stops is None:
        return {}
    return {
        "low": "0",
        "high": str(len(stops) - 1),
        "step": "1",
        "decimals": "0",
        "firsts": json.dumps(stops.first_texts),
        "lasts": json.dumps(stops.last_texts),
    }


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
        placeholder=("hour:minute" if time.is_of_day else time_form()) if word == "from" else "…",
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
