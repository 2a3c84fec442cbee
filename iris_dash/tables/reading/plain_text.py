"""CSV that leaves no doubt, read in one go: the table that careful reading gives, but sooner."""

from __future__ import annotations

import codecs
import math
import os
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa

from iris_dash.core.progress import Share, nobody
from iris_dash.tables.reading.few_texts import few_texts, with_own_categories
from iris_dash.tables.reading.plain_bytes import plain_bytes
from iris_dash.tables.reading.text_dialect import Dialect
from iris_dash.tables.reading.text_types import CODE, MOST_EXACT

NUMBERS = {pa.int64(): pl.Int64(), pa.float64(): pl.Float64()}
NO_VALUE = "NA"
"""What means "no value" among numbers; where anything else does, the table is read carefully."""

BLOCK = 1 << 23
"""Bytes that are read at once, to the end of their last line."""

MOST_LINE = 1 << 24
MOST_AT_ONCE = 4
SAMPLE = 1_000


@dataclass(frozen=True)
class Plain:
    """The columns of a plain file, or of some of its lines.

    `have_large`: which of them have floats so large that those may be other whole numbers than are
    written; `is_latin_1`: no character is beyond those of Latin-1.
    """

    columns: list[pl.Series]
    have_large: list[bool]
    is_latin_1: bool


def read_plain(
    path: Path,
    dialect: Dialect,
    before: int,
    types: Sequence[pa.DataType],
    categories: bool = False,
    read: Share = nobody,
) -> Plain | None:
    """Return the columns of a CSV file of whose first rows the types are known.

    `before` lines stand before the first row. With `categories` a text column of few values may
    come as an Enum of them, in the order in which they appear. Blocks of lines are read beside each
    other, so that no more of the text is held than some of them; `read` hears how much is done.
    None where it is no such file: more than the header stands before the rows, carriage returns end
    its lines, there are quotes or codes, a row has another length, a later value another type.
    """
    odd = before != 1 or len(types) < 2 or dialect.decimal != "."
    if odd or not all(map(_is_known, types)):
        return None
    names = [str(place) for place in range(len(types))]
    schema: dict[str, pl.DataType] = {
        name: NUMBERS.get(kind, pl.String()) for name, kind in zip(names, types, strict=True)
    }
    texts = [name for name, kind in zip(names, types, strict=True) if pa.types.is_string(kind)]
    blocks: list[Plain] = []
    try:
        with path.open("rb") as file, ThreadPoolExecutor(_at_once()) as pool:
            file.readline(MOST_LINE)
            reader = _Blocks(file.fileno(), dialect.separator, types, schema)
            if categories:
                reader.schema |= few_texts(file, texts, reader.frame)
            size, waiting = os.fstat(file.fileno()).st_size, deque[Future[Plain]]()
            for begin, end in _bounds(file, size):
                waiting.append(pool.submit(reader.read, begin, end))
                if len(waiting) > _at_once():
                    blocks.append(waiting.popleft().result())
                    read(begin / size)
            blocks += [one.result() for one in waiting]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowInvalid):
        return None
    if not blocks:
        return None  # its lines end in carriage returns, so that all of them are the header's
    columns = [_joined([block.columns[i] for block in blocks]) for i in range(len(types))]
    have_large = [any(large) for large in zip(*(block.have_large for block in blocks), strict=True)]
    return Plain(columns, have_large, all(block.is_latin_1 for block in blocks))


