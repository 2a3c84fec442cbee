"""Text of a table in a chart, which reads tags, entities and templates in every text it shows."""

from __future__ import annotations

import re

from iris_dash.query.value_text import FacetValue, value_name

READ = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "%": "&#37;", "$": "&#36;"}
"""What Plotly reads as more than text, as the entities that it shows as text again."""

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that turn the writing, that of what stands beside them too; seen as �."""

SHOWN = str.maketrans(READ | dict.fromkeys(TURNS, "\ufffd"))


def plain(text: str) -> str:
    """Return what makes Plotly show a text as it is.

    >>> plain("<b>"), plain("100 %{x}"), plain("Sepal length")
    ('&lt;b&gt;', '100 &#37;{x}', 'Sepal length')
    """
    return text.translate(SHOWN)


LETTER = re.compile(r"&#?\w+;|<br>|.", re.DOTALL)
"""What Plotly shows as one letter, or as a new line."""


def cut(text: str, most: int) -> str:
    """Return a text that Plotly takes, without what is in the middle of a long one.

    >>> cut("Sepal length", 20), cut("a &lt; b and &lt; c", 9)
    ('Sepal length', 'a &lt; b…&lt; c')
    """
    letters = LETTER.findall(text)
    if len(letters) <= most:
        return text
    last = most // 3
    return "".join([*letters[: most - last - 1], "…", *letters[len(letters) - last :]])


def plain_name(value: FacetValue) -> str:
    """Return a group's name as Plotly shows it; a long one must not fill the page."""
    return plain(value_name(value))
