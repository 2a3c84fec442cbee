"""Dates that a format says: with the month's name in English, or before a clock of twelve hours."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
CODES = {
    "%Y": "[1-9][0-9]{3}",
    "%m": "[0-9]{1,2}",
    "%b": f"(?i:{'|'.join(month[:3] for month in MONTHS)})",
    "%B": f"(?i:{'|'.join(MONTHS)})",
    "%d": "[0-9]{1,2}",
    "%H": "(?:[01]?[0-9]|2[0-3])",
    "%I": "(?:0?[1-9]|1[0-2])",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
    "%p": "(?i:[ap]m)",
}
"""What each code of a format stands for: no more than what pandas, Polars and DuckDB read alike."""

NAMED = tuple(
    date.replace("%b", month)
    for date in ("%d-%b-%Y", "%d %b %Y", "%d/%b/%Y", "%b %d, %Y", "%b %d %Y", "%Y-%b-%d")
    for month in ("%b", "%B")
)
NUMBERED = "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d"
TWELVE_HOURS = tuple(
    f"{between}%I:%M{seconds}{blank}%p"
    for between in (" ", ", ")
    for seconds in ("", ":%S")
    for blank in (" ", "", "\u202f")  # which scripts write
)
CLOCKS = (" %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S", *TWELVE_HOURS)


def _pattern(form: str) -> str:
    return re.sub("%.", lambda code: CODES[code[0]], form.replace(".", r"\."))


def _one_of(forms: Sequence[str]) -> str:
    return f"(?:{'|'.join(map(_pattern, forms))})"


FORMATTED = f"^(?:{_one_of(NAMED)}{_one_of(CLOCKS)}?|{_one_of(NUMBERED)}{_one_of(TWELVE_HOURS)})$"
"""A date that one of the formats says."""

FIRST = {"%d": "day", "%m": "month", "%b": "month", "%B": "month", "%Y": "year"}


def date_formats(text: str) -> list[str]:
    """Return the formats, in the codes of `strftime`, that a date may be written in.

    >>> date_formats("2-Jan-2024"), date_formats("1/2/2024 3:05 pm")
    (['%d-%b-%Y'], ['%d/%m/%Y %I:%M %p', '%m/%d/%Y %I:%M %p'])
    """
    found = []
    for dates, clocks in ((NAMED, ("", *CLOCKS)), (NUMBERED, TWELVE_HOURS)):
        for date in dates:
            if day := re.match(_pattern(date), text):
                rest = text[day.end() :]
                found += [date + clock for clock in clocks if re.fullmatch(_pattern(clock), rest)]
    return found


def in_format(text: pl.Series, form: str) -> pl.Series | None:
    """Return a column of texts as dates, or as times; None where any is written otherwise."""
    if not text.str.contains(f"^{_pattern(form)}$").all():
        return None
    is_day = ":" not in form
    read = text.str.to_date if is_day else text.str.to_datetime
    found = read(form, strict=False)
    return found if found.null_count() == text.null_count() else None


def what_is_first(form: str) -> str:
    """Return what a format begins with: the day, the month or the year."""
    return FIRST[form[:2]]
