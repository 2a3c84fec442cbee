"""A table as it was read from a file, and what was decided where there was a choice."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class ReadTable:
    """A table as it was read, and what was decided where there was a choice, in words.

    `decimal`: the decimal mark of a text table's numbers.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    decimal: str = "."
