"""Where the cards stand: those that the same views show share a box, seen with these views."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from dash.development.base_component import Component

from iris_dash.analysis.judgment import are_groups_chosen, first_groups
from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import select
from iris_dash.dashboard.page.later import Later
from iris_dash.dashboard.views.all_views import CARDS, VIEWS, offered_cards, views_with
from iris_dash.dashboard.views.view import View
from iris_dash.query.query import NO_GROUPS
from iris_dash.query.schema import Schema

SHOWN_CARDS = ",".join(f".view-{view.key}>.only-{view.key}" for view in VIEWS) + "{display:grid}"
"""The rule that shows the boxes of the view that the main part names; all others are hidden."""


def cards(schema: Schema) -> list[Component]:
    """Return the boxes of all cards; the first card has the choice of the colouring facet."""
    shared = [_colour_chooser(schema)] if schema.facets else []
    first = offered_cards(schema)[0]
    boxes: list[Component] = []
    unseen: list[Component] = []
    for views, together in groupby(CARDS, views_with):
        own = list(together)
        parts = [
            part
            for card in own
            for part in card.components(schema, shared if card is first else ())
        ]
        if any(card.offered(schema) for card in own):
            boxes.append(Later([*unseen, *parts], className=_look(schema, views)))
            unseen = []
        elif boxes:  # what holds choices alone, which stand in their order
            boxes[-1].children += parts
        else:
            unseen += parts
    return boxes


def _look(schema: Schema, views: Sequence[View]) -> str:
    own = views[0].look(schema) if len(views) == 1 else ""
    return " ".join(["cards", *(f"only-{view.key}" for view in views), own]).strip()


def _colour_chooser(schema: Schema) -> Component:
    options = [{"label": facet.label, "value": facet.name} for facet in schema.facets]
    first = first_groups(schema)
    options.append({"label": "none", "value": NO_GROUPS})
    value = first.name if first else NO_GROUPS
    # Of one facet nothing is chosen, but where an address asked for no groups: back to them.
    look = "chooser" if are_groups_chosen(schema) else "chooser is-unasked"
    look = f"select {look}"
    return select(ids.COLOUR_BY, "Colour by", options, value, hidden=False, look=look)
