"""What the bytes of a CSV file say of how carefully it must be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 18
NAMED_NAN = b"nan("
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
QUOTE, PLUS, MINUS, ZERO, NEWLINE, RETURN, BLANK, TAB = b'"+-0\n\r \t'
BEYOND = 0xC4
"""From here on a byte of UTF-8 begins a character beyond Latin-1."""

NONE = np.zeros(0, dtype=np.intp)
LETTER_X = ord("x")
LAST_MARK = MINUS
"""Signs, blanks, quotes and line ends are none above it."""
BEFORE = 8
"""Bytes before a chunk that are seen with it: of more blanks before a field one is careful."""


@dataclass(frozen=True)
class Scan:
    """What was seen of a file's fields.

    `well_quoted`: every quote opens or closes a whole field, or is doubled in one. `has_codes`,
    `has_plus`: a field begins with a zero before another digit, or with a plus. `has_blank_lines`:
    there are empty lines outside quotes. `has_returns`: there are carriage returns;
    `has_lone_returns`: one of them stands without a line feed behind it; `has_mixed_ends`: some
    line feeds have one before them, others none. `separators` and `lines` are how many there are,
    in quotes too. `is_latin_1`: no character is beyond those of Latin-1. `has_named_nan`: there is
    `nan(` in any case, which C and Arrow take for the beginning of what is no number.
    """

    has_quotes: bool = False
    well_quoted: bool = True
    has_codes: bool = False
    has_plus: bool = False
    has_blank_lines: bool = False
    has_returns: bool = False
    has_lone_returns: bool = False
    has_mixed_ends: bool = False
    separators: int = 0
    lines: int = 0
    is_latin_1: bool = True
    has_named_nan: bool = False


def scan(path: Path, separator: str) -> Scan:
    """Return what a file's bytes say.

    A field begins after a separator, a line end or a quote, and after blanks there.
    """
    borders, mark = np.zeros(256, dtype=bool), separator.encode()[-1]
    borders[[mark, NEWLINE, RETURN, QUOTE]] = True
    has_quotes, well_quoted, has_codes, has_plus, has_blank_lines = False, True, False, False, False
    has_returns, separators, lines, last = False, 0, 0, NEWLINE
    has_lone_returns, paired, is_latin_1, has_named_nan = False, 0, True, False
    before, inside = bytes([NEWLINE] * BEFORE), 0
    with path.open("rb") as file:
        head = file.read(len(BYTE_ORDER_MARK))
        if head != BYTE_ORDER_MARK:
            file.seek(0)
        chunk = file.read(CHUNK)
        while chunk:
            after = file.read(CHUNK)
            # Some bytes before, and two after, so that what spans two chunks is seen.
            around = before + chunk + (after[:2] or b"\n")
            text, size = np.frombuffer(around, dtype=np.uint8), len(chunk)
            here = text[BEFORE : BEFORE + size]
            ends = text[BEFORE - 1 :] == NEWLINE
            separators += int(np.count_nonzero(here == mark))
            lines += int(np.count_nonzero(ends[1 : size + 1]))
            pairs = _pairs(chunk, after)
            has_lone_returns = has_lone_returns or chunk.count(b"\r") > pairs
            paired += pairs
            is_latin_1 = is_latin_1 and (chunk.isascii() or int(here.max()) < BEYOND)
            if not has_named_nan and b"(" in around:
                has_named_nan = NAMED_NAN in around.lower()
            has_codes = has_codes or _has_codes(text, size, mark, borders)
            has_plus = has_plus or (b"+" in chunk and _has_plus(text, size, borders))
            has_quotes = has_quotes or b'"' in chunk
            has_returns = has_returns or b"\r" in chunk
            quotes = np.flatnonzero(here == QUOTE) + BEFORE if has_quotes else NONE
            if well_quoted and len(quotes):
                opens = (np.arange(len(quotes)) + inside) % 2 == 0
                well_quoted = bool(
                    borders[text[quotes[opens] - 1]].all()
                    and borders[text[quotes[~opens] + 1]].all()
                )
            if not has_blank_lines and (has_returns or (ends[:-1] & ends[1:]).any()):
                has_blank_lines = _has_blank_lines(text, quotes, inside, bool(after))
            inside = (inside + len(quotes)) % 2
            before, last, chunk = (before + chunk)[-BEFORE:], chunk[-1], after
    return Scan(
        has_quotes,
        well_quoted and not inside,
        has_codes,
        has_plus,
        has_blank_lines,
        has_returns,
        has_lone_returns,
        0 < paired < lines,
        separators,
        lines + (last != NEWLINE),
        is_latin_1,
        has_named_nan,
    )


def _pairs(chunk: bytes, after: bytes) -> int:
    """Return how many carriage returns there are with a line feed behind them."""
    return chunk.count(b"\r\n") + (chunk.endswith(b"\r") and after.startswith(b"\n"))


def _has_blank_lines(
    text: NDArray[Any], quotes: NDArray[np.intp], inside: int, goes_on: bool
) -> bool:
    """Return whether an empty line lies outside quotes."""
    ends = np.flatnonzero(text[BEFORE - 1 : -1] == NEWLINE) + BEFORE - 1
    following = text[ends + 1]
    blank = ends[(following == NEWLINE) | (following == RETURN)]
    if not goes_on:
        blank = blank[blank + 2 < len(text)]  # the last byte is none of the file
    outside = (np.searchsorted(quotes, blank) + inside) % 2 == 0
    return bool(outside.any())


def _has_codes(text: NDArray[Any], size: int, separator: int, borders: NDArray[np.bool_]) -> bool:
    here, after = text[BEFORE : BEFORE + size], text[BEFORE + 1 : BEFORE + size + 1]
    here = here[: len(after)]
    coded = (here == ZERO) & ((after - ZERO < 10) | (after | 32 == LETTER_X))
    if not coded.any():
        return False
    # Of dates and times that begin with a zero there may be one in each row.
    one, two = (text[BEFORE - back : BEFORE - back + len(here)] for back in (1, 2))
    coded &= (one <= LAST_MARK) | (one == separator)
    leads = (one == BLANK) | (one == PLUS) | (one == MINUS)
    zeros = np.flatnonzero(coded & (~leads | (two <= LAST_MARK) | (two == separator))) + BEFORE
    signed = (text[zeros - 1] == PLUS) | (text[zeros - 1] == MINUS)
    return _begin(text, zeros - signed, borders)


def _has_plus(text: NDArray[Any], size: int, borders: NDArray[np.bool_]) -> bool:
    signs = np.flatnonzero(text[BEFORE : BEFORE + size] == PLUS) + BEFORE
    return _begin(text, signs, borders)


def _begin(text: NDArray[Any], places: NDArray[np.intp], borders: NDArray[np.bool_]) -> bool:
    """Return whether a field begins at one of these places, perhaps with blanks before it."""
    blanks = np.zeros(256, dtype=bool)
    blanks[[BLANK, TAB]] = True
    blanks &= ~borders
    previous = places - 1
    for _ in range(BEFORE - 2):
        blank = blanks[text[previous]]
        if not blank.any():
            break
        previous = previous - blank
    return bool((borders | blanks)[text[previous]].any())
