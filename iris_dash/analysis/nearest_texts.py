"""What a match on text is nearly: with one more value, or without one of its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from iris_dash.query.filters import Match
from iris_dash.query.schema import Schema
from iris_dash.query.value_text import value_name
from iris_dash.query.words import filter_phrase

MOST_ALIKE = 5
"""Texts that are asked for, at most, of which one spelled alike is looked for."""

TextsWith = Callable[[str], list[str | None]]
"""Gives the commonest texts there are, of those that contain a part in letters of any case."""


def looser_matches(
    schema: Schema, match: Match, texts: TextsWith
) -> Iterator[tuple[Match, str, float]]:
    """Yield matches that ask a little less, each in words, and the share of what is given up.

    Where values are asked for, one more of them: that which contains one asked for, else the
    commonest. Else one condition less, where there are several. Rows may have none of them.
    """
    label = schema.texts_by_name[match.name].label
    if match.values is not None:
        for value in _near(match.values, texts):
            more = replace(match, values=(*match.values, value))
            yield more, f"{label}: also {value_name(value)}", 1 / (1 + len(match.values))
        return
    keys = ("left_out", "has", "starts")
    asked = [(key, part) for key in keys for part in getattr(match, key)]
    for key, dropped in asked if len(asked) > 1 else ():
        fewer = tuple(part for part in getattr(match, key) if part != dropped)
        less = _with(match, key, fewer)
        yield less, f"{filter_phrase(schema, less)} alone", 1 / len(asked)


def _with(match: Match, key: str, texts: tuple[Any, ...]) -> Match:
    said: dict[str, Any] = {key: texts}
    return replace(match, **said)


def _near(values: tuple[str | None, ...], texts: TextsWith) -> list[str | None]:
    alike = (text for value in values[:MOST_ALIKE] if value for text in texts(value)[:1])
    return [*dict.fromkeys(alike)] or texts("")[:1]
