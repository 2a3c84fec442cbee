"""What Polars loses of a file of JSON: keys that an object has twice, numbers beyond 64 bits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path

import polars as pl

from iris_dash.tables.reading.text_numbers import overflow_note

NUMBER = rb"(-?\d[\d.eE+-]*)"
USUAL_ENDS = {b'":': 1, b": null": -1}
OTHER_ENDS = {b'" :': 1, b":null": -1, b'\\":': -1}
"""How keys of JSON end, and those without a value; the last are within texts."""

LONGEST_END = 6
AT_ONCE = 1 << 22


def may_have_twice(path: Path, columns: Iterable[pl.Series]) -> bool:
    """Return whether there are more keys than values and nulls, as where an object has one twice.

    So too where text looks like keys; whoever looks closer finds none then.
    """
    more = -sum(map(_values, columns))
    for ends in USUAL_ENDS, OTHER_ENDS:
        more += _counted(path, ends)
        if not more:
            return False
    return True


def _counted(path: Path, ends: Mapping[bytes, int]) -> int:
    total, last = 0, b""
    with path.open("rb") as file:
        while read := file.read(AT_ONCE):
            piece = last + read
            total += sum(sign * (piece.count(end) - last.count(end)) for end, sign in ends.items())
            last = piece[1 - LONGEST_END :]
    return total


def _values(column: pl.Series) -> int:
    """Return how many keys have a value in a column, and within its objects."""
    return column.count() + _values_within(column)


def _values_within(column: pl.Series) -> int:
    if isinstance(column.dtype, pl.List):
        return _values_within(column.drop_nulls().list.explode(empty_as_null=False))
    if isinstance(column.dtype, pl.Struct):
        return sum(_values(column.struct.field(field.name)) for field in column.dtype.fields)
    return 0


def overflow_notes(path: Path, columns: Mapping[str, pl.Series]) -> Iterator[str]:
    """Yield what is to be said of numbers that are infinite, but not written so."""
    for name, column in columns.items():
        if column.dtype.is_float() and column.is_infinite().any():
            with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
                written = re.finditer(spelled(name) + NUMBER, content)
                text = pl.Series([match[2].decode() for match in written], dtype=pl.String)
            if note := overflow_note(text.cast(pl.Float64), text):
                yield f"{name}: {note}"


def spelled(name: str) -> bytes:
    """Return a pattern of a key as JSON may have it."""
    spelled = (json.dumps(name, ensure_ascii=plain).encode() for plain in (True, False))
    return b"(%b)\\s*:\\s*" % b"|".join(map(re.escape, spelled))
