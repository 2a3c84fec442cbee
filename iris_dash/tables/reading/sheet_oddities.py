"""What a workbook says beyond what is read: errors, lone formulas, late moments, other days."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import polars as pl

from iris_dash.core.temporary import temporary_folder
from iris_dash.tables.reading.sheet_extent import ROW_START, cells_of, column_number
from iris_dash.tables.reading.sheet_xml import BOOK, row_pieces, sheet_part

IS_ERROR = b't="e"'
UNCOMPUTED = re.compile(rb"</(?:\w+:)?f>\s*(?:<v\s*/>|<v></v>|</)")
ERROR = re.compile(rb'(\bt="e"[^>]*>(?:[^<]*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</[^>]*>))?\s*<v>)[^<]*')
"""An error's cell up to its name, and the name."""

FROM_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904=["'](?:1|true)["']""")
"""How a workbook says that its days count from 1904, as those of old Macs do."""

LATER = re.compile(rb"<(?:\w+:)?workbookPr\b(?![^>]*\bdate1904=)[^>]*/>")
"""What Excel says more, by which the reader takes the days to count from 1900 after all."""

LATE = b".99999999"
"""A day's last half of a thousandth second, as a part of the day."""

READABLE = rb"\1#N/A"
LAST = 1 << 14
"""The last column that there can be."""


@contextmanager
def without_odd_errors(path: Path, sheet: str) -> Iterator[Path | None]:
    """Give a copy of a workbook whose errors are all of a kind that is read; None if it has none.

    Excel has made new ones since: `#SPILL!`, `#CALC!`.
    """
    part = sheet_part(path, sheet)
    if part is None or not any(IS_ERROR in piece for piece in row_pieces(path, part, ROW_START)):
        yield None
        return
    with temporary_folder(f"{path.name}, its errors as missing values") as folder:
        pieces = (ERROR.sub(READABLE, piece) for piece in row_pieces(path, part, ROW_START))
        yield _copied(path, folder, part, pieces)


@contextmanager
def with_known_days(path: Path) -> Iterator[Path]:
    """Give a path by which a workbook's days are read: of a copy, where they are others else."""
    book = b""
    with suppress(zipfile.BadZipFile, KeyError), zipfile.ZipFile(path) as archive:
        book = archive.read(BOOK)
    known = LATER.sub(b"", book) if FROM_1904.search(book) else book
    if known == book:
        yield path
        return
    with temporary_folder(f"{path.name}, with its days") as folder:
        yield _copied(path, folder, BOOK, [known])


def _copied(path: Path, folder: Path, part: str, pieces: Iterable[bytes]) -> Path:
    """Return a copy of a workbook that has these pieces as one of its parts."""
    copy = folder / "table.xlsx"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(copy, "w") as made:
        for member in given.namelist():
            if member != part:
                made.writestr(member, given.read(member))
        with made.open(part, "w", force_zip64=True) as written:
            for piece in pieces:
                written.write(piece)
    return copy


def cells_without_value(path: Path, sheet: str, names: Sequence[str], skip: int) -> list[str]:
    """Return which columns have errors and formulas without a stored value below so many rows.

    In words; both are read as missing values.
    """
    part = sheet_part(path, sheet)
    if part is None or not any(
        IS_ERROR in piece or UNCOMPUTED.search(piece) for piece in row_pieces(path, part, ROW_START)
    ):
        return []
    columns = cache(column_number)
    first, errors, formulas = LAST, Counter[int](), set[int]()
    for cell in cells_of(path, part):
        column, is_below = columns(cell[1].decode()), int(cell[2]) > skip
        if cell[5] or cell[6]:
            first = min(first, column)
            if is_below and IS_ERROR in cell[3]:
                errors[column] += 1
        elif cell[4] and is_below and b't="str"' not in cell[3]:
            formulas.add(column)
    named = dict(enumerate(names, first))
    said = [f"{named[at]}: {_count(errors[at])} missing" for at in sorted(+errors) if at in named]
    computed = "formulas without a stored value are missing: save it once in a spreadsheet"
    return said + [f"{named[at]}: {computed}" for at in sorted(formulas) if at in named]


def _count(errors: int) -> str:
    return f"{errors:,} error cells are" if errors > 1 else "1 error cell is"


def not_carried(path: Path, sheet: str, skip: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows below so many, their moments in the day that they are written in.

    The reader rounds them to the thousandth second, and so the last ones to the day after.
    """
    moments = [place for place, column in enumerate(rows) if _has_midnights(column)]
    part = sheet_part(path, sheet) if moments else None
    if part is None or not any(LATE in piece for piece in row_pieces(path, part, ROW_START)):
        return rows
    first, late = LAST, list[tuple[int, int]]()
    for cell in cells_of(path, part):
        if cell[5] or cell[6]:
            first = min(first, column_number(cell[1].decode()))
        if LATE in (cell[5] or b""):
            late.append((column_number(cell[1].decode()), int(cell[2]) - skip - 1))
    for place in moments:
        column = rows.to_series(place)
        is_late = pl.Series(
            [row for number, row in late if number - first == place], dtype=pl.Int64
        )
        here = pl.int_range(len(column), eager=True).is_in(is_late.implode())
        here &= column.dt.truncate("1d") == column
        rows = rows.with_columns((column.dt.offset_by("-1ms")).zip_with(here, column))
    return rows


def _has_midnights(column: pl.Series) -> bool:
    is_moment = isinstance(column.dtype, pl.Datetime)
    return is_moment and bool((column.dt.truncate("1d") == column).any())
