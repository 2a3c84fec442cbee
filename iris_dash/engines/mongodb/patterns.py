"""Text that a condition looks for, as a regular expression that means nothing but this text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import ibis.expr.operations as ops

LONGEST = 8_000
"""Characters of a pattern; MongoDB takes somewhat more than twice as many."""


@dataclass(frozen=True)
class TextPattern:
    """What is looked at, what for, and MongoDB's options: `i` where letter case does not count."""

    subject: Any
    regex: str
    options: str


def text_pattern(node: Any) -> TextPattern | None:
    """Return what a condition on a text looks for; None where that is no short known text."""
    subject, needle = node.args
    if not isinstance(needle, ops.Literal) or not isinstance(needle.value, str):
        return None
    regex = ("^" if isinstance(node, ops.StartsWith) else "") + quoted(needle.value)
    if len(regex) > LONGEST:
        return None
    if isinstance(subject, ops.Lowercase):
        return TextPattern(subject.arg, regex, "i")
    return TextPattern(subject, regex, "")


def quoted(text: str) -> str:
    r"""Return a regular expression that finds this text and no other.

    >>> quoted("a.*"), quoted("$where")
    ('a\\.\\*', '\\$where')
    """
    return re.escape(text).replace("\0", r"\x00")
