"""What a table is in a line, and its columns in a small HTML table: for consoles and notebooks."""

from __future__ import annotations

from html import escape

from iris_dash.core.errors import list_names
from iris_dash.query.numbers import exact_text
from iris_dash.query.schema import Column, Facet, Measure, Schema, Text, Time
from iris_dash.query.stops import extremes_text
from iris_dash.query.value_text import value_text

MOST_VALUES = 6
MOST_COLUMNS = 60
"""What a notebook shows of a facet, and of a table."""

KINDS: tuple[tuple[type, str, str], ...] = (
    (Facet, "facet", "facets"),
    (Measure, "measure", "measures"),
    (Time, "time", "times"),
    (Text, "text", "texts"),
)
"""Each kind of column, in the singular and the plural."""


def kind_of(column: Column) -> str:
    """Return what kind a column is of, in a word."""
    return next((one for kind, one, _ in KINDS if isinstance(column, kind)), "other")


def table_text(schema: Schema, rows: int) -> str:
    """Return how many rows and columns a table has, and of which kinds.

    >>> table_text(Schema((Facet("a", "A", "a", values=("x",)),)), 1)
    '1 row, 1 column (1 facet)'
    """
    counts = [(sum(isinstance(c, kind) for c in schema.columns), *words) for kind, *words in KINDS]
    kinds = ", ".join(
        f"{count:,} {one if count == 1 else more}" for count, one, more in counts if count
    )
    columns = len(schema.columns)
    said = (
        f"{rows:,} {'row' if rows == 1 else 'rows'}, "
        f"{columns:,} {'column' if columns == 1 else 'columns'}"
    )
    return f"{said} ({kinds})" if kinds else said


def table_html(schema: Schema, rows: int) -> str:
    """Return a table of the columns: name, label, kind, unit and which values there are."""
    shown = schema.columns[:MOST_COLUMNS]
    cells = (
        (column.name, column.label, kind_of(column), getattr(column, "unit", ""), _values(column))
        for column in shown
    )
    lines = ("".join(f"<td>{escape(str(cell))}</td>" for cell in line) for line in cells)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    more = len(schema.columns) - len(shown)
    rest = f"<p>{more:,} more columns</p>" if more else ""
    head = "".join(f"<th>{name}</th>" for name in ("column", "label", "kind", "unit", "values"))
    caption = escape(f"{schema.title}: {table_text(schema, rows)}")
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"<table><caption>{caption}</caption>{table}</table>{rest}"


def _values(column: Column) -> str:
    """Return which values a column has, in words."""
    match column:
        case Facet(values=values):
            return list_names([value_text(value) for value in values], MOST_VALUES)
        case Measure():
            ends = (exact_text(end, column.decimals) for end in (column.low, column.high))
            return " to ".join(ends)
        case Time():
            return extremes_text(column)
        case _:
            return ""
