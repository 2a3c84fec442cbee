"""The words by which an owner says how a text table is read: its encoding, its separator."""

from __future__ import annotations

import codecs
import io

SEPARATORS = {"tab": "\t", r"\t": "\t", "blank": " "}
NO_SEPARATORS = '"\r\n\0'


def encoding_named(text: str) -> str:
    """Return the name of an encoding as Python has it.

    Errors: ValueError saying what is expected.
    """
    try:
        name = codecs.lookup(text).name
        io.TextIOWrapper(io.BytesIO(), name)  # Some are none of texts: base64.
    except (LookupError, ValueError):
        raise ValueError("expected an encoding such as utf-8 or windows-1252") from None
    return name


def separator_named(text: str) -> str:
    r"""Return the letter that parts columns; the words `tab`, `\t` and `blank` are letters too.

    Errors: ValueError saying what is expected.
    """
    letter = SEPARATORS.get(text, text)
    if len(letter) != 1 or letter in NO_SEPARATORS:
        raise ValueError("expected one letter that is no quote, or tab, or blank")
    return letter


def separator_in_words(letter: str) -> str:
    """Return a separator as a text that does not begin or end with blanks.

    >>> separator_in_words("\\t"), separator_in_words(";")
    ('tab', ';')
    """
    return next((word for word, meant in SEPARATORS.items() if meant == letter), letter)
