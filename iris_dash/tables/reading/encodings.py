"""Which encoding a text file is in: UTF-8 where it can be, else what its letters make likely."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from pathlib import Path

from iris_dash.core.errors import DatasetError
from iris_dash.core.western import as_western

UTF_8 = "utf-8"
MIXED = "utf-8, windows-1252"
"""Text in UTF-8 with some bytes that are none: they are read as Windows-1252."""

CHUNK = 1 << 20
LOOKED_AT = 1 << 16
"""Bytes of lines beyond ASCII that tell the encoding."""

OF_ALL_LINES = 4_000
"""Bytes of the first lines that do so too: their words tell the language."""

MARKS = {
    codecs.BOM_UTF8: UTF_8,
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

UNMARKED = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
LINE_ENDS = frozenset("\r\n")
CONTROLS = frozenset("\t\n\v\f\r\x1a\x85")
"""Control characters that a text may have."""

NO_TEXT = bytes(byte for byte in range(32) if chr(byte) not in CONTROLS)

OTHERS = (
    *("cp1252", "mac-roman", "cp1250", "cp1251", "cp1253", "cp1254", "koi8-r"),
    *("cp932", "euc-jp", "gb18030", "big5", "euc-kr"),
)
"""The encodings that a table which is not UTF-8 may be in, as chardet calls them."""

WESTERN, CENTRAL = "cp1252", "cp1250"
AS_LIKELY = 1.12
"""Where central Europe's letters are so little likelier than the west's, they are the west's."""

MOST_BARE = 0.6
"""Bytes that are no zeros, per byte of UTF-16 or UTF-32 that would be a text without its zeros."""

MOST_UNKNOWN = 0.01
"""Other ones, and characters that do not exist, per character: some are newer than Python."""


def shown_encoding(encoding: str) -> str:
    """Return an encoding's name as people know it.

    >>> shown_encoding("cp1252"), shown_encoding("utf-16"), shown_encoding("mac_roman")
    ('Windows-1252', 'UTF-16', 'Mac Roman')
    """
    if match := re.fullmatch(r"cp(125\d)", encoding):
        return f"Windows-{match[1]}"
    known = {
        "mac_roman": "Mac Roman",
        "cp932": "Shift-JIS",
        "big5hkscs": "BIG5",
        "euc_jis_2004": "EUC-JP",
        MIXED: "UTF-8, in which what is none is read as Windows-1252",
    }
    return known.get(encoding, encoding.replace("_", "-").upper())


def begins_as_utf_8(path: Path) -> bool:
    """Return whether a file begins as a text in UTF-8; the rest may be anything."""
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if any(head.startswith(mark) and MARKS[mark] != UTF_8 for mark in MARKS) or b"\0" in head:
        return False
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def encoding_of(path: Path, name: str) -> str:
    """Return a text file's encoding, as Python names it. The whole file is read for UTF-8.

    Errors: DatasetError, one line, for a file that is no text, and where letters do not tell.
    """
    decoder = codecs.getincrementaldecoder(UTF_8)()
    begins = 0
    with path.open("rb") as file:
        chunk = file.read(CHUNK)
        marked = next((MARKS[mark] for mark in MARKS if chunk.startswith(mark)), None)
        if marked not in (None, UTF_8):
            return str(marked)
        if b"\0" in chunk[:LOOKED_AT]:
            if unmarked := _unmarked(chunk[:LOOKED_AT]):
                return unmarked
            _check_zeros(name, chunk[:LOOKED_AT])
        while chunk:
            held = len(decoder.getstate()[0])
            if held or not chunk.isascii():
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    line = _line_at(path, begins + max(0, error.start - held))
                    return _other_encoding(path, name, line)
            begins += len(chunk)
            chunk = file.read(CHUNK)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _not_told(name, _line_at(path, begins)) from None
    return UTF_8


def _check_zeros(name: str, head: bytes) -> None:
    """Raise DatasetError for what is no text with a few zeros in it, or many behind UTF-8."""
    text = head.rstrip(b"\0") if _decodes(head, UTF_8) else head
    if b"\0" in text and _has_too_many_odd(text):
        line = text.count(b"\n", 0, text.index(0)) + 1
        words = "is not a text table (it holds binary data)"
        raise DatasetError(f"{name}: {words}: line {line} has a zero byte")


