"""A filter: one condition on one column, of a kind that every reader of filters must know.

Whoever does something with filters matches on `Filter` and ends with `assert_never`, so that the
type checker lists what a new kind has to be taught.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, assert_never

from iris_dash.query.schema import Facet, Schema
from iris_dash.query.value_text import FacetValue, plain_text

Bound = float | int
"""One end of an interval."""


@dataclass(frozen=True)
class Choice:
    """Some values of a facet, in the facet's own order; without any it selects nothing."""

    name: str
    values: tuple[FacetValue, ...]

    @property
    def size(self) -> int:
        """About how many bytes it takes beside its name; the values are the schema's."""
        return 8 * len(self.values)


@dataclass(frozen=True)
class Interval:
    """The inclusive ends of a measure, in its unit; None: open on that side.

    Of a column of whole numbers an end is an `int`, exact to 64 bits, unless no whole number lies
    between the two.
    """

    name: str
    low: Bound | None = None
    high: Bound | None = None
    size: ClassVar[int] = 0


@dataclass(frozen=True)
class Match:
    """What text is to be; all of it holds.

    One of `values` (None: any text, or none), and none of `left_out`, None among them being the
    missing value. It contains each of `has` and begins with each of `starts`, which are written as
    `folded` gives them: letter case makes no difference. Missing text does neither.
    """

    name: str
    values: tuple[str | None, ...] | None = None
    left_out: tuple[str | None, ...] = ()
    has: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it takes beside its name."""
        texts = (*(self.values or ()), *self.left_out, *self.has, *self.starts)
        return sum(80 + 4 * len(text or "") for text in texts)

    def holds(self, text: str | None) -> bool:
        """Return whether a text is such a one."""
        if text in self.left_out or (self.values is not None and text not in self.values):
            return False
        if not self.has and not self.starts:
            return True
        if text is None:
            return False
        small = folded(text)
        return all(part in small for part in self.has) and all(map(small.startswith, self.starts))


@dataclass(frozen=True)
class Period:
    """From a moment, inclusive, up to one that is left out; None: open on that side.

    In UTC where the column has a zone. A missing time is in no period.
    """

    name: str
    start: datetime | None = None
    before: datetime | None = None
    size: ClassVar[int] = 100


Span = Interval | Period
"""What lies between two ends of one column."""


@dataclass(frozen=True)
class AnyOf:
    """What a measure or a time is to lie within any of; where `missing`, to have no value too.

    `spans` are of that column; one that is open on both sides is any value at all. Without a span
    and without the missing value it selects nothing.
    """

    name: str
    spans: tuple[Span, ...]
    missing: bool = False

    @property
    def size(self) -> int:
        """About how many bytes it takes beside its name."""
        return 100 + sum(200 + span.size for span in self.spans)

    @property
    def is_present(self) -> bool:
        """Whether it lets in any value, but not the missing one."""
        return not self.missing and any(ends(span) == (None, None) for span in self.spans)


@dataclass(frozen=True)
class Search:
    """A text that any column of text, or value of a facet, is to contain; as `folded` gives it."""

    text: str
    name: ClassVar[str] = ""

    @property
    def size(self) -> int:
        """About how many bytes it takes beside its name."""
        return 80 + 4 * len(self.text)

    def values(self, facet: Facet) -> tuple[FacetValue, ...]:
        """Return the values of a facet that contain the text.

        >>> Search("re").values(Facet("rose", "Rose", "rose", ("Red", "white", None)))
        ('Red',)
        """
        return tuple(v for v in facet.values if v is not None and self.text in _small(v))


def _small(value: str | int | bool) -> str:
    return folded(plain_text(value))


Filter = Choice | Interval | Match | Period | AnyOf | Search
"""A condition; that of a search is on no column of its own, and stands last."""


def ends(span: Span) -> tuple[Any, Any]:
    """Return a span's two ends, None where it is open: inclusive, of a period the second not."""
    match span:
        case Interval(_, low, high):
            return low, high
        case Period(_, start, before):
            return start, before
        case _:
            assert_never(span)


def spans_of(one: Filter | None) -> tuple[Span, ...]:
    """Return the spans that a filter on a measure or a time lets in; none without a filter."""
    match one:
        case Interval() | Period():
            return (one,)
        case AnyOf(_, spans):
            return spans
        case Choice() | Match() | Search() | None:
            return ()
        case _:
            assert_never(one)


def folded(text: str) -> str:
    """Return a text whose letters are all small: what texts have in common that differ in case.

    >>> folded("STRASSE"), folded("ÄPFEL")
    ('strasse', 'äpfel')
    """
    return text.lower()


def shorter_side(
    facet: Facet, choice: Choice
) -> tuple[Literal["any", "not"], tuple[FacetValue, ...]]:
    """Return the fewer of the values that a choice lets in ("any") and leaves out ("not").

    As many of both: those that it lets in. So is it written in every face.

    >>> rose = Facet("rose", "Rose", "rose", ("red", "white", "pink"))
    >>> shorter_side(rose, Choice("rose", ("red", "pink")))
    ('not', ('white',))
    """
    if 2 * len(choice.values) <= len(facet.values):
        return "any", choice.values
    chosen = frozenset(choice.values)
    return "not", tuple(value for value in facet.values if value not in chosen)


