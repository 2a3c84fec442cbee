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
DIGITS = np.frombuffer(b"0123456789xX", dtype=np.uint8)


@dataclass(frozen=True)
class Scan:
    """What was seen of a file's fields.

    `well_quoted`: every quote opens or closes a whole field, or is doubled in one. `has_codes`,
    `has_plus`: a field begins with a zero before another digit, or with a plus.
    """

    has_quotes: bool = False
    well_quoted: bool = True
    has_codes: bool = False
    has_plus: bool = False


def scan(path: Path, separator: str) -> Scan:
    """Return what a file's bytes say; a field begins after a separator, line end, quote or blank."""
    begins = np.zeros(256, dtype=bool)
    begins[[ord(separator), NEWLINE, RETURN, QUOTE, BLANK]] = True
    borders = np.zeros(256, dtype=bool)
    borders[[ord(separator), NEWLINE, RETURN, QUOTE]] = True
    digits = np.zeros(256, dtype=bool)
    digits[DIGITS] = True
    has_quotes, well_quoted, has_codes, has_plus, inside = False, True, False, False, 0
    before = bytes([NEWLINE])
    with path.open("rb") as file:
        head = file.read(len(BYTE_ORDER_MARK))
        if head != BYTE_ORDER_MARK:
            file.seek(0)
        chunk = file.read(CHUNK)
        while chunk:
            after = file.read(CHUNK)
            # One byte before, and two after, so that what spans two chunks is seen.
            text = np.frombuffer(before + chunk + (after[:2] or b"\n"), dtype=np.uint8)
            size = len(chunk)
            if not has_codes:
                has_codes = _has_codes(text, size, begins, digits)
            has_plus = has_plus or _has_plus(text, size, begins)
            has_quotes = has_quotes or b'"' in chunk
            if well_quoted and has_quotes:
                quotes = np.flatnonzero(text[1 : size + 1] == QUOTE) + 1
                opens = (np.arange(len(quotes)) + inside) % 2 == 0
                well_quoted = bool(
                    borders[text[quotes[opens] - 1]].all()
                    and borders[text[quotes[~opens] + 1]].all()
                )
                inside = (inside + len(quotes)) % 2
            before, chunk = chunk[-1:], after
    return Scan(has_quotes, well_quoted and not inside, has_codes, has_plus)


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
