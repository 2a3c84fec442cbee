"""A column's name: its words, and where not every name can stand as it is, as in addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

RESERVED_KEYS = (
    *("where", "lower", "upper", "sort", "by", "page", "per_page"),
    *("search", "columns", "of", "stat", "having", "bins", "unit", "column", "totals"),
    *("format", "empty", "bom", "with"),
)
"""Keys that say something else than a column, some of them later: one list for every face."""

MARK = "."
"""Stands in front of a column's name in an address, so that it is no key."""

HELD_MARK = "-"

BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+")
"""What lies between two words of a name."""


def name_words(name: str) -> list[str]:
    """Return the words of a name in small letters.

    >>> name_words("startLat"), name_words("Haus-Nr."), name_words("zip_code")
    (['start', 'lat'], ['haus', 'nr'], ['zip', 'code'])
    """
    return [word.lower() for word in BOUNDARY.split(name) if word]


def address_key(name: str) -> str:
    """Return the key of a column in addresses: its name, with a point where that is another key.

    >>> address_key("species"), address_key("page"), address_key("_id"), address_key(".hidden")
    ('species', '.page', '._id', '..hidden')
    """
    return MARK + name if name in RESERVED_KEYS or name[:1] in ("_", MARK) else name


def named_by(key: str) -> str | None:
    """Return the name of the column that a key of an address means; None for any other key.

    A point may stand in front of every name.

    >>> named_by("species"), named_by(".species"), named_by(".page"), named_by("page")
    ('species', 'species', 'page', None)
    """
    if key.startswith(MARK):
        return key[len(MARK) :]
    return None if key in RESERVED_KEYS or key.startswith("_") else key


def held_name(name: str) -> str:
    r"""Return what a column is called in a frame that is asked.

    Polars reads `*` and what goes from ^ to $ as patterns, and names that begin with _ are those of
    columns that an answer adds: such names have a mark in front, as have those that begin with it.

    >>> held_name("height"), held_name("^a$"), held_name("_row"), held_name("-depth")
    ('height', '-^a$', '-_row', '--depth')
    """
    return HELD_MARK + name if name[:1] in ("_", "*", "^", HELD_MARK) else name


def name_of_held(held: str) -> str:
    """Return the name of the column that a frame calls so."""
    return held[len(HELD_MARK) :] if held.startswith(HELD_MARK) else held


def held_names(names: Iterable[str]) -> list[str]:
    """Return what columns are called in a frame that is asked, in the same order."""
    return [held_name(name) for name in names]


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return a name that is none of those that are taken: it, or with a number behind.

    >>> free_name("n", ["a"]), free_name("n", ["n", "n (2)"])
    ('n', 'n (3)')
    """
    others, found, times = frozenset(taken), name, 1
    while found in others:
        times += 1
        found = f"{name} ({times})"
    return found
