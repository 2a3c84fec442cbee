"""Tab "Summarise": any statistic by one key or two, as a table whose figures open their rows."""

from __future__ import annotations

from typing import Any

from dash import Output, dcc, html
from dash.development.base_component import Component

from iris_dash.core.errors import QueryError
from iris_dash.dashboard import ids
from iris_dash.dashboard.page.elements import failure_notice
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.dashboard.views.sentence import (
    COLUMNS,
    OF,
    ROWS,
    STATISTIC,
    SentenceMenu,
    keys_of,
    read_sentence,
    why_not,
)
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.summary_groups import summary
from iris_dash.dashboard.views.summary_order import COLUMN_ORDER, ROW_ORDER, said_orders
from iris_dash.dashboard.views.table import TABLE
from iris_dash.dashboard.views.view import View
from iris_dash.query.schema import Schema


class SummaryTable(Card):
    """A sentence that asks, and the table that answers it, drawn by the page's script."""

    id = "summary"
    title = "Summary"
    called = "This summary"
    box = "card-box summary-box"
    sentence_id = "summary-sentence"

    @property
    def choices(self) -> tuple[PageChoice, ...]:
        """The menus of the sentence."""
        return STATISTIC, OF, ROWS, COLUMNS, ROW_ORDER, COLUMN_ORDER

    def offered(self, schema: Schema) -> bool:
        """Return whether there is anything to gather rows by."""
        return bool(keys_of(schema))

    def outputs(self) -> dict[str, Output]:
        """Return the table, its title, and whether the sentence names a column."""
        return {
            "summary": Output(ids.SUMMARY, "data"),
            "summary_title": Output(f"{self.id}-title", "children"),
            "summary_sentence": Output(self.sentence_id, "className"),
        }

    def known(self, shown: Shown) -> dict[str, Any]:
        """Return what the sentence looks like."""
        asked = read_sentence(shown.schema, shown.state)
        return {"summary_sentence": "sentence" if asked.column else "sentence is-of-rows"}

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the table, or why there is none."""
        asked = read_sentence(shown.schema, shown.state)
        why = why_not(asked) or ("" if shown.count else f"No {shown.schema.rows} match.")
        if not why:
            try:
                found = summary(shown.explorer, shown.query, asked, shown.state)
            except QueryError as error:
                why = str(error)
            else:
                found["opens"] = TABLE.key
                sizes = len(found["rows"]), len(found["columns"])
                found |= said_orders(shown.state, *sizes, found["ordered"])
                words = f"{found['title']} by {found['by']}"
                words += f" and {found['across']}" if found["across"] else ""
                return {"summary": found, "summary_title": words}
        return {"summary": {"why": why}, "summary_title": self.title}

    def components(self, schema: Schema, shared: Any = ()) -> list[Component]:
        """Return the sentence and what the script draws below it."""
        if not self.offered(schema):
            return [choice.unseen() for choice in self.choices]
        return [
            html.Section(
                [
                    self._sentence(schema),
                    html.H2(self.title, id=f"{self.id}-title"),
                    html.Div([*self.body(schema), failure_notice(self.id)], className=self.box),
                ],
                className=self.look,
            )
        ]

    def _sentence(self, schema: Schema) -> Component:
        def menu(choice: SentenceMenu) -> Component:
            return choice.buttons("", schema)

        return html.Div(
            [
                html.Span("Show"),
                menu(STATISTIC),
                html.Span("of"),
                html.Span(schema.rows, className="of-rows"),
                html.Div(menu(OF), className="of-column"),
                html.Span("by"),
                menu(ROWS),
                html.Span("and"),
                menu(COLUMNS),
                ROW_ORDER.unseen(),
                COLUMN_ORDER.unseen(),
            ],
            id=self.sentence_id,
            className="sentence",
        )

    def body(self, schema: Schema) -> list[Component]:
        """Return where the table stands."""
        return [dcc.Store(id=ids.SUMMARY, data=None), html.Div(id=self.id, className="summary")]


SUMMARISE = View("summarise", "Summarise", (SummaryTable(),))
