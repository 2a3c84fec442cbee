"""What the bytes of a CSV file say of how carefully it must be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
QUOTE, PLUS, MINUS, ZERO, NEWLINE, RETURN, BLANK = b'"+-0\n\r '
BEYOND = 0xC4
"""From here on a byte of UTF-8 begins a character beyond Latin-1."""

BLANK_LINES = (b"\n\n", b"\n\r\n")
NONE = np.zeros(0, dtype=np.intp)
DIGITS = np.frombuffer(b"0123456789xX", dtype=np.uint8)


@dataclass(frozen=True)
class Scan:
    """What was seen of a file's fields.

    `well_quoted`: every quote opens or closes a whole field, or is doubled in one. `has_codes`,
    `has_plus`: a field begins with a zero before another digit, or with a plus. `has_blank_lines`:
    there are empty lines outside quotes. `has_returns`: a CR stands without a line feed behind it.
    `is_latin_1`: no character is beyond those of Latin-1.
    """

    has_quotes: bool = False
    well_quoted: bool = True
    has_codes: bool = False
    has_plus: bool = False
    has_blank_lines: bool = False
    has_returns: bool = False
    is_latin_1: bool = True


def scan(path: Path, separator: str) -> Scan:
    """Return what a file's bytes say.

    A field begins after a separator, a line end, a quote or a blank.
    """
    begins = np.zeros(256, dtype=bool)
    begins[[ord(separator), NEWLINE, RETURN, QUOTE, BLANK]] = True
    borders = np.zeros(256, dtype=bool)
    borders[[ord(separator), NEWLINE, RETURN, QUOTE]] = True
    digits = np.zeros(256, dtype=bool)
    digits[DIGITS] = True
    has_quotes, well_quoted, has_codes, has_plus, has_blank_lines = False, True, False, False, False
    has_returns, is_latin_1, before, inside = False, True, bytes([NEWLINE]), 0
    with path.open("rb") as file:
        head = file.read(len(BYTE_ORDER_MARK))
        if head != BYTE_ORDER_MARK:
            file.seek(0)
        chunk = file.read(CHUNK)
        while chunk:
            after = file.read(CHUNK)
            # One byte before, and two after, so that what spans two chunks is seen.
            around = before + chunk + (after[:2] or b"\n")
            text, size = np.frombuffer(around, dtype=np.uint8), len(chunk)
            has_returns = has_returns or _has_returns(chunk, after)
            is_latin_1 = is_latin_1 and (chunk.isascii() or int(text[1 : size + 1].max()) < BEYOND)
            has_codes = has_codes or _has_codes(text, size, begins, digits)
            has_plus = has_plus or _has_plus(text, size, begins)
            has_quotes = has_quotes or b'"' in chunk
            quotes = np.flatnonzero(text[1 : size + 1] == QUOTE) + 1 if has_quotes else NONE
            if well_quoted:
                opens = (np.arange(len(quotes)) + inside) % 2 == 0
                well_quoted = bool(
                    borders[text[quotes[opens] - 1]].all()
                    and borders[text[quotes[~opens] + 1]].all()
                )
            if not has_blank_lines and any(ends in around for ends in BLANK_LINES):
                has_blank_lines = _has_blank_lines(text, quotes, inside, bool(after))
            inside = (inside + len(quotes)) % 2
            before, chunk = chunk[-1:], after
    well_quoted = well_quoted and not inside
    return Scan(
        has_quotes, well_quoted, has_codes, has_plus, has_blank_lines, has_returns, is_latin_1
    )


def _has_returns(chunk: bytes, after: bytes) -> bool:
    returns = chunk.count(b"\r")
    both = chunk.count(b"\r\n") + (chunk.endswith(b"\r") and after.startswith(b"\n"))
    return returns > both


def _has_blank_lines(
    text: NDArray[Any], quotes: NDArray[np.intp], inside: int, goes_on: bool
) -> bool:
    """Return whether an empty line lies outside quotes."""
    ends = np.flatnonzero(text[:-1] == NEWLINE)
    following = text[ends + 1]
    blank = ends[(following == NEWLINE) | (following == RETURN)]
    if not goes_on:
        blank = blank[blank + 2 < len(text)]  # the last byte is none of the file
    outside = (np.searchsorted(quotes, blank) + inside) % 2 == 0
    return bool(outside.any())


def _has_codes(
    text: NDArray[Any], size: int, begins: NDArray[np.bool_], digits: NDArray[np.bool_]
) -> bool:
    zeros = np.flatnonzero(text[1 : size + 1] == ZERO) + 1
    zeros = zeros[zeros + 1 < len(text)]
    zeros = zeros[digits[text[zeros + 1]]]
    previous = text[zeros - 1]
    signed = (previous == PLUS) | (previous == MINUS)
    # Of a sign at the very beginning of a chunk nobody knows what stands before it: look closer.
    return bool((begins[previous] | (signed & begins[text[np.maximum(zeros - 2, 0)]])).any())


def _has_plus(text: NDArray[Any], size: int, begins: NDArray[np.bool_]) -> bool:
    signs = np.flatnonzero(text[1 : size + 1] == PLUS) + 1
    return bool(begins[text[signs - 1]].any())
