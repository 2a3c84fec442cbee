"""JSON as data frames: an array of objects, or an object per line."""

from __future__ import annotations

import glob
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import polars as pl

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.core.temporary import temporary_folder
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.libraries.long_wholes import LONG, in_64_bits
from iris_dash.tables.reading.encodings import (
    as_utf_8,
    begins_as_utf_8,
    encoding_of,
    shown_encoding,
)
from iris_dash.tables.reading.json_columns import exact_columns
from iris_dash.tables.reading.json_documents import LISTS, array_of_lists, array_within
from iris_dash.tables.reading.json_losses import may_have_twice, overflow_notes, spelled
from iris_dash.tables.reading.json_objects import JsonError, objects
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.text_iso_dates import dated_text
from iris_dash.tables.reading.text_types import MOST_EXACT

BLANK = BOM_UTF8 + b" \t\r\n"
LIKE_JSON = r"^(-?\d.*|true|false|[\[{].*)$"
"""Texts that may have been none, but numbers, true/false, lists or objects."""

LIKE_JSON_WITHIN = r'[:\[,]"(-?\d[\d.eE+-]*"|true"|false"|[\[{])|\d{16}|\de\+?\d|\x00|\\u0000'
"""The same within a list or an object, and numbers that may have lost digits."""

EXACT = (pl.Int64, pl.Boolean, pl.Null)
"""Types within lists and objects of which nothing is lost."""

ANY_FLAG = re.compile(rb"[\[,:]\s*(true|false)\b")
FLAG = b"[tf]"
NO_TEXT = b'[^"\\sn]'
"""How values of JSON begin that are true/false, or neither text nor null."""

HALF_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")
"""Of which Polars makes a NUL where it stands alone."""


LONG_WHOLE = rb"-?\d{16,}(?![\d.eE])"
"""Whole numbers that may be too long for a float."""


def read_json(
    path: Path, name: str, encoding: str | None = None, is_lines: bool = False
) -> ReadTable:
    """Return the table of an array of objects, or of objects one behind the other, or of lists.

    The first of lists is the header.
    Of one object it is the one list of several objects that it has, unless it `is_lines` by its
    name; without such a list it is one row.
    A column has the type of all its values, and is text where they are of several; text that is a
    date or a time in ISO 8601 everywhere is one. The encoding is found, unless its owner says it.
    Errors: DatasetError, one line.
    """
    if encoding is None and begins_as_utf_8(path):
        with suppress(UnicodeDecodeError):
            return _table(path, name, is_lines)
    found = encoding or encoding_of(path, name)
    with temporary_folder(f"{path.name}, as UTF-8") as folder:
        as_utf_8(path, name, found, folder / "text")
        table = _table(folder / "text", name, is_lines)
    said = () if encoding else (f"its encoding is {shown_encoding(found)}",)
    return replace(table, notes=(*said, *table.notes), typed=None)


