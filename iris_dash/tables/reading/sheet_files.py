"""Spreadsheets as data frames: one sheet, whose first row with something in it is the header."""

from __future__ import annotations

import logging
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars import selectors

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.core.temporary import temporary_folder
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.reading.file_kinds import ZIP_MAGIC
from iris_dash.tables.reading.open_documents import MARK, readable_document, with_spans
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.sheet_cells import DAY, TIMES_DAY, cells_below, is_clock
from iris_dash.tables.reading.sheet_extent import check_open_document, check_sheet
from iris_dash.tables.reading.sheet_oddities import (
    as_written,
    cells_without_value,
    span_cells,
    with_known_days,
    without_odd_errors,
)
from iris_dash.tables.reading.sheet_xml import sheet_part, with_first_rows
from iris_dash.tables.reading.text_dialect import MOST_BEFORE, left_out_before
from iris_dash.tables.reading.text_header import unique_names
from iris_dash.tables.reading.text_marks import may_be_names

if TYPE_CHECKING:
    from fastexcel import ExcelReader

WHOLE = 2.0**53
SAMPLE = 1000
"""Rows that are looked at for the header, and for what kinds of cells a column has."""

NO_DAY, NO_CLOCK = re.compile(rf"^{TIMES_DAY} (?=\d\d:)"), re.compile(r"(?<=^....-..-..) 00:00:00$")

LEAST_BELOW_TITLE = 3
"""Columns of a table that may have a title; a header of two may lack a name."""

OPEN_DOCUMENT, OPEN_HEAD = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", 200
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
"""How an XLS begins."""

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""What the content of a workbook with a password is called in its file."""


def read_sheet(path: Path, name: str, sheet: str | None) -> ReadTable:
    """Return a sheet's table, the first one's without a name.

    Numbers that are all whole are whole numbers, times that are all midnight are dates, and those
    without a day times of day. A column of several kinds is text. Errors: DatasetError, one line.
    """
    import fastexcel  # no other file needs it

    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of each column of two kinds
    try:
        with (
            _by_content(path, name) as known,
            with_known_days(known) as dated,
            readable_document(dated) as plain,
        ):
            table = _table(plain, name, sheet)
            return table if plain == path else replace(table, typed=None)
    except fastexcel.FastExcelError as error:
        reason = first_line(error)
        if "password" in reason or _is_encrypted(path):
            reason = "it is protected by a password"
        raise DatasetError(f"{name}: cannot be read as a spreadsheet: {reason}") from None


def _is_encrypted(path: Path) -> bool:
    """Return whether a workbook is one that Excel has locked: an XLSX within what an XLS is."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content[: len(OLE_MAGIC)] == OLE_MAGIC and content.find(ENCRYPTED) > 0


@contextmanager
def _by_content(path: Path, name: str) -> Iterator[Path]:
    """Give a path by which a workbook is read, whatever its name ends in.

    Errors: DatasetError that says what it is, if that is none.
    """
    with path.open("rb") as file:
        head = file.read(OPEN_HEAD)
    if not head.startswith((ZIP_MAGIC, OLE_MAGIC)):
        is_page = re.match(rb"\s*<(!doctype|html|table|meta)", head.removeprefix(BOM_UTF8), re.I)
        known = "a web page; save it as XLSX or CSV" if is_page else "text; let it end in .csv"
        what = known if is_page or b"\0" not in head else "none by its content"
        raise DatasetError(f"{name}: cannot be read as a spreadsheet: it is {what}")
    if not path.suffix or (path.suffix.lower() == ".xls") == head.startswith(OLE_MAGIC):
        yield path
        return
    with temporary_folder(path.name) as folder:  # Of a name that says nothing the content is asked.
        (folder / "table").symlink_to(path.resolve())
        yield folder / "table"


def _table(path: Path, name: str, sheet: str | None) -> ReadTable:
    import fastexcel  # no other file needs it

    is_open = _is_open_document(path)
    if is_open:
        check_open_document(path, name)
    book = fastexcel.read_excel(path)
    sheets = book.sheet_names
    if sheet is not None and sheet not in sheets:
        known = list_names(map(repr, sheets))
        raise DatasetError(f"{name}: has no sheet {sheet!r}; its sheets are {known}")
    chosen = sheets[0] if sheet is None else sheet
    check_sheet(path, name, chosen)
    lost = False
    try:
        cells = _cells(book, path, chosen, is_open)
    except fastexcel.FastExcelError:
        with without_odd_errors(path, chosen) as copy:
            if copy is None and sheet_part(path, chosen):
                raise
            lost = copy is None
            book = fastexcel.read_excel(copy) if copy else book
            cells = _cells(book, copy or path, chosen, is_open, has_errors=lost)
            cells = replace(cells, is_plain=False)
    if not cells.rows.height and (filled := _with_rows(book, path, name, chosen)):
        named = list_names(map(repr, filled))
        raise DatasetError(
            f"{name}: sheet {chosen!r} has no rows; those that have are {named}; "
            f"name one: '{name}#{filled[0]}'"
        )
    if not cells.top.height:
        return ReadTable(cells.top)
    names, notes = unique_names(_header(cells.top))
    if cells.left_out:
        notes.insert(0, left_out_before(cells.left_out, "row"))
    if sheet is None and (others := sheets[1:]):
        notes.insert(0, f"sheet {chosen!r} is read, not {list_names(map(repr, others))}")
    rows = cells.rows
    if lost:
        notes.append("cells with errors are missing")
    elif any(column.null_count() for column in rows):
        notes += cells_without_value(path, chosen, names, cells.skip)
    types = dict(zip(names, rows.dtypes, strict=True))
    if is_open:
        rows = rows.with_columns(map(with_spans, rows.select(selectors.string())))
        rows = rows.with_columns(map(_time_of_day, rows.select(selectors.duration())))
    columns = [_plain(column).alias(title) for column, title in zip(rows, names, strict=True)]
    form = TypedForm("sheet", types, sheet, skip=cells.skip)
    return ReadTable(pl.DataFrame(columns), tuple(notes), typed=form if cells.is_plain else None)


