"""Rows on their way into a file: plain Polars frames, whatever engine they come from."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any

import narwhals as nw
import polars as pl

from iris_dash.tables.dataset import Dataset
from iris_dash.tables.values import plain_rows

AT_ONCE = 50_000
"""Rows that are put into a format at once: few enough to take little memory, enough for speed."""

CHUNK = 1 << 18
"""Bytes of a file that are read at once."""

Types = dict[str, "pl.DataType | type[pl.DataType]"]


@dataclass(frozen=True)
class Table:
    """What a file is made of: each column's type, and the rows, read as they are taken.

    `keys` are the columns' keys in JSON; `words` what was asked, for people; `longest_text` asks
    how many characters the longest text of a row has.
    """

    types: Types
    pieces: Generator[pl.DataFrame, None, None]
    keys: tuple[str, ...]
    words: list[tuple[str, str]]
    longest_text: Callable[[], int]

    def frames(self, most: int) -> Iterator[pl.DataFrame]:
        """Yield the rows in frames of at most so many, none of them empty; then end the reading."""
        with closing(self.pieces) as pieces:
            for piece in pieces:
                yield from piece.iter_slices(most)


def file_types(dataset: Dataset) -> Types:
    """Return the type of each of the table's columns in a file; categories are text there."""
    frame = dataset.sample()
    return {name: _file_type(frame[name]) for name in dataset.schema.names}


def _file_type(series: nw.Series[Any]) -> pl.DataType | type[pl.DataType]:
    native = nw.to_native(series)
    if isinstance(native, pl.Series):
        return pl.String() if native.dtype in (pl.Enum, pl.Categorical) else native.dtype
    dtype = series.dtype
    if isinstance(dtype, nw.Object):
        values = plain_rows(series.drop_nulls().head(1).to_frame())
        return pl.Series([row[0] for row in values]).dtype if values else pl.String()
    if isinstance(dtype, nw.Datetime):
        return pl.Datetime("us", dtype.time_zone)
    if isinstance(dtype, nw.Enum | nw.Categorical):
        return pl.String()
    kind: type[pl.DataType] = getattr(pl, type(dtype).__name__)
    return kind()


def as_file_frame(rows: nw.DataFrame[Any], types: Mapping[str, Any]) -> pl.DataFrame:
    """Return rows as a Polars frame of these columns and types; missing values are null."""
    native = nw.to_native(rows)
    if isinstance(native, pl.DataFrame):
        return pl.DataFrame([native[name].cast(dtype) for name, dtype in types.items()])
    return pl.DataFrame(plain_rows(rows.select(*types)), schema=dict(types), orient="row")


def content(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what is in a file from where it stands, then close it."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
