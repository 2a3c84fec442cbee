"""All that knows Dash's DataTable, which is deprecated upstream: replace it here alone."""

from __future__ import annotations

import math
import warnings
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.state import PAGE_SIZES
from iris_dash.dashboard.theme import css_colour, glyph
from iris_dash.query.locale import Locale, reader, time_read
from iris_dash.query.numbers import shown_digits
from iris_dash.query.schema import Column, Facet, Measure, Schema
from iris_dash.query.sort import join_sort
from iris_dash.query.value_text import value_text
from iris_dash.tables.values import json_value

GENERAL_DECIMALS = 6

MOST_EXACT = 2**53


def data_table(schema: Schema) -> Component:
    """Return the table: paged and sorted on the server, by several columns."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="(?s).*DataTable", category=DeprecationWarning)
        from dash.dash_table.DataTable import DataTable

        return DataTable(
            id=ids.TABLE,
            columns=table_columns(schema),
            data=[],
            page_action="custom",
            page_current=0,
            page_size=PAGE_SIZES[0],
            page_count=1,
            sort_action="custom",
            sort_mode="multi",
            sort_by=[],
            cell_selectable=False,
            style_as_list_view=True,
            style_table={"overflowX": "auto"},
            style_cell_conditional=[
                {"if": {"column_type": "any"}, "textAlign": "left"},
            ],
        )


def table_columns(schema: Schema) -> list[Any]:
    """Return the columns as the table takes them."""
    return [_table_column(column) for column in schema.columns]


def table_rows(records: list[dict[str, Any]], by: Facet | None) -> list[dict[str, Any]]:
    """Return a page's rows as the table shows them: values of the facet `by` with their symbol."""
    shown = []
    for record in records:
        row = {name: _cell(value) for name, value in record.items()}
        if by is not None:
            value = record[by.name]
            row[by.name] = f"{glyph(by, by.values.index(value))} {value_text(value)}"
        shown.append(row)
    return shown


def table_edges(records: list[dict[str, Any]], by: Facet | None) -> list[dict[str, Any]]:
    """Return the coloured edge of each cell of the facet `by`, one rule per colour on the page."""
    if by is None:
        return []
    rows: dict[str, list[int]] = {}
    for index, record in enumerate(records):
        rows.setdefault(css_colour(by, by.values.index(record[by.name])), []).append(index)
    return [
        {
            "if": {"column_id": by.name, "row_index": indexes},
            "boxShadow": f"inset 3px 0 0 {colour}",
            "color": colour,
        }
        for colour, indexes in rows.items()
    ]


def sort_of_table(sort_by: list[dict[str, Any]] | None) -> str | None:
    """Return the table's sort state as a query's sort text."""
    pairs = tuple((e["column_id"], e.get("direction") == "desc") for e in sort_by or ())
    return join_sort(pairs) or None


def table_sort(sort: tuple[tuple[str, bool], ...]) -> list[dict[str, str]]:
    """Return a query's sort as the table's sort state."""
    return [{"column_id": c, "direction": "desc" if down else "asc"} for c, down in sort]


def _table_column(column: Column) -> Any:
    shown: dict[str, Any] = {"id": column.name, "name": column.label}
    if isinstance(column, Measure):
        exact = column.decimals < GENERAL_DECIMALS
        mark = "," if column.is_grouped else ""
        shown["type"] = "numeric"
        shown["format"] = {
            "specifier": f"{mark}.{column.decimals}f" if exact else f".{shown_digits(column)}~g",
            "locale": _marks(reader()),
        }
    return shown


def _marks(locale: Locale) -> dict[str, Any]:
    """Return how a locale writes numbers, as the table's own formats take it."""
    return {
        "decimal": locale.point,
        "group": locale.group,
        "grouping": [3, *[locale.second] * 5],
        "separate_4digits": locale.least == 4,
    }


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = json_value(value)
    if isinstance(value, date):
        return time_read(_time_text(value))
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "−∞"
    # A browser's numbers end there.
    is_long = isinstance(value, int) and abs(value) > MOST_EXACT
    if value is None or (isinstance(value, int | float) and not is_long):
        return value
    return value_text(value if isinstance(value, str) else str(value))


def _time_text(value: date) -> str:
    """Return a date or a moment as text; thousandths of a second have no zeros behind them."""
    if isinstance(value, datetime) and value.microsecond and value.microsecond % 1_000 == 0:
        return value.isoformat(" ", "milliseconds")
    return str(value)
