"""Several files as the one table that they are parts of, or one line that says which is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.tables.libraries.long_wholes import LONG, whole_or_text
from iris_dash.tables.libraries.moments import MOST_EXACT, in_unit
from iris_dash.tables.libraries.plain_series import text_of
from iris_dash.tables.reading.read_table import ReadTable
from iris_dash.tables.reading.row_counts import without_row_counts
from iris_dash.tables.reading.text_types import Chosen, typed_text

UNITS = ("ms", "us", "ns")
NUMBERS = {pl.Int64(), pl.Float64()}
TIMES = (pl.Datetime, pl.Duration)
CATEGORIES = (pl.Categorical, pl.Enum)

Read = Callable[[Path, Collection[str], str | None], ReadTable]
"""Reads a file; of a text table the columns of these names as they are written, and numbers with
this decimal mark, None for its own."""

TWO_MARKS = "numbers have a decimal comma in some files and a point in others: a comma is text"


def joined(files: Sequence[Path], read: Read, is_text: bool) -> ReadTable:
    """Return the rows of files, one after the other; all have the same columns, in any order.

    A column of text tables is what all its values in all files are, read with one decimal mark.
    Errors: DatasetError, one line.
    """
    tables = [read(file, (), None) for file in files]
    decimals, more = _decimals(tables)
    tables = without_row_counts(
        [
            read(file, (), mark) if table.dialect and table.dialect.decimal != mark else table
            for file, table, mark in zip(files, tables, decimals, strict=True)
        ]
    )
    names = tables[0].frame.columns
    for file, table in zip(files, tables, strict=True):
        if differing := set(table.frame.columns) ^ set(names):
            raise DatasetError(
                f"{file}: has other columns than {files[0].name}; they differ in "
                f"{list_names(sorted(differing))}"
            )
    marks = sorted({mark for mark in decimals if mark}) or ["."]
    said = [table.notes for table in tables]
    frames = [table.frame.select(names) for table in tables]
    is_ours = any(table.is_ours for table in tables)
    del tables
    unlike = [
        name
        for name in names
        if is_text and (_is_unlike(frames, name) or _is_read_unlike(frames, said, name))
    ]
    empty = [_empty_of_text(frame, frames) if is_text else [] for frame in frames]
    again = [name for name in names if name in {*unlike, *chain.from_iterable(empty)}]
    notes = [*more, *_notes(said, tuple(f"{name}: " for name in again))]
    frames = [
        read(file, {*unlike, *blank}, mark).frame.select(names) if unlike or blank else frame
        for file, frame, blank, mark in zip(files, frames, empty, decimals, strict=True)
    ]
    frames = _without_empty(frames) if is_text else _with_odd_as_text(frames)
    where = f"{files[0].parent}: its files do not fit together"
    try:
        frames = _in_one_unit(frames)
        whole = pl.concat(frames, how="vertical_relaxed", rechunk=True)
    except pl.exceptions.PolarsError as error:
        raise DatasetError(f"{where}: {first_line(error)}") from None
    whole = whole.with_columns(map(whole_or_text, whole.select(selectors.by_dtype(LONG))))
    for name in again:
        found, chosen = _typed(whole[name], marks)
        whole = whole.with_columns(found)
        notes += [f"{name}: {chosen.words}"] if chosen else []
    return ReadTable(whole, tuple(notes), is_ours=is_ours)


def _decimals(tables: Sequence[ReadTable]) -> tuple[list[str | None], list[str]]:
    """Return the decimal mark of each text table, and what is to be said of them.

    It is one for all whose columns are not parted by commas, as that mark alone tells: a comma,
    where numbers have one and none a point, in any of them.
    """
    dialects = [table.dialect for table in tables]
    in_doubt = [one for one in dialects if one and one.separator != ","]
    has_two = len({one.decimal for one in in_doubt}) > 1
    is_comma = all(one.decimal == "," or one.may_have_comma for one in in_doubt)
    found: list[str | None] = []
    for one in dialects:
        own = one.decimal if one else None
        found.append(("," if is_comma else ".") if has_two and one in in_doubt else own)
    return found, [TWO_MARKS] if has_two and not is_comma else []


def _typed(text: pl.Series, marks: Sequence[str]) -> tuple[pl.Series, Chosen | None]:
    """Return a column of texts as what all of them are, whichever decimal mark they have."""
    first, *others = (typed_text(text, mark) for mark in marks)
    is_one = all(found.equals(first[0]) for found, _ in others)
    return first if is_one else (text.replace("", None), None)


def _empty_of_text(frame: pl.DataFrame, frames: Sequence[pl.DataFrame]) -> list[str]:
    """Return the columns without a value that are text elsewhere: `NA` may be what they hold."""
    empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
    return [name for name in empty if pl.String() in _types(frames, name)]


def _types(frames: Sequence[pl.DataFrame], name: str) -> set[pl.DataType]:
    """Return a column's types in the files that have values in it."""
    return {f.schema[name] for f in frames if f[name].null_count() < f.height}


