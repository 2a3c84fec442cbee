"""Tab "Table": the rows themselves, sorted and paged; the overview shows them too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Output, html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import COLUMNS, listed
from iris_dash.dashboard.answer.state import PAGE_SIZES
from iris_dash.dashboard.page.elements import empty_notice, select
from iris_dash.dashboard.page.notes import range_line
from iris_dash.dashboard.page.table import data_table, table_columns, table_edges, table_rows
from iris_dash.dashboard.views.card import Card
from iris_dash.dashboard.views.shown import Shown
from iris_dash.dashboard.views.view import View
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema


class RowsTable(Card):
    """A page of rows, each value of the grouping facet with its colour and symbol."""

    id = ids.TABLE
    chooses = COLUMNS
    called = "This table"
    look = "card table-card"
    box = "card-box table-box"

    def offered(self, schema: Schema) -> bool:
        """Every table has rows."""
        return True

    def heading(self, schema: Schema) -> str:
        """Return what the rows are called."""
        return schema.rows.capitalize()

    def tools(self, schema: Schema, shared: Sequence[Component]) -> list[Component]:
        """Return which rows are shown, and how many a page has."""
        sizes = [{"label": f"{size} per page", "value": str(size)} for size in PAGE_SIZES]
        chooser = html.Div(
            [
                html.Span(id=ids.TABLE_RANGE, className="unit"),
                select(ids.PER_PAGE, "Rows on a page", sizes, str(PAGE_SIZES[0])),
            ],
            className="chooser",
        )
        return [*shared, chooser]

    def body(self, schema: Schema) -> list[Component]:
        """Return the table."""
        return [data_table(listed(schema, Query())), empty_notice(self.id, schema)]

    def outputs(self) -> dict[str, Output]:
        """Return the rows, their colours, and which page they are."""
        return {
            "rows": Output(ids.TABLE, "data"),
            "table_columns": Output(ids.TABLE, "columns"),
            "edges": Output(ids.TABLE, "style_data_conditional"),
            "page": Output(ids.TABLE, "page_current", allow_duplicate=True),
            "pages": Output(ids.TABLE, "page_count"),
            "range": Output(ids.TABLE_RANGE, "children"),
        }

    def make(self, shown: Shown) -> dict[str, Any]:
        """Return the page's rows."""
        schema, by = listed(shown.schema, shown.query), shown.by
        by = by if by and by.name in schema.columns_by_name else None
        some = COLUMNS.is_offered(shown.schema) or bool(shown.query.columns)
        names = schema.names if some else None
        rows = shown.explorer.table_rows(shown.query, names) if shown.count else []
        found = {"rows": table_rows(rows, by), "edges": table_edges(rows, by)}
        return found | ({"table_columns": table_columns(schema)} if some else {})

    def known(self, shown: Shown) -> dict[str, Any]:
        """Return which page the table is on."""
        page, per_page = shown.query.page or 1, shown.query.per_page or 1
        return {
            "page": page - 1,
            "pages": max(1, -(-shown.count // per_page)),
            "range": range_line(page, per_page, shown.count),
        }


ROWS = RowsTable()
TABLE = View("table", "Table", (ROWS,))
