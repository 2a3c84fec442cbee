"""URL arguments to a Query and back; the address bar, GET routes and cache keys share it.

Grammar: `column=value` of a facet or of text, `column=low..high`, `low..` or `..high` of a measure
or a time, of a time a date or a month alone too; repeated for alternatives, `~missing` being the
missing value and `~none` no value at all. What narrows them: `~present`, of facets and text
`~not:value`, `~has:text`, `~starts:text` too. `search`: what any text contains.
`sort=-a,b`; `by`; `columns=a,b`; `page`, `per_page`. A value that
itself begins with `~` is written with one more. A column that is called as a key, or whose name
begins with `_` or `.`, has a `.` in front.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any, assert_never
from urllib.parse import quote

from iris_dash.core.errors import (
    Problem,
    QueryError,
    first_problems,
    list_names,
    shorten,
    unknown_name,
)
from iris_dash.query.body import INSIDE, parse_query, unknown_part
from iris_dash.query.filters import (
    AnyOf,
    Choice,
    Interval,
    Match,
    Period,
    Search,
    Span,
    shorter_side,
)
from iris_dash.query.moments import alike_texts, period_texts
from iris_dash.query.names import address_key, named_by
from iris_dash.query.numbers import exact_text, read_number, read_whole
from iris_dash.query.query import PAGING_KEYS, Query
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Text, Time
from iris_dash.query.sort import join_sort, names_text
from iris_dash.query.value_text import MISSING, FacetValue, facet_text
from iris_dash.query.where import ENDS

NONE = "~none"
PRESENT = "~present"
NOT = "~not:"
"""Stands before a value that is left out."""

CONTAINS = "~has:"
PARTS = {CONTAINS: "has", "~starts:": "starts"}
"""What stands before a part of a text, and what `where` calls it."""

WORDS = (NONE, PRESENT, MISSING, NOT, *PARTS)

SEARCH = "search"
RANGE = ".."
DASHBOARD_PREFIX = "_"
"""Keys that begin so are the dashboard's own (its axes, say); they never narrow a query."""

BOUNDS = ("lower", "upper")

_READABLE = "~.,-:()/@!$*'"

_PLAIN = re.compile(f"[A-Za-z0-9_{re.escape(_READABLE)}]*").fullmatch
"""What is written as it is, as most names and numbers are."""

Arguments = Iterable[tuple[str, str]]


def parse_arguments(schema: Schema, arguments: Arguments) -> Query:
    """Return the Query that URL arguments ask; QueryError names the arguments that are wrong."""
    raw, wrong = _raw_query(schema, arguments)
    problems: Iterable[Problem] = ()
    try:
        query = parse_query(schema, raw, place="query")
    except QueryError as error:
        problems = map(_at_argument, error.problems)
    else:
        if not wrong:
            return query
    raise QueryError(chain((_problem(schema, *one) for one in wrong), problems))


def parse_arguments_leniently(
    schema: Schema, arguments: Arguments
) -> tuple[Query, tuple[Problem, ...]]:
    """Return the Query of the arguments that are right, and the problems of those left out.

    Of an argument that is given several times and once wrongly, all are left out; of a facet's
    values those alone that it does not have.
    """
    given = list(arguments)
    _, wrong = _raw_query(schema, given)
    problems: list[Iterable[Problem]] = [(_problem(schema, *one) for one in wrong)]
    keys = {key for _, key, _ in wrong}
    while True:
        given = _without(schema, given, keys)
        raw, _ = _raw_query(schema, given)
        try:
            query = parse_query(schema, raw, place="query")
        except QueryError as error:
            problems.append(map(_at_argument, error.problems))
            keys = set(error.keys)
        else:
            return query, first_problems(chain.from_iterable(problems))


def _without(
    schema: Schema, given: list[tuple[str, str]], keys: Collection[str]
) -> list[tuple[str, str]]:
    """Return the arguments without those keys; of a facet with unknown values without these."""
    facets = {column.name: column for column in schema.askable if isinstance(column, Facet)}

    def is_unknown(key: str, text: str) -> bool:
        facet = facets.get(named_by(key) or "")
        value = text.removeprefix(NOT)
        is_value = value == MISSING or not value.startswith("~") or value.startswith("~~")
        return facet is not None and is_value and value not in facet.spelled

    some = {_canonical_key(key) for key, text in given if is_unknown(key, text)}
    return [
        (key, text)
        for key, text in given
        if (known := _canonical_key(key)) not in keys
        or (known in some and not is_unknown(key, text))
    ]


def format_query(schema: Schema, query: Query) -> str:
    """Return the query's one canonical text: its URL arguments, without a leading '?'."""
    return query.text_once(schema, lambda: join_arguments(arguments_of(schema, query)))


