"""CSV and its kin as data frames: written in whatever way, typed by what all their values say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
from polars import selectors

from iris_dash.core.errors import DatasetError, first_line
from iris_dash.core.progress import Share, nobody, part
from iris_dash.core.side_by_side import side_by_side
from iris_dash.core.temporary import temporary_folder
from iris_dash.query.text_form import ColumnForm, TextForm
from iris_dash.tables.description import Reading
from iris_dash.tables.reading.encodings import (
    MIXED,
    UTF_8,
    as_utf_8,
    begins_as_utf_8,
    encoding_of,
    shown_encoding,
)
from iris_dash.tables.reading.file_kinds import other_kind
from iris_dash.tables.reading.plain_text import in_microseconds, read_plain
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.row_counts import COUNTS_ROWS, counts_rows
from iris_dash.tables.reading.text_columns import TextColumns
from iris_dash.tables.reading.text_dialect import Dialect, dialect_of
from iris_dash.tables.reading.text_header import read_header, unique_names
from iris_dash.tables.reading.text_marks import SAMPLE
from iris_dash.tables.reading.text_numbers import exact, is_doubtful, overflow_note
from iris_dash.tables.reading.text_repair import ends_by_mark, in_words, write_plain
from iris_dash.tables.reading.text_scan import Scan, scan
from iris_dash.tables.reading.text_types import Chosen, may_be_more, typed_text, without_empty
from iris_dash.tables.reading.text_unquoted import UNQUOTED, may_be_unquoted, write_unquoted

Room = Callable[[Path], Path]
"""Makes a folder for another copy of a file."""

LEFT_OUT = "\0"
"""Stands for the name of a column that is left out: no other has it."""

CHUNK, END = 1 << 20, 1 << 10
FIRST = 1 << 16
"""Bytes whose rows tell what the columns of a plain file may be."""

TEXT, SEEN, PARSED = 0.1, 0.2, 0.7
"""How much of a reading is done: the text is known, what is in it, its columns are numbers."""

MENDED = "it is no plain CSV: quotes, blanks and ends were put right"
WEB_PAGE = (b"<!doctype html", b"<html")


@dataclass(frozen=True)
class _Asked:
    """What is asked of a reading beside the dialect; `name` is the file's in errors.

    `missing` are more texts that mean "no value"; the columns `as_text` are as they are written;
    with `categories` text of few values may be an Enum of them. Of a part of a table no column is
    left out. `read` hears how much is done.
    """

    name: str
    missing: Sequence[str]
    as_text: Collection[str]
    categories: bool
    is_part: bool
    read: Share


def read_text_table(
    path: Path,
    name: str,
    separator: str | None = None,
    reading: Reading | None = None,
    read: Share = nobody,
    as_text: Collection[str] = (),
    categories: bool = False,
    is_part: bool = False,
) -> ReadTable:
    """Return the table of a text file with a header; `name` is its name in errors.

    `separator` is what the file's name promises, and `reading` what its owner says. A column whose
    values are not all of one kind is text. An empty field is a missing value; among numbers,
    true/false and dates the spellings of "no value" are too. An empty line is no row, but a missing
    value in a table of one column. `read` hears how much is done. The columns `as_text` are as they
    are written. With `categories` a long text column of few values may be an Enum of them, in the
    order in which they appear. Of a part of a table, with `is_part`, a column that may count the
    rows of all of it stays.
    Errors: DatasetError, one line naming the file, the line and the reason.
    """
    reading = reading or Reading()
    _check_kind(path, name)
    asked = _Asked(name, reading.missing, as_text, categories, is_part, read)
    expected = reading.separator or separator

    def dialect_here(text: Path) -> Dialect:
        found = dialect_of(text, name, expected, reading.decimal, reading.skip)
        read(SEEN)
        return found

    with ExitStack() as stack:

        def room(path: Path) -> Path:
            # Only what is no plain CSV needs room for another copy.
            return stack.enter_context(temporary_folder(f"{path.name}, as plain CSV"))

        read(TEXT)
        encoding, notes, dialect, table = UTF_8, list[str](), None, None
        if not reading.encoding and begins_as_utf_8(path):
            try:
                dialect = dialect_here(path)
                table = _read_at_once(path, dialect, asked)
            except UnicodeDecodeError:
                dialect = None
        if table is None:
            encoding = reading.encoding or encoding_of(path, name)
            if encoding != UTF_8 or reading.encoding:
                as_utf_8(path, name, encoding, text := room(Path(name)) / "text")
                path, dialect = text, dialect_here(text)
                table = _read_at_once(path, dialect, asked)
            if encoding not in (UTF_8, reading.encoding):
                notes.append(f"its encoding is {shown_encoding(encoding)}")
        dialect = dialect or dialect_here(path)
        notes += dialect.notes(expected or ",")
        table = table or _read_carefully(path, dialect, asked, room)
        form = table.text and replace(table.text, encoding=encoding)
        is_mended = form and form.mended and form.mended.is_ours_alone
        ours = is_mended or encoding == MIXED  # No other library reads it so.
        said = (*notes, *table.notes)
        return replace(table, notes=said, text=None if ours else form, dialect=dialect)


def _check_kind(path: Path, name: str) -> None:
    with path.open("rb") as file:
        head = file.read(CHUNK)
    if not head.strip():
        raise DatasetError(f"{name}: is empty")
    if head.lstrip().lower().startswith(WEB_PAGE):
        raise DatasetError(f"{name}: is a web page, not a table")
    if other := other_kind(head):
        raise DatasetError(f"{name}: is no table but {other}")


def _has_text_blanks(frame: pl.DataFrame) -> bool:
    texts = frame.select(selectors.string())
    return any(series.str.starts_with(" ").any() for series in texts)


def _read_carefully(path: Path, dialect: Dialect, asked: _Asked, room: Room) -> ReadTable:
    """Return the table of a text in UTF-8, put right where it is no plain CSV."""
    seen = scan(path, dialect.separator)
    try:
        if not (seen.well_quoted and _is_plain_csv(path, dialect)):
            raise pa.ArrowInvalid("its quotes or its end are not those of CSV")
        table = _read(path, dialect, asked, seen)
    except pa.ArrowInvalid:
        try:
            table = _put_right(path, dialect, asked, seen, room)
        except DatasetError:
            if unquoted := _unquoted(path, dialect, asked, seen, room):
                return unquoted
            raise
    return _unquoted(path, dialect, asked, seen, room, len(table.frame)) or table


def _put_right(path: Path, dialect: Dialect, asked: _Asked, seen: Scan, room: Room) -> ReadTable:
    plain = room(Path(asked.name)) / "plain"
    mended = write_plain(path, asked.name, dialect.separator, dialect.skip, plain)
    table = _read_mended(plain, Dialect(",", dialect.decimal, 0), asked, seen)
    assert table.text
    mended = replace(mended, text_blanks=_has_text_blanks(table.frame))
    form = replace(table.text, separator=dialect.separator, skip=dialect.skip, mended=mended)
    return replace(table, text=form, notes=(MENDED, *in_words(mended), *table.notes))


def _unquoted(
    path: Path,
    dialect: Dialect,
    asked: _Asked,
    seen: Scan,
    room: Room,
    rows: int | None = None,
) -> ReadTable | None:
    """Return the table with its quotes as text, if they are such; see `may_be_unquoted`."""
    if not may_be_unquoted(seen, dialect.separator, rows):
        return None
    plain = room(Path(asked.name)) / "unquoted"
    if not write_unquoted(path, dialect.skip, plain):
        return None
    table = _read_mended(plain, Dialect(",", dialect.decimal, 0), asked, seen)
    return replace(table, notes=(UNQUOTED, *table.notes), text=None)


def _read_mended(path: Path, dialect: Dialect, asked: _Asked, seen: Scan) -> ReadTable:
    try:
        return _read(path, dialect, asked, seen)
    except pa.ArrowInvalid as error:
        raise DatasetError(f"{asked.name}: cannot be read as CSV: {first_line(error)}") from None


def _read_at_once(path: Path, dialect: Dialect, asked: _Asked) -> ReadTable | None:
    """Return the table of a CSV file that leaves no doubt; None where it is no such file."""
    try:
        plain = not asked.missing and _is_plain_csv(path, dialect)
        return _read(path, dialect, asked, None) if plain else None
    except (pa.ArrowInvalid, DatasetError):
        return None


def _is_plain_csv(path: Path, dialect: Dialect) -> bool:
    """Return whether a file may be plain CSV, as its end and its separator tell."""
    if dialect.has_runs:
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END))
        return dialect.separator.isascii() and not ends_by_mark(file.read())


def _read(path: Path, dialect: Dialect, asked: _Asked, seen: Scan | None) -> ReadTable:
    """Return the table of a plain CSV file; without what was seen in it, one that is read at once.

    Errors: ArrowInvalid, where it is not plain, or not plain enough to be read at once.
    """
    header, before, lines = read_header(path, asked.name, dialect)
    names, named = unique_names(header)
    notes = [*named]
    missing, has_quotes = asked.missing, seen is not None and seen.has_quotes
    columns = TextColumns(path, dialect, lines, len(names), missing, has_quotes)
    if seen is None:
        types, read = columns.first_types(FIRST), part(asked.read, SEEN, PARSED)
        plain = read_plain(path, dialect, lines, types, asked.categories, read)
        if plain is None:
            raise pa.ArrowInvalid("it is to be read carefully")
        columns_read, seen = plain.columns, Scan(is_latin_1=plain.is_latin_1)
        doubts = plain.have_large
    else:
        columns_read = columns.typed()
        rows = len(columns_read[0])
        doubts = side_by_side(lambda one: is_doubtful(one, seen, missing), columns_read, rows)
    if seen.has_blank_lines and len(names) > 1:
        notes.append("empty lines are no rows")
    written = {i for i, title in enumerate(names) if title in asked.as_text}
    doubtful = {i for i, is_one in enumerate(doubts) if is_one}
    texts = columns.texts(sorted(doubtful | written))
    found, forms = [], []
    for i, (series, title) in enumerate(zip(columns_read, names, strict=True)):
        asked.read(PARSED + (1 - PARSED) * i / len(names))
        chosen = None
        if i in written:
            series = _without_missing(texts[i], missing)
            # Of a part that is read again all of its values say what the whole column is.
            series = series if asked.is_part else without_empty(series)
        else:
            if i in texts:
                # Arrow takes a number with blanks around it for none of the own missing texts.
                series = series.set(texts[i].str.strip_chars().is_in(missing), None)
                series = exact(series, texts[i])
                if said := overflow_note(series, texts[i]):
                    notes.append(f"{title}: {said}")
            series, chosen = _typed(series, dialect.decimal, missing)
        if i == 0 and not header[0].strip() and not asked.is_part and counts_rows(series):
            _, own = unique_names([LEFT_OUT, *header[1:]])
            notes = [COUNTS_ROWS, *own, *notes[len(named) :]]
            continue
        found.append(series.alias(title))
        notes += [f"{title}: {chosen.words}"] if chosen else []
        chosen = chosen or Chosen("")
        written_as = chosen.thousands, chosen.first, chosen.format, chosen.unit
        forms.append(ColumnForm(title, *written_as, series.dtype.is_float()))
    form = TextForm(
        *(UTF_8, dialect.separator, dialect.decimal, before, tuple(header), tuple(forms)),
        missing=tuple(missing),
        left_out=tuple(names[: len(names) - len(forms)]),
        has_blank_lines=seen.has_blank_lines and len(names) > 1,
        has_returns=seen.has_lone_returns,
        has_mixed_ends=seen.has_mixed_ends,
        is_latin_1=seen.is_latin_1,
    )
    unnamed = names[0] if asked.is_part and not header[0].strip() else ""
    return ReadTable(pl.DataFrame(found), tuple(notes), form, unnamed=unnamed)


def _typed(
    series: pl.Series, decimal: str, missing: Sequence[str]
) -> tuple[pl.Series, Chosen | None]:
    if series.dtype == pl.Null:
        return series.cast(pl.String), None
    if isinstance(series.dtype, pl.Enum) and may_be_more(series.head(SAMPLE), decimal):
        series = series.cast(pl.String)
    if series.dtype != pl.String:
        return in_microseconds(series), None
    return typed_text(_without_missing(series, missing), decimal)


def _without_missing(text: pl.Series, missing: Sequence[str]) -> pl.Series:
    if not missing:
        return text
    return text.set(text.str.strip_chars().is_in(missing).fill_null(False), None)
