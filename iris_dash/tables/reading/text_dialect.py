"""How a text table is written: its separator, its decimal mark, and where its header stands."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

from iris_dash.core.errors import DatasetError
from iris_dash.tables.reading.rare_separators import BLANK, rare_separator
from iris_dash.tables.reading.text_marks import (
    MARK,
    MONEY,
    NUMBER,
    SEPARATORS,
    VALUE,
    YEAR,
    may_be_names,
)

SNIFFED = 20_000
"""Letters that a separator is learnt from: more take longer and tell nothing new."""

QUOTED = re.compile(r"""(?:(?<=[,;\t|\n])|\A) *"(?:[^"]+|"")*+"(?= *(?:[,;\t|\n]|\Z))""")
"""A field in quotes: what parts columns elsewhere is text in it."""

MOST_RUN = 100
LONG_RUN = re.compile(rf"""([^,;\t|"'\n]{{{MOST_RUN}}})[^,;\t|"'\n]+""")
"""Letters without a separator or a quote: the time to look at them grows with their square."""

MOST_RECORDS = 200
MOST_BEFORE = 100
"""Lines before the header that are looked for, beside comments and empty ones."""

MOST_LETTERS = 1 << 20
"""Letters that are looked at in all."""

MOST_LINE = 1 << 24
"""Letters of a line before the header; reading refuses a longer one."""

COMMENT = "#"
NO_SEPARATOR = "\x1f"
"""What parts the columns where there is one: no text has it."""

SAYS_SEPARATOR = re.compile(r"""(["']?)sep=(.)\1\s*$""", re.IGNORECASE)
"""The line by which Excel is told the separator."""

DECIMAL_COMMA = re.compile(
    r"\s*[+-]?([0-9]+|[0-9]{1,3}([.'\s][0-9]{3})+),[0-9]+(E[+-]?[0-9]+)?\s*", re.I
)
DECIMAL_POINT = re.compile(
    r"\s*[+-]?([0-9]+|[0-9]{1,3}([,'\s][0-9]{3})+)\.[0-9]+(E[+-]?[0-9]+)?\s*", re.I
)
GROUPED = {mark: re.compile(rf"\s*[+-]?[1-9][0-9]{{0,2}}([{mark}][0-9]{{3}})+\s*") for mark in ",."}
"""With the other decimal mark it is a whole number whose thousands are parted."""

TWICE = {
    mark: re.compile(rf"\s*[+-]?[1-9][0-9]{{0,2}}([{mark}][0-9]{{3}}){{2,}}\s*") for mark in ",."
}
"""What a number has twice is no decimal mark."""

SIGN = re.compile(f"[{MONEY}]")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}


@dataclass(frozen=True)
class Dialect:
    """How one text table in UTF-8 is written; `skip` lines stand before its header.

    `may_have_comma`: as far as its numbers tell, they may have a decimal comma, which none needs.
    `has_runs`: any number of separators parts two columns.
    """

    separator: str = ","
    decimal: str = "."
    skip: int = 0
    may_have_comma: bool = False
    has_runs: bool = False

    def notes(self, expected: str) -> list[str]:
        """Return in words how it differs from a plain table with the expected separator."""
        found = []
        if self.separator == NO_SEPARATOR:
            found.append(
                "it has one column, as its first line: what parts columns elsewhere is text"
            )
        elif self.separator != expected:
            found.append(f"columns are parted by {NAMES.get(self.separator, self.separator)}")
        if self.decimal == ",":
            found.append("numbers have a decimal comma")
        if self.skip:
            found.append(left_out_before(self.skip))
        return found


def left_out_before(count: int, what: str = "line") -> str:
    """Return in words that so many lines, or rows, stand before the header.

    >>> left_out_before(1), left_out_before(2, "row")
    ('the first line is no header and left out', 'the first 2 rows are no header and left out')
    """
    lines = f"{what} is" if count == 1 else f"{count} {what}s are"
    return f"the first {lines} no header and left out"


