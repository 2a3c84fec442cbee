"""CSV, JSON and lines of JSON. They have no place for a receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl
import polars.selectors as cs

from iris_dash.files.receipt import Receipt
from iris_dash.files.table import AT_ONCE, Table

FORMULA = r"^('*(?:\s*[=+\-@＝＋－＠]|[\t\r\n]))"
"""How text begins that a spreadsheet would run, or that is such text escaped already."""

TIMES = (
    cs.datetime(time_zone=None).dt.to_string("%FT%T%.6f"),
    cs.datetime(time_zone="*").dt.to_string("%FT%T%.6f%:z"),
    cs.time().dt.to_string("%T%.6f"),
)
"""Times in ISO 8601, to be freed of a fraction that is nought."""


def escape(text: str) -> str:
    """Return text as CSV holds it: with an apostrophe in front if a spreadsheet would run it.

    >>> escape("=1+1"), escape("'=1+1"), escape("it's")
    ("'=1+1", "''=1+1", "it's")
    """
    return re.sub(FORMULA, r"'\1", text)


def unescape(text: str) -> str:
    """Return the text that `escape` was given.

    >>> [unescape(escape(text)) for text in ("=1+1", "'=1+1", "'t is")]
    ['=1+1', "'=1+1", "'t is"]
    """
    return text[1:] if text.startswith("'") and re.match(FORMULA, text) else text


def csv_pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as UTF-8 CSV (RFC 4180, LF line ends), header first; missing is empty.

    The header is sent even when there are no rows, so that an empty file still says its columns.
    Text and column names that a spreadsheet would run as a formula are escaped, numbers never.
    """
    header = {name: escape(name) for name in table.types}
    first = True
    for rows in table.frames(AT_ONCE):
        yield _escaped(rows).rename(header).write_csv(include_header=first).encode()
        first = False
    if first:
        yield pl.DataFrame(schema=table.types).rename(header).write_csv().encode()


def _escaped(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with their text escaped; a column is rewritten only if a value asks for it."""
    risky = [
        name
        for name, dtype in rows.schema.items()
        if dtype == pl.String and rows[name].unique().str.contains(FORMULA).any()
    ]
    return rows.with_columns(pl.col(risky).str.replace(FORMULA, "'${1}")) if risky else rows


def json_pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as one JSON array of objects, in the keys of the JSON routes."""
    before = b"["
    for lines in ndjson_pieces(table, receipt):
        # Within an object a line end is written as two characters.
        yield before + lines[:-1].replace(b"\n", b",")
        before = b","
    yield b"]" if before == b"," else b"[]"


def ndjson_pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as a JSON object per line: the bytes that the JSON routes would send of it."""
    for rows in table.frames(AT_ONCE):
        records = rows.with_columns(time.str.replace(".000000", "", literal=True) for time in TIMES)
        records.columns = list(table.keys)
        yield records.write_ndjson().encode()
