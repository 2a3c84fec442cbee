"""Columns of objects of JSON, each value as it is written: slower than Polars, which has others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl

from iris_dash.tables.reading.json_objects import Written
from iris_dash.tables.reading.text_iso_dates import dated_text
from iris_dash.tables.reading.text_numbers import overflow_note
from iris_dash.tables.reading.text_types import loses_digits

AT_ONCE = 100_000
"""Values that are held as Python's own."""

KINDS = {str: "text", int: "whole", Written: "number", bool: "flag"}

HALVES = "half letters, such as \\ud800 alone, are \ufffd"


class _Column:
    """The values of one key, as texts, and of which kinds they are."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.said: list[str] = []
        self._texts: list[str | None] = []
        self._before: list[pl.Series] = []
        self._count = 0

    def add(self, row: int, value: Any) -> None:
        """Add the value of a row; those before it that have none are missing."""
        kind, text = _kind_and_text(value)
        if text is None:
            return
        self.kinds.add(kind)
        if row != self._count or not row % AT_ONCE:
            self._fill(row)
        self._texts.append(text)
        self._count = row + 1

    def series(self, rows: int) -> pl.Series:
        """Return so many rows of it: of the one type that all values have, else text."""
        self._fill(rows)
        self._flush()
        text = pl.concat(self._before)
        if not self.kinds:
            return pl.Series([None] * rows)
        if self.kinds == {"whole"}:
            return _whole(text)
        if self.kinds <= {"whole", "number"}:
            numbers = text.cast(pl.Float64)
            if loses_digits(numbers, text):
                return text
            note = overflow_note(numbers, text)
            self.said += [note] if note else []
            return numbers
        if self.kinds == {"flag"}:
            return text == "true"
        return dated_text(text) if self.kinds == {"text"} else text

    def _fill(self, row: int) -> None:
        self._texts += [None] * (row - self._count)
        self._count = row
        if len(self._texts) >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        try:
            part = pl.Series(self._texts, dtype=pl.String)
        except UnicodeEncodeError:
            part = _without_halves(self._texts)
            self.said = [HALVES]
        self._before.append(part)
        self._texts = []


def exact_columns(
    objects: Iterable[Mapping[str, Any]], said: list[str], only: Collection[str] = ()
) -> dict[str, pl.Series]:
    """Return the columns of objects whose numbers are `Written`, in the order of their keys.

    They are all of them, or `only` some; what they lose is `said`.
    Whole numbers that 64 bits, or the floats beside them, do not hold are text, as is a column of
    several kinds: each value as it is written. NaN is a missing value.
    """
    found: dict[str, _Column] = {}
    rows = 0
    for row, one in enumerate(objects):
        for name in only or one:
            if name in one:
                column = found.get(name)
                if column is None:
                    column = found[name] = _Column()
                column.add(row, one[name])
        rows = row + 1
    columns = {name: column.series(rows) for name, column in found.items()}
    said += (f"{name}: {note}" for name, column in found.items() for note in column.said)
    return columns


def _kind_and_text(value: Any) -> tuple[str, str | None]:
    kind = KINDS.get(type(value), "nested")
    if kind == "text":
        return kind, value
    if kind == "whole":
        return kind, str(value)
    if kind == "number":
        if value != value:
            return "", None
        return "whole" if value.text.lstrip("-").isdigit() else kind, value.text
    if kind == "flag":
        return kind, "true" if value else "false"
    if value is None:
        return "", None
    try:
        return kind, _written(value)
    except RecursionError:
        return kind, _text(value)


def _written(value: Any) -> str:
    """Return a list or an object, its numbers as they are written."""
    if isinstance(value, dict):
        return f"{{{','.join(f'{_text(key)}:{_written(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    return value.text if isinstance(value, Written) else _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _without_halves(texts: list[str | None]) -> pl.Series:
    """Return texts without half letters, as JSON can write them; they are none."""
    plain = (t and t.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for t in texts)
    return pl.Series(list(plain), dtype=pl.String)


def _whole(text: pl.Series) -> pl.Series:
    for kind in (pl.Int64, pl.UInt64):
        found = text.cast(kind, strict=False)
        if found.null_count() == text.null_count():
            return found
    return text
