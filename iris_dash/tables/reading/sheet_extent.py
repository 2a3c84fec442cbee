"""How far the cells of a sheet reach, told before they are read: all between them take memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from iris_dash.core.errors import DatasetError
from iris_dash.tables.reading.sheet_xml import (
    OPEN_ROW,
    ROW_START,
    content_part,
    row_pieces,
    sheet_part,
)

REFERENCE = re.compile(rb' r="([A-Z]{1,3})')
ROW = re.compile(rb'row [^>]*?\br="(\d+)"')
CELL = re.compile(
    rb' r="([A-Z]{1,3})(\d+)"([^>]*)>\s*'
    rb"(<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</[^>]*>)\s*)?(?:<(?:\w+:)?v\b[^>]*>([^<]+)|(<(?:\w+:)?is\b))?"
)
"""A cell's column, row and attributes, its formula, and its value, or that it has text."""

LETTERS_AT_ONCE = 1 << 16

SPREAD = ((10**7, 1000), (10**8, 10))
"""More cells than these, and so many times those with something in them, are too many to read."""

OPEN_ROWS = re.compile(rb"<table:table-row(?=[\s>/])")
OPEN_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
OPEN_CELL_START, REPEATED = b"<table:table-cell", b"-repeated="
OPEN_TABLE_START = b"<table:table "
OPEN_TABLE = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)"')
ROWS_REPEATED = re.compile(rb'table:number-rows-repeated="(\d+)"')
COLUMNS_REPEATED = re.compile(rb'table:number-columns-repeated="(\d+)"')


@dataclass
class Extent:
    """The last row and the last column that have a cell, counted from 1, and how many have one.

    `lowest` and `rightmost` are the cells of the last row and of the last column.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    lowest: str = ""
    rightmost: str = ""

    def add(self, row: int, column: int, times: int = 1) -> None:
        """Add a cell, or that many cells."""
        self.cells += times
        if row > self.rows:
            self.rows, self.lowest = row, cell_name(row, column)
        if column > self.columns:
            self.columns, self.rightmost = column, cell_name(row, column)

    @property
    def is_too_wide(self) -> bool:
        """Return whether far more cells lie between them than there are."""
        area = self.rows * self.columns
        return any(area > most and area > times * self.cells for most, times in SPREAD)

    def check(self, name: str, sheet: str) -> None:
        """Raise DatasetError where it is too wide."""
        if self.is_too_wide:
            far = " and ".join(dict.fromkeys((self.lowest, self.rightmost)))
            raise DatasetError(
                f"{name}: sheet {sheet!r} reaches as far as {far}, {self.rows:,} rows of "
                f"{self.columns:,} columns for {self.cells:,} cells with something in them; "
                "delete what is far from the table"
            )


def column_number(letters: str) -> int:
    """Return a column's place, from 1.

    >>> column_number("A"), column_number("AA"), column_number("XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_name(row: int, column: int) -> str:
    """Return how a spreadsheet calls a cell.

    >>> cell_name(3, 27)
    'AA3'
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def check_sheet(path: Path, name: str, sheet: str) -> None:
    """Raise DatasetError where a sheet of an XLSX file reaches too far; another file has none."""
    part = sheet_part(path, sheet)
    if part is None:
        return
    rows, widest, wider = 0, "A", _wider_than("A")
    for piece in row_pieces(path, part, ROW_START):
        rows = max(rows, *map(int, ROW.findall(piece)), 0)
        while match := wider.search(piece):
            near = REFERENCE.findall(piece, match.start(), match.start() + LETTERS_AT_ONCE)
            widest = max((one.decode() for one in near), key=column_number)
            wider = _wider_than(widest)
    if Extent(rows, column_number(widest)).is_too_wide:
        extent = Extent()
        for cell in cells_of(path, part):
            if cell[5] or cell[6]:  # Others have a look alone, and none is made of them.
                extent.add(int(cell[2]), column_number(cell[1].decode()))
        extent.check(name, sheet)


def cells_of(path: Path, part: str) -> Iterator[re.Match[bytes]]:
    """Yield the cells of a sheet, with and without something in them."""
    for piece in row_pieces(path, part, ROW_START):
        yield from CELL.finditer(piece)


def _wider_than(letters: str) -> re.Pattern[bytes]:
    """Return a pattern of the references to columns behind one."""
    longer = "[A-Z]" * (len(letters) + 1)
    behind = [
        f"{letters[:place]}[{chr(ord(letter) + 1)}-Z][A-Z]{{{len(letters) - place - 1}}}"
        for place, letter in enumerate(letters)
        if letter != "Z"
    ]
    return re.compile(rb' r="(?:%b)' % "|".join([longer, *behind]).encode())


def check_open_document(path: Path, name: str) -> None:
    """Raise DatasetError where a sheet of an OpenDocument reaches too far; its reader makes all."""
    part = content_part(path)
    if part is None:
        return
    sheet, extent, row = "", Extent(), 0
    for piece in row_pieces(path, part, OPEN_ROW):
        if REPEATED not in piece and OPEN_TABLE_START not in piece:  # all is spelled out, none far
            held, cells = piece.count(OPEN_ROW), piece.count(OPEN_CELL_START)
            row += held
            if held and cells:
                extent.add(row, -(-cells // held), cells)
            continue
        before, *rows = OPEN_ROWS.split(piece)
        for place, text in enumerate((before, *rows)):
            if place:
                row = _add_row(extent, row, text)
            for table in OPEN_TABLE.finditer(text) if OPEN_TABLE_START in text else ():
                extent.check(name, sheet)
                sheet, extent, row = table[1].decode(errors="replace"), Extent(), 0
    extent.check(name, sheet)


def _add_row(extent: Extent, row: int, text: bytes) -> int:
    """Add the cells of a row, which may stand for several, and return the number of the last."""
    if REPEATED not in text:  # as most rows, of which no cell need be looked at
        if column := text.count(OPEN_CELL_START):
            extent.add(row + 1, column, column)
        return row + 1
    times, column, filled, last = _times(ROWS_REPEATED, text[: text.find(b">")]), 0, 0, 0
    for cell in OPEN_CELL.finditer(text):
        repeated = _times(COLUMNS_REPEATED, cell[1])
        column += repeated
        if b"value" in cell[1] or not cell[1].endswith(b"/"):
            filled, last = filled + repeated, column
    if filled:
        extent.add(row + times, last, filled * times)
    return row + times


def _times(repeated: re.Pattern[bytes], attributes: bytes) -> int:
    found = repeated.search(attributes)
    return int(found[1]) if found else 1
