"""The sidebar: a checkbox per facet value, a range slider per measure, boxes for text and times."""

from __future__ import annotations

import json
from typing import Any, assert_never

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.analysis.grid import grid_of
from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import aria, data, failure_notice, reset_button
from iris_dash.dashboard.theme import glyph, own_colour, series
from iris_dash.query.numbers import exact_text
from iris_dash.query.schema import (
    Facet,
    FacetValue,
    Filterable,
    Measure,
    Schema,
    Text,
    Time,
    decimals_of,
    facet_text,
    value_text,
)
from iris_dash.query.where import LONGEST_PART

SEVERAL = 4
"""A facet with so many values or more gets buttons that tick all or none of them."""

LONG = 13
"""A facet with so many values or more scrolls and gets a search box."""


ONE_LINE = 24
ENDING = 8
"""Characters of a value that a line has room for in any case, and of a longer one's end."""


def sidebar(schema: Schema) -> Component:
    """Return all filters of a table, with Reset; on a phone they fold behind a button."""
    return html.Aside(
        [
            html.Div([html.H2("Filters"), reset_button("sidebar", "Reset")], className="card-head"),
            failure_notice(ids.FILTERS),
            *(_control(schema, column) for column in schema.filterable),
        ],
        id=ids.FILTERS,
        className="card sidebar",
        **aria(label="Filters"),
    )


def _control(schema: Schema, column: Filterable) -> Component:
    match column:
        case Facet():
            return facet_control(column, first=column == schema.facets[0])
        case Measure():
            return measure_control(column)
        case Time():
            return time_control(column)
        case Text():
            return text_control(column)
        case _:
            assert_never(column)


def facet_control(facet: Facet, first: bool) -> Component:
    """Return a checkbox per value of the facet, all ticked; a long facet scrolls, with a search."""
    long = len(facet.values) >= LONG
    named: dict[str, Any] = {"data-facet": facet.name}
    return html.Fieldset(
        [
            html.Legend(facet.label),
            *([_tick_buttons(facet)] if has_tick_buttons(facet) else []),
            *([_search(facet)] if long else []),
            dbc.Checklist(
                id=ids.of_column(ids.FACET, facet.name),
                options=facet_options(facet, {}, coloured=first),
                value=[facet_text(value) for value in facet.values],
                className="facet is-long" if long else "facet",
            ),
        ],
        className="filter",
        **named,
    )


def has_tick_buttons(facet: Facet) -> bool:
    """Return whether the facet has buttons that tick all or none of its values."""
    return len(facet.values) >= SEVERAL


def _tick_buttons(facet: Facet) -> Component:
    words = ((ids.FACET_ALL, "all", "tick all shown"), (ids.FACET_NONE, "none", "tick none shown"))
    buttons = [
        html.Button(
            word,
            id=ids.of_column(role, facet.name),
            type="button",
            className="link-button",
            **aria(label=f"{facet.label}: {action}"),
        )
        for role, word, action in words
    ]
    return html.Div(buttons, className="facet-tools")


def _search(facet: Facet) -> Component:
    box: Component = dbc.Input(
        type="search",
        placeholder=f"Search {len(facet.values):,} values",
        autocomplete="off",
        className="facet-search",
    )
    return html.Label(
        [html.Span(f"Search {facet.label}", className="visually-hidden"), box],
        className="facet-search-row",
    )


def facet_options(
    facet: Facet, counts: dict[FacetValue, int], coloured: bool
) -> list[dict[str, Any]]:
    """Return the facet's choices: symbol and colour where it colours the charts, text, count.

    A value whose count is 0 is dimmed.
    """
    options = []
    for position, value in enumerate(facet.values):
        parts = [
            *([mark(facet, position)] if coloured else []),
            _named(value_text(value)),
            html.Span(f"{counts[value]:,}" if value in counts else "", className="facet-count"),
        ]
        dimmed = " no-rows" if counts.get(value) == 0 else ""
        label = html.Span(parts, className=f"facet-choice{dimmed}")
        options.append({"label": label, "value": facet_text(value)})
    return options


def _named(text: str) -> Component:
    """Return a value on one line; what is in the middle of a long one is shown on demand."""
    if len(text) <= ONE_LINE:
        return html.Span(text, className="facet-value")
    start, end = text[:-ENDING], text[-ENDING:]
    return html.Span(
        [html.Span(start, className="value-start"), html.Span(end, className="value-end")],
        className="facet-value is-cut",
        title=text,
    )


def mark(facet: Facet, position: int) -> Component:
    """Return the coloured symbol of a facet's value, by its place in the facet."""
    own = own_colour(facet, position)
    return html.Span(
        glyph(position),
        className=f"glyph series-{series(position)}",
        style={"color": own} if own else None,
        **aria(hidden="true"),
    )


