"""What people call the kinds of columns, and a table's columns in one sentence."""

from __future__ import annotations

from collections import Counter

from iris_dash.query.counted import counted
from iris_dash.query.schema import LABELS, Column, Facet, Measure, Schema, Text, Time

KINDS = {
    "time": ("time", "times"),
    "category": ("category", "categories"),
    "number": ("number", "numbers"),
    "code": ("code", "codes"),
    "text": ("text", "texts"),
    "constant": ("constant", "constants"),
    "empty": ("empty one", "empty ones"),
}
"""The kinds with their words for one and for several, in the order in which they are counted."""


def kind_word(column: Column) -> str:
    """Return what people call a column's kind: a key of KINDS."""
    if column.is_constant:
        return "constant"
    if column.role in LABELS:
        return "code"
    words: dict[type, str] = {Facet: "category", Measure: "number", Time: "time", Text: "text"}
    return words.get(type(column), "empty")


def columns_in_words(schema: Schema) -> str:
    """Return how many columns a table has and of which kinds.

    >>> columns_in_words(Schema((Time("t", "T", "t"), Measure("x", "X", "x"))))
    '2 columns: a time and a number'
    >>> columns_in_words(Schema((Text("t", "T", "t"),)))
    'one column: a text'
    """
    counts = Counter(map(kind_word, schema.columns))
    said = [
        f"{'an' if one[0] in 'aeiou' else 'a'} {one}"
        if counts[kind] == 1
        else counted(counts[kind], several)
        for kind, (one, several) in KINDS.items()
        if counts[kind]
    ]
    total = len(schema.columns)
    named = "one column" if total == 1 else counted(total, "columns")
    *before, last = said or ["none"]
    return f"{named}: {' and '.join([', '.join(before), last]) if before else last}"
