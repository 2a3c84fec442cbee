"""A spreadsheet: the rows on one sheet, what was asked on another."""

from __future__ import annotations

import math
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import polars as pl

from iris_dash.core.errors import Problem, QueryError
from iris_dash.core.temporary import temporary_folder
from iris_dash.files.format import Format, Rows
from iris_dash.files.receipt import Receipt
from iris_dash.files.table import AT_ONCE, Table, content
from iris_dash.files.whole import SIGN, Writing
from iris_dash.tables.libraries.moments import moment_rows
from iris_dash.tables.values import json_value

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_TEXT = 32_767
"""What one sheet and one cell hold."""

EXACT = 2**53
"""Above this a spreadsheet, whose numbers are all floats, would round a whole number."""

FIRST_DATE = date(1900, 3, 1)
"""Before it spreadsheets disagree on dates, since one of them counts 29 February 1900."""

DATE_FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss.000", time: "hh:mm:ss.000"}
SHEETS = {"rows": "Rows", "means": "Means", "groups": "Groups"}
QUERY_SHEET = "Query"

OPTIONS = {
    "constant_memory": True,
    "in_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


def _pieces(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Return a table as a spreadsheet; QueryError if it is too large for one.

    Dates and times are a spreadsheet's own, except those before March 1900 and those of a time
    zone; infinite numbers, and those that a float would round, are text.
    """
    _refuse_too_large(table, receipt)
    return _written(table, receipt)


def _refuse_too_large(table: Table, receipt: Receipt) -> None:
    for many, most, what in (
        (receipt.rows, MOST_ROWS - 1, "rows"),
        (len(table.types), MOST_COLUMNS, "columns"),
        (max(map(len, table.types), default=0), MOST_TEXT, "characters in a column's name"),
        (table.longest_text(), MOST_TEXT, "characters in one cell"),
    ):
        if many > most:
            _refuse(f"{many:,} {what}, and a spreadsheet holds at most {most:,}")


def _refuse(reason: str) -> None:
    advice = "narrow the query, ask for a page with page and per_page, or take it as Parquet or CSV"
    raise QueryError([Problem("too_large", ("query",), f"{reason}; {advice}")])


def _written(table: Table, receipt: Receipt) -> Iterator[bytes]:
    """Yield the spreadsheet out of a file without a name, which goes whatever the client does."""
    with tempfile.TemporaryFile() as file:
        with temporary_folder("a spreadsheet") as folder:
            yield from _write(table, receipt, file, str(folder))
        file.seek(0)
        yield from content(file)


def _write(table: Table, receipt: Receipt, file: IO[bytes], folder: str) -> Iterator[bytes]:
    """Write the spreadsheet; what it is made of lies in the folder meanwhile.

    It is left as it is where that ends early, and not closed, which would put it together.
    """
    import xlsxwriter

    writing = Writing()
    book = xlsxwriter.Workbook(file, OPTIONS | {"tmpdir": folder})
    rows, said = book.add_worksheet(SHEETS[receipt.what]), book.add_worksheet(QUERY_SHEET)
    with rows.row_data_fh, said.row_data_fh:
        formats = {
            kind: book.add_format({"num_format": text}) for kind, text in DATE_FORMATS.items()
        }
        bold = book.add_format({"bold": True})
        rows.freeze_panes(1, 0)
        for place, name in enumerate(table.types):
            _write_text(rows, 0, place, name, bold)
        lines = (line for frame in table.frames(AT_ONCE) for line in moment_rows(frame))
        number, line = 0, tuple[Any, ...]()
        for number, line in enumerate(lines, 1):
            for place, value in enumerate(line):
                if value is not None:
                    _write_value(rows, number, place, value, formats)
            if writing.wants_sign():
                yield SIGN
        if number and all(value is None for value in line):
            _write_end(rows, number, table)
        said.set_column(0, 0, 24)
        said.set_column(1, 1, 80)
        for number, texts in enumerate(_query_lines(table, receipt)):
            for place, text in enumerate(texts):
                said.write_string(number, place, text)
        book.close()


def _write_end(sheet: Any, row: int, table: Table) -> None:
    """Write a cell into a row without a value, as a sheet ends with its last cell.

    It is an empty one, or #N/A where all columns are text, among which that would be a value.
    """
    types = enumerate(table.types.values())
    place = next((p for p, dtype in types if dtype not in (pl.String, pl.Null)), None)
    if place is not None:
        sheet.write_string(row, place, "")
    else:
        sheet.write_formula(row, 0, "=NA()", None, "#N/A")


def _query_lines(table: Table, receipt: Receipt) -> list[list[str]]:
    """Return what was asked: for people first, then for `verify`."""
    lines = [
        ("Title", receipt.title),
        ("Rows", f"{receipt.rows}"),
        ("Asked at (UTC)", receipt.time),
        ("Link", receipt.link),
        *table.words,
    ]
    receipt_text = receipt.to_json()
    # A cell counts in UTF-16, which takes two for some characters.
    step = MOST_TEXT // 2
    cut = [receipt_text[start : start + step] for start in range(0, len(receipt_text), step)]
    return [*(list(line) for line in lines if line[1]), ["Receipt", *cut]]


def _write_value(sheet: Any, row: int, place: int, value: Any, formats: dict[type, Any]) -> None:
    if isinstance(value, Decimal):
        value = json_value(value)
    kind = type(value)
    if kind is bool:
        sheet.write_boolean(row, place, value)
    elif (kind is float and math.isfinite(float(f"{value:.16G}"))) or (
        kind is int and abs(value) <= EXACT
    ):
        sheet.write_number(row, place, value)
    elif kind in formats and _is_known_date(value):
        sheet.write_datetime(row, place, value, formats[kind])
    else:
        is_moment = isinstance(value, datetime)
        _write_text(sheet, row, place, value.isoformat() if is_moment else str(value))


def _is_known_date(value: date | time) -> bool:
    """Return whether a spreadsheet's own dates and times can say it."""
    if isinstance(value, time):
        return True
    if isinstance(value, datetime):
        return value.tzinfo is None and value.date() >= FIRST_DATE
    return value >= FIRST_DATE


def _write_text(sheet: Any, row: int, place: int, text: str, style: Any = None) -> None:
    if text.startswith("<r>") and text.endswith("</r>"):
        # XlsxWriter takes such text for the markup of fonts and writes it as it is; of two pieces
        # it makes that markup itself.
        failed = sheet.write_rich_string(row, place, text[:1], text[1:2], text[2:])
    else:
        failed = sheet.write_string(row, place, text, style)
    if failed:
        _refuse(f"a text is too long for a cell, which holds {MOST_TEXT:,} UTF-16 characters")


def _rows(path: Path) -> Rows:
    import openpyxl
    from openpyxl.utils import escape as cell_text

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        sheet = next(book[name] for name in book.sheetnames if name != QUERY_SHEET)
        for row in sheet.iter_rows(values_only=True):
            yield [cell_text.unescape(value) if isinstance(value, str) else value for value in row]
    finally:
        book.close()


def _receipt(path: Path) -> str | None:
    import openpyxl
    from openpyxl.utils import escape as cell_text

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        rows = book[QUERY_SHEET].iter_rows(values_only=True) if QUERY_SHEET in book else ()
        found = [row[1:] for row in rows if row and row[0] == "Receipt"]
        return cell_text.unescape("".join(text for text in found[0] if text)) if found else None
    finally:
        book.close()


FORMAT = Format(
    suffix="xlsx",
    title="Excel (XLSX)",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    description="A spreadsheet; its sheet Query is the receipt. At most 1,048,575 rows",
    write=_pieces,
    read=_rows,
    is_whole=True,
    receipt=_receipt,
    unreadable=(
        *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError),
        SyntaxError,  # what every reader of XML raises
    ),
    offers_means=True,
)
