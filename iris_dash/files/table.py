"""Rows on their way into a file: plain Polars frames, whatever engine they come from."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

import polars as pl
import polars.selectors as cs

from iris_dash.files.dictionaries import SHARE
from iris_dash.query.names import held_name
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries import Types, library_of

AT_ONCE = 50_000
"""Rows that are put into a format at once: few enough to take little memory, enough for speed."""

VALUES_AT_ONCE = 1_000_000
BYTES_AT_ONCE = 32_000_000
"""The same of a table with many columns, and of one with long texts."""

CHUNK = 1 << 18
"""Bytes of a file that are read at once."""


@dataclass(frozen=True)
class Table:
    """What a file is made of: each column's type, and the rows, read as they are taken.

    `keys` are the columns' keys in JSON; `words` what was asked, for people; `longest_text` asks
    how many characters the longest text of a row has; `moments` are the columns whose text is dates
    or times alone. A piece may have an Enum where its type is text.
    """

    types: Types
    pieces: Generator[pl.DataFrame, None, None]
    keys: tuple[str, ...]
    words: list[tuple[str, str]]
    longest_text: Callable[[], int]
    moments: frozenset[str] = frozenset()

    def frames(self, most: int, dictionaries: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the rows in frames of at most so many, none of them empty; then end the reading.

        Those of a table with many columns, or with long texts, have fewer rows. `dictionaries`:
        texts may stay an Enum of few values beside that.
        """
        most = max(1, min(most, VALUES_AT_ONCE // (len(self.types) or 1)))
        with closing(self.pieces) as pieces:
            for held in pieces:
                piece = self._typed(held, dictionaries)
                parts = math.ceil(len(piece) / most)  # of one length: a short one takes as long
                for rows in piece.iter_slices(math.ceil(len(piece) / max(1, parts)) or 1):
                    yield from _with_little_text(rows)

    def _typed(self, piece: pl.DataFrame, dictionaries: bool) -> pl.DataFrame:
        """Return a piece with text where `types` say so."""
        most = len(piece) // SHARE if dictionaries else 0
        kinds = {
            name: dtype
            for name, dtype in piece.schema.items()
            if isinstance(dtype, pl.Enum) and len(dtype.categories) > most
        }
        return piece.cast({name: self.types[name] for name in kinds}) if kinds else piece


def _with_little_text(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield rows in as many frames as it takes for each to have little text, or a single row."""
    if len(rows) > 1 and _text_bytes(rows) > BYTES_AT_ONCE:
        half = len(rows) // 2
        yield from _with_little_text(rows[:half])
        yield from _with_little_text(rows[half:])
    else:
        yield rows


def _text_bytes(rows: pl.DataFrame) -> int:
    lengths = (cs.string().str.len_bytes(), cs.enum().cat.len_bytes())
    found = rows.select(length.cast(pl.UInt64).sum() for length in lengths)
    return sum(found.row(0)) if found.width else 0


def file_types(dataset: Dataset) -> Types:
    """Return the type of each of the table's columns in a file; categories are text there.

    So are dates and times of a column that has such as Python cannot hold.
    """
    frame = dataset.sample()
    library = library_of(frame)
    types = {n: library.polars_type(frame[held_name(n)]) for n in dataset.schema.names}
    return types | dict.fromkeys(dataset.beyond, pl.String())


def content(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what is in a file from where it stands, then close it."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