def dialect_of(
    path: Path,
    name: str,
    separator: str | None = None,
    decimal: str | None = None,
    skip: int | None = None,
) -> Dialect:
    """Return how a text table is written, as its first lines tell; what is given stands.

    Errors: DatasetError for a blank file.
    """
    before = skip or 0
    if skip is None:
        before, said = _comments(path)
        separator = separator or said
    text = list(_first_lines(path, before))
    if not any(line.strip() for line in text):
        behind = f"has nothing behind its first {skip} lines" if skip else "is empty"
        raise DatasetError(f"{name}: {behind}")
    rare = None if separator else rare_separator(path, before)
    separator = separator or rare
    found, titles = separator or _separator(text), 0
    if skip is None:
        titles = _preamble(text, found) or _block_above(text, found)
        if not separator:
            found, titles = of_one_column(text, found, titles) or (found, titles)
    separator = found
    rows = list(_records(text[titles + 1 :], separator))
    before += titles
    may_have_comma = _decimal([*rows, ["0,5"]], separator) == ","
    decimal = decimal or _decimal(rows, separator)
    return Dialect(separator, decimal, before, may_have_comma, has_runs=rare == BLANK)


def _comments(path: Path) -> tuple[int, str | None]:
    """Return how many lines before the header are comments or empty, and the separator if one says.

    However many there are; the last line of all is none of them.
    """
    with path.open(encoding="utf-8-sig", newline=None) as file:
        lines = iter(partial(file.readline, MOST_LINE), "")
        before, last, line = 0, "", next(lines, "")
        said = SAYS_SEPARATOR.match(line)
        if said:
            before, last, line = 1, line, next(lines, "")
        while _is_no_header(line) and (following := next(lines, "")):
            before, last, line = before + 1, line, following
    return before - (before > 0 and _is_marked_header(last, line)), said and said[2]


def _first_lines(path: Path, skip: int = 0) -> Iterator[str]:
    left = MOST_LETTERS
    with path.open(encoding="utf-8-sig", newline=None) as file:
        for _ in range(skip):
            file.readline(MOST_LINE)
        for _ in range(MOST_RECORDS + MOST_BEFORE):
            line = file.readline(left)
            if not line:
                return
            # A mark may stand in a text that was put together of several.
            yield line.removeprefix(MARK) if left == MOST_LETTERS else line
            left -= len(line)


def _is_no_header(line: str) -> bool:
    line = line.removeprefix(MARK)
    return not line.strip() or line.startswith(COMMENT)


def _is_marked_header(comment: str, line: str) -> bool:
    """Return whether a comment is the header of the line below: `#chrom,start` above `1,100`."""
    for separator in SEPARATORS:
        names, values = (one.strip().split(separator) for one in (comment, line))
        if len(names) == len(values) > 1 and not any(map(NUMBER.fullmatch, names)):
            return comment.startswith(COMMENT) and any(map(NUMBER.fullmatch, values))
    return False


def _separator(lines: Sequence[str]) -> str:
    """Return what parts the columns; a comma where nothing does."""
    bare = QUOTED.sub('""', "".join(lines)).split("\n")
    held = [one for one in SEPARATORS if one in bare[0]]
    if len(held) <= 1 and not any(one in line for line in bare[1:] for one in SEPARATORS):
        return held[0] if held else ","
    if len(held) == 1 and all(held[0] in line for line in bare if line.strip()):
        others = set(SEPARATORS) - set(held)
        if not any(other in line for line in bare for other in others):
            return held[0]
    import clevercsv  # takes a tenth of a second, and most tables do without it

    try:
        sample = LONG_RUN.sub(r"\1", "".join(lines)[:SNIFFED])
        found = clevercsv.Sniffer().sniff(sample, delimiters="".join(SEPARATORS))
    except clevercsv.Error:
        found = None
    return (found and found.delimiter) or (held[0] if held else ",")