@dataclass
class _Blocks:
    """Reads blocks of whole lines; several at once may be."""

    descriptor: int
    separator: str
    types: Sequence[pa.DataType]
    schema: dict[str, pl.DataType] = field(default_factory=dict)
    has_no_value: bool = False
    """Whether `NO_VALUE` was seen among numbers: looking for it takes a fifth of the time."""

    def read(self, begin: int, end: int) -> Plain:
        """Return the columns of the lines from one byte of the file to another.

        Errors: PolarsError, ArrowInvalid where they are not plain.
        """
        data = os.pread(self.descriptor, end - begin, begin)
        if data.startswith(codecs.BOM_UTF8):
            raise pa.ArrowInvalid("a mark begins a row, which Polars would leave out")
        seen = plain_bytes(data, self.separator, any(kind in NUMBERS for kind in self.types))
        if seen is None or seen.separators != seen.lines * (len(self.types) - 1):
            raise pa.ArrowInvalid("a row is not plain")
        frame = self._frame_by_guess(data)
        if len(frame) != seen.lines:
            raise pa.ArrowInvalid("a line is no row")
        if seen.may_have_codes and self._has_codes(data):
            raise pa.ArrowInvalid("a number is a code")
        columns = [_typed(one, kind) for one, kind in zip(frame, self.types, strict=True)]
        # Looked at while they are still in a processor's cache.
        return Plain(columns, list(map(has_large, columns)), seen.is_latin_1)

    def frame(self, data: bytes, schema: dict[str, pl.DataType] | None = None) -> pl.DataFrame:
        """Return the table of some lines."""
        schema = schema or self.schema
        if not self.has_no_value:
            try:
                return self._frame(data, schema, ())
            except pl.exceptions.PolarsError:
                pass
        frame = self._frame(data, schema, [n for n, kind in schema.items() if kind.is_numeric()])
        self.has_no_value = True
        return frame

    def _frame(
        self, data: bytes, schema: dict[str, pl.DataType], may_miss: Collection[str]
    ) -> pl.DataFrame:
        return pl.read_csv(
            data,
            has_header=False,
            schema=schema,
            separator=self.separator,
            quote_char=None,
            null_values=dict.fromkeys(may_miss, NO_VALUE) or None,
            glob=False,
        )

    def _has_codes(self, data: bytes) -> bool:
        """Return whether any column of numbers has a code, which it would lose."""
        numbers = [name for name, kind in self.schema.items() if kind.is_numeric()]
        texts = self._frame(data, dict.fromkeys(self.schema, pl.String()), ()).select(numbers)
        return any(one.str.strip_chars().str.contains(CODE).any() for one in texts)

    def _frame_by_guess(self, data: bytes) -> pl.DataFrame:
        """Return the table of some lines; from one with a new text on that column is plain text."""
        guessed = dict(self.schema)
        enums = {name: kind for name, kind in guessed.items() if isinstance(kind, pl.Enum)}
        try:
            return self.frame(data, guessed)
        except pl.exceptions.PolarsError:
            if not enums:
                raise
        frame = self.frame(data, guessed | dict.fromkeys(enums, pl.String()))
        for name, kind in enums.items():
            if not frame[name].drop_nulls().is_in(kind.categories.implode()).all():
                self.schema[name] = pl.String()
        return frame


def _at_once() -> int:
    return min(MOST_AT_ONCE, pl.thread_pool_size())


def _bounds(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """Yield where blocks of whole lines begin and end, from where the file stands."""
    begin = file.tell()
    while begin < size:
        file.seek(min(begin + BLOCK, size))
        if len(file.readline(MOST_LINE)) == MOST_LINE:
            raise pa.ArrowInvalid("a line is too long")
        yield begin, (begin := file.tell())


def _is_known(kind: pa.DataType) -> bool:
    times = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    return kind in NUMBERS or pa.types.is_string(kind) or times


def is_whole(series: pl.Series) -> bool:
    """Return whether a column is one of numbers, all of them whole."""
    if not series.dtype.is_float():
        return series.dtype.is_integer()
    first = series.head(SAMPLE)
    return bool((first == first.round(0)).all()) and bool((series == series.round(0)).all())


def has_large(series: pl.Series) -> bool:
    """Return whether a column has floats so large that they tell whole numbers no longer apart."""
    ends = (series.min(), series.max()) if series.dtype.is_float() else ()
    return any(isinstance(end, float) and abs(end) >= MOST_EXACT for end in ends)


def _typed(series: pl.Series, kind: pa.DataType) -> pl.Series:
    if series.dtype.is_float():
        return series.fill_nan(None) if math.isnan(series.sum()) else series
    if not pa.types.is_temporal(kind):
        return series
    # In the pieces of the other columns: a frame of columns in unlike ones is copied as a whole.
    found = [pl.Series(one.to_arrow().cast(kind)) for one in series.get_chunks()]
    return pl.concat(map(in_microseconds, found), rechunk=False)


def in_microseconds(series: pl.Series) -> pl.Series:
    """Return a column; one of times to the millisecond as the others are held."""
    if isinstance(series.dtype, pl.Datetime) and series.dtype.time_unit == "ms":
        return series.cast(pl.Datetime("us", series.dtype.time_zone))
    return series


def _joined(pieces: list[pl.Series]) -> pl.Series:
    if len({piece.dtype for piece in pieces}) > 1:
        pieces = [piece.cast(pl.String) for piece in pieces]
    return with_own_categories(pl.concat(pieces, rechunk=False))
