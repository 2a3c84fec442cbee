"""Amounts of money in text tables: numbers with one sign at the same end of each."""

from __future__ import annotations

import re

import polars as pl

from iris_dash.tables.reading.text_marks import MONEY

BLANKS = "[ \u00a0\u202f]*"
AMOUNT = rf"^[+-]?{BLANKS}[{MONEY}]{BLANKS}[+-]?[.,]?[0-9]|[0-9][.,]?{BLANKS}[{MONEY}]$"
ONE_MARK = r"^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$"
"""An amount whose mark may part its thousands or its decimals."""

PARTED_BY_COMMAS = "$£¥₹₩"
"""Signs of money where a comma before three digits parts thousands."""


def unit_of(known: pl.Series) -> str:
    """Return the sign that stands at the same end of each text; '' where none does."""
    unit = next((letter for letter in known[0] if letter in MONEY), "")
    sign = re.escape(unit)
    ends = (rf"^[+-]?{BLANKS}{sign}", f"{sign}$")
    return unit if unit and any(known.str.contains(end).all() for end in ends) else ""


def without_unit(text: pl.Series, unit: str) -> pl.Series:
    """Return amounts without their sign and the blanks around it."""
    return text.str.replace(f"{BLANKS}{re.escape(unit)}{BLANKS}", "")


def is_doubtful(known: pl.Series, decimal: str, unit: str) -> bool:
    """Return whether amounts without their sign may have decimals or thousands behind a mark.

    One that has a mark twice, both marks, or other than three digits behind one tells.
    """
    if not known.str.contains(ONE_MARK).any():
        return False
    other = "," if decimal == "." else "."
    mark, none = re.escape(decimal), re.escape(other)
    shown = rf"{mark}([0-9]{{1,2}}|[0-9]{{4,}})$|{none}[0-9]{{3}}[{none}{mark}]|^[+-]?0{mark}"
    if known.str.contains(shown).any():
        return False
    is_by_commas = decimal == "." and unit in PARTED_BY_COMMAS
    return not is_by_commas or known.str.contains(".", literal=True).any()
