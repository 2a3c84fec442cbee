"""Tab "Compare": each measure of the selected rows beside the rest."""

from __future__ import annotations

from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.dashboard.answer.column_choices import MEASURES
from iris_dash.dashboard.charts.comparison_table import comparison_table
from iris_dash.dashboard.charts.means import has_means
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.view import View
from iris_dash.query.schema import Schema


class Comparison(Card):
    """Who differs, by how much, and how sure that is, in numbers."""

    id = "comparison"
    title = "Selection beside the rest"
    called = "This comparison"
    chooses = MEASURES

    def offered(self, schema: Schema) -> bool:
        """Return whether a measure has a mean that says something."""
        return has_means(schema)

    def body(self, schema: Schema) -> list[Component]:
        """Return where the numbers stand."""
        return [html.Div(id=self.id)]

    def outputs(self) -> dict[str, Output]:
        """Return the table of numbers."""
        return {"comparison": Output(self.id, "children")}

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the table of numbers."""
        found = shown.explorer.comparison(shown.query, shown.measured.measures)
        total = len(shown.explorer.dataset)
        return {"comparison": comparison_table(shown.schema, shown.count, total, found)}


COMPARE = View("compare", "Compare", (Comparison(),))