def join_arguments(pairs: Arguments) -> str:
    """Return (key, value) URL arguments as text, as little encoded as can be."""
    return "&".join(f"{_quote(key)}={_quote(value)}" for key, value in pairs)


def arguments_of(schema: Schema, query: Query) -> list[tuple[str, str]]:
    """Return the query as (key, value) URL arguments in canonical order."""
    pairs = []
    for one in query.filters:
        match one:
            case Choice():
                way, values = shorter_side(schema.facet(one.name), one)
                texts = _left_out(values) if way == "not" else _chosen(values)
                pairs += [(address_key(one.name), text) for text in texts]
            case Match(name):
                pairs += [(address_key(name), text) for text in texts_of(one)]
            case Period() | Interval():
                pairs.append((address_key(one.name), span_argument(schema, one)))
            case AnyOf(name):
                pairs += [(address_key(name), text) for text in alternatives_of(schema, one)]
            case Search(text):
                pairs.append((SEARCH, text))
            case _:
                assert_never(one)
    if query.sort:
        pairs.append(("sort", join_sort(query.sort)))
    if query.columns:
        pairs.append(("columns", names_text(query.columns)))
    for key, value in (("by", query.by), ("page", query.page), ("per_page", query.per_page)):
        if value is not None:
            pairs.append((key, str(value)))
    return pairs


def alternatives_of(schema: Schema, one: AnyOf) -> list[str]:
    """Return what an address says of a measure or a time, one text per argument."""
    if one.is_present:
        return [PRESENT]
    texts = [span_argument(schema, span) for span in one.spans]
    return [*texts, *[MISSING] * one.missing] or [NONE]


def span_argument(schema: Schema, span: Span) -> str:
    """Return an interval or a period as an address has it."""
    match span:
        case Interval():
            decimals = schema.measure(span.name).decimals
            low = "" if span.low is None else exact_text(span.low, decimals)
            return f"{low}{RANGE}{'' if span.high is None else exact_text(span.high, decimals)}"
        case Period(name, start, before):
            zone = schema.times_by_name[name].zone
            first, last = alike_texts(start, before, zone)
            if first == last and first is not None:
                return first
            return RANGE.join(text or "" for text in period_texts(start, before, zone))
        case _:
            assert_never(span)


def texts_of(match: Match) -> list[str]:
    """Return what an address says of a column of text, one text per argument."""
    if match.values is not None:
        return _chosen(match.values)
    parts = [mark + part for mark, key in PARTS.items() for part in getattr(match, key)]
    return [*_left_out(match.left_out), *parts]


def _chosen(values: Iterable[FacetValue]) -> list[str]:
    return [facet_text(value) for value in values] or [NONE]


def _left_out(values: Iterable[FacetValue]) -> list[str]:
    return [PRESENT if value is None else NOT + facet_text(value) for value in values]


def _quote(text: str) -> str:
    return text if _PLAIN(text) else quote(text, safe=_READABLE)


Wrong = tuple[str, str, str]
"""What is wrong with an argument (the type of the problem), its key and its text."""


def _raw_query(schema: Schema, arguments: Arguments) -> tuple[dict[str, Any], list[Wrong]]:
    """Return the arguments as a JSON body has them, and those that cannot be in one."""
    columns: dict[str | None, Filterable] = {column.name: column for column in schema.askable}
    raw: dict[str, Any] = {}
    wrong: list[Wrong] = []
    seen: set[str] = set()
    for key, text in arguments:
        if key.startswith(DASHBOARD_PREFIX):
            continue
        column, key = columns.get(named_by(key)), _canonical_key(key)
        if key in seen and column is None:
            wrong.append(("repeated", key, text))
            continue
        seen.add(key)
        match column:
            case Facet() | Text():
                if not add_condition(raw, column, text):
                    wrong.append(("unknown_condition", key, text))
            case Measure() | Time():
                if kind := add_alternative(raw, column, text):
                    wrong.append((kind, key, text))
            case None if key == SEARCH:
                raw[key] = text
            case None if key in PAGING_KEYS:
                number = read_whole(text) if key in ("page", "per_page") else None
                raw[key] = text if number is None else number
            case None:
                wrong.append(("unknown_key", key, text))
            case _:
                assert_never(column)
    shorten_conditions(schema, raw)
    return raw, wrong


def shorten_conditions(schema: Schema, raw: dict[str, Any]) -> None:
    """Say as a body does what a raw query has gathered of each column: flatly where it can."""
    where = raw.get("where", {})
    for name, said in [*where.items()]:
        if said.keys() != {"any"}:
            continue
        spans = said["any"]
        column = schema.by_name[name]
        if isinstance(column, Facet | Text) or len(spans) != 1 or spans[0] is None:
            alike = isinstance(column, Time)
            where[name] = [_one_text(span) if alike else span for span in spans]
            continue
        if isinstance(column, Time) and isinstance(one := _one_text(spans[0]), str):
            where[name] = one
            continue
        del where[name]
        for side, end in zip(BOUNDS, ENDS, strict=True):
            if end in spans[0]:
                raw.setdefault(side, {})[name] = spans[0][end]


