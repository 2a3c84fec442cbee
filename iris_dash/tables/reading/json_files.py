"""JSON as data frames: an array of objects, or an object per line."""

from __future__ import annotations

import glob
import json
import re
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import polars as pl

from iris_dash.core.errors import DatasetError, first_line
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.text_types import dated_text

BLANK = BOM_UTF8 + b" \t\r\n"
LIKE_JSON = r"^(-?\d.*|true|false|[\[{].*)$"
"""Texts that may have been none, but numbers, true/false, lists or objects."""

FLAG = b"[tf]"
NO_TEXT = b'[^"\\sn]'
"""How values of JSON begin that are true/false, or neither text nor null."""


def read_json(path: Path, name: str) -> ReadTable:
    """Return the table of an array of objects, or of lines with an object each.

    A column has the type of all its values, and is text where they are of several; text that is a
    date or a time in ISO 8601 everywhere is one. Errors: DatasetError, one line.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    has_mark, is_array = head.startswith(BOM_UTF8), head.lstrip(BLANK).startswith(b"[")
    try:
        read = partial(_read, path, is_array, len(BOM_UTF8) if has_mark else 0)
        try:
            frame = read({})
            if is_array and (flags := _having(path, _numbers(frame), FLAG)):
                frame = read(flags)  # Polars makes numbers of true/false beside them.
        except pl.exceptions.PolarsError:
            if not (flags := _numbers_and_flags(_objects(path, is_array))):
                raise
            frame = read(flags)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = first_line(error).replace(str(path), name)
        kind = "an array of JSON objects" if is_array else "lines of JSON objects"
        raise DatasetError(f"{name}: cannot be read as {kind}: {reason}") from None
    names = _in_order(frame.columns, _objects(path, is_array))
    types = {name: frame.schema[name] for name in names}
    mixed = _mixed_texts(path, frame)
    form = TypedForm("array" if is_array else "lines", types, has_mark=has_mark, mixed=mixed)
    # To Polars some names are patterns.
    columns = [_typed(frame.get_column(name).alias("")).alias(name) for name in names]
    return ReadTable(pl.DataFrame(columns), typed=form)


def _read(path: Path, is_array: bool, start: int, known: Mapping[str, Any]) -> pl.DataFrame:
    """Return a file's objects, in lines from a place on; of some columns the types are known."""
    how: dict[str, Any] = {"infer_schema_length": None, "schema_overrides": known or None}
    if is_array:
        return pl.read_json(path, **how)
    if not start:
        return pl.read_ndjson(glob.escape(str(path)), **how)
    with path.open("rb") as file:  # Polars takes a mark for a letter.
        file.seek(start)
        return pl.read_ndjson(file, **how)


def _numbers_and_flags(objects: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Return the columns that have numbers beside true/false, which Polars refuses, as text."""
    kinds: dict[str, set[bool]] = {}
    with suppress(ValueError, RecursionError, AttributeError):
        for one in objects:
            for name, value in one.items():
                if isinstance(value, int | float):
                    kinds.setdefault(name, set()).add(isinstance(value, bool))
    return {name: pl.String for name, found in kinds.items() if len(found) == 2}


def _mixed_texts(path: Path, frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns of text that have other values in the file, whose keys are looked for."""
    # To Polars some names are patterns.
    texts = (name for name, kind in frame.schema.items() if kind == pl.String)
    names = [n for n in texts if frame.get_column(n).alias("").str.contains(LIKE_JSON).any()]
    return tuple(_having(path, names, NO_TEXT))


def _numbers(frame: pl.DataFrame) -> list[str]:
    return [name for name, kind in frame.schema.items() if kind.is_numeric()]


def _having(path: Path, names: Collection[str], value: bytes) -> dict[str, Any]:
    """Return those keys of a file that have such a value somewhere, as text."""
    if not names:
        return {}
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return {name: pl.String for name in names if re.search(_spelled(name) + value, content)}


def _spelled(name: str) -> bytes:
    """Return a pattern of a key as JSON may have it."""
    spelled = (json.dumps(name, ensure_ascii=plain).encode() for plain in (True, False))
    return b"(%b)\\s*:\\s*" % b"|".join(map(re.escape, spelled))


def _in_order(names: list[str], objects: Iterator[dict[str, Any]]) -> list[str]:
    """Return the names in the order in which the objects first have them.

    Polars (2.1) has an order of its own where an object has more than some thirty keys, another
    in each process.
    """
    missing, ordered = set(names), list[str]()
    with suppress(ValueError, RecursionError):  # of what Polars reads and Python does not
        while missing and (found := next(objects, None)) is not None:
            ordered += [key for key in found if key in missing]
            missing -= found.keys()
    return ordered + sorted(missing)


def _objects(path: Path, is_array: bool) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file that has been read, as far as one asks."""
    with path.open(encoding="utf-8-sig") as file:
        if not is_array:
            yield from (json.loads(line) for line in file if line.strip())
            return
        text, decoder = file.read(), json.JSONDecoder()
    place = text.find("{")
    while place >= 0:
        found, end = decoder.raw_decode(text, place)
        yield found
        place = text.find("{", end)


def _typed(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return dated_text(column)
    if column.dtype == pl.Int128:  # as Polars has whole numbers of which one needs all 64 bits
        whole = column.cast(pl.UInt64, strict=False)
        return whole if whole.null_count() == column.null_count() else column
    return column
