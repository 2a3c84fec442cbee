"""The header of a text table: where it stands, and a name of its own for each column."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.tables.reading.text_dialect import Dialect
from iris_dash.tables.reading.text_marks import MARK

MOST_COLUMNS = 100_000
MOST_HEADER = 1 << 24
"""Letters of a line before the first row."""


def read_header(path: Path, name: str, dialect: Dialect) -> tuple[list[str], int, int]:
    """Return the header's fields, and how many lines come before it and before the first row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        short = _short_lines(file, name)
        for _ in islice(short, dialect.skip):
            pass
        short = chain((line.removeprefix(MARK) for line in islice(short, 1)), short)
        reader = csv.reader(short, delimiter=dialect.separator)
        limit = csv.field_size_limit(MOST_HEADER)
        try:
            before = dialect.skip
            for record in reader:
                lines = dialect.skip + reader.line_num
                if len(record) > MOST_COLUMNS:
                    raise DatasetError(
                        f"{name}: has {len(record):,} columns, more than {MOST_COLUMNS:,}"
                    )
                if record:
                    return record, before, lines
                before = lines
        except csv.Error as error:
            raise DatasetError(f"{name}: its header cannot be read: {error}") from None
        finally:
            csv.field_size_limit(limit)
    raise DatasetError(f"{name}: is empty")


def _short_lines(file: TextIO, name: str) -> Iterator[str]:
    while line := file.readline(MOST_HEADER):
        if len(line) == MOST_HEADER:
            raise DatasetError(
                f"{name}: its header is no line of less than {MOST_HEADER:,} letters"
            )
        yield line


def unique_names(header: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return a name of its own for each column, and what was named anew, in words.

    >>> unique_names(["a", "a", "", "b"])
    (['a', 'a (2)', 'column 3', 'b'], ["named anew: 'a (2)', 'column 3'"])
    """
    names: dict[str, None] = {}
    new = []
    taken = {title.strip() for title in header}
    for place, written in enumerate(header, start=1):
        title = written.strip() or f"column {place}"
        plain, times = title, 1
        while title in names or (title != plain and title in taken):
            times += 1
            title = f"{plain} ({times})"
        if title != written.strip():
            new.append(title)
        names[title] = None
    notes = [f"named anew: {list_names(map(repr, new))}"] if new else []
    if any(written.strip() != written for written in header):
        notes.append("blanks around names are left out")
    return list(names), notes
