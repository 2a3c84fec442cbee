"""Spreadsheets as data frames: one sheet, whose first row with something in it is the header."""

from __future__ import annotations

import logging
import zipfile
from datetime import date
from pathlib import Path

import polars as pl

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.text_header import unique_names

WHOLE = 2.0**53
DAY = 86_400 * 10**9
"""Nanoseconds."""

TIMES_DAY = date(1899, 12, 31)
"""The day of a time without one: a sheet counts days from here, and a time is a part of one."""


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
        place = sheet if sheet is not None else 0
        top = book.load_sheet(place, header_row=None, n_rows=1).to_polars()
        rows = book.load_sheet(
            place, header_row=None, skip_rows=1, schema_sample_rows=None
        ).to_polars()
    except fastexcel.FastExcelError as error:
        raise DatasetError(
            f"{name}: cannot be read as a spreadsheet: {first_line(error)}"
        ) from None
    header = ["" if value is None else str(value) for value in top.row(0)] if len(top) else []
    header += [""] * (rows.width - len(header))
    names, notes = unique_names(header[: rows.width])
    others = [one for one in book.sheet_names if one != (sheet or book.sheet_names[0])]
    if sheet is None and others:
        notes.insert(
            0, f"sheet {book.sheet_names[0]!r} is read, not {list_names(map(repr, others))}"
        )
    is_ods = _is_open_document(path)
    columns = [
        _plain(column, is_ods).alias(title) for column, title in zip(rows, names, strict=True)
    ]
    types = dict(zip(names, rows.dtypes, strict=True))
    return ReadTable(pl.DataFrame(columns), tuple(notes), typed=TypedForm("sheet", types, sheet))


def _is_open_document(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as file:
        return "content.xml" in file.namelist()


def _plain(column: pl.Series, is_ods: bool) -> pl.Series:
    if column.dtype == pl.Float64:
        known = column.drop_nulls()
        whole = (known == known.round(0)) & (known.abs() < WHOLE)
        return column.cast(pl.Int64) if len(known) and whole.all() else column
    if isinstance(column.dtype, pl.Duration) and is_ods:
        # OpenDocument has one type for times of day and for how long something takes.
        counts = column.cast(pl.Duration("ns")).to_physical()
        return counts.cast(pl.Time) if counts.is_between(0, DAY - 1).all() else column
    if isinstance(column.dtype, pl.Datetime):
        if (column.dt.date() == TIMES_DAY).all() and column.null_count() < len(column):
            return column.dt.time()
        midnight = column.dt.truncate("1d") == column
        return column.cast(pl.Date if midnight.all() else pl.Datetime("us"))
    return column.cast(pl.String) if column.dtype == pl.Null else column