def measure_control(measure: Measure) -> Component:
    """Return a measure's range slider with its two exact numbers."""
    ends = slider_ends(measure)
    unit = [html.Span(measure.unit, className="unit")] if measure.unit else []
    stops: dict[str, str] = (
        {"data-stops": json.dumps(grid_of(measure).stops)} if measure.log else {}
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Span([measure.label, *unit], className="measure-label"),
                    _log_switch(measure),
                    html.Div(
                        [
                            number_input(ids.LOW, measure, "from", ends[0]),
                            html.Span("–", className="dash", **aria(hidden="true")),
                            number_input(ids.HIGH, measure, "to", ends[1]),
                            html.Button(
                                "×",
                                type="button",
                                className="link-button clear-measure",
                                title=f"Clear {measure.label}",
                                **aria(label=f"Clear {measure.label}"),
                            ),
                        ],
                        className="bounds",
                    ),
                ],
                className="measure-head",
            ),
            html.P(className="bound-said", role="status"),
            html.Div(className="histogram", **aria(hidden="true")),
            dcc.RangeSlider(
                id=ids.of_column(ids.RANGE, measure.name),
                min=ends[0],
                max=ends[1],
                step=measure.step,
                marks=None,
                value=list(ends),
                updatemode="drag",
                allow_direct_input=False,
                allowCross=False,
                disabled=measure.low == measure.high,
                className="range",
            ),
        ],
        className="filter",
        role="group",
        **(
            aria(label=measure.title)
            | {
                "data-measure": measure.label,
                "data-unit": measure.unit,
                "data-column": measure.name,
                "data-low": repr(ends[0]),
                "data-high": repr(ends[1]),
                "data-step": repr(measure.step),
                "data-decimals": str(decimals_of(measure.step)),
            }
            | stops
        ),
    )


def text_control(text: Text) -> Component:
    """Return the box for what a column of text contains; what else is asked of it stays beside."""
    box: Component = dbc.Input(
        id=ids.of_column(ids.CONTAINS, text.name),
        type="search",
        value="",
        debounce=True,
        placeholder="contains",
        autocomplete="off",
        maxlength=str(LONGEST_PART),
        className="text-search",
    )
    name = html.Span(text.label, className="measure-label")
    return html.Div(
        [
            html.Label([name, box], className="facet-search-row"),
            dcc.Store(id=ids.of_column(ids.CONDITIONS, text.name), data=[]),
        ],
        className="filter",
        **data(text=text.name),
    )


def time_control(time: Time) -> Component:
    """Return the two boxes of a time's period, each as coarse as wanted, both inclusive."""
    boxes = [_time_input(time, *box) for box in ((ids.FROM, "from"), (ids.UNTIL, "to"))]
    dash = html.Span("–", className="dash", **aria(hidden="true"))
    name = html.Span(time.label, className="measure-label")
    grain = "day" if time.is_date else "zone" if time.zone else "clock"
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
        placeholder="year-month-day" if word == "from" else "…",
        autocomplete="off",
        className="text-search time-bound",
    )
    clock = f", {time.zone}" if time.zone else ""
    said = html.Span(f"{time.label}, {word}{clock}", className="visually-hidden")
    return html.Label([said, box], title=f"2013, 2013-02 or 2013-02-14, inclusive{clock}")


def _log_switch(measure: Measure) -> Component:
    """Return the checkbox of a measure's log scale, out of sight where none is offered."""
    box: Component = dbc.Checkbox(
        id=ids.of_column(ids.LOG, measure.name),
        label=[
            html.Span("log", **aria(hidden="true")),
            html.Span(f"Log scale for {measure.label}", className="visually-hidden"),
        ],
        value=False,
        className="log-switch",
    )
    return html.Div(box, hidden=not measure.log)


def number_input(role: str, measure: Measure, word: str, value: float) -> Component:
    """Return one of a measure's two exact numbers; it takes effect on Enter or on leaving it."""
    return html.Label(
        [
            html.Span(f"{measure.title}, {word}", className="visually-hidden"),
            dbc.Input(
                id=ids.of_column(role, measure.name),
                type="text",
                inputmode="decimal",
                autocomplete="off",
                debounce=True,
                value=exact_text(value),
                className="bound",
                style={"width": f"calc({_digits(measure)}ch + 16px)"},
            ),
        ],
        title="inclusive",
    )


def _digits(measure: Measure) -> int:
    """Return how many characters the measure's numbers have at its slider's ends, at least 4."""
    return max(4, *(len(exact_text(end)) for end in slider_ends(measure)))


def slider_ends(measure: Measure) -> tuple[float, float]:
    """Return the slider's two ends; a constant column gets one step, so that it has a length."""
    if measure.low == measure.high:
        return measure.low, measure.high + measure.step
    return measure.low, measure.high
