"""What a workbook says beyond what is read: errors, lone formulas, late moments, other days."""

from __future__ import annotations

import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import polars as pl

from iris_dash.core.temporary import temporary_folder
from iris_dash.tables.reading.sheet_extent import cells_of, column_number
from iris_dash.tables.reading.sheet_xml import BOOK, ROW_START, copied_with, row_pieces, sheet_part

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

RESULT = b't="str"'
"""The cell of a formula whose result is a text."""

MARKED = "_x([0-9A-Fa-f]{4})_"
MARKS = re.compile("(?:_x[0-9A-Fa-f]{4}_)+")
"""How letters are written that XML cannot hold: in halves of UTF-16."""

STYLES = "xl/styles.xml"
STYLE = re.compile(rb'\bs="(\d+)"')
SPAN = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
OWN_SPAN = "46"
"""What Excel itself calls `[h]:mm:ss`."""

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
        yield copied_with(path, folder, part, pieces)


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
        yield copied_with(path, folder, BOOK, [known])


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


def as_written(path: Path, sheet: str, skip: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows below so many, what the reader has otherwise put right.

    It rounds moments to the thousandth second, and so the last ones to the day after; of texts
    that are results of formulas it leaves the marks `_x000D_`, which stand for letters.
    """
    moments = [place for place, column in enumerate(rows) if _has_midnights(column)]
    texts = [place for place, column in enumerate(rows) if _has_marks(column)]
    part = sheet_part(path, sheet) if moments or texts else None
    if part is None:
        return rows
    changed = []
    if moments and any(LATE in piece for piece in row_pieces(path, part, ROW_START)):
        late = _places(path, part, skip, lambda cell: LATE in (cell[5] or b""))
        for column, here in _those(rows, moments, late):
            midnight = here & (column.dt.truncate("1d") == column)
            changed.append(column.dt.offset_by("-1ms").zip_with(midnight, column))
    if texts and (results := _places(path, part, skip, lambda cell: RESULT in cell[3])):
        changed += [_unmarked(column, here) for column, here in _those(rows, texts, results)]
    return rows.with_columns(changed) if changed else rows


def span_cells(path: Path, sheet: str, skip: int, rows: pl.DataFrame) -> dict[str, pl.Series]:
    """Return of each column which cells below so many rows show durations, as `[h]:mm` does.

    None of a workbook whose cells do not say it: all but XLSX.
    """
    part, styles = sheet_part(path, sheet), _span_styles(path)
    if part is None:
        return {}
    places = _places(path, part, skip, lambda cell: bool(styles & {*STYLE.findall(cell[3])}))
    return {column.name: here for column, here in _those(rows, range(rows.width), places)}


def _span_styles(path: Path) -> set[bytes]:
    """Return the numbers of those looks of a workbook's cells that show durations."""
    with (
        suppress(zipfile.BadZipFile, KeyError, ElementTree.ParseError),
        zipfile.ZipFile(path) as book,
    ):
        looks = ElementTree.fromstring(book.read(STYLES))
        forms = {
            one.get("numFmtId"): one.get("formatCode", "")
            for one in looks.iterfind("{*}numFmts/{*}numFmt")
        }
        forms.setdefault(OWN_SPAN, "[h]:mm:ss")
        used = enumerate(looks.iterfind("{*}cellXfs/{*}xf"))
        return {b"%d" % i for i, one in used if SPAN.search(forms.get(one.get("numFmtId"), ""))}
    return set()


def _places(
    path: Path, part: str, skip: int, is_one: Callable[[re.Match[bytes]], bool]
) -> dict[int, list[int]]:
    """Return of each column of a sheet's table in which rows below so many such cells stand."""
    number = cache(column_number)
    first, found = LAST, defaultdict[int, list[int]](list)
    for cell in cells_of(path, part):
        if cell[5] or cell[6]:
            first = min(first, number(cell[1].decode()))
        if is_one(cell):
            found[number(cell[1].decode())].append(int(cell[2]) - skip - 1)
    return {column - first: rows for column, rows in found.items()}


def _those(
    rows: pl.DataFrame, columns: Iterable[int], places: Mapping[int, Sequence[int]]
) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Yield columns, each with which of its cells stand in these places."""
    at = pl.int_range(rows.height, eager=True)
    for place in columns:
        here = pl.Series(places.get(place, ()), dtype=pl.Int64)
        yield rows.to_series(place), at.is_in(here.implode())


def _has_midnights(column: pl.Series) -> bool:
    is_moment = isinstance(column.dtype, pl.Datetime)
    return is_moment and bool((column.dt.truncate("1d") == column).any())


def _has_marks(column: pl.Series) -> bool:
    return column.dtype == pl.String and bool(column.str.contains(MARKED).any())


def _unmarked(column: pl.Series, here: pl.Series) -> pl.Series:
    places = (here & column.str.contains(MARKED)).arg_true()
    texts = [MARKS.sub(_letters, text) for text in column.gather(places)]
    return column.scatter(places, texts) if texts else column


def _letters(marks: re.Match[str]) -> str:
    units = bytes.fromhex("".join(re.findall(MARKED, marks[0])))
    return units.decode("utf-16-be", errors="replace")
