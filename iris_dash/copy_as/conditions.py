"""A query's filters as conditions, in the words of any language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import assert_never

from iris_dash.query.filters import (
    AnyOf,
    Choice,
    Filter,
    Interval,
    Match,
    Period,
    Search,
    ends,
    shorter_side,
)
from iris_dash.query.numbers import exact_text
from iris_dash.query.schema import Part, Schema, Time
from iris_dash.query.value_text import FacetValue


@dataclass(frozen=True)
class Language:
    """How a language writes a column, a value, a number, and conditions on them.

    The conditions are templates: `{c}` is a column, `{v}` a value or values with commas between,
    `{a}` and `{b}` the ends of an interval, or of `either` and `both` two conditions; of `begins`
    `{n}` is how long the value is. `others` lets in all but some values, and where `others_miss`
    rows without a value too. `contains` and `begins` ask the column's letters as small ones;
    `timed` is a column of times as it is compared with a `moment`, and `part` a part of one, as a
    number.
    """

    column: Callable[[str], str]
    value: Callable[[FacetValue], str]
    missing: str
    present: str
    equal: str
    among: str
    others: str
    others_miss: bool
    nothing: str
    either: str
    both: str
    between: str
    contains: str
    begins: str
    moment: Callable[[Time, datetime], str]
    part: Callable[[Part, str], str]
    timed: str = "{c}"
    number: Callable[[str], str] = str

    def condition(self, schema: Schema, one: Filter) -> str:
        """Return a filter as a condition on its column."""
        if isinstance(one, Search):
            return self._search(schema, one)
        column = self.column(one.name)
        match one:
            case Choice(name):
                facet = schema.facet(name)
                way, values = shorter_side(facet, one)
                if isinstance(facet, Part):
                    column = self.part(facet, self.timed.format(c=self.column(facet.time)))
                    values = tuple(None if v is None else facet.number(v) for v in values)
                if way == "any":
                    return self._choice(column, values)
                return self._all_but(column, values, may_miss=None in facet.values)
            case Match():
                return self._match(column, one)
            case Period(name, start, before):
                time, timed = schema.times_by_name[name], self.timed.format(c=column)
                parts = [f"{timed} >= {self.moment(time, start)}"] if start else []
                parts += [f"{timed} < {self.moment(time, before)}"] if before else []
                return reduce(self._both, parts)
            case Interval(name, low, high):
                decimals = schema.measure(name).decimals
                known = [end for end in (low, high) if end is not None]
                said = [self.number(exact_text(end, decimals)) for end in known]
                if len(said) == 2:
                    return self.between.format(c=column, a=said[0], b=said[1])
                return f"{column} {'>=' if high is None else '<='} {said[0]}"
            case AnyOf(_, spans, missing):
                parts = [
                    self.present.format(c=column)
                    if ends(span) == (None, None)
                    else self.condition(schema, span)
                    for span in spans
                ]
                parts += [self.missing.format(c=column)] * missing
                return reduce(self._either, parts) if parts else self.nothing.format(c=column)
            case _:
                assert_never(one)

    def _search(self, schema: Schema, search: Search) -> str:
        found = ((facet.name, search.values(facet)) for facet in schema.facets)
        parts = [self._choice(self.column(name), values) for name, values in found if values]
        has = (search.text,)
        parts += [self._match(self.column(c.name), Match(c.name, has=has)) for c in schema.texts]
        if not parts:
            return self.nothing.format(c=self.column(schema.names[0]))
        return reduce(self._either, parts)

    def _choice(self, column: str, values: Sequence[FacetValue]) -> str:
        missing = self.missing.format(c=column)
        given = [self.value(value) for value in values if value is not None]
        if not given:
            return missing if values else self.nothing.format(c=column)
        template = self.equal if len(given) == 1 else self.among
        chosen = template.format(c=column, v=", ".join(given))
        return self.either.format(a=chosen, b=missing) if None in values else chosen

    def _all_but(self, column: str, values: Sequence[FacetValue], may_miss: bool) -> str:
        missing, present = self.missing.format(c=column), self.present.format(c=column)
        given = [self.value(value) for value in values if value is not None]
        if not given:
            return present
        others = self.others.format(c=column, v=", ".join(given))
        if None in values:
            return self.both.format(a=others, b=present) if self.others_miss else others
        return (
            self.either.format(a=others, b=missing) if may_miss and not self.others_miss else others
        )

    def _match(self, column: str, match: Match) -> str:
        if match.values is not None:
            return self._choice(column, match.values)
        parts = [self._all_but(column, match.left_out, may_miss=True)] if match.left_out else []
        for template, texts in ((self.contains, match.has), (self.begins, match.starts)):
            parts += [template.format(c=column, v=self.value(t), n=len(t)) for t in texts]
        return reduce(self._both, parts)

    def _either(self, one: str, other: str) -> str:
        return self.either.format(a=one, b=other)

    def _both(self, one: str, other: str) -> str:
        return self.both.format(a=one, b=other)
