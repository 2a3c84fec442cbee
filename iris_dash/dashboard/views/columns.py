"""Tab "Columns": what each column of the table holds, a line each."""

from __future__ import annotations

from typing import Any

from dash import Output, dcc, html
from dash.development.base_component import Component

from iris_dash.analysis.judgment import are_groups_chosen
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import COLUMNS as TABLE_COLUMNS
from iris_dash.dashboard.answer.column_choices import FILTERS, standing_filters
from iris_dash.dashboard.page.column_rows import column_row
from iris_dash.dashboard.page.column_words import columns_in_words
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.view import View
from iris_dash.query.schema import Schema

NUMBERS = PageChoice("_numbers", "Numbers of", (("all", "all rows"), ("selected", "selected")))


class ColumnLines(Card):
    """Every column: its kind, what is missing, a small picture, its ends or commonest values.

    Its lines are made by the page's script, as they are scrolled to.
    """

    id = "column-lines"
    title = "Columns"
    called = "This list of columns"
    choice = NUMBERS
    scrolls = True
    box = "card-box column-lines-box"

    def offered(self, schema: Schema) -> bool:
        """Every table has columns."""
        return bool(schema.columns)

    def heading(self, schema: Schema) -> str:
        """Return how many columns there are, of which kinds."""
        words = columns_in_words(schema)
        return words[0].upper() + words[1:]

    def outputs(self) -> dict[str, Output]:
        """Return the lines."""
        return {"column_lines": Output(ids.COLUMN_LINES, "data")}

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the lines, and which columns' filters, colours and places in the table stand."""
        explorer, query, schema = shown.explorer, shown.query, shown.schema
        known, ask = explorer.known_profiles, explorer.aggregates
        of_all = NUMBERS.chosen(shown.state) == NUMBERS.values[0]
        figures = known.whole(ask) if of_all else known.selected(ask, query)
        notes, bars = known.notes(ask), known.bars(ask, query)
        lines = [
            column_row(column, figures[column.name], notes[column.name], bars.get(column.name))
            for column in schema.columns
        ]
        by = shown.by
        standing = standing_filters(schema, query, shown.state.columns)
        return {
            "column_lines": {
                "lines": lines,
                "rows": len(explorer.dataset) if of_all else shown.count,
                "filters": list(standing) if FILTERS.is_offered(schema) else None,
                "filterable": [column.name for column in schema.filterable],
                "listed": list(query.columns or TABLE_COLUMNS.first(schema)),
                "limit": {"filters": FILTERS.limit, "listed": TABLE_COLUMNS.limit},
                "keys": {"filters": FILTERS.key, "listed": TABLE_COLUMNS.key},
                "by": by.name if by else None,
                "colours": are_groups_chosen(schema),
            }
        }

    def body(self, schema: Schema) -> list[Component]:
        """Return where the lines stand."""
        return [
            dcc.Store(id=ids.COLUMN_LINES, data=None),
            html.Div(id=self.id, className="column-lines"),
        ]


COLUMNS = View("columns", "Columns", (ColumnLines(),))
