"""A choice of the page alone: buttons of which one is pressed, or a menu; a key of the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.page.elements import aria, select
from iris_dash.query.schema import Schema


@dataclass(frozen=True)
class PageChoice:
    """What is chosen of `options`, pairs of a value and its words; the first is the default."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]

    @property
    def values(self) -> tuple[str, ...]:
        """Every value, the default first."""
        return tuple(value for value, _ in self.options)

    def chosen(self, state: DashboardState) -> str:
        """Return the value that is chosen."""
        return dict(state.choices).get(self.key, self.values[0])

    def shown(self, schema: Schema, state: DashboardState) -> str:
        """Return the value that is chosen, of a table whose options may be its own."""
        return self.chosen(state)

    def offered(self, schema: Schema) -> tuple[tuple[str, str], ...]:
        """Return the options that a table has."""
        return self.options

    def unseen(self) -> Component:
        """Return what holds the choice where there is nothing to choose."""
        options = [{"value": value, "label": text} for value, text in self.options]
        own = ids.of_column(ids.CHOICE, self.key)
        hidden = {"display": "none"}
        unseen: Component = dbc.Select(id=own, options=options, value=self.values[0], style=hidden)
        return unseen

    def buttons(self, look: str, schema: Schema) -> Component:
        """Return what one chooses with; `look` is its class."""
        return html.Fieldset(
            [
                dbc.RadioItems(
                    id=ids.of_column(ids.CHOICE, self.key),
                    options=[{"value": value, "label": text} for value, text in self.options],
                    value=self.values[0],
                    name=self.key,
                    inline=True,
                    className="radio-row",
                ),
            ],
            className=look,
            **aria(label=self.label),
        )


@dataclass(frozen=True)
class PageMenu(PageChoice):
    """A list to choose one of, where a table has more options than words of the page."""

    more: Callable[[Schema], tuple[tuple[str, str], ...]] = field(kw_only=True)

    def offered(self, schema: Schema) -> tuple[tuple[str, str], ...]:
        """Return the page's options, then those of the table."""
        return (*self.options, *self.more(schema))

    def buttons(self, look: str, schema: Schema) -> Component:
        """Return the list."""
        options = [{"value": value, "label": text} for value, text in self.offered(schema)]
        menu = select(ids.of_column(ids.CHOICE, self.key), self.label, options, self.values[0])
        return html.Div(menu, className="chooser")