@dataclass(frozen=True)
class _Cells:
    """A sheet's first rows as text from its header on, and the rows below that.

    `skip`: how many rows end with the header, `left_out`: how many of them are a title above it;
    `is_plain`: whether the reader alone makes the same of the rows.
    """

    top: pl.DataFrame
    rows: pl.DataFrame
    skip: int = 0
    left_out: int = 0
    is_plain: bool = False


def _cells(
    book: ExcelReader, path: Path, sheet: str, is_open: bool, has_errors: bool = False
) -> _Cells:
    import fastexcel  # no other file needs it

    below = partial(_cells_below, book, path, sheet, is_open, has_errors)
    part = sheet_part(path, sheet)
    if part and (few := with_first_rows(path, part, SAMPLE)):
        top, empty = _top(fastexcel.read_excel(few), sheet)
        if top.height > MOST_BEFORE:
            cells = below(top, empty)
            if cells.rows.width == top.width:  # else cells far below stand beside these
                return cells
    top, empty = _top(book, sheet)
    return below(top, empty) if top.height else _Cells(top, top)


def _cells_below(
    book: ExcelReader,
    path: Path,
    sheet: str,
    is_open: bool,
    has_errors: bool,
    top: pl.DataFrame,
    empty: int,
) -> _Cells:
    top, skip = _below_title(top, empty)
    # In an OpenDocument a duration has no text, so that text does not tell the kinds.
    sample = top[:0] if is_open else top[1:]
    load = partial(book.load_sheet, sheet, header_row=None)
    mend = partial(as_written, path, sheet, skip)
    spans = partial(span_cells, path, sheet, skip)
    rows, is_plain = cells_below(load, skip, sample, mend, spans, has_errors)
    return _Cells(top, rows, skip, skip - empty, is_plain)


def _with_rows(book: ExcelReader, path: Path, name: str, but: str) -> list[str]:
    """Return the other sheets that have a row below a header."""
    import fastexcel  # no other file needs it

    found = []
    for sheet in book.sheet_names:
        with suppress(fastexcel.FastExcelError, DatasetError):
            check_sheet(path, name, sheet)
            if sheet != but and book.load_sheet(sheet, header_row=None, n_rows=2).height > 1:
                found.append(sheet)
    return found


def _top(book: ExcelReader, sheet: str) -> tuple[pl.DataFrame, int]:
    """Return the first rows as text from one with something in it on, and how many end with it."""
    load = partial(book.load_sheet, sheet, header_row=None, n_rows=SAMPLE, dtypes="string")
    first = load(skip_rows=0)
    top, rows = first.to_polars(), first.total_height
    if rows and all(cells[0] is None for cells in top):
        filled = load()  # without the empty rows before it
        return filled.to_polars(), rows - filled.total_height + 1
    return top, 1


def _below_title(top: pl.DataFrame, skip: int) -> tuple[pl.DataFrame, int]:
    """Return rows from the header on, and how many end with it.

    It is not a title with empty cells beside it.
    """
    cells = _filled(top[: 1 + MOST_BEFORE])
    if top.width < LEAST_BELOW_TITLE or cells[0] > 1:
        return top, skip
    for place, filled in enumerate(cells[1:], 1):
        if filled >= top.width - 1:
            is_header = may_be_names(_header(top[place:]))
            return (top[place:], skip + place) if is_header else (top, skip)
    return top, skip


def _filled(rows: pl.DataFrame) -> list[int]:
    return rows.select(pl.sum_horizontal(pl.all().is_not_null())).to_series().to_list()


def _header(top: pl.DataFrame) -> list[str]:
    """Return the first row of texts; of a day or a time without the other, as people write it."""
    written = [(cells[0] or "").removeprefix(MARK) for cells in top]
    return [NO_CLOCK.sub("", NO_DAY.sub("", text)) for text in written]


def _is_open_document(path: Path) -> bool:
    with path.open("rb") as file:
        return OPEN_DOCUMENT in file.read(OPEN_HEAD)


def _time_of_day(spans: pl.Series) -> pl.Series:
    """Return durations of less than a day as times of day, of which such a file makes no others."""
    known = spans.dt.total_nanoseconds()
    within = known.is_between(0, DAY - 1)
    return known.cast(pl.Time) if within.any() and within.all() else spans


def _plain(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Float64:
        known = column.drop_nulls()
        whole = (known == known.round(0)) & (known.abs() < WHOLE)
        return column.cast(pl.Int64) if len(known) and whole.all() else column
    if isinstance(column.dtype, pl.Datetime):
        if is_clock(column).all() and column.null_count() < len(column):
            return column.dt.time()
        midnight = column.dt.truncate("1d") == column
        return column.cast(pl.Date if midnight.all() else pl.Datetime("us"))
    return column.cast(pl.String) if column.dtype == pl.Null else column
