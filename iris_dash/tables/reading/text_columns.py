"""The columns of a CSV file as Arrow reads them: as what all their values are, or as text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from iris_dash.tables.reading.text_dialect import Dialect

BLOCK = 1 << 21
"""Bytes of a file that one thread reads at a time; no row is longer."""

MOST_BLOCK = 1 << 30
TOO_SHORT = ("straddl", "Could not skip")
"""What Arrow says where a row, or all that stands before the first one, is longer than a block."""

TRUE, FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
COMMON_NO_VALUES = ("", "NA", "NaN", "NULL", "null")
"""Those that are looked for as numbers are read; each takes time. `text_types` knows all."""


@dataclass(frozen=True)
class TextColumns:
    """The columns of a CSV file: `width` of them, after `skip` lines.

    `missing` are texts that mean "no value" beside those that always do.
    """

    path: Path
    dialect: Dialect
    skip: int
    width: int
    missing: Sequence[str]
    has_quotes: bool

    def typed(self) -> list[pl.Series]:
        """Return the columns as what all their values are."""
        return [_series(column) for column in self._read({}).columns]

    def texts(self, places: Sequence[int]) -> dict[int, pl.Series]:
        """Return some columns as they are written, by their places."""
        if not places:
            return {}
        table = self._read({str(place): pa.string() for place in places}, list(map(str, places)))
        return {place: _series(table.column(i)) for i, place in enumerate(places)}

    def first_types(self, size: int) -> list[pa.DataType]:
        """Return what the columns are in the rows of so many bytes; nothing if those are odd."""
        with self.path.open("rb") as file:
            head = file.read(size)
        whole = head[: head.rfind(b"\n") + 1]
        try:
            table = arrow_csv.read_csv(io.BytesIO(whole), *self._options({}, (), len(whole) + 1))
        except pa.ArrowInvalid:
            return []
        return [column.type for column in table.columns]

    def _read(self, types: dict[str, pa.DataType], include: Sequence[str] = ()) -> pa.Table:
        """Return columns as what all their values are; those with a type as that."""
        whole = max(1, self.path.stat().st_size)
        size, most = min(BLOCK, whole), min(MOST_BLOCK, whole + 1)
        while True:
            try:
                # Of a path Arrow would tell by its name whether it is packed.
                with self._opened() as file:
                    return arrow_csv.read_csv(file, *self._options(types, include, size))
            except pa.ArrowInvalid as error:
                if not any(word in str(error) for word in TOO_SHORT) or size >= most:
                    raise
                size = min(8 * size, most)

    def _opened(self) -> Any:
        return _WholeLineEnds(self.path) if self.has_quotes else pa.OSFile(str(self.path))

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


class _WholeLineEnds(io.FileIO):
    """A file that is read in pieces of which none ends between CR and LF.

    Arrow takes the LF for the rest of a line end then, in quotes too, where it would be lost.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes; the last one but once more, where it is a CR."""
        piece = super().read(size) or b""
        if len(piece) < 2 or not piece.endswith(b"\r"):
            return piece
        self.seek(-1, io.SEEK_CUR)
        return piece[:-1]


def _series(column: pa.ChunkedArray) -> pl.Series:
    found: Any = pl.from_arrow(column)
    assert isinstance(found, pl.Series)
    return found
