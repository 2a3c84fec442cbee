"""CSV and its kin as data frames: written in whatever way, typed by what all their values say."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.core.progress import Share, nobody
from iris_dash.core.temporary import temporary_folder
from iris_dash.query.text_form import ColumnForm, TextForm
from iris_dash.tables.description import Reading
from iris_dash.tables.reading.encodings import UTF_8, as_utf_8, encoding_of, shown_encoding
from iris_dash.tables.reading.plain_text import read_plain
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.text_dialect import Dialect, dialect_of
from iris_dash.tables.reading.text_repair import in_words, write_plain
from iris_dash.tables.reading.text_scan import Scan, scan
from iris_dash.tables.reading.text_types import CODE, SAMPLE, WHOLE, Chosen, typed_text

CHUNK = 1 << 20
BLOCK = 1 << 21
"""Bytes of a file that one thread reads at a time; no row is longer."""

MOST_BLOCK = 1 << 30
FIRST = 1 << 16
"""Bytes whose rows tell what the columns of a plain file may be."""

MOST_COLUMNS = 100_000
MOST_HEADER = 1 << 24
"""Letters of a line before the first row."""

TEXT, SEEN, PARSED = 0.1, 0.2, 0.7
"""How much of a reading is done: the text is known, what is in it, its columns are numbers."""

MENDED = "it is no plain CSV: quotes, blanks and ends were put right"
WEB_PAGE = (b"<!doctype html", b"<html")
MOST_EXACT = 2.0**53
"""Whole numbers from here on are no longer told apart as floats."""

TRUE, FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
COMMON_NO_VALUES = ("", "NA", "NaN", "NULL", "null")
"""Those that are looked for as numbers are read; each takes time. `text_types` knows all."""


def read_text_table(
    path: Path,
    name: str,
    separator: str | None = None,
    reading: Reading | None = None,
    read: Share = nobody,
    as_text: Collection[str] = (),
) -> ReadTable:
    """Return the table of a text file with a header; `name` is its name in errors.

    `separator` is what the file's name promises, and `reading` what its owner says. A column whose
    values are not all of one kind is text. An empty field is a missing value; among numbers,
    true/false and dates the spellings of "no value" are too. An empty line is no row, but a missing
    value in a table of one column. `read` hears how much is done. The columns `as_text` are as they
    are written.
    Errors: DatasetError, one line naming the file, the line and the reason.
    """
    reading = reading or Reading()
    _check_kind(path, name)
    with ExitStack() as stack:

        def room(path: Path) -> Path:
            # Only what is no plain CSV needs room for another copy.
            return stack.enter_context(temporary_folder(f"{path.name}, as plain CSV"))

        encoding, notes = reading.encoding or encoding_of(path, name), []
        if encoding != UTF_8 or reading.encoding:
            as_utf_8(path, name, encoding, text := room(Path(name)) / "text")
            path = text
            if encoding != reading.encoding:
                notes.append(f"its encoding is {shown_encoding(encoding)}")
        read(TEXT)
        expected = reading.separator or separator
        dialect = dialect_of(path, name, expected, reading.decimal, reading.skip)
        notes += dialect.notes(expected or ",")
        seen = scan(path, dialect.separator)
        read(SEEN)
        try:
            if not seen.well_quoted:
                raise pa.ArrowInvalid("its quotes are not those of CSV")
            table = _read(path, name, dialect, seen, reading.missing, read, as_text)
        except pa.ArrowInvalid:
            plain_file = room(Path(name)) / "plain"
            mended = write_plain(path, name, dialect.separator, dialect.skip, plain_file)
            notes += [MENDED, *in_words(mended)]
            plain = Dialect(",", dialect.decimal, 0)
            table = _read_mended(plain_file, name, plain, seen, reading.missing, read, as_text)
            assert table.text
            form = replace(table.text, separator=dialect.separator, skip=dialect.skip)
            table = replace(table, text=replace(form, mended=mended))
        assert table.text
        form = replace(table.text, encoding=encoding)
        unnamed = form.mended is not None and form.mended.unnamed
        # A header that is one name short is told to no other library.
        return ReadTable(table.frame, (*notes, *table.notes), None if unnamed else form)


def _check_kind(path: Path, name: str) -> None:
    with path.open("rb") as file:
        head = file.read(CHUNK)
    if not head.strip():
        raise DatasetError(f"{name}: is empty")
    if head.lstrip().lower().startswith(WEB_PAGE):
        raise DatasetError(f"{name}: is a web page, not a table")


def _read_mended(
    path: Path,
    name: str,
    dialect: Dialect,
    seen: Scan,
    missing: Sequence[str],
    read: Share,
    as_text: Collection[str],
) -> ReadTable:
    try:
        return _read(path, name, dialect, seen, missing, read, as_text)
    except pa.ArrowInvalid as error:
        raise DatasetError(f"{name}: cannot be read as CSV: {first_line(error)}") from None


def _read(
    path: Path,
    name: str,
    dialect: Dialect,
    seen: Scan,
    missing: Sequence[str],
    read: Share,
    as_text: Collection[str],
) -> ReadTable:
    """Return the table of a plain CSV file.

    Errors: ArrowInvalid, where it is not plain.
    """
    header, before, lines = _header(path, name, dialect)
    names, notes = unique_names(header)
    if seen.has_blank_lines and len(names) > 1:
        notes.append("empty lines are no rows")
    columns = _Columns(path, dialect, lines, len(names), missing, seen.has_quotes)
    columns_read = None
    if not missing:
        columns_read = read_plain(path, dialect, seen, lines, columns.first_types())
    if columns_read is None:
        columns_read = [_series(column) for column in columns.read({}).columns]
    written = {i for i, title in enumerate(names) if title in as_text}
    doubtful = {i for i, one in enumerate(columns_read) if _is_doubtful(one, seen, missing)}
    texts = columns.texts(sorted(doubtful | written))
    found, forms = [], []
    for i, (series, title) in enumerate(zip(columns_read, names, strict=True)):
        read(PARSED + (1 - PARSED) * i / len(names))
        chosen = None
        if i in written:
            series = _without_missing(texts[i], missing)
        else:
            if i in texts:
                # Arrow takes a number with blanks around it for none of the own missing texts.
                series = series.set(texts[i].str.strip_chars().is_in(missing), None)
                series = _exact(series, texts[i])
            series, chosen = _typed(series, dialect.decimal, missing)
        if i == 0 and not header[0].strip() and _counts_rows(series):
            notes = ["its first column has no name and counts the rows: it is left out"]
            continue
        found.append(series.alias(title))
        notes += [f"{title}: {chosen.words}"] if chosen else []
        chosen = chosen or Chosen("")
        forms.append(ColumnForm(title, chosen.thousands, chosen.first, series.dtype.is_float()))
    form = TextForm(
        *(UTF_8, dialect.separator, dialect.decimal, before, tuple(header), tuple(forms)),
        missing=tuple(missing),
        left_out=tuple(names[: len(names) - len(forms)]),
        has_blank_lines=seen.has_blank_lines and len(names) > 1,
        has_returns=seen.has_lone_returns,
        is_latin_1=seen.is_latin_1,
    )
    return ReadTable(pl.DataFrame(found), tuple(notes), form)


def _counts_rows(series: pl.Series) -> bool:
    """Return whether a column counts from 0 or 1, as an index does that was written along."""
    first = series[0] if len(series) > 1 and series.dtype == pl.Int64 else None
    return first in (0, 1) and series.equals(
        pl.int_range(first, first + len(series), eager=True), check_names=False
    )


@dataclass(frozen=True)
class _Columns:
    """The columns of a CSV file: `width` of them, after `skip` lines.

    `missing` are texts that mean "no value" beside those that always do.
    """

    path: Path
    dialect: Dialect
    skip: int
    width: int
    missing: Sequence[str]
    has_quotes: bool

    def texts(self, places: Sequence[int]) -> dict[int, pl.Series]:
        """Return some columns as they are written, by their places."""
        if not places:
            return {}
        table = self.read({str(place): pa.string() for place in places}, list(map(str, places)))
        return {place: _series(table.column(i)) for i, place in enumerate(places)}

    def first_types(self) -> list[pa.DataType]:
        """Return what the columns are in the first rows; nothing where that is not plain."""
        with self.path.open("rb") as file:
            head = file.read(FIRST)
        whole = head[: head.rfind(b"\n") + 1]
        try:
            table = arrow_csv.read_csv(io.BytesIO(whole), *self._options({}, (), len(whole) + 1))
        except pa.ArrowInvalid:
            return []
        return [column.type for column in table.columns]

    def read(self, types: dict[str, pa.DataType], include: Sequence[str] = ()) -> pa.Table:
        """Return columns as what all their values are; those with a type as that."""
        size = min(BLOCK, max(1, self.path.stat().st_size))
        while True:
            try:
                # Of a path Arrow would tell by its name whether it is packed.
                with pa.OSFile(str(self.path)) as file:
                    return arrow_csv.read_csv(file, *self._options(types, include, size))
            except pa.ArrowInvalid as error:
                if "straddl" not in str(error) or size >= MOST_BLOCK:
                    raise
                size *= 8

    def _options(
        self, types: dict[str, pa.DataType], include: Sequence[str], size: int
    ) -> tuple[arrow_csv.ReadOptions, arrow_csv.ParseOptions, arrow_csv.ConvertOptions]:
        convert = arrow_csv.ConvertOptions(
            column_types=types,
            include_columns=list(include),
            null_values=[] if include else [*COMMON_NO_VALUES, *self.missing],
            true_values=TRUE,
            false_values=FALSE,
            strings_can_be_null=False,
            decimal_point=self.dialect.decimal,
        )
        parse = arrow_csv.ParseOptions(
            delimiter=self.dialect.separator,
            newlines_in_values=self.has_quotes,  # which takes longer
            ignore_empty_lines=self.width > 1,
        )
        options = arrow_csv.ReadOptions(
            block_size=size,
            skip_rows=self.skip,
            column_names=[str(place) for place in range(self.width)],
        )
        return options, parse, convert


def _header(path: Path, name: str, dialect: Dialect) -> tuple[list[str], int, int]:
    """Return the header's fields, and how many lines come before it and before the first row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        short = _short_lines(file, name)
        for _ in islice(short, dialect.skip):
            pass
        reader = csv.reader(short, delimiter=dialect.separator)
        try:
            before = dialect.skip
            for record in reader:
                lines = dialect.skip + reader.line_num
                if len(record) > MOST_COLUMNS:
                    raise DatasetError(
                        f"{name}: has {len(record):,} columns, more than {MOST_COLUMNS:,}"
                    )
                if record:
                    return record, before, lines
                before = lines
        except csv.Error as error:
            raise DatasetError(f"{name}: its header cannot be read: {error}") from None
    raise DatasetError(f"{name}: is empty")


