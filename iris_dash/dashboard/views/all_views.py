"""The tuple of views: what the page offers, in the order of its tabs; a new one is added here."""

from __future__ import annotations

from collections.abc import Sequence

from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.columns import COLUMNS
from iris_dash.dashboard.views.compare import COMPARE
from iris_dash.dashboard.views.distributions import DISTRIBUTIONS
from iris_dash.dashboard.views.over_time import TREND
from iris_dash.dashboard.views.overview import OVERVIEW
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.pairs import PAIRS
from iris_dash.dashboard.views.summarise import SUMMARISE
from iris_dash.dashboard.views.table import TABLE
from iris_dash.dashboard.views.view import View
from iris_dash.query.schema import Schema

VIEWS = (OVERVIEW, TREND, DISTRIBUTIONS, PAIRS, COMPARE, TABLE, COLUMNS, SUMMARISE)

CARDS: tuple[Card, ...] = tuple(dict.fromkeys(card for view in VIEWS for card in view.cards))
"""Every card, once, in the order in which they stand on the page."""


def view_choice(views: Sequence[View]) -> PageChoice:
    """Return the choice of one of some views."""
    return PageChoice("_view", "View", tuple((view.key, view.label) for view in views))


VIEW = view_choice(VIEWS)

CHOICES = (VIEW, *(choice for card in CARDS for choice in card.choices))
"""Every choice of the page alone, in the order in which they stand on it and in the address."""


def view_of(state: DashboardState) -> View:
    """Return the view that is chosen."""
    return next(view for view in VIEWS if view.key == VIEW.chosen(state))


def views_with(card: Card) -> tuple[View, ...]:
    """Return the views that show a card."""
    return tuple(view for view in VIEWS if card in view.cards)


def offered_views(schema: Schema) -> tuple[View, ...]:
    """Return the views that have something to show of a table."""
    return tuple(view for view in VIEWS if view.offered(schema))


def offered_cards(schema: Schema) -> tuple[Card, ...]:
    """Return the cards that have something to show of a table."""
    return tuple(card for card in CARDS if card.offered(schema))
