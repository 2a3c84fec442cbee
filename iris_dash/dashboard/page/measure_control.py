"""A measure's control: a range slider with its two exact numbers and its histogram."""

from __future__ import annotations

import json

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.analysis.grid import grid_of
from iris_dash.dashboard import ids
from iris_dash.dashboard.page.alternatives import alternatives
from iris_dash.dashboard.page.elements import TOLD_LATER, aria, clear_button
from iris_dash.query.locale import number_read
from iris_dash.query.numbers import WHOLE, bound_text, exact_text
from iris_dash.query.schema import Measure
from iris_dash.query.steps import decimals_of

MOST_DIGITS = 1e21
LONGEST_BESIDE = 32
"""So many letters has a name that stands beside its two numbers; a longer one above them."""


def measure_control(measure: Measure) -> Component:
    """Return a measure's range slider with its two exact numbers.

    Of one that is always the same the value is said; there is nothing to slide.
    """
    ends, numbers = slider_ends(measure), measure.ends or slider_ends(measure)
    unit = [html.Span(measure.unit, className="unit")] if measure.unit else []
    own: dict[str, str] = {"data-stops": json.dumps(grid_of(measure).stops)} if measure.log else {}
    own |= {"data-ends": json.dumps(measure.ends)} if measure.ends else {}
    return html.Div(
        [
            html.Div(
                [
                    html.Span([measure.label, *unit], className=_label_look(measure)),
                    *_only_value(measure),
                    _log_switch(measure),
                    html.Div(
                        [
                            number_input(ids.LOW, measure, "from", numbers[0]),
                            number_input(ids.HIGH, measure, "to", numbers[1]),
                            clear_button(measure),
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
                updatemode=TOLD_LATER,
                allow_direct_input=False,
                allowCross=False,
                disabled=measure.low == measure.high,
                className="range",
            ),
            alternatives(measure),
        ],
        className="filter is-constant" if measure.is_constant else "filter",
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
                "data-value-decimals": str(measure.decimals),
            }
            | own
        ),
    )


def _label_look(measure: Measure) -> str:
    is_long = len(measure.label) > LONGEST_BESIDE
    return "measure-label is-long" if is_long else "measure-label"


def _only_value(measure: Measure) -> list[Component]:
    """Return the value of a measure that is always the same."""
    if measure.only is None:
        return []
    return [html.Span(f"always {bound_text(measure, measure.only)}", className="only-value")]


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
                value=number_read(exact_text(value)),
                className="bound",
                style={"width": f"calc({_digits(measure)}ch + 16px)"},
            ),
        ],
        title="inclusive; <5 and >5 mean the next value",
    )


def _digits(measure: Measure) -> int:
    """Return how many characters the measure's numbers have at its slider's ends, at least 4."""
    ends = measure.ends or slider_ends(measure)
    # A browser writes numbers below 1e21 digit by digit.
    long = (len(f"{end:.0f}") for end in ends if WHOLE <= abs(end) < MOST_DIGITS)
    return max(4, *(len(exact_text(end)) for end in ends), *long)


def slider_ends(measure: Measure) -> tuple[float, float]:
    """Return the slider's two ends; a constant column gets one step, so that it has a length."""
    if measure.low == measure.high:
        return measure.low, measure.high + measure.step
    return measure.low, measure.high