def _table(path: Path, name: str, is_lines: bool) -> ReadTable:
    """Return the table of a file in UTF-8, whatever stands in it; else UnicodeDecodeError."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    has_mark, is_array = head.startswith(BOM_UTF8), head.lstrip(BLANK).startswith(b"[")
    may_be_lists = LISTS.match(head.removeprefix(BOM_UTF8))
    if is_array and not may_be_lists:
        return _objects_table(path, name, is_array, has_mark)
    try:
        within, said = array_of_lists(path) if is_array else array_within(path, is_lines)
    except JsonError as error:
        raise DatasetError(f"{name}: cannot be read as JSON objects: {error}") from None
    if within is None:
        table = _objects_table(path, name, is_array, has_mark)
    else:
        with temporary_folder(f"{path.name}, its objects") as folder:
            array = folder / "array"
            array.write_text(within, "utf-8", "surrogatepass")
            table = replace(_objects_table(array, name, True, False), typed=None)
    return replace(table, notes=(*said, *table.notes))


def _objects_table(path: Path, name: str, is_array: bool, has_mark: bool) -> ReadTable:
    kind = "an array of JSON objects" if is_array else "lines of JSON objects"
    try:
        if plain := _plain_table(path, is_array, has_mark):
            return plain
        repeated, said = set[str](), list[str]()
        every = objects(path, is_array, repeated, as_written=True)
        frame = pl.DataFrame(exact_columns(every, said))
    except JsonError as error:
        raise DatasetError(f"{name}: cannot be read as {kind}: {error}") from None
    # What is repeated within a column's objects is seen there.
    names = [name for name in frame.columns if name in repeated]
    new = [repr(one) for one in (*names, *sorted(repeated - set(names)))]
    return ReadTable(frame, (*([f"named anew: {list_names(new)}"] if new else []), *said))


def _plain_table(path: Path, is_array: bool, has_mark: bool) -> ReadTable | None:
    """Return a table as Polars reads it, and otherwise what that changes; None where it cannot."""
    try:
        frame = _read(path, is_array, len(BOM_UTF8) if has_mark else 0)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    repeated: set[str] = set()
    names = _in_order(frame.columns, objects(path, is_array, repeated))
    # To Polars some names are patterns.
    columns = {name: frame.get_column(name).alias("") for name in names}
    odd = [] if repeated else _changed(path, columns, is_array)
    said = list[str]()
    if odd:
        every = objects(path, is_array, repeated, as_written=True)
        columns |= exact_columns(every, said, odd)
    elif not repeated and may_have_twice(path, columns.values()):
        for _ in objects(path, is_array, repeated):
            pass
    if repeated:
        return None
    said += overflow_notes(path, columns)
    form = TypedForm(
        "array" if is_array else "lines",
        {name: column.dtype for name, column in columns.items()},
        has_mark=has_mark,
    )
    typed = pl.DataFrame({name: _typed(column) for name, column in columns.items()})
    return ReadTable(typed, tuple(said), typed=None if odd else form)


def _read(path: Path, is_array: bool, start: int) -> pl.DataFrame:
    """Return a file's objects, in lines from a place on."""
    if is_array:
        return pl.read_json(path, infer_schema_length=None)
    if not start:
        return pl.read_ndjson(glob.escape(str(path)), infer_schema_length=None)
    with path.open("rb") as file:  # Polars takes a mark for a letter.
        file.seek(start)
        return pl.read_ndjson(file, infer_schema_length=None)


def _changed(path: Path, columns: Mapping[str, pl.Series], is_array: bool) -> list[str]:
    """Return the columns of which Polars may have made other values than a file has.

    Whole numbers of more than 64 bits, and those beside others, are floats, what stands beside
    text is text, and in an array true/false beside numbers is a number.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:

        def is_changed(name: str, column: pl.Series) -> bool:
            if column.dtype == pl.String:
                if column.str.contains("\0", literal=True).any() and HALF_LETTER.search(content):
                    return True
                has_like = column.str.contains(LIKE_JSON).any()
                return has_like and bool(re.search(spelled(name) + NO_TEXT, content))
            if column.dtype.is_nested():
                return _is_changed_within(column) or (
                    is_array and _has_numbers(column) and bool(ANY_FLAG.search(content))
                )
            if not column.dtype.is_numeric():
                return False
            flags = is_array and re.search(spelled(name) + FLAG, content)
            return bool(flags) or _is_rounded(name, column, content)

        return [name for name, column in columns.items() if is_changed(name, column)]


def _is_rounded(name: str, column: pl.Series, content: mmap) -> bool:
    """Return whether Polars made floats of whole numbers that floats do not hold."""
    if column.dtype in LONG:
        return in_64_bits(column) is None
    is_large = column.dtype.is_float() and (column.abs() >= MOST_EXACT).any()
    return bool(is_large and re.search(spelled(name) + LONG_WHOLE, content))


def _is_changed_within(column: pl.Series) -> bool:
    if all(leaf in EXACT for leaf in _leaves(column.dtype)):
        return False
    texts = column.alias("v").to_frame().select(pl.struct("v").struct.json_encode()).to_series()
    return bool(texts.str.contains(LIKE_JSON_WITHIN).any())


def _has_numbers(column: pl.Series) -> bool:
    return any(leaf.is_numeric() for leaf in _leaves(column.dtype))


def _leaves(dtype: Any) -> Iterator[pl.DataType]:
    """Yield the types of the values within lists and objects."""
    if isinstance(dtype, pl.List):
        yield from _leaves(dtype.inner)
    elif isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            yield from _leaves(field.dtype)
    else:
        yield dtype


def _in_order(names: list[str], objects: Iterator[dict[str, Any]]) -> list[str]:
    """Return the names in the order in which the objects first have them.

    Polars (2.1) has an order of its own where an object has more than some thirty keys, another
    in each process.
    """
    missing, ordered = set(names), list[str]()
    with suppress(JsonError):  # of what Polars reads and Python does not
        while missing and (found := next(objects, None)) is not None:
            ordered += [key for key in found if key in missing]
            missing -= found.keys()
    return ordered + sorted(missing)


def _typed(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return dated_text(column)
    whole = in_64_bits(column) if column.dtype in LONG else None
    return column if whole is None else whole
