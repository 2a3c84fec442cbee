"""A card of the page: what it is called, where it stands, what fills it, and how that is made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.dashboard.answer.column_choices import ColumnChoice
from iris_dash.dashboard.page.column_chooser import column_chooser
from iris_dash.dashboard.page.elements import aria, failure_notice
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.shown import Shown
from iris_dash.query.schema import Schema


class Card(ABC):
    """One card, known to the page by its `id`; a view shows one or several.

    `called` begins the sentence that says that it could not be made. `choice` stands in its head,
    and where a table has many columns what `chooses` those that it shows, `most_columns` of them.
    With `from_histograms` it needs those of the query, and fails where they do. With `scrolls` its
    content scrolls sideways on a phone, by keyboard too. `look` and `box` are the classes of the
    card and of what an answer fills.
    """

    id: str
    title: str
    called = "This card"
    choice: PageChoice | None = None
    chooses: ColumnChoice | None = None
    most_columns: int | None = None
    from_histograms = False
    scrolls = False
    look = "card"
    box = "card-box"

    @property
    def choices(self) -> tuple[PageChoice, ...]:
        """Every choice of the card, in the order in which they stand on it."""
        return (self.choice,) if self.choice else ()

    def offered(self, schema: Schema) -> bool:
        """Return whether a table has what the card shows: by itself, a quantity."""
        return bool(schema.quantities)

    def offers_choice(self, schema: Schema) -> bool:
        """Return whether there is anything to choose."""
        return self.choice is not None

    @abstractmethod
    def outputs(self) -> dict[str, Output]:
        """Return what an answer sets, by the names that `make` and `known` give it."""

    @abstractmethod
    def make(self, shown: Shown) -> dict[str, Any]:
        """Return what is shown now, by the names of `outputs`; what is left out stays as it is."""

    def known(self, shown: Shown) -> dict[str, Any]:
        """Return what is known without the table, and so is shown even if `make` fails."""
        return {}

    def heading(self, schema: Schema) -> str:
        """Return the card's title until the first answer."""
        return self.title

    def tools(self, schema: Schema, shared: Sequence[Component]) -> list[Component]:
        """Return what stands beside the title; `shared`, the whole page's, is in its first card."""
        return [*shared]

    @abstractmethod
    def body(self, schema: Schema) -> list[Component]:
        """Return what an answer fills."""

    def foot(self, schema: Schema) -> list[Component]:
        """Return what stands below."""
        return []

    def components(self, schema: Schema, shared: Sequence[Component] = ()) -> list[Component]:
        """Return the card; a choice that a table does not offer is there too, out of sight."""
        unseen = [self.choice.unseen()] if self.choice else []
        if not self.offered(schema):
            return unseen
        offers = self.choice if self.offers_choice(schema) else None
        chosen = [offers.buttons("segments", schema)] if offers else []
        words = self.heading(schema)
        tools = [*self.tools(schema, shared), *self._chooser(schema)]
        head = [html.H2(words, id=f"{self.id}-title"), *chosen, *tools]
        scrolls = {"tabIndex": 0, "role": "group", **aria(label=words)} if self.scrolls else {}
        look = f"{self.box} scrolls" if self.scrolls else self.box
        body = [*self.body(schema), failure_notice(self.id)]
        foot = self.foot(schema)
        parts = [
            html.Div(head, className="card-head"),
            html.Div(body, className=look, **scrolls),
            *([html.Div(foot, className="card-foot")] if foot else []),
            *([] if chosen else unseen),
        ]
        return [html.Section(parts, className=self.look)]

    def _chooser(self, schema: Schema) -> list[Component]:
        if self.chooses is None or not self.chooses.is_offered(schema):
            return []
        return [column_chooser(self.chooses, schema, self.most_columns)]
