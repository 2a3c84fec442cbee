"""A facet's control: a checkbox per value, a search where there are many."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import aria
from iris_dash.dashboard.theme import glyph, own_colour, series
from iris_dash.query.schema import Facet
from iris_dash.query.value_text import FacetValue, facet_text, value_text

SEVERAL = 4
"""A facet with so many values or more gets buttons that tick all or none of them."""

LONG = 13
"""A facet with so many values or more scrolls and gets a search box."""


ONE_LINE = 24
ENDING = 8
"""Characters of a value that a line has room for in any case, and of a longer one's end."""


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
