"""What parts columns where nothing common does, blanks or `~`: if all of a file proves it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from iris_dash.tables.reading.text_marks import MARK, NUMBER, SEPARATORS, may_be_names

MARKS = ("~", "^", ":")
LEAST_BY_COLONS = 3
"""Columns: `GO:0008150` and `2:1` are values."""

BLANK = " "
ALL_QUOTED = re.compile(r' *"[^"]+"(?: +"[^"]+")+ *')
FIELD = re.compile(r"[^ ]+")
INDENT, PADDING = re.compile(" *"), re.compile(r"[^ ]  +[^ ]")
GROUPED = re.compile(r" *[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)? *")
"""A number whose thousands are parted."""

CLOCK = re.compile(r"[0-9:.+ TZ/-]*")
"""Times of day, moments, ratios."""

SAMPLE = 1000
"""Lines whose fields tell what they are; that there are as many in each is asked of all lines."""

MOST_LETTERS = 1 << 20
"""Letters of these lines."""


def rare_separator(path: Path, skip: int) -> str | None:
    """Return what parts the columns of a text below so many lines; None where none surely does.

    Every line has as many fields as the header, which is of names, and there are two rows at least.
    Columns parted by blanks stand below each other, or are numbers with decimals, or the names are
    quoted, or the rows have their numbers in front, as R and pandas write them.
    """
    sample = _sample(path, skip)
    if len(sample) <= 2:
        return None
    header = sample[0]
    for mark in MARKS:
        if mark in header and _parts_fields(mark, sample) and _is_even(path, skip, mark):
            return mark
    is_blank = BLANK in header.strip() and _is_parted_by_blanks(sample)
    return BLANK if is_blank and _is_even(path, skip, BLANK) else None


def _sample(path: Path, skip: int) -> list[str]:
    """Return the first lines; none of a header with what parts the columns of most tables."""
    lines, left = list[str](), MOST_LETTERS
    with path.open(encoding="utf-8-sig", newline=None) as text:
        for _ in range(skip):
            text.readline(MOST_LETTERS)
        while len(lines) < SAMPLE and (line := text.readline(left)):
            left -= len(line)
            if line.strip():
                lines.append(line.removeprefix(MARK).rstrip("\n"))
                if len(lines) == 1 and any(one in line for one in SEPARATORS):
                    return []
    return lines if left else []


def _records(lines: Iterable[str], mark: str) -> Iterator[list[str]]:
    """Yield the fields of each line; none of any behind one that is no CSV."""
    is_blank = mark == BLANK
    with suppress(csv.Error):
        for record in csv.reader(lines, delimiter=mark, skipinitialspace=is_blank, strict=True):
            yield record[:-1] if is_blank and record[-1:] == [""] else record
        return
    yield []


def _is_even(path: Path, skip: int, mark: str) -> bool:
    """Return whether all lines below the header have as many fields as each other."""
    with path.open(encoding="utf-8-sig", newline=None) as text:
        lines = (line for line in islice(text, skip, None) if line.strip())
        return len({*map(len, islice(_records(lines, mark), 1, None))}) == 1


def _parts_fields(mark: str, lines: Sequence[str]) -> bool:
    header, *rows = _records(lines, mark)
    if not _are_names(header) or any(len(row) != len(header) for row in rows):
        return False
    if not all(any(map(str.strip, column)) for column in zip(*rows, strict=True)):
        return False
    if mark != ":":
        return True
    is_wide = len(header) >= LEAST_BY_COLONS and all(map(str.isidentifier, header))
    return is_wide and not all(map(CLOCK.fullmatch, lines[1:]))


def _is_parted_by_blanks(lines: Sequence[str]) -> bool:
    header, *rows = _records(lines, BLANK)
    width = len(rows[0]) if rows else 0
    if not rows or not _are_names(header) or any(len(row) != width for row in rows):
        return False
    is_quoted = bool(ALL_QUOTED.fullmatch(lines[0]))
    if width == len(header) + 1:
        return is_quoted or _count([row[0] for row in rows])
    if width != len(header):
        return False
    return is_quoted or _stand_below_each_other(lines) or _are_decimals(lines[1:], rows)


def _are_decimals(lines: Iterable[str], rows: Sequence[Sequence[str]]) -> bool:
    fields = [field for row in rows for field in row]
    has_points = any("." in field for field in fields)
    return (
        has_points and all(map(NUMBER.fullmatch, fields)) and not all(map(GROUPED.fullmatch, lines))
    )


def _are_names(header: Sequence[str]) -> bool:
    names = [name.strip() for name in header]
    is_word = len(names) > 1 and all(names) and any(re.search(r"[^\W\d]", n) for n in names)
    return is_word and len({*names}) == len(names) and may_be_names(names)


def _count(fields: Sequence[str]) -> bool:
    """Return whether fields are 0, 1, 2 … or 1, 2, 3 …"""
    first = fields[0]
    return first in ("0", "1") and list(fields) == [
        str(number) for number in range(int(first), int(first) + len(fields))
    ]


def _stand_below_each_other(lines: Sequence[str]) -> bool:
    """Return whether the fields of a column begin at one place, or end at one, for all columns.

    And blanks fill some of them up, without which words of text do so by chance.
    """
    indents = {len(found[0]) for line in lines if (found := INDENT.match(line))}
    if len(indents) == 1 and not any(map(PADDING.search, lines)):
        return False
    begins, ends = (
        [[place(field) for field in FIELD.finditer(line)] for line in lines]
        for place in (re.Match.start, re.Match.end)
    )
    if len({*map(len, begins)}) > 1:
        return False  # a blank within quotes
    sides = zip(zip(*begins, strict=True), zip(*ends, strict=True), strict=True)
    return all(len({*left}) == 1 or len({*right}) == 1 for left, right in sides)
