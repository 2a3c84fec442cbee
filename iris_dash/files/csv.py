"""CSV, safe to open in a spreadsheet. It has no place for a receipt."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from iris_dash.core.side_by_side import one_ahead
from iris_dash.files.dictionaries import as_dictionary, distinct_texts, each_text
from iris_dash.files.format import Format, Rows, Variant
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import Table
from iris_dash.tables.libraries.moments import is_moment, moment_texts

if TYPE_CHECKING:
    from polars._typing import CsvQuoteStyle

ROWS = 250_000
"""Rows that are written at once: Polars writes fewer than some 100,000 by one thread alone."""

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

SPECIAL = r'[",;|\t\r\n]'
"""What a text has within that stands in quotes, or behind which there may be a formula."""


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
    frames = table.frames(ROWS, dictionaries=True)
    first = next(frames, None)
    if first is None:
        first = pl.DataFrame(schema=table.types)
    yield _written(first, header, table.moments, with_header=True)
    yield from one_ahead(partial(_written, header=header, moments=table.moments), frames)


def _written(
    rows: pl.DataFrame, header: dict[str, str], moments: Collection[str], with_header: bool = False
) -> bytes:
    """Return rows as CSV in which what parts columns elsewhere stands in quotes.

    Texts are rewritten only if one of a column's, each of which is looked at once, asks for it.
    """
    columns = {column.name: column for column in rows.get_columns()}
    texts = {name: distinct_texts(one) for name, one in columns.items() if _is_text(one)}
    special = [name for name, one in texts.items() if one.str.contains(SPECIAL).any()]
    for name, one in texts.items():
        runs = f"{FORMULA}|{WITHIN}" if name in special else FORMULA
        if name not in moments and one.str.contains(runs).any():
            columns[name] = each_text(columns[name], _escaped)
    heads = [header[name] for name in columns]
    elsewhere = any(texts[name].str.contains(ELSEWHERE).any() for name in special) or (
        with_header and any(re.search(ELSEWHERE, head) for head in heads)
    )
    # Polars quotes sooner what is not to be looked at elsewhere; all fields are looked at then.
    by_polars = not elsewhere and (special or any((one == "").any() for one in texts.values()))
    if elsewhere:
        columns |= {name: each_text(columns[name], _quoted) for name in texts}
    if with_header and not by_polars:
        heads = _quoted(pl.Series(heads, dtype=pl.String)).to_list()
    plain = pl.DataFrame(
        [columns[name] if name in texts else _plain(columns[name]) for name in columns]
    )
    plain.columns = heads
    return _bytes_of(plain, with_header, "necessary" if by_polars else "never")


def _plain(column: pl.Series) -> pl.Series:
    """Return what is no text as Polars writes it sooner: from a dictionary, and moments as text."""
    found = as_dictionary(column)
    return moment_texts(found) if is_moment(found.dtype) else found


def _is_text(column: pl.Series) -> bool:
    return column.dtype in (pl.String, pl.Enum)


def _bytes_of(rows: pl.DataFrame, with_header: bool, quotes: CsvQuoteStyle) -> bytes:
    """Return rows as CSV; not by way of Polars' text of it, which takes half as long again."""
    written = io.BytesIO()
    rows.write_csv(written, include_header=with_header, quote_style=quotes)
    return written.getvalue()


def _quoted(text: pl.Series) -> pl.Series:
    """Return texts as fields of CSV, in quotes where that is needed; missing stays missing."""
    inside = text.str.replace_all('"', '""', literal=True)
    needs = text.str.contains(f'[",\r\n]|^$|{ELSEWHERE}')
    return pl.select(
        pl.when(needs).then('"' + inside + '"').otherwise(text).alias(text.name)
    ).to_series()


def _escaped(text: pl.Series) -> pl.Series:
    """Return texts as `escape` has them."""
    return text.str.replace(FORMULA, "'${1}").str.replace_all(WITHIN, "${1}'${2}")


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