def _line_at(path: Path, place: int) -> int:
    """Return the number of the line that a byte of a file stands in."""
    line = 1
    with path.open("rb") as file:
        while place > 0 and (chunk := file.read(min(place, CHUNK))):
            line += chunk.count(b"\n")
            place -= len(chunk)
    return line


def as_utf_8(path: Path, name: str, encoding: str, target: Path) -> None:
    """Write a text file in UTF-8.

    Errors: DatasetError, one line, where the file is not in that encoding.
    """
    line = 0
    try:
        said, otherwise = (UTF_8, MIXED) if encoding == MIXED else (encoding, None)
        with (
            path.open(encoding=said, errors=otherwise, newline="") as text,
            target.open("w", encoding=UTF_8, newline="") as plain,
        ):
            while chunk := text.read(CHUNK):
                plain.write(chunk)
                line += chunk.count("\n")
    except UnicodeError:
        words = f"is not {shown_encoding(encoding)} text (after line {line + 1})"
        raise DatasetError(f"{name}: {words}") from None


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Return bytes that are no UTF-8 as Windows-1252. Errors: the same, for a text that is cut."""
    if not isinstance(error, UnicodeDecodeError) or error.reason == "unexpected end of data":
        raise error
    piece = error.object[error.start : error.end]
    return as_western(piece), error.end


codecs.register_error(MIXED, _as_western)


def _unmarked(head: bytes) -> str | None:
    """Return which UTF-16 or UTF-32 a text without a mark is in; None where it is none.

    In the wrong one there are no line ends, and characters that do not exist.
    """
    bare = head.replace(b"\0", b"")
    if len(bare) > MOST_BARE * len(head) and _seems_text(bare, UTF_8):
        return None  # It is UTF-8 with some zeros in it.
    return next((one for one in UNMARKED if _seems_text(head, one)), None)


def _seems_text(head: bytes, encoding: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    letters = Counter(text)
    odd = sum(times for one, times in letters.items() if _is_odd(one))
    known = "\0" not in letters and odd <= letters.total() * MOST_UNKNOWN
    # JSON may stand in one line.
    return known and (not LINE_ENDS.isdisjoint(letters) or text.lstrip()[:1] in ("[", "{"))


def _is_odd(letter: str) -> bool:
    return letter not in CONTROLS and unicodedata.category(letter) in ("Cc", "Cn")


def _other_encoding(path: Path, name: str, line: int) -> str:
    sample, lines, mixed = b"", 0, 0
    with path.open("rb") as file:
        while len(sample) < LOOKED_AT and (text := file.readline(LOOKED_AT)):
            if not text.isascii():
                lines += 1
                mixed += _read(text, UTF_8) is not None
            if not text.isascii() or len(sample) < OF_ALL_LINES:
                sample += text
    if 2 * mixed >= lines:
        return MIXED  # Any other encoding would spoil the lines in UTF-8.
    if _has_too_many_odd(sample):
        raise _not_told(name, line)
    found = _likeliest(sample)
    if found is None:
        raise _not_told(name, line)
    return found


def _has_too_many_odd(sample: bytes) -> bool:
    return len(sample) - len(sample.translate(None, NO_TEXT)) > MOST_UNKNOWN * len(sample)


def _likeliest(sample: bytes) -> str | None:
    """Return the encoding in which bytes are likeliest a text; None where they are one in none."""
    from chardet import detect_all  # loads what it knows of languages; most tables need none of it

    likely: dict[str, float] = {}
    for one in detect_all(
        sample, ignore_threshold=True, include_encodings=OTHERS, compat_names=False
    ):
        encoding = str(one["encoding"]).replace("-", "_")
        if _decodes(sample, encoding):
            likely[encoding] = max(likely.get(encoding, 0.0), one["confidence"])
    best = max(likely, key=likely.__getitem__, default=None)
    if best is None or WESTERN not in likely:
        return best
    is_as_likely = best == CENTRAL and likely[best] <= AS_LIKELY * likely[WESTERN]
    return WESTERN if is_as_likely or _read(sample, best) == _read(sample, WESTERN) else best


def _decodes(sample: bytes, encoding: str) -> bool:
    """Return whether bytes are a text in an encoding; they may be cut within a letter."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except (LookupError, UnicodeDecodeError):
        return False
    return True


def _not_told(name: str, line: int) -> DatasetError:
    return DatasetError(
        f"{name}: is not UTF-8 text (line {line}); save it as UTF-8, or say its encoding"
    )


def _read(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None
