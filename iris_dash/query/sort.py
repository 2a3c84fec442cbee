"""A sort as text, `-a,b`, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable


def split_sort(text: str) -> list[str]:
    r"""Return the entries of a sort text; a backslash makes the next character plain.

    >>> split_sort(r"-a,b\,c")
    ['-a', 'b\\,c']
    """
    entries, start, escaped = [], 0, False
    for place, character in enumerate(text):
        if character == "," and not escaped:
            entries.append(text[start:place])
            start = place + 1
        escaped = character == "\\" and not escaped
    return [*entries, text[start:]]


def sort_pair(entry: str) -> tuple[str, bool]:
    r"""Return the (column, descending) pair of one entry.

    >>> sort_pair("-a"), sort_pair(r"\-b")
    (('a', True), ('-b', False))
    """
    descending = entry.startswith("-")
    return re.sub(_ESCAPED, r"\1", entry[descending:]), descending


def longest_sort(names: Iterable[str]) -> int:
    """Return how many characters a sort text has at most that names each of these columns once.

    >>> longest_sort(["a", "bc"])  # -\\a,-\\b\\c
    10
    """
    return sum(2 * len(name) + 2 for name in names)


def join_sort(sort: tuple[tuple[str, bool], ...]) -> str:
    r"""Return the sort text of (column, descending) pairs; `split_sort` reads it back.

    >>> join_sort((("a", True), ("b,c", False)))
    '-a,b\\,c'
    """
    return ",".join(f"-{_escaped(name)}" if down else _escaped(name) for name, down in sort)


def names_text(names: Iterable[str]) -> str:
    r"""Return names in one text, as those of a sort; `split_sort` reads them back.

    >>> names_text(["a", "b,c"])
    'a,b\\,c'
    """
    return join_sort(tuple((name, False) for name in names))


def sort_pattern(names: Iterable[str], several: bool = True, descends: bool = True) -> str:
    r"""Return the regular expression of the sort texts over these columns, or of one entry.

    It is one to Python and to JavaScript alike. That a column is named once only it does not say.

    >>> print(sort_pattern(["a", "-b,c", "d (m)"], several=False))
    ^-?(a|\\-b\\,c|d \(m\))$
    """
    texts = (re.sub(_MEANS, _AS_IT_IS, _escaped(name)) for name in names)
    entry = f"{'-?' if descends else ''}({'|'.join(texts)})"
    return f"^{entry}(,{entry})*$" if several else f"^{entry}$"


_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
"""A character that is plain whatever it is, behind a backslash; a last backslash is nothing."""

_MEANS, _AS_IT_IS = r"[\\^$.*+?()\[\]{}|/]", r"\\\g<0>"
"""What has a meaning in a regular expression, and how it is written without one."""


def _escaped(name: str) -> str:
    safe = name.replace("\\", "\\\\").replace(",", "\\,")
    return "\\" + safe if safe.startswith("-") else safe