def canonical(schema: Schema, filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """Return the filters in the schema's order, without those that let everything in.

    Of several on one column the last one holds. All spellings of an interval are the same.
    """
    places = schema.places_of_filters
    last = {one.name: one for one in filters if one.name in places}
    names = sorted(last, key=places.__getitem__) if len(last) > 1 else last
    on = (_spelled(schema, last[name]) for name in names)
    return tuple(one for one in on if _narrows(schema, one))


def _spelled(schema: Schema, one: Filter) -> Filter:
    match one:
        case Choice():
            return one
        case Interval():
            return _spelled_interval(schema, one)
        case Match():
            return _shortest(one)
        case Period():
            return one
        case AnyOf():
            return _united(schema, one)
        case Search(text):
            return Search(folded(text))
        case _:
            assert_never(one)


def _spelled_interval(schema: Schema, one: Interval) -> Interval:
    name, low, high = one.name, one.low, one.high
    if schema.measure(name).whole is not None:
        least = None if low is None else _within_reach(math.ceil(low))
        most = None if high is None else _within_reach(math.floor(high))
        if least is None or most is None or least <= most:
            return Interval(name, least, most)
    if _is_spelled(low) and _is_spelled(high):
        return one
    # There is no -0.0.
    return Interval(name, *(None if e is None else float(e) + 0.0 for e in (low, high)))


def _is_spelled(end: Bound | None) -> bool:
    return end is None or (type(end) is float and end != 0)


def _united(schema: Schema, one: AnyOf) -> Filter:
    """Return the same with its spans ascending and apart; a single span stands for itself."""
    united: list[Span] = []
    spans = (s if isinstance(s, Period) else _spelled_interval(schema, s) for s in one.spans)
    for span in sorted(spans, key=_order):
        low, high = ends(span)
        if low is not None and high is not None and low > high:
            continue  # no whole number lies between
        if united and _meet(united[-1], span):
            last, top = ends(united[-1])
            top = None if top is None or high is None else max(top, high)
            united[-1] = type(span)(one.name, last, top)
        else:
            united.append(span)
    if len(united) == 1 and not one.missing and ends(united[0]) != (None, None):
        return united[0]
    return AnyOf(one.name, tuple(united), one.missing)


def _order(span: Span) -> tuple[bool, Any]:
    """Return where a span stands among those of its column: by its lower end, open ones first."""
    low = ends(span)[0]
    return (True, low) if low is not None else (False, 0)


def _meet(one: Span, following: Span) -> bool:
    """Return whether nothing lies between two spans of a column, the second of which follows."""
    high, low = ends(one)[1], ends(following)[0]
    if high is None or low is None:
        return True
    # Whole numbers that follow each other have nothing between them.
    return bool(low <= high or (type(low) is type(high) is int and low == high + 1))


def _shortest(match: Match) -> Match:
    """Return the one of the matches with the same meaning that says no more than it must."""
    name, starts = match.name, _longest(set(map(folded, match.starts)), str.startswith)
    has = _longest(set(map(folded, match.has)), str.__contains__)
    has = tuple(part for part in has if not any(part in start for start in starts))
    alike = Match(name, has=has, starts=starts)
    left_out = tuple(filter(alike.holds, _in_order(match.left_out)))
    if match.values is not None:
        whole = Match(name, left_out=left_out, has=has, starts=starts)
        return Match(name, tuple(filter(whole.holds, _in_order(match.values))))
    if len(starts) > 1:
        return Match(name, ())  # no text begins in two ways
    return Match(name, None, left_out, has, starts)


def _longest(texts: set[str], within: Callable[[str, str], bool]) -> tuple[str, ...]:
    """Return the texts, in order, without those that any other holds `within` itself."""
    others = {text: texts - {text} for text in texts}
    return tuple(sorted(t for t in texts if not any(within(o, t) for o in others[t])))


def _in_order(values: Iterable[str | None]) -> list[str | None]:
    """Return different values in their order, the missing one last."""
    return sorted(set(values), key=lambda value: (value is None, value or ""))


def _within_reach(bound: int) -> int:
    """Return a bound; of those beyond what any column holds the first."""
    return min(max(bound, -(2**63) - 1), 2**64)


def _narrows(schema: Schema, one: Filter) -> bool:
    match one:
        case Choice():
            return len(one.values) < len(schema.facet(one.name).values)
        case Interval():
            return one.low is not None or one.high is not None
        case Match(name):
            return one != Match(name)
        case Period(_, start, before):
            return start is not None or before is not None
        case Search(text):
            return bool(text)
        case AnyOf(_, spans, missing):
            return not missing or all(ends(span) != (None, None) for span in spans)
        case _:
            assert_never(one)
