"""What the bytes of whole lines say of whether they are plain CSV."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from iris_dash.tables.reading.text_scan import BEYOND

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
    mark = ord(separator)
    if b'"' in data or b"\r" in data or (b"+" in data and _has_plus(data, mark)):
        return None
    text = _numbers(data)
    return PlainBytes(
        int((text == NEWLINE).sum()) + (not data.endswith(b"\n")),
        int((text == mark).sum()),
        not (text >= BEYOND).any(),
        has_numbers and _may_have_codes(data, text, mark),
    )


def _numbers(data: bytes) -> pl.Series:
    """Return the bytes as a column, of which Polars looks at more at once than NumPy does."""
    whole = pa.Array.from_buffers(pa.uint8(), len(data), [None, pa.py_buffer(data)])
    found = pl.from_arrow(whole)
    assert isinstance(found, pl.Series)
    return found


def _has_plus(data: bytes, mark: int) -> bool:
    """Return whether a plus stands where a field begins, or behind a blank."""
    text = np.frombuffer(data, dtype=np.uint8)
    # Of the first byte of all it is the last one that is looked at too.
    before = text[np.flatnonzero(text == PLUS) - 1]
    return data.startswith(b"+") or bool(np.isin(before, [mark, NEWLINE, BLANK]).any())


def _may_have_codes(data: bytes, text: pl.Series, mark: int) -> bool:
    """Return whether a zero stands where a field begins, or behind two signs or blanks there."""
    begin = _numbers(b"\n\n" + data[:3])
    return any(_have_codes(one, mark) for one in (begin, text) if len(one) > 3)


def _have_codes(text: pl.Series, mark: int) -> bool:
    """Return the same of the zeros with two bytes before them and one after."""
    second, first, zero, after = (text.slice(at, len(text) - 3) for at in range(4))
    # A letter behind a zero, too, is told from a digit by who reads the field.
    coded = _bits(zero == ZERO) & _bits(after >= ZERO)
    if mark > ZERO:
        coded &= _bits(after != mark)
    if not coded.any():
        return False
    begins = _bits(second <= MINUS) | _bits(second == mark)
    # Dates and times have such zeros inside, behind one sign.
    begins &= _bits(first <= MINUS)
    begins |= _bits(first == NEWLINE)
    begins |= _bits(first == mark)
    return bool((coded & begins).any())


def _bits(flags: pl.Series) -> NDArray[np.uint8]:
    """Return flags of which none is missing as they are held, eight in a byte."""
    return np.frombuffer(flags.to_arrow().buffers()[1], dtype=np.uint8)