def _records(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    try:
        yield from islice(csv.reader(lines, delimiter=separator), MOST_RECORDS)
    except csv.Error:
        return


def _preamble(lines: Sequence[str], separator: str) -> int:
    """Return how many lines with one field stand above a table of more columns.

    They may be as wide as the table: a spreadsheet's title has empty cells beside it.
    """
    records = [record for record in _records(lines, separator) if record]
    if not records or _filled(records[0]) > 1:
        return 0
    is_padded = len(records[0]) > 1
    common, times = Counter(map(len, records)).most_common(1)[0]
    if common < 2 + is_padded or times < len(records) / 2:
        return 0
    for place, line in enumerate(lines[:MOST_BEFORE]):
        cells = line.split(separator)
        if len(cells) >= common and not is_padded:
            return place
        if len(cells) >= common and _filled(cells) >= common - 1:
            return place if may_be_names(cells) else 0
        if line.lstrip().startswith('"') and line.count('"') % 2:
            return 0  # A field of several lines begins here, and no table stands in one.
    return 0


def _block_above(lines: Sequence[str], separator: str) -> int:
    """Return how many lines stand above a wider table and the empty line before it: as banks write.

    Each row has as many fields as the header, which is of different names: more than any above.
    """
    reader, begins, records = (
        csv.reader(lines, delimiter=separator),
        0,
        list[tuple[int, list[str]]](),
    )
    with suppress(csv.Error):
        for record in reader:
            records.append((begins, record))
            begins = reader.line_num
    wide = max((len(record) for _, record in records), default=0)
    place = next((i for i, (_, record) in enumerate(records) if len(record) == wide), 0)
    if not place or _filled(records[place - 1][1]) or place + 1 == len(records):
        return 0
    if [len(record) for _, record in records[:place] if _filled(record)] == [wide - 1]:
        return 0  # It may be the header, and lack a name for the first column.
    header, below = records[place][1], [record for _, record in records[place:] if _filled(record)]
    are_names = _filled(header) == wide == len({*header}) and may_be_names(header)
    return records[place][0] if are_names and all(len(row) == wide for row in below) else 0


def of_one_column(lines: Sequence[str], separator: str, titles: int) -> tuple[str, int] | None:
    """Return what parts the columns of a table of one whose values hold separators; else None.

    Its first line has one field, and what would be the header behind it no names: `1,50`. Or a
    blank is behind each separator of texts: `x; y`. Or nothing is: `1,`. And how many lines stand
    before it: none.
    """
    (header, *rows) = [record for record in _records(lines, separator) if record] or [[]]
    place, wide = next(((i, row) for i, row in enumerate(rows) if len(row) > 1), (0, []))
    if len(header) != 1 or not wide:
        return None
    if not any(_filled(row[1:]) for row in rows):
        return separator, 0
    if all(_is_value(row[0]) for row in rows[:place] if _filled(row)):
        values = [cell for cell in wide if cell.strip() and _is_value(cell)]
        if len(values) == _filled(wide) or (values and len(wide) == 2):
            return NO_SEPARATOR, 0
    text = "".join(lines)
    if '"' in text or titles > 1 or any(map(_is_value, chain.from_iterable(rows))):
        return None
    is_apart = separator != "\t" and not re.search(rf"{re.escape(separator)}(?![ \n]|\Z)", text)
    return (NO_SEPARATOR, 0) if is_apart else None


def _is_value(cell: str) -> bool:
    return bool(VALUE.fullmatch(cell)) and not YEAR.fullmatch(cell)


def _filled(record: Sequence[str]) -> int:
    return sum(bool(field.strip()) for field in record)


def _without_sign(value: str) -> str:
    """Return an amount of money as a number; '' where its one mark may be of either kind."""
    sign = SIGN.search(value)
    if sign is None:
        return value
    plain = value[: sign.start()].rstrip() + value[sign.end() :].lstrip()
    has_one_mark = plain.count(",") + plain.count(".") == 1
    is_doubtful = has_one_mark and any(one.fullmatch(plain) for one in GROUPED.values())
    return "" if is_doubtful else plain


def _decimal(rows: Sequence[Sequence[str]], separator: str) -> str:
    """Return the decimal mark: a comma where numbers have one and none has a point.

    Or where a number has two points; none where one has two commas, that all part thousands.
    """
    if separator == ",":
        return "."
    values = [_without_sign(value) for row in rows for value in row]
    commas = [value for value in values if DECIMAL_COMMA.fullmatch(value)]
    points = [value for value in values if DECIMAL_POINT.fullmatch(value)]
    may_part = {
        ",": all(map(GROUPED[","].fullmatch, commas)),
        ".": all(map(GROUPED["."].fullmatch, points)),
    }
    for mark, decimal in ((",", "."), (".", ",")):
        if may_part[mark] and any(map(TWICE[mark].fullmatch, values)):
            return decimal
    return "," if commas and may_part["."] else "."
