"""Marks of text tables, what numbers, dates and names look like in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

SEPARATORS = (",", ";", "\t", "|")
"""What parts the columns of most tables."""

MARK = "\ufeff"
"""What may stand before a text to tell its encoding."""

MONEY = "$€£¥₹₩₽₺₪฿₫₴"
"""Signs of money, one of which may stand at an end of each number of a column."""

SAMPLE = 1_000
"""So many values tell that a column is something else, before all are looked at."""

YEAR = re.compile(r"\s*[12][0-9]{3}\s*")
NUMBER = re.compile(r"\s*[+-]?[0-9][0-9.,]*\s*")
VALUE = re.compile(rf"{NUMBER.pattern}|\s*[0-9]{{1,4}}[-./:][0-9][0-9]?[-./:][0-9].*")
"""A number, a date or a time: no name."""


def may_be_names(cells: Iterable[str]) -> bool:
    """Return whether a row may be a header: numbers are names only as years.

    >>> may_be_names(["region", "2020"]), may_be_names(["North", "12"])
    (True, False)
    """
    return not any(NUMBER.fullmatch(cell) and not YEAR.fullmatch(cell) for cell in cells)


def all_are(known: pl.Series, pattern: str) -> bool:
    """Return whether each text of a column has a pattern."""
    return bool(known.head(SAMPLE).str.contains(pattern).all()) and bool(
        known.str.contains(pattern).all()
    )
