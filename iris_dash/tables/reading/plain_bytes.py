"""What the bytes of whole lines say of whether they are plain CSV."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris_dash.tables.reading.text_scan import BEYOND

PIECE = 1 << 18
"""Bytes that are looked at at once: they stay in a processor's cache meanwhile."""

NEWLINE, BLANK, ZERO, PLUS, MINUS = b"\n 0+-"
DIGITS = 10


@dataclass(frozen=True)
class PlainBytes:
    """Whole lines without quotes, carriage returns and fields that begin with a plus."""

    data: bytes
    separator: int
    lines: int
    separators: int
    is_latin_1: bool

    def may_have_codes(self) -> bool:
        """Return whether a field may begin with a zero before another digit."""
        text = np.frombuffer(self.data, dtype=np.uint8)
        begin = np.frombuffer(b"\n\n" + self.data[: PIECE + 1], dtype=np.uint8)
        return _may_have_codes(begin, self.separator) or any(
            _may_have_codes(text[start - 2 : start + PIECE + 1], self.separator)
            for start in range(PIECE, len(text), PIECE)
        )


def plain_bytes(data: bytes, separator: str) -> PlainBytes | None:
    """Return what is seen of whole lines, None where they are not plain."""
    mark, text = ord(separator), np.frombuffer(data, dtype=np.uint8)
    lines = separators = most = 0
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
        lines += int(np.count_nonzero(piece == NEWLINE))
        separators += int(np.count_nonzero(piece == mark))
        most = max(most, int(piece.max()))
    lines += not data.endswith(b"\n")
    return PlainBytes(data, mark, lines, separators, most < BEYOND)


def _may_have_codes(text: NDArray[np.uint8], separator: int) -> bool:
    """Return whether a zero stands where a field begins, or behind two signs or blanks there.

    The first two bytes and the last one are looked at as neighbours alone.
    """
    border = text <= MINUS
    if separator > MINUS:
        border |= text == separator
    coded = border[1:-2] & (text[2:-1] == ZERO)
    coded &= text[3:] - ZERO < DIGITS
    if not coded.any():
        return False
    # Dates and times have such zeros inside, behind one sign.
    begins = (text == separator) | (text == NEWLINE)
    return bool((coded & (begins[1:-2] | border[:-3])).any())
