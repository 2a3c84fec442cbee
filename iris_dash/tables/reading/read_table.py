"""A table as it was read from a file, and what was decided where there was a choice."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from iris_dash.query.text_form import TextForm
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.reading.text_dialect import Dialect


@dataclass(frozen=True)
class ReadTable:
    """A table as it was read, and what was decided where there was a choice, in words.

    `text` is how it is written if it is a text table, `typed` if it is JSON or a sheet. Of a text
    table in a folder `dialect` is what it was read by, and `unnamed` its first column where that
    has no name: all files together tell whether it counts the rows. With `is_ours` no other library
    makes the same of the file.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    text: TextForm | None = None
    typed: TypedForm | None = None
    dialect: Dialect | None = None
    unnamed: str = ""
    is_ours: bool = False
