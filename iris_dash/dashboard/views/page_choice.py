"""A choice of the page alone: buttons of which one is pressed, and a key of the address."""

from __future__ import annotations

from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.state import DashboardState


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

    def buttons(self, look: str) -> Component:
        """Return the buttons; `look` is their class."""
        return html.Fieldset(
            [
                html.Legend(self.label, className="visually-hidden"),
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
        )
