"""What the bytes of whole lines say of whether they are plain CSV."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris_dash.tables.reading.text_scan import BEYOND

PIECE = 1 << 18
"""Bytes that are looked at at once: they stay in a processor's cache meanwhile."""

Flags = NDArray[np.bool_]

NEWLINE, BLANK, ZERO, PLUS, MINUS = b"\n 0+-"


@dataclass(frozen=True)
class PlainBytes:
    """Whole lines without quotes, carriage returns and fields that begin with a plus.

    `may_have_codes`: a field may begin with a zero before another digit.
    """

    lines: int
    separators: int
    is_latin_1: bool
    may_have_codes: bool


def plain_bytes(data: bytes, separator: str, has_numbers: bool = True) -> PlainBytes | None:
    """Return what is seen of whole lines, None where they are not plain.

    Codes are looked for where there are numbers.
    """
    mark, text = ord(separator), np.frombuffer(data, dtype=np.uint8)
    begin = np.frombuffer(b"\n\n" + data[: PIECE + 1], dtype=np.uint8)
    # Written over by each piece: to give memory back and ask for it anew takes longer than what is
    # computed in it.
    room = np.empty((5, PIECE + 3), dtype=bool)
    lines = separators = most = 0
    may_have_codes = False
    for start in range(0, len(text), PIECE):
        end = start + PIECE
        if data.find(b'"', start, end) >= 0 or data.find(b"\r", start, end) >= 0:
            return None
        piece = text[start:end]
        if data.find(b"+", start, end) >= 0:
            # Of the first byte of all it is the last one that is looked at too.
            before = text[np.flatnonzero(piece == PLUS) + start - 1]
            if data.startswith(b"+") or np.isin(before, [mark, NEWLINE, BLANK]).any():
                return None
        # With two bytes before and one after.
        around = text[start - 2 : end + 1] if start else begin
        ends, marks, *more = room[:, : len(around)]
        np.equal(around, NEWLINE, out=ends)
        np.equal(around, mark, out=marks)
        lines += int(np.count_nonzero(ends[2 : 2 + len(piece)]))
        separators += int(np.count_nonzero(marks[2 : 2 + len(piece)]))
        most = max(most, int(piece.max()))
        if has_numbers and not may_have_codes:
            may_have_codes = _may_have_codes(around, ends, marks, *more)
    lines += not data.endswith(b"\n")
    return PlainBytes(lines, separators, most < BEYOND, may_have_codes)


def _may_have_codes(
    text: NDArray[np.uint8], ends: Flags, marks: Flags, coded: Flags, signs: Flags, other: Flags
) -> bool:
    """Return whether a zero stands where a field begins, or behind two signs or blanks there.

    The first two bytes and the last one are looked at as neighbours alone. The last three are
    written over.
    """
    coded = np.equal(text[2:-1], ZERO, out=coded[2:-1])
    # A letter behind a zero, too, is told from a digit by who reads the field.
    coded &= np.greater_equal(text[3:], ZERO, out=other[2:-1])
    if not coded.any():
        return False
    np.less_equal(text, MINUS, out=signs)
    np.bitwise_or(signs, marks, out=other)
    # Dates and times have such zeros inside, behind one sign.
    begins = np.bitwise_and(signs[1:-2], other[:-3], out=signs[1:-2])
    begins |= ends[1:-2]
    begins |= marks[1:-2]
    coded &= begins
    return bool(coded.any())
