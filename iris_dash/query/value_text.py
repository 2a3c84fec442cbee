"""A value of a column as people read it, as it is named among words, and as addresses spell it."""

from __future__ import annotations

import re

FacetValue = str | int | bool | None
"""One choice of a facet; None is the missing value."""

MISSING_LABEL = "(missing)"
EMPTY_LABEL = "(empty)"
LABELS = re.compile(r"“*\((missing|empty)\)”*")
"""Text that is what a value without text is called, or such text in quotes."""

SIGNS = {" ": "␣", "\t": "⇥", "\n": "↵", "\r": "↵", "\u00a0": "⍽"}
"""What stands for a blank at the end of a text, and for a line break anywhere."""

HIDDEN = re.compile(
    "[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u200b\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff]"
)
"""What does not show, or turns round what stands behind it; no joiner, which makes one letter."""

LONGEST_VALUE = 60
"""Characters of a value where it is named among other words."""

MISSING = "~missing"
"""The missing value as URL arguments spell it."""


MOST_WORDS = 6
"""A label of more words is a sentence, such as the question of a survey."""


def humanise(name: str) -> str:
    """Return a column's name as a label.

    >>> humanise("sepal_length")
    'Sepal length'
    """
    text = name.replace("_", " ").strip() or name
    return text[:1].upper() + text[1:]


def inner_label(label: str, is_own: bool = False) -> str:
    """Return a label within a sentence: one that is no abbreviation and no sentence begins small.

    `is_own`: the table itself writes it so, and it keeps its capital: a noun in German, a name.

    >>> inner_label("Sepal length"), inner_label("GDP"), inner_label("Who shot first?")
    ('sepal length', 'GDP', '“Who shot first?”')
    >>> inner_label("Kategorie", is_own=True)
    'Kategorie'
    """
    if len(label.split()) > MOST_WORDS or label.endswith(("?", ".", "!", ":")):
        return f"“{label}”"
    return label if is_own or label[1:2].isupper() else label[:1].lower() + label[1:]


def value_text(value: FacetValue) -> str:
    """Return a value as people read it: in one line, and so that they can tell it from others.

    Blanks at its ends, tabs and line breaks have a sign, what does not show its number; text that
    reads as the label of a missing or an empty value stands in quotes.

    >>> value_text(None), value_text(""), value_text(True), value_text("setosa")
    ('(missing)', '(empty)', 'true', 'setosa')
    >>> value_text(" a b\\n"), value_text("(missing)"), value_text("“(missing)”")
    ('␣a b↵', '“(missing)”', '““(missing)””')
    >>> value_text("a\\tb"), value_text("\\u202eabc"), value_text("zero\\u200bwidth")
    ('a⇥b', '⟨202E⟩abc', 'zero⟨200B⟩width')
    """
    if value is None:
        return MISSING_LABEL
    text = plain_text(value)
    if not text:
        return EMPTY_LABEL
    if LABELS.fullmatch(text):
        return f"“{text}”"
    if text.isprintable() and text[0] != " " != text[-1]:
        return text
    bare = text.strip()
    start = text.index(bare) if bare else len(text)
    ends = text[:start], text[start + len(bare) :]
    before, after = ("".join(SIGNS.get(c, c) for c in end.replace("\r\n", "\n")) for end in ends)
    inner = "↵".join(re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", bare))
    inner = HIDDEN.sub(lambda found: f"⟨{ord(found[0]):04X}⟩", inner.replace("\t", SIGNS["\t"]))
    return before + inner + after


def value_name(value: FacetValue) -> str:
    """Return a value as it is named among other words: what is in the middle of a long one is cut.

    >>> value_name("red "), len(value_name("x" * 3_000))
    ('red␣', 60)
    """
    text = value_text(value)
    if len(text) <= LONGEST_VALUE:
        return text
    tail = LONGEST_VALUE // 3
    return f"{text[: LONGEST_VALUE - tail - 1]}…{text[-tail:]}"


def plain_text(value: str | int | bool) -> str:
    """Return a value's own text.

    >>> plain_text(True), plain_text(3), plain_text(" red")
    ('true', '3', ' red')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def facet_text(value: FacetValue) -> str:
    """Return a facet's value as URL arguments spell it.

    >>> facet_text(None), facet_text("~odd"), facet_text(True)
    ('~missing', '~~odd', 'true')
    """
    if value is None:
        return MISSING
    text = plain_text(value)
    return "~" + text if text.startswith("~") else text


def in_markdown(text: str) -> str:
    r"""Return a text as a description has it, which is Markdown and shows tags and links.

    >>> in_markdown("<b>Height</b>"), in_markdown("Height (cm)")
    ('\\<b\\>Height\\</b\\>', 'Height (cm)')
    """
    return re.sub(r"[\\`*_\[\]<>&~]", r"\\\g<0>", text)
