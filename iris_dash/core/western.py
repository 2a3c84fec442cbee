"""Text in UTF-8 with some bytes that are none: they are read as Windows-1252."""

from __future__ import annotations

import codecs


def as_western(piece: bytes) -> str:
    """Return bytes as Windows-1252, or as Latin-1 where some of them are nothing there.

    >>> as_western(b"caf\\xe9"), as_western(b"\\x81")
    ('café', '\\x81')
    """
    try:
        return piece.decode("cp1252")
    except UnicodeDecodeError:
        return piece.decode("latin-1")


def _handled(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return as_western(error.object[error.start : error.end]), error.end


WESTERN = "western"
"""How Python knows that bytes which are no UTF-8 are read so."""

codecs.register_error(WESTERN, _handled)


def read_western(text: bytes) -> str:
    """Return bytes as UTF-8, those among them that are none as Windows-1252.

    >>> read_western("Béla Erzs".encode() + b"\\xe9bet")
    'Béla Erzsébet'
    """
    return text.decode("utf-8", WESTERN)
