"""A sort as text, `-a,b`, and back."""

from __future__ import annotations


def split_sort(text: str) -> list[str]:
    r"""Return the entries of a sort text; a backslash makes the next character plain.

    >>> split_sort(r"-a,b\,c")
    ['-a', 'b\\,c']
    """
    entries, entry, escaped = [], "", False
    for character in text:
        if character == "," and not escaped:
            entries.append(entry)
            entry = ""
        else:
            entry += character
        escaped = character == "\\" and not escaped
    return [*entries, entry]


def sort_pair(entry: str) -> tuple[str, bool]:
    r"""Return the (column, descending) pair of one entry.

    >>> sort_pair("-a"), sort_pair(r"\-b")
    (('a', True), ('-b', False))
    """
    descending = entry.startswith("-")
    name, escaped = "", False
    for character in entry[1:] if descending else entry:
        if character == "\\" and not escaped:
            escaped = True
        else:
            name, escaped = name + character, False
    return name, descending


def join_sort(sort: tuple[tuple[str, bool], ...]) -> str:
    r"""Return the sort text of (column, descending) pairs; `split_sort` reads it back.

    >>> join_sort((("a", True), ("b,c", False)))
    '-a,b\\,c'
    """
    entries = []
    for name, descending in sort:
        safe = name.replace("\\", "\\\\").replace(",", "\\,")
        safe = "\\" + safe if safe.startswith("-") else safe
        entries.append(f"-{safe}" if descending else safe)
    return ",".join(entries)
