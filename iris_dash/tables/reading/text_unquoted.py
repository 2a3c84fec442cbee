"""Tables parted by tabs in which quotes are text, as databases write them: no field is quoted."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from iris_dash.tables.reading.text_marks import MARK
from iris_dash.tables.reading.text_scan import Scan

TAB, QUOTE = "\t", '"'
SEVERAL = 2
"""Values of a column that are all in quotes: then quotes are none of the values."""

UNQUOTED = "quotes are text in it: some have text behind them, or are never closed"


def may_be_unquoted(seen: Scan, separator: str, rows: int | None = None) -> bool:
    """Return whether quotes may be text: each line may have as many fields as the others.

    `rows`: how many there are where quotes open and close fields; then some are of several lines.
    """
    if separator != TAB or not seen.has_quotes or not seen.lines:
        return False
    is_even = seen.separators > 0 and seen.separators % seen.lines == 0
    return is_even and (rows is None or rows + 1 < seen.lines)


def write_unquoted(path: Path, skip: int, target: Path) -> bool:
    """Write a text parted by tabs as CSV, its quotes as text; return whether they are such.

    They are where each line has as many fields as the header, of several columns, and in none of
    these several values are all in quotes.
    """
    with (
        path.open(encoding="utf-8-sig", newline=None) as text,
        target.open("w", encoding="utf-8", newline="") as plain,
    ):
        write = csv.writer(plain, lineterminator="\r\n").writerow
        lines = islice(text, skip, None)
        header = next(lines, "").removeprefix(MARK).rstrip("\n").split(TAB)
        values, quoted = [0] * len(header), [0] * len(header)
        write(header)
        if len(header) == 1 or any(map(_is_quoted, header)):
            return False
        for line in lines:
            fields = line.rstrip("\n").split(TAB)
            if len(fields) != len(header):
                return False
            write(fields)
            for place, field in enumerate(fields):
                values[place] += bool(field)
                quoted[place] += _is_quoted(field)
    return not any(count == of >= SEVERAL for count, of in zip(quoted, values, strict=True))


def _is_quoted(field: str) -> bool:
    return len(field) > 1 and field.startswith(QUOTE) and field.endswith(QUOTE)
