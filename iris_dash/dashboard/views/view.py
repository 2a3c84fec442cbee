"""A view: one tab of the page, with its cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iris_dash.dashboard.views.card import Card
from iris_dash.query.schema import Schema


def _plain(schema: Schema) -> str:
    return ""


@dataclass(frozen=True)
class View:
    """A tab: its key in the address, its words, and its cards, from top to bottom.

    `look` gives the classes of what holds the cards that no other view has.
    """

    key: str
    label: str
    cards: tuple[Card, ...]
    look: Callable[[Schema], str] = _plain

    def offered(self, schema: Schema) -> bool:
        """Return whether a table has anything to show here."""
        return any(card.offered(schema) for card in self.cards)
