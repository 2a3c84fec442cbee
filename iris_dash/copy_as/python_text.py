"""Values and calls as Python text that people write: double quotes, no line too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

WIDTH = 88
"""A call that would be longer is written over several lines."""


def quoted(text: str) -> str:
    """Return text as Python, in double quotes where that needs no more backslashes.

    >>> print(quoted("a b"), quoted("it's"), quoted('"'))
    "a b" "it's" '"'
    """
    # With an apostrophe in it Python itself chooses double quotes.
    return repr(text) if '"' in text or "'" in text else f'"{repr(text)[1:-1]}"'


def literal(value: object) -> str:
    """Return any plain value as Python."""
    return quoted(value) if isinstance(value, str) else repr(value)


def dict_text(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a dictionary as Python, of keys and of values that are Python already."""
    return f"{{{', '.join(f'{quoted(key)}: {value}' for key, value in pairs)}}}"


def list_text(values: Iterable[object]) -> str:
    """Return a list of plain values as Python."""
    return f"[{', '.join(map(literal, values))}]"


def call_text(name: str, arguments: Sequence[str], room: int = WIDTH) -> str:
    """Return a call, over several lines where one would be too long."""
    line = f"{name}({', '.join(arguments)})"
    if len(line) + 12 <= room or len(arguments) < 2:
        return line
    return f"{name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"
