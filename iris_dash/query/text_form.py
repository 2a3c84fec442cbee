"""How a text table is written, for whoever reads the same file with another library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

First = Literal["", "day", "month", "year"]


@dataclass(frozen=True)
class ColumnForm:
    """How a column's texts are written beyond what its type says; `name` is the table's for it.

    `thousands` is what parts the thousands of its numbers; `first` what its dates begin with, if
    they are not in ISO 8601, or `format`, in the codes of `strftime`, what they are written in;
    `unit` is the sign of money at an end of its numbers; `is_float`: it was read as numbers that
    need not be whole.
    """

    name: str
    thousands: str = ""
    first: First = ""
    format: str = ""
    unit: str = ""
    is_float: bool = False


@dataclass(frozen=True)
class Mended:
    """What in a text table was no plain CSV: how many rows end early, and what else there was.

    `plain_fields`: its fields are as they stand between separators and quotes, and every line with
    something in it is a row. `has_end_mark`: a Ctrl-Z ends a line. `unnamed`: the header lacks a
    name for the first column. `blanks_behind`, `blanks_before`: there are blanks behind quoted
    fields, or before them; `text_blanks`: a field has blanks of its own at its beginning. `zeros`:
    zero bytes follow the last row.
    """

    short: int = 0
    plain_fields: bool = True
    has_end_mark: bool = False
    unnamed: bool = False
    blanks_behind: bool = False
    blanks_before: bool = False
    text_blanks: bool = False
    zeros: bool = False

    @property
    def is_ours_alone(self) -> bool:
        """Whether no other library reads the table so."""
        differs = self.blanks_before and self.text_blanks
        return self.unnamed or self.blanks_behind or self.zeros or differs


@dataclass(frozen=True)
class TextForm:
    """How a text table is written.

    `encoding` is Python's name; `skip` lines stand before the header, whose fields `header` are as
    written; `missing` are texts that mean "no value" in any column beside an empty one. `columns`
    are those of the table, and `left_out` names what the file has before them. `mended` is None
    for a plain CSV. `packing` is how the file is packed, '' where it is not.

    `is_latin_1`: it has no character beyond those of Latin-1. `has_returns`: some line ends are CR
    alone; `has_mixed_ends`: some are CR LF, and some LF.
    """

    encoding: str
    separator: str
    decimal: str
    skip: int
    header: tuple[str, ...]
    columns: tuple[ColumnForm, ...]
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    has_blank_lines: bool = False
    has_returns: bool = False
    has_mixed_ends: bool = False
    is_latin_1: bool = False
    mended: Mended | None = None
    packing: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each of the file's columns."""
        return (*self.left_out, *(column.name for column in self.columns))