def _short_lines(file: TextIO, name: str) -> Iterator[str]:
    while line := file.readline(MOST_HEADER):
        if len(line) == MOST_HEADER:
            raise DatasetError(
                f"{name}: its header is no line of less than {MOST_HEADER:,} letters"
            )
        yield line


def unique_names(header: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return a name of its own for each column, and what was named anew, in words.

    >>> unique_names(["a", "a", "", "b"])
    (['a', 'a (2)', 'column 3', 'b'], ["named anew: 'a (2)', 'column 3'"])
    """
    names: dict[str, None] = {}
    new = []
    taken = {title.strip() for title in header}
    for place, written in enumerate(header, start=1):
        title = written.strip() or f"column {place}"
        plain, times = title, 1
        while title in names or (title != plain and title in taken):
            times += 1
            title = f"{plain} ({times})"
        if title != written.strip():
            new.append(title)
        names[title] = None
    notes = [f"named anew: {list_names(map(repr, new))}"] if new else []
    if any(written.strip() != written for written in header):
        notes.append("blanks around names are left out")
    return list(names), notes


def _is_doubtful(numbers: pl.Series, seen: Scan, missing: Sequence[str]) -> bool:
    """Return whether numbers may say less, or more, than the texts that they were read from."""
    if missing and numbers.dtype.is_numeric():
        own = pl.Series(missing, dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls()
        if numbers.cast(pl.Float64).is_in(own.implode()).any():
            return True
    if numbers.dtype.is_integer():
        return seen.has_codes
    if not numbers.dtype.is_float():
        return False
    if not (seen.has_codes or seen.has_plus or (numbers.abs() >= MOST_EXACT).any()):
        return False
    return bool((numbers == numbers.round(0)).all())


def _typed(
    series: pl.Series, decimal: str, missing: Sequence[str]
) -> tuple[pl.Series, Chosen | None]:
    if series.dtype == pl.Null:
        return series.cast(pl.String), None
    if isinstance(series.dtype, pl.Datetime) and series.dtype.time_unit == "ms":
        return series.cast(pl.Datetime("us", series.dtype.time_zone)), None
    if series.dtype != pl.String:
        return series, None
    return typed_text(_without_missing(series, missing), decimal)


def _without_missing(text: pl.Series, missing: Sequence[str]) -> pl.Series:
    if not missing:
        return text
    return text.set(text.str.strip_chars().is_in(missing).fill_null(False), None)


def _exact(numbers: pl.Series, text: pl.Series) -> pl.Series:
    """Return a column of numbers, or what says more of its texts: larger whole numbers, codes."""
    bare = text.str.strip_chars()
    leads = bare.str.starts_with("0") | bare.str.starts_with("-0") | bare.str.starts_with("+0")
    codes = bool(bare.filter(leads & numbers.is_not_null()).str.contains(CODE).any())
    if numbers.dtype.is_integer():
        return text if codes else numbers
    known = bare.filter(numbers.is_not_null())
    if codes or not (
        known.head(SAMPLE).str.contains(WHOLE).all() and known.str.contains(WHOLE).all()
    ):
        return numbers
    bare = bare.set(numbers.is_null(), None).str.strip_prefix("+")
    for kind in (pl.Int64, pl.UInt64):
        whole = bare.cast(kind, strict=False)
        if whole.null_count() == numbers.null_count():
            return whole
    return text


def _series(column: pa.ChunkedArray) -> pl.Series:
    found: Any = pl.from_arrow(column)
    assert isinstance(found, pl.Series)
    return found
