"""What a measure or a time may be beside what its control shows: other spans, no value."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from iris_dash.query.schema import Measure, Time
from iris_dash.query.url import PRESENT
from iris_dash.query.value_text import MISSING

WORDS = (("", "with missing"), (PRESENT, "without missing"), (MISSING, "only missing"))
"""What is asked of missing values while nothing else is; the script says it where a span is."""


def alternatives(column: Measure | Time) -> Component:
    """Return the row below a control: its other spans, and what is asked of missing values.

    The script fills it from the page's store, which has them as addresses do.
    """
    missing = html.Label(
        [
            html.Span(f"{column.label}: missing values", className="visually-hidden"),
            html.Select(
                [html.Option(text, value=value) for value, text in WORDS], className="missing"
            ),
        ]
    )
    if not column.has_missing:
        return html.Div(className="alternatives other-spans")
    return html.Div([html.Div(className="other-spans"), missing], className="alternatives")
