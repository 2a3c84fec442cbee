"""Text tables that are not quite CSV, written anew as such; what they mean must leave no doubt."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from iris_dash.core.errors import DatasetError
from iris_dash.query.text_form import Mended
from iris_dash.tables.reading.text_marks import MARK

END_OF_FILE, ZERO = "\x1a", "\0"
"""Ctrl-Z, with which DOS ended its texts; what fills a file whose size was given beforehand."""

LONGEST_FIELD = 1 << 27
LOOKED_AT = 100
"""Lines that tell whether the header has a name for each column."""


def write_plain(path: Path, name: str, separator: str, skip: int, target: Path) -> Mended:
    """Write a text table in UTF-8 as plain CSV without what stands before its header.

    Blanks around quoted fields go, rows that end early are filled with empty fields, empty fields
    beyond the header's go, and so do a closing Ctrl-Z and zero bytes. Where every row has one field
    more than the header, the first column has no name, as R writes it. Return what was mended.
    Errors: DatasetError, one line with the line's number, for what can be read in two ways.
    """
    short, plain_fields, seen = 0, True, _Seen()
    unnamed = _has_unnamed_column(path, separator, skip)
    with (
        path.open(encoding="utf-8-sig", newline="") as text,
        target.open("w", encoding="utf-8", newline="") as plain,
    ):
        for _ in islice(text, skip):
            pass
        lines = chain((line.removeprefix(MARK) for line in islice(text, 1)), text)
        before = csv.field_size_limit(LONGEST_FIELD)
        try:
            reader = csv.reader(
                seen.lines(lines, separator),
                delimiter=separator,
                skipinitialspace=separator == " ",
                strict=True,
            )
            # With LF alone it would leave a CR in a field unquoted.
            write = csv.writer(plain, lineterminator="\r\n").writerow
            width, begins = 0, 1
            for record in reader:
                line, begins = begins, reader.line_num + 1
                if len(record) <= 1 and not "".join(record).strip() and width != 1:
                    plain_fields = plain_fields and not record
                    continue
                if not record:
                    if width == 1:
                        plain.write("\n")
                    continue
                if not width:
                    names = [title.lstrip(" ") if seen.blanks_before else title for title in record]
                    record = [""] * unnamed + names
                    width = len(record)
                if len(record) > width or (unnamed and len(record) < width):
                    if unnamed or any(field.strip() for field in record[width:]):
                        raise DatasetError(
                            f"{name}: line {skip + line} has {len(record)} fields, and the header "
                            f"{width - unnamed}"
                        )
                    plain_fields = False
                    del record[width:]
                elif len(record) < width:
                    short += 1
                    record += [""] * (width - len(record))
                write(record)
        except csv.Error as error:
            line = skip + begins
            raise DatasetError(f"{name}: {_reason(str(error), line)}") from None
        finally:
            csv.field_size_limit(before)
    odd = seen.blanks or seen.blanks_behind or seen.end_mark or seen.zeros
    return Mended(
        *(short, plain_fields and not odd, seen.end_mark, unnamed, seen.blanks_behind),
        blanks_before=seen.blanks_before,
        zeros=seen.zeros,
    )


def ends_by_mark(end: bytes) -> bool:
    """Return whether the last bytes of a file are Ctrl-Z, perhaps before line ends, or zeros."""
    return end.endswith(ZERO.encode()) or end.rstrip(b"\r\n").endswith(END_OF_FILE.encode())


def in_words(mended: Mended) -> list[str]:
    """Return what of a mending is to be said beside that there was one."""
    said = ["each row has one field more than the header: the first column has no name"]
    short, unnamed = mended.short, mended.unnamed
    rows = "1 row ends" if short == 1 else f"{short:,} rows end"
    said = said * unnamed + [f"{rows} early and got missing values"] * bool(short)
    return said + ["zero bytes at its end are left out"] * mended.zeros


def _has_unnamed_column(path: Path, separator: str, skip: int) -> bool:
    """Return whether the first rows, two at least, have one field more than the header each."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        lines = _Seen().lines(islice(text, skip, skip + LOOKED_AT), separator)
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=separator == " ")
        try:
            header, *rows = [record for record in reader if any(map(str.strip, record))]
        except (csv.Error, ValueError):
            return False
    longer = {len(record) for record in rows} == {len(header) + 1}
    return longer and min(len(header), len(rows)) > 1 and any(row[-1].strip() for row in rows)


class _Seen:
    """What is seen in lines on their way: blanks around fields, a Ctrl-Z or zeros at an end."""

    blanks = blanks_before = blanks_behind = end_mark = zeros = is_open = False

    def lines(self, lines: Iterator[str], separator: str) -> Iterator[str]:
        """Yield the lines without blanks around quoted fields, nor a Ctrl-Z or zeros at the end.

        A field with text behind its closing quote is yielded as such.
        """
        mark, blanks = re.escape(separator), " *" if separator != " " else ""
        quoted = re.compile(
            rf'(^|{mark})({blanks})("(?:[^"]+|"")*+)(?:"({blanks})(?=[{mark}\r\n]|$)|($)|)'
        )
        for line in self._without_marks(lines, separator):
            if '"' not in line:
                yield line
                continue
            # A field that a line before began is read as one that begins here.
            opened, self.is_open = self.is_open, False
            whole = quoted.sub(self._without_blanks, '"' * opened + line)
            yield whole[1:] if opened else whole

    def _without_blanks(self, field: re.Match[str]) -> str:
        begin, before, text, behind, goes_on = field.groups()
        self.blanks_before = self.blanks_before or bool(before)
        self.blanks_behind = self.blanks_behind or bool(behind)
        self.is_open = goes_on is not None
        return begin + text + '"' * (behind is not None)

    def _without_marks(self, lines: Iterator[str], separator: str) -> Iterator[str]:
        for line in lines:
            self.blanks = self.blanks or line.startswith(" ") or f"{separator} " in line
            if line.endswith(ZERO):  # It is the last one.
                self.zeros = True
                line = line.rstrip(ZERO)
                if not line:
                    continue
            if END_OF_FILE in line:
                head, _, rest = line.partition(END_OF_FILE)
                if not rest.strip(END_OF_FILE + "\r\n"):
                    self.end_mark = True
                    if head:
                        yield head
                    continue
            yield line


def _reason(error: str, line: int) -> str:
    if "unexpected end" in error:
        return f"line {line}: a quote is opened and never closed"
    if "expected after" in error:
        return f"line {line}: text follows a closing quote; a quote inside a field is doubled"
    return f"line {line}: cannot be read as CSV: {error}"