def _canonical_key(key: str) -> str:
    """Return a key as canonical text has it."""
    name = named_by(key)
    return key if name is None else address_key(name)


def add_condition(raw: dict[str, Any], column: Facet | Text, text: str) -> bool:
    """Add to a raw query what an argument says of a column; False where it says nothing."""
    where = raw.setdefault("where", {}).setdefault(column.name, {})
    mark = next((word for word in WORDS if word.endswith(":") and text.startswith(word)), "")
    if mark in PARTS:
        where.setdefault(PARTS[mark], []).append(text[len(mark) :])
    elif mark == NOT:
        where.setdefault("not", []).append(read_value(column, text[len(mark) :]))
    elif text == PRESENT:
        where["present"] = True
    elif text == NONE:
        where.setdefault("any", [])
    elif text.startswith("~") and text != MISSING and not text.startswith("~~"):
        return False
    else:
        where.setdefault("any", []).append(read_value(column, text))
    return True


def _one_text(span: dict[str, Any] | None) -> Any:
    """Return a period whose ends are named alike by that one name: what is wrong is told once."""
    ends = [] if span is None else [span.get(end) for end in ENDS]
    return ends[0] if ends and ends[0] == ends[1] else span


def add_alternative(raw: dict[str, Any], column: Measure | Time, text: str) -> str | None:
    """Add to a raw query what an argument says of a column; what is wrong with it, or None."""
    if text == PRESENT:
        raw.setdefault("where", {}).setdefault(column.name, {})["present"] = True
        return None
    named: dict[str, Any] | None = None
    if text not in (MISSING, NONE):
        named = _ends(column, text)
        if not named:
            return "range_syntax" if isinstance(column, Measure) else "time_range"
    said = raw.setdefault("where", {}).setdefault(column.name, {}).setdefault("any", [])
    if text != NONE:
        said.append(named)
    return None


def _ends(column: Measure | Time, text: str) -> dict[str, Any]:
    """Return the ends that a text names, as a body has them; none if it is no range."""
    if isinstance(column, Measure):
        return _bounds(text, column.whole is not None)
    texts = text.split(RANGE) if RANGE in text else [text, text]
    if len(texts) != 2:
        return {}
    return {end: named for end, named in zip(ENDS, texts, strict=True) if named.strip()}


def _problem(schema: Schema, kind: str, key: str, text: str) -> Problem:
    """Return in words what is wrong with an argument."""
    said, given = shorten(key), shorten(text)
    match kind:
        case "repeated":
            message = f"{said} is given twice"
        case "unknown_condition":
            known = list_names(word + "text" * word.endswith(":") for word in WORDS)
            message = f"{said}: {given!r} is no condition; conditions are a value or {known}"
        case "time_range":
            message = f"{said}: expected low..high, low.. or ..high with times, not {given!r}"
        case "range_syntax":
            message = f"{said}: expected low..high, low.. or ..high with numbers, not {given!r}"
        case _:
            message = unknown_part(schema, key)
            if not message:
                names = (address_key(column.name) for column in schema.filterable)
                keys = [*names, SEARCH, *PAGING_KEYS]
                message = unknown_name("key", key, keys)
    return Problem(kind, ("query", key), message, text)


def read_value(column: Facet | Text, text: str) -> FacetValue:
    """Return the value that a text spells; one that no value of a facet has comes back as it is."""
    if isinstance(column, Facet):
        return column.spelled.get(text, text)
    return None if text == MISSING else text.removeprefix("~") if text[:2] == "~~" else text


def _bounds(text: str, whole: bool = False) -> dict[str, Any]:
    """Return the bounds that a text sets, exact where they are `whole`; none if it is no range.

    >>> _bounds("1..2.5"), _bounds("..3"), _bounds(".."), _bounds("5"), _bounds("1_0..")
    ({'from': 1.0, 'to': 2.5}, {'to': 3.0}, {}, {}, {})
    >>> _bounds("9007199254740993..", whole=True)
    {'from': 9007199254740993}
    """
    low, dots, high = text.partition(RANGE)
    found: dict[str, Any] = {}
    for side, end in zip(ENDS, (low, high), strict=True):
        exact = read_whole(end) if whole else None
        number = read_number(end) if exact is None else exact
        if number is not None:
            found[side] = number
        elif end.strip():
            return {}
    return found if dots else {}


def _at_argument(problem: Problem) -> Problem:
    place, *rest = problem.loc
    if len(rest) > 1 and rest[0] in INSIDE:
        rest = [address_key(str(rest[1]))]
    return Problem(problem.type, (place, *rest[:1]), problem.msg, problem.input)
