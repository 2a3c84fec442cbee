"""Spreadsheets as data frames: one sheet, whose first row with something in it is the header."""

from __future__ import annotations

import logging
import re
from functools import partial
from pathlib import Path

import polars as pl
from polars import selectors

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.sheet_cells import DAY, TIMES_DAY, Load, cells_below, is_clock
from iris_dash.tables.reading.text_dialect import MOST_BEFORE, left_out_before, may_be_names
from iris_dash.tables.reading.text_header import unique_names

WHOLE = 2.0**53
SAMPLE = 1000
"""Rows that are looked at for the header, and for what kinds of cells a column has."""

NO_DAY, NO_CLOCK = re.compile(rf"^{TIMES_DAY} (?=\d\d:)"), re.compile(r"(?<=^....-..-..) 00:00:00$")

LEAST_BELOW_TITLE = 3
"""Columns of a table that may have a title; a header of two may lack a name."""

OPEN_DOCUMENT, OPEN_HEAD = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", 200


def read_sheet(path: Path, name: str, sheet: str | None) -> ReadTable:
    """Return a sheet's table, the first one's without a name.

    Numbers that are all whole are whole numbers, times that are all midnight are dates, and those
    without a day times of day. A column of several kinds is text. Errors: DatasetError, one line.
    """
    import fastexcel  # no other file needs it

    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of each column of two kinds
    try:
        book = fastexcel.read_excel(path)
        if sheet is not None and sheet not in book.sheet_names:
            sheets = list_names(map(repr, book.sheet_names))
            raise DatasetError(f"{name}: has no sheet {sheet!r}; its sheets are {sheets}")
        load = partial(book.load_sheet, sheet if sheet is not None else 0, header_row=None)
        top, empty = _top(load)
        if not top.height:
            return ReadTable(top)
        top, skip = _below_title(top, empty)
        is_open = _is_open_document(path)
        # There a duration has no text, so that text does not tell the kinds.
        rows, is_plain = cells_below(load, skip, top[:0] if is_open else top[1:])
    except fastexcel.FastExcelError as error:
        raise DatasetError(
            f"{name}: cannot be read as a spreadsheet: {first_line(error)}"
        ) from None
    names, notes = unique_names(_header(top))
    if skip > empty:
        notes.insert(0, left_out_before(skip - empty, "row"))
    if sheet is None and (others := book.sheet_names[1:]):
        chosen = f"sheet {book.sheet_names[0]!r} is read, not {list_names(map(repr, others))}"
        notes.insert(0, chosen)
    types = dict(zip(names, rows.dtypes, strict=True))
    if is_open:
        rows = rows.with_columns(map(_time_of_day, rows.select(selectors.duration())))
    columns = [_plain(column).alias(title) for column, title in zip(rows, names, strict=True)]
    form = TypedForm("sheet", types, sheet, skip=skip)
    return ReadTable(pl.DataFrame(columns), tuple(notes), typed=form if is_plain else None)


def _top(load: Load) -> tuple[pl.DataFrame, int]:
    """Return the first rows as text from one with something in it on, and how many end with it."""
    first = load(skip_rows=0, n_rows=SAMPLE, dtypes="string")
    top, rows = first.to_polars(), first.total_height
    if rows and all(cells[0] is None for cells in top):
        filled = load(n_rows=SAMPLE, dtypes="string")  # without the empty rows before it
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
    written = [cells[0] or "" for cells in top]
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
