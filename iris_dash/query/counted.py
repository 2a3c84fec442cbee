"""How many of something, in words: the number as the reader writes it, the noun that fits it."""

from __future__ import annotations

import re

from iris_dash.query.locale import number_read

ONE = (("ies$", "y"), ("(x|ch|sh|ss)es$", r"\1"), ("^ones$", "one"), ("(?<=[^s])s$", ""))
"""How the noun for one is made from that for several; what has no such end stands for both."""


def count_text(count: int) -> str:
    """Return a count as people read it.

    >>> count_text(120835), count_text(7)
    ('120,835', '7')
    """
    return number_read(f"{count:,}")


def counted(count: int, several: str) -> str:
    """Return a count with its noun, which is given as it stands for several.

    >>> counted(1, "rows"), counted(0, "rows"), counted(1200, "flowers"), counted(1, "countries")
    ('1 row', '0 rows', '1,200 flowers', '1 country')
    """
    return f"{count_text(count)} {noun(count, several)}"


def noun(count: int, several: str) -> str:
    """Return the noun for so many.

    >>> noun(1, "boxes"), noun(1, "people"), noun(1, "glasses"), noun(2, "rows")
    ('box', 'people', 'glass', 'rows')
    """
    if count != 1:
        return several
    for end, one in ONE:
        found = re.sub(end, one, several)
        if found != several:
            return found
    return several


def is_or_are(count: int) -> str:
    """Return the verb for so many."""
    return "is" if count == 1 else "are"
