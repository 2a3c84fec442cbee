"""A query in the words of people: a phrase per filter, and what a file says that it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from iris_dash.core.errors import list_names
from iris_dash.query.filters import (
    AnyOf,
    Choice,
    Filter,
    Interval,
    Match,
    Period,
    Search,
    Span,
    ends,
    shorter_side,
)
from iris_dash.query.locale import time_read
from iris_dash.query.moments import alike_texts
from iris_dash.query.numbers import bound_text, exact_text, from_to, with_minus
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Schema
from iris_dash.query.value_text import FacetValue, value_name, value_text

MOST_NAMED = 6
"""Values of a facet that a filter's phrase names; the others are counted."""

MOST_TOLD = 1_000
"""Values that a file says."""

ALL_BUT = "all but "


def filter_phrase(schema: Schema, one: Filter) -> str:
    """Return a filter as one phrase: its column's label, what it lets in, the unit.

    >>> from iris_dash.query.schema import Measure
    >>> height = Measure("h", "Height", "h", unit="cm", low=1.0, high=9.0, step=0.5, decimals=1)
    >>> filter_phrase(Schema((height,)), Interval("h", 2.5))
    'Height from 2.5 cm'
    """
    match one:
        case Choice(name):
            facet = schema.facet(name)
            way, values = shorter_side(facet, one)
            phrase = ", ".join(value_name(value) for value in values[:MOST_NAMED]) or "none"
            if len(values) > MOST_NAMED:
                phrase += f" and {len(values) - MOST_NAMED} more"
            return f"{facet.label}: {ALL_BUT if way == 'not' else ''}{phrase}"
        case Period(name):
            return f"{schema.times_by_name[name].label} {period_text(schema, one)}"
        case Match(name):
            return f"{schema.label(name)} {_match_text(one, value_name, MOST_NAMED)}"
        case Interval(name):
            measure = schema.measure(name)
            phrase = _interval_text(measure, one)
            return " ".join(part for part in (measure.label, phrase, measure.unit) if part)
        case Search(text):
            return f"Any text contains “{value_name(text)}”"
        case AnyOf(name):
            return f"{schema.label(name)} {_any_text(schema, one, MOST_NAMED)}"
        case _:
            assert_never(one)


def _interval_text(measure: Measure, interval: Interval) -> str:
    low, high = (None if e is None else bound_text(measure, e) for e in ends(interval))
    if high is None:
        return f"from {low}"
    if low is None:
        return f"up to {high}"
    return from_to(low, high)


def _any_text(schema: Schema, one: AnyOf, most: int) -> str:
    """Return what a measure or a time is to be, behind its column's label.

    >>> from iris_dash.query.schema import Measure
    >>> schema = Schema((Measure("h", "Hour", "h", high=23.0),))
    >>> _any_text(schema, AnyOf("h", (Interval("h", 6, 9), Interval("h", 16)), missing=True), 6)
    '6 – 9 or from 16 or missing'
    >>> _any_text(schema, AnyOf("h", (Interval("h"),)), 6), _any_text(schema, AnyOf("h", ()), 6)
    ('present', 'is none')
    """
    if one.is_present:
        return "present"
    texts = [span_text(schema, span) for span in one.spans[:most]]
    texts += [f"{len(one.spans) - most} more"] * (len(one.spans) > most)
    return " or ".join([*texts, *["missing"] * one.missing]) or "is none"


def span_text(schema: Schema, span: Span) -> str:
    """Return an interval or a period as people say it, in the column's unit."""
    match span:
        case Period():
            return period_text(schema, span)
        case Interval(name):
            measure = schema.measure(name)
            return " ".join(t for t in (_interval_text(measure, span), measure.unit) if t)
        case _:
            assert_never(span)


def period_text(schema: Schema, period: Period) -> str:
    """Return a period as people say it."""
    zone = schema.times_by_name[period.name].zone
    texts = alike_texts(period.start, period.before, zone)
    start, end = (None if text is None else time_read(text) for text in texts)
    if end is None:
        return f"from {start}"
    if start is None:
        return f"up to {end}"
    return start if start == end else f"{start} – {end}"


def _match_text(match: Match, named: Callable[[FacetValue], str], most: int) -> str:
    """Return what text is to be, behind its column's label.

    >>> _match_text(Match("t", None, ("LAX", None), ("star",)), str, 6)
    'not LAX, present, contains “star”'
    """
    if match.values is not None:
        return f"is {_some(match.values, named, most)}" if match.values else "is none"
    left_out = [value for value in match.left_out if value is not None]
    parts = [f"not {_some(left_out, named, most)}"] if left_out else []
    parts += ["present"] if None in match.left_out else []
    parts += [f"contains {quoted}" for quoted in _quoted(match.has)]
    parts += [f"begins with {quoted}" for quoted in _quoted(match.starts)]
    return ", ".join(parts)


def _some(values: Sequence[FacetValue], named: Callable[[FacetValue], str], most: int) -> str:
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return " or ".join(map(named, values[:most])) + more


def _quoted(parts: Iterable[str]) -> list[str]:
    return [f"“{value_name(part)}”" for part in parts]


def query_in_words(schema: Schema, query: Query) -> list[tuple[str, str]]:
    """Return what the query asks as people say it: (column, what of it) per filter, then order."""
    entries = [_entry(schema, one) for one in query.filters]
    labels = {column.name: column.label for column in schema.columns}
    if query.sort:
        ways = [
            f"{labels[name]}, descending" if down else labels[name] for name, down in query.sort
        ]
        entries.append(("Order", "; then ".join(ways)))
    if query.by is not None:
        entries.append(("Grouped by", labels.get(query.by, "nothing")))
    if query.columns:
        entries.append(("Columns", list_names((labels[n] for n in query.columns), most=MOST_TOLD)))
    if query.page is not None:
        entries.append(("Page", f"{query.page}, of {query.per_page} rows each"))
    return entries


def _entry(schema: Schema, one: Filter) -> tuple[str, str]:
    match one:
        case Choice(name):
            facet = schema.facet(name)
            way, values = shorter_side(facet, one)
            texts = list_names(map(value_text, values), most=MOST_TOLD)
            return facet.label, f"{ALL_BUT if way == 'not' else ''}{texts}"
        case Period(name):
            return schema.times_by_name[name].label, period_text(schema, one)
        case Match(name):
            return schema.label(name), _match_text(one, value_text, MOST_TOLD)
        case Interval(name, low, high):
            measure = schema.measure(name)
            said = [
                with_minus(exact_text(end, measure.decimals))
                for end in (low, high)
                if end is not None
            ]
            if len(said) == 2:
                return measure.title, " to ".join(said)
            return measure.title, f"{'at least' if high is None else 'at most'} {said[0]}"
        case Search(text):
            return "Any text", f"contains “{text}”"
        case AnyOf(name):
            return schema.label(name), _any_text(schema, one, MOST_TOLD)
        case _:
            assert_never(one)