def _is_unlike(frames: Sequence[pl.DataFrame], name: str) -> bool:
    types = _types(frames, name)
    return len(types) > 1 and (types != NUMBERS or any(_is_rounded(f[name]) for f in frames))


def _is_read_unlike(
    frames: Sequence[pl.DataFrame], said: Sequence[Sequence[str]], name: str
) -> bool:
    """Return whether other things were chosen of a column in files that have values in it.

    Its dates may have the day first in one and the month in another.
    """
    chosen = {
        tuple(note for note in notes if note.startswith(f"{name}: "))
        for frame, notes in zip(frames, said, strict=True)
        if frame[name].null_count() < frame.height
    }
    return len(chosen) > 1


def _without_empty(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return frames whose columns without a value have the type that the others have."""
    types = {name: _types(frames, name) for name in frames[0].columns}
    return [
        frame.with_columns(
            pl.lit(None, max(found, key=str)).alias(name)
            for name, found in types.items()
            if found and frame.schema[name] not in found
        )
        for frame in frames
    ]


def _with_odd_as_text(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return frames in which each column that is of several kinds is text in all of them."""
    odd = [name for name in frames[0].columns if _is_odd([frame[name] for frame in frames])]
    return [frame.with_columns(text_of(frame[name]) for name in odd) for frame in frames]


def _is_odd(parts: Sequence[pl.Series]) -> bool:
    """Return whether parts of a column do not make one together of which nothing is lost."""
    types = {part.dtype for part in parts} - {pl.Null()}
    if len(types) < 2:
        return False
    if len(set(map(_kind, types))) > 1:
        return True
    if any(dtype.is_nested() or dtype in CATEGORIES for dtype in types):
        return True  # lists of other values, other categories
    return any(dtype.is_float() for dtype in types) and any(map(_is_rounded, parts))


def _kind(dtype: pl.DataType) -> Any:
    """Return what is the same for all types that make one column together."""
    if dtype.is_numeric():
        return pl.Float64
    if isinstance(dtype, pl.Datetime):
        return pl.Datetime, dtype.time_zone
    return pl.String if dtype in CATEGORIES else dtype.base_type()


def _in_one_unit(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Return frames whose times or durations of a column are in the finest unit of any of them.

    Polars would leave out what is finer than the coarsest. Errors: PolarsError, where a time is
    too far away for the finest.
    """
    for name in frames[0].columns:
        types = {frame.schema[name] for frame in frames}
        units = {dtype.time_unit for dtype in types if isinstance(dtype, TIMES)}
        if len(units) > 1:
            unit = max(units, key=UNITS.index)
            frames = [frame.with_columns(in_unit(frame[name], unit)) for frame in frames]
    return list(frames)


def _is_rounded(numbers: pl.Series) -> bool:
    """Return whether whole numbers or decimals are not told apart among floats."""
    if numbers.dtype.is_decimal():
        back = numbers.cast(pl.Float64).cast(numbers.dtype, strict=False)
        return not back.equals(numbers)
    if not numbers.dtype.is_integer():
        return False
    ends = numbers.min(), numbers.max()
    return any(isinstance(end, int) and abs(end) > MOST_EXACT for end in ends)


def _notes(said: Sequence[Sequence[str]], but: tuple[str, ...]) -> list[str]:
    """Return what was said of the files, each once, with how many files it was said of.

    What begins as in `but` is no longer true.
    """
    kept = (note for notes in said for note in dict.fromkeys(notes) if not note.startswith(but))
    times = Counter(kept)
    return [
        note if count == len(said) else f"{note} ({count} of {len(said)} files)"
        for note, count in times.items()
    ]
