"""Values and calls as Python text that people write: double quotes, no line too long."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping

from iris_dash.query.numbers import exact_text

WIDTH = 88
"""A call that would be longer is written over several lines."""


def literal(value: object) -> str:
    """Return any plain value as Python; text in double quotes where that needs no backslashes.

    >>> print(literal(["a b", "it's", '"', None]), literal({"n": 2.0}))
    ["a b", "it's", '"', None] {"n": 2}
    """
    match value:
        case str():
            # With an apostrophe in it Python itself chooses double quotes.
            return repr(value) if '"' in value or "'" in value else f'"{repr(value)[1:-1]}"'
        case float():
            return exact_text(value)
        case Mapping():
            return f"{{{', '.join(f'{literal(key)}: {literal(of)}' for key, of in value.items())}}}"
        case list() | tuple() | range():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            return repr(value)


def raw(pattern: str) -> str:
    r"""Return a regular expression as Python, in which it has no doubled backslashes.

    >>> print(raw(r"\d,"), raw(","))
    r"\d," ","
    """
    return f'r"{pattern}"' if "\\" in pattern and '"' not in pattern else literal(pattern)


def keywords(given: Mapping[str, object]) -> list[str]:
    """Return the arguments of a call by name; those whose name is none to Python in a dictionary.

    >>> keywords({"a": 1, "a b": 2, "class": 3})
    ['a=1', '**{"a b": 2, "class": 3}']
    """
    odd = {name for name in given if not name.isidentifier() or keyword.iskeyword(name)}
    plain = [f"{name}={literal(value)}" for name, value in given.items() if name not in odd]
    rest = {name: value for name, value in given.items() if name in odd}
    return plain + ([f"**{literal(rest)}"] if rest else [])


def call_text(name: str, arguments: Iterable[str], room: int = WIDTH) -> str:
    """Return a call, over several lines where one would be too long."""
    return bracketed(f"{name}(", arguments, ")", room)


def bracketed(opening: str, items: Iterable[str], closing: str, room: int = WIDTH) -> str:
    """Return items between brackets, over several lines where one would be too long."""
    items = list(items)
    line = f"{opening}{', '.join(items)}{closing}"
    if len(line) + 12 <= room or not items:
        return line
    return f"{opening}\n" + "".join(f"    {item},\n" for item in items) + closing
