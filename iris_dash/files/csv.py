"""CSV, safe to open in a spreadsheet. It has no place for a receipt."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from iris_dash.files.format import Format, Rows, Variant
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import AT_ONCE, Table
from iris_dash.tables.libraries.moments import is_moment, moment_texts

FORMULA = r"^('*(?:\s*[=+\-@＝＋－＠]|[\t\r\n]))"
"""How text begins that a spreadsheet would run, or that is such text escaped already."""

BEHIND = r"(?:['\"]|[^\S\t\r\n])*[=+\-@＝＋－＠]"
WITHIN = rf"([;|\t\r\n])({BEHIND})"
"""The same behind what separates cells elsewhere.

Where a spreadsheet separates by semicolons, a quote within a cell does not quote: in `1,"a;=2;"` it
sees the cells `1,"a`, `=2` and `"`, and a line ends where a quoted text has a line end.
"""

ELSEWHERE = r"[;|\t]"
"""What parts columns elsewhere, for which a reader that guesses might take it."""


def escape(text: str) -> str:
    """Return text as CSV holds it: with an apostrophe before what a spreadsheet would run.

    >>> escape("=1+1"), escape("'=1+1"), escape("it's"), escape("a;=1+1")
    ("'=1+1", "''=1+1", "it's", "a;'=1+1")
    """
    return re.sub(WITHIN, r"\1'\2", re.sub(FORMULA, r"'\1", text))


def unescape(text: str) -> str:
    """Return the text that `escape` was given.

    >>> [unescape(escape(text)) for text in ("=1+1", "'=1+1", "'t is", "a;'=1+1")]
    ['=1+1', "'=1+1", "'t is", "a;'=1+1"]
    """
    text = re.sub(rf"(?<=[;|\t\r\n])'(?={BEHIND})", "", text)
    return text[1:] if text.startswith("'") and re.match(FORMULA, text) else text


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield a table as UTF-8 CSV (RFC 4180, LF line ends), header first; missing is empty.

    The header is sent even when there are no rows, so that an empty file still says its columns.
    Text and column names that a spreadsheet would run as a formula are escaped, numbers, dates and
    times never. Dates and times are written as in JSON.
    """
    header = {name: escape(name) for name in table.types}
    first = True
    for rows in table.frames(AT_ONCE):
        plain = _escaped(rows, table.moments).with_columns(
            moment_texts(moments) for moments in rows.get_columns() if is_moment(moments.dtype)
        )
        yield _written(plain.rename(header), first)
        first = False
    if first:
        yield _written(pl.DataFrame(schema=table.types).rename(header), first)


def _written(rows: pl.DataFrame, with_header: bool) -> bytes:
    """Return rows as CSV in which what parts columns elsewhere stands in quotes."""
    names = [name for name in rows.columns if with_header and re.search(ELSEWHERE, name)]
    texts = [one for one in rows.get_columns() if one.dtype == pl.String]
    odd = [text for text in texts if text.str.contains(ELSEWHERE).any()]
    if not (names or odd):
        return _bytes_of(rows, with_header)
    quoted = rows.with_columns(_quoted(text) for text in texts)
    heads = pl.Series(rows.columns)
    quoted.columns = _quoted(heads).to_list()
    return _bytes_of(quoted, with_header, quote_style="never")


def _bytes_of(rows: pl.DataFrame, with_header: bool, **said: Any) -> bytes:
    """Return rows as CSV; not by way of Polars' text of it, which takes half as long again."""
    written = io.BytesIO()
    rows.write_csv(written, include_header=with_header, **said)
    return written.getvalue()


def _quoted(text: pl.Series) -> pl.Series:
    """Return texts as fields of CSV, in quotes where that is needed; missing stays missing."""
    inside = text.str.replace_all('"', '""', literal=True)
    needs = text.str.contains(f'[",\r\n]|^$|{ELSEWHERE}')
    return pl.select(
        pl.when(needs).then('"' + inside + '"').otherwise(text).alias(text.name)
    ).to_series()


def _escaped(rows: pl.DataFrame, moments: Collection[str]) -> pl.DataFrame:
    """Return rows with their text escaped; a column is rewritten only if a value asks for it."""
    return rows.with_columns(
        text.str.replace(FORMULA, "'${1}").str.replace_all(WITHIN, "${1}'${2}")
        for text in rows.get_columns()
        if text.dtype == pl.String and text.name not in moments
        if text.unique().str.contains(f"{FORMULA}|{WITHIN}").any()
    )


def _rows(path: Path) -> Rows:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        names = next(lines, [])
        yield [unescape(name) for name in names]
        for line in lines:
            # An empty line is a row only where there is one column, whose value is missing.
            if line or len(names) == 1:
                yield [unescape(text) or None for text in line] or [None]


FORMAT = Format(
    suffix="csv",
    title="CSV",
    media_type="text/csv",
    description=(
        "UTF-8, a header line, then a line per row; what a spreadsheet would run as a formula has "
        "an apostrophe in front, within a text too"
    ),
    write=_pieces,
    read=_rows,
    unreadable=(csv.Error,),
    offers_means=True,
    variant=Variant(
        title="CSV for Excel",
        key="bom",
        description="1: a byte-order mark in front, by which Excel knows the encoding; 0: none",
        prefix=codecs.BOM_UTF8,
    ),
)
