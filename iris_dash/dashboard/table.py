"""All that knows Dash's DataTable, which is deprecated upstream: replace it here alone."""

from __future__ import annotations

import warnings
from typing import Any

from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.state import PAGE_SIZES
from iris_dash.dashboard.theme import GLYPHS, glyph
from iris_dash.schema import Column, Facet, Measure, Schema, value_text
from iris_dash.sort_text import join_sort

GENERAL_DECIMALS = 6


def data_table(schema: Schema) -> Component:
    """Return the table: paged and sorted on the server, by several columns."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="(?s).*DataTable", category=DeprecationWarning)
        from dash.dash_table.DataTable import DataTable

        return DataTable(
            id=ids.TABLE,
            columns=[_table_column(column) for column in schema.columns],
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
            style_data_conditional=_facet_edges(schema),
            style_cell_conditional=[
                {"if": {"column_id": column.name}, "textAlign": "left"}
                for column in schema.columns
                if not isinstance(column, Measure)
            ],
        )


def _facet_edges(schema: Schema) -> list[dict[str, Any]]:
    """Return the coloured edge of the cells of the facet that colours the charts."""
    if not schema.facets or set("{}") & set(schema.facets[0].name):
        return []
    name = schema.facets[0].name
    return [
        {
            "if": {"column_id": name, "filter_query": f'{{{name}}} contains "{symbol} "'},
            "boxShadow": f"inset 3px 0 0 var(--series-{position})",
        }
        for position, symbol in enumerate(GLYPHS)
    ]


def table_rows(schema: Schema, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a page's rows as the table shows them: facet values with their symbol."""
    shown = []
    places = {facet.name: dict(_places(facet)) for facet in schema.facets[:1]}
    for record in records:
        row = {name: _cell(value) for name, value in record.items()}
        for name, place in places.items():
            value = record[name]
            row[name] = f"{glyph(place[value])} {value_text(value)}"
        shown.append(row)
    return shown


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
        shown["type"] = "numeric"
        shown["format"] = {"specifier": f".{column.decimals}f" if exact else ".6~g"}
    return shown


def _places(facet: Facet) -> list[tuple[Any, int]]:
    return [(value, position) for position, value in enumerate(facet.values)]


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)
