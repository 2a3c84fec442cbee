"""A facet's control: a checkbox per value; of many the commonest first, with a search."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.page.choice import choice
from iris_dash.dashboard.page.elements import aria, data, leave_out, made
from iris_dash.dashboard.theme import glyph, own_colour, rank, series
from iris_dash.query.counted import counted
from iris_dash.query.schema import Facet
from iris_dash.query.value_text import FacetValue, facet_text

SEVERAL = 4
"""A facet with so many values or more gets buttons that tick all or none of them."""

MOST_TICKED = 8
"""A facet with more values has none ticked at first; ticks choose some, or leave them out."""

SEARCHED = 13
"""A facet with so many values or more gets a search box."""


def facet_control(facet: Facet, first: bool) -> Component:
    """Return a checkbox per value of the facet: all ticked, or of many none.

    Of many the eight commonest that have rows are shown and those that are ticked, and the others
    on demand; a switch says whether what is ticked is let in or left out.
    """
    many = has_many(facet)
    ticked = [] if many else [facet_text(value) for value in facet.values]
    return html.Fieldset(
        [
            html.Legend(facet.label),
            *([_tick_buttons(facet)] if has_tick_buttons(facet) else []),
            *([_search(facet)] if len(facet.values) >= SEARCHED else []),
            dbc.Checklist(
                id=ids.of_column(ids.FACET, facet.name),
                options=facet_options(facet, {}, coloured=first),
                value=ticked,
                className="facet",
            ),
            *(_more(facet) if many else []),
        ],
        className="filter is-many" if many else "filter",
        **data(facet=facet.name),
    )


def has_many(facet: Facet) -> bool:
    """Return whether the facet has so many values that none is ticked where all are let in."""
    return len(facet.values) > MOST_TICKED


def _more(facet: Facet) -> list[Component]:
    """Return the button that shows the other values, which a script names, and the switch."""
    more = html.Button(type="button", className="link-button facet-more", **aria(expanded="false"))
    return [
        html.Div([more, leave_out(facet.label)], className="facet-foot"),
        dcc.Store(id=ids.of_column(ids.LEFT_OUT, facet.name), data=False),
    ]


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
            className=f"link-button facet-{word}",
            **aria(label=f"{facet.label}: {action}"),
        )
        for role, word, action in words
    ]
    return html.Div(buttons, className="facet-tools")


def _search(facet: Facet) -> Component:
    box: Component = dbc.Input(
        type="search",
        placeholder=f"Search {counted(len(facet.values), 'values')}",
        autocomplete="off",
        className="facet-search",
    )
    return html.Label(
        [html.Span(f"Search {facet.label}", className="visually-hidden"), box],
        className="facet-search-row",
    )


def facet_options(
    facet: Facet,
    counts: dict[FacetValue, int],
    coloured: bool,
    whole: dict[FacetValue, int] | None = None,
) -> list[dict[str, Any]]:
    """Return the facet's choices: symbol and colour where it colours the charts, text, count.

    A value whose count is 0 is dimmed. Of many values those come first that most rows of the
    `whole` table have, so that each stays where it is, whatever else is asked.
    """
    options = []
    order = list(enumerate(facet.values))
    if whole and has_many(facet):
        order.sort(key=lambda one: -whole[one[1]])
    for position, value in order:
        label = choice(facet, position, counts.get(value), coloured)
        options.append({"label": label, "value": facet_text(value)})
    return options


def mark(facet: Facet, position: int) -> Component:
    """Return the coloured symbol of a facet's value, by its place in the facet."""
    own, place = own_colour(facet, position), rank(facet, position)
    return made(
        html.Span,
        glyph(facet, position),
        className=f"glyph series-{'others' if place is None else series(place)}",
        style={"color": own} if own else None,
        **aria(hidden="true"),
    )
