"""Small pieces of HTML that several parts of the page are made of."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.query.schema import Column, Schema

TOLD_LATER: Any = "later"
"""When a slider tells Dash where it stands: neither at each step ("drag") nor when it is let go
("mouseup", and after each key), as the page's script `live.mjs` does that."""


BARE: dict[type[Component], dict[str, Any]] = {
    kind: vars(kind())
    for kind in (html.Button, html.Div, html.Li, html.P, html.Span, html.Strong, html.Ul)
}
"""What a component of a kind holds beside its properties."""


def made(kind: type[Component], children: Any = None, **props: Any) -> Component:
    """Return a component, for what each answer makes anew.

    Its class would look at each property's name, which takes ten times as long.

    >>> made(html.Span, "3", className="count").to_plotly_json()["props"]
    {'children': '3', 'className': 'count'}
    """
    one = kind.__new__(kind)
    vars(one).update(BARE[kind], children=children, **props)
    return one


def aria(**values: str) -> dict[str, Any]:
    """Return ARIA attributes as Dash takes them."""
    return {f"aria-{name}": text for name, text in values.items()}


def data(**values: str) -> dict[str, Any]:
    """Return data attributes, by which the page's script finds what a click means.

    >>> data(copy_link="")
    {'data-copy-link': ''}
    """
    return {f"data-{name.replace('_', '-')}": text for name, text in values.items()}


def reset_button(place: str, text: str) -> Component:
    """Return a button that clears every filter; `place` tells several of them apart."""
    return html.Button(
        text, id={"role": ids.RESET, "place": place}, type="button", className="link-button"
    )


def leave_out(label: str) -> Component:
    """Return the switch by which the chosen values of a column are left out; scripts turn it."""
    return html.Button(
        "leave out",
        type="button",
        className="leave-out",
        **data(leave_out=""),
        **aria(label=f"{label}: leave out what is chosen", pressed="false"),
    )


def select(
    component_id: str | dict[str, object],
    label: str,
    options: list[dict[str, str]],
    value: str,
    hidden: bool = True,
    look: str = "select",
) -> Component:
    """Return a list to choose one of; its label may be for screen readers alone."""
    return html.Label(
        [
            html.Span(label, className="visually-hidden" if hidden else "unit"),
            dbc.Select(id=component_id, options=options, value=value, size="sm"),
        ],
        className=look,
    )


def empty_notice(card: str, schema: Schema) -> Component:
    """Return what covers a card while no row is left, with the way out."""
    return html.Div(
        [
            html.P(f"No {schema.rows} match these filters."),
            reset_button(card, "Reset filters"),
        ],
        className="empty",
    )


def failure_notice(part: str) -> Component:
    """Return where it is said that a part failed, with a button that asks again."""
    return html.Div(
        [
            html.P(),
            html.Button("Try again", type="button", className="btn quiet-button", **data(retry="")),
        ],
        role="alert",
        hidden=True,
        className="failure",
        **data(failure=part),
    )


def clear_button(column: Column) -> Component:
    """Return the button that takes a column's bounds away; shown while it has any."""
    return html.Button(
        "↺",
        type="button",
        className="link-button clear-measure",
        title=f"Clear {column.label}",
        **aria(label=f"Clear {column.label}"),
    )
