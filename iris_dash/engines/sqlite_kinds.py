"""What a table of SQLite really holds, which keeps any value in any column.

A column is of its declared type where all its values are; one of several kinds is text, each value
as it is written. Text is told apart as it stands, whatever collation the table declares.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import polars as pl
from ibis import cases, table

AT_ONCE = 200
"""Columns of one question: SQLite answers at most 2,000."""

HOLDS = {
    dt.Boolean: "{c} IN (0, 1)",
    dt.Date: "{c} = date({c})",
    dt.Timestamp: (
        "datetime(substr({c}, 1, 19)) IS NOT NULL AND "
        "{c} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'"
        " AND substr({c}, 20) NOT GLOB '*[^.0-9]*'"
    ),
}
"""Whether a value is one of a declared type that SQLite does not have itself."""


MOST_OF_A_VIEW = 100_000
"""Rows of a view that tell its columns' kinds: it may be long in the making, or have no end."""


def kept_table(connection: sqlite3.Connection, name: str, schema: Any) -> ir.Table:
    """Return a table of an Ibis schema as SQLite holds it, bound to no connection."""
    kinds, odd = {}, []
    for column, found, all_hold in _found(connection, name, schema):
        kinds[column] = kind = _kind(schema[column], found, all_hold)
        if kind.is_string() and found - {"text"}:
            odd.append(column)
    columns = table(kinds, name=name)
    made = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()
    if made and "collate" in str(made[0]).lower():
        odd = [column for column, kind in kinds.items() if kind.is_string()]
    # What is put together has no collation.
    return columns.mutate(**{column: _as_text(columns[column]) for column in odd})


def _as_text(column: Any) -> Any:
    blob = column.typeof() == "blob"
    return cases((blob, column.length().cast("string") + " bytes"), else_=column + "")


def _found(
    connection: sqlite3.Connection, name: str, schema: Any
) -> Iterator[tuple[str, set[str], bool]]:
    """Yield of each column the kinds of its values, and whether all hold as its declared type."""
    names, rows = list(schema), _quoted(name)
    kind = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", [name]).fetchone()
    if kind == ("view",):
        rows = f"(SELECT * FROM {rows} LIMIT {MOST_OF_A_VIEW})"
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        asked = []
        for column in some:
            quoted = _quoted(column)
            holds = HOLDS.get(type(schema[column]), "1").format(c=quoted)
            asked += [
                f"group_concat(DISTINCT typeof({quoted}))",
                f"min({quoted} IS NULL OR ifnull({holds}, 0))",
            ]
        row = connection.execute(f"SELECT {', '.join(asked)} FROM {rows}").fetchone()
        for place, column in enumerate(some):
            kinds, holds = row[2 * place], row[2 * place + 1]
            yield column, set((kinds or "null").split(",")) - {"null"}, bool(holds)


def _kind(declared: Any, found: set[str], all_hold: bool) -> Any:
    match sorted(found):
        case []:
            return declared if type(declared) in (*HOLDS, dt.Int64, dt.Float64) else dt.string
        case ["integer"] if not declared.is_floating():
            return dt.boolean if declared.is_boolean() and all_hold else dt.int64
        case ["integer"] | ["real"] | ["integer", "real"]:
            return dt.float64
        case ["text"] if all_hold and (declared.is_date() or declared.is_timestamp()):
            return declared
        case _:
            return dt.string


def frame_of(rows: Sequence[Sequence[Any]], types: pl.Schema) -> pl.DataFrame:
    """Return what SQLite answered as columns of these types; what is none of them is missing."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    return pl.DataFrame(
        [_series(n, list(v), t) for (n, t), v in zip(types.items(), columns, strict=True)]
    )


def _series(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    if not dtype.is_temporal():
        return pl.Series(name, values, dtype, strict=False)
    texts = pl.Series(name, values, pl.String, strict=False).str.replace("T", " ", literal=True)
    if dtype == pl.Date:
        return texts.str.to_date("%Y-%m-%d", strict=False)
    return texts.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False).cast(dtype)


def text_of(value: bytes) -> str:
    """Return text that may not be UTF-8, as other programs write it."""
    return value.decode("utf-8", "replace")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
