"""URL arguments to a Query and back; the address bar, GET routes and cache keys share it.

Grammar: `column=value` of a facet or of text, repeated for alternatives, `~missing` being the
missing value and `~none` no value at all; what narrows them: `~not:value`, `~has:text`,
`~starts:text`, `~present`; `column=low..high`, `low..` or `..high` of a measure or a time, of a
time a date or a month alone too; `sort=-a,b`; `by`; `page`,
`per_page`. A value that itself begins with `~` is written with one more. A column that is called as
a key, or whose name begins with `_` or `.`, has a `.` in front.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from iris_dash.core.remembered import remembered
from iris_dash.query.body import INSIDE, parse_query
from iris_dash.query.filters import Bound, Choice, Interval, Match, Period, shorter_side
from iris_dash.query.moments import period_texts
from iris_dash.query.names import address_key, named_by
from iris_dash.query.numbers import exact_text, read_number, read_whole
from iris_dash.query.query import PAGING_KEYS, Query
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Text, Time
from iris_dash.query.sort import join_sort
from iris_dash.query.value_text import MISSING, FacetValue, facet_text

NONE = "~none"
PRESENT = "~present"
NOT = "~not:"
"""Stands before a value that is left out."""

CONTAINS = "~has:"
PARTS = {CONTAINS: "has", "~starts:": "starts"}
"""What stands before a part of a text, and what `where` calls it."""

WORDS = (NONE, PRESENT, MISSING, NOT, *PARTS)

RANGE = ".."
DASHBOARD_PREFIX = "_"
"""Keys that begin so are the dashboard's own (its axes, say); they never narrow a query."""

BOUNDS = ("lower", "upper")

MOST_BYTES = 8_000_000
"""How much is kept of the queries that were written last, and of their texts."""

_READABLE = "~.,-:()/@!$*'"

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

    Of an argument that is given several times and once wrongly, all are left out.
    """
    given = list(arguments)
    _, wrong = _raw_query(schema, given)
    problems: list[Iterable[Problem]] = [(_problem(schema, *one) for one in wrong)]
    keys = {key for _, key, _ in wrong}
    while True:
        given = [(key, text) for key, text in given if _canonical_key(key) not in keys]
        raw, _ = _raw_query(schema, given)
        try:
            query = parse_query(schema, raw, place="query")
        except QueryError as error:
            problems.append(map(_at_argument, error.problems))
            keys = set(error.keys)
        else:
            return query, first_problems(chain.from_iterable(problems))


def _size(text: str) -> int:
    """Return about how many bytes a canonical text and its query take together, or some more."""
    return 500 + 40 * len(text)


@remembered(MOST_BYTES, _size)
def format_query(schema: Schema, query: Query) -> str:
    """Return the query's one canonical text: its URL arguments, without a leading '?'."""
    return format_arguments(arguments_of(schema, query))


def format_arguments(pairs: Iterable[tuple[str, str]]) -> str:
    """Return (key, value) arguments as the text behind the '?' of an address."""
    return "&".join(f"{_quote(key)}={_quote(value)}" for key, value in pairs)


def arguments_of(schema: Schema, query: Query) -> list[tuple[str, str]]:
    """Return the query as (key, value) URL arguments in canonical order."""
    pairs = []
    for one in query.filters:
        match one:
            case Choice(name):
                way, values = shorter_side(schema.facet(name), one)
                texts = _left_out(values) if way == "not" else _chosen(values)
                pairs += [(address_key(name), text) for text in texts]
            case Match(name):
                pairs += [(address_key(name), text) for text in texts_of(one)]
            case Period(name, start, before):
                found = period_texts(start, before, schema.times_by_name[name].zone)
                one_text = found[0] if found[0] == found[1] else None
                pairs.append((address_key(name), one_text or RANGE.join(t or "" for t in found)))
            case Interval(name, low, high):
                decimals = schema.measure(name).decimals
                ends = ("" if end is None else exact_text(end, decimals) for end in (low, high))
                pairs.append((address_key(name), RANGE.join(ends)))
            case _:
                assert_never(one)
    if query.sort:
        pairs.append(("sort", join_sort(query.sort)))
    for key, value in (("by", query.by), ("page", query.page), ("per_page", query.per_page)):
        if value is not None:
            pairs.append((key, str(value)))
    return pairs


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
    return quote(text, safe=_READABLE)


Wrong = tuple[str, str, str]
"""What is wrong with an argument (the type of the problem), its key and its text."""


def _raw_query(schema: Schema, arguments: Arguments) -> tuple[dict[str, Any], list[Wrong]]:
    """Return the arguments as a JSON body has them, and those that cannot be in one."""
    columns: dict[str | None, Filterable] = {column.name: column for column in schema.filterable}
    raw: dict[str, Any] = {}
    wrong: list[Wrong] = []
    seen: set[str] = set()
    for key, text in arguments:
        if key.startswith(DASHBOARD_PREFIX):
            continue
        column, key = columns.get(named_by(key)), _canonical_key(key)
        if key in seen and not isinstance(column, Facet | Text):
            wrong.append(("repeated", key, text))
            continue
        seen.add(key)
        match column:
            case Facet() | Text():
                if not add_condition(raw, column, text):
                    wrong.append(("unknown_condition", key, text))
            case Measure():
                ends = _bounds(text, column.whole is not None)
                if not ends:
                    wrong.append(("range_syntax", key, text))
                for side, end in ends.items():
                    raw.setdefault(side, {})[column.name] = end
            case Time():
                texts = text.split(RANGE) if RANGE in text else [text, text]
                if len(texts) != 2 or not any(map(str.strip, texts)):
                    wrong.append(("time_range", key, text))
                    continue
                for side, named in zip(BOUNDS, texts, strict=True):
                    if named.strip():
                        raw.setdefault(side, {})[column.name] = named
            case None if key in PAGING_KEYS:
                number = read_whole(text) if key in ("page", "per_page") else None
                raw[key] = text if number is None else number
            case None:
                wrong.append(("unknown_key", key, text))
            case _:
                assert_never(column)
    for name, said in raw.get("where", {}).items():
        if said.keys() == {"any"}:
            raw["where"][name] = said["any"]
    return raw, wrong


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
            keys = [*(address_key(column.name) for column in schema.filterable), *PAGING_KEYS]
            message = unknown_name("key", key, keys)
    return Problem(kind, ("query", key), message, text)


def read_value(column: Facet | Text, text: str) -> FacetValue:
    """Return the value that a text spells; one that no value of a facet has comes back as it is."""
    if isinstance(column, Facet):
        return column.spelled.get(text, text)
    return None if text == MISSING else text.removeprefix("~") if text[:2] == "~~" else text


def _bounds(text: str, whole: bool = False) -> dict[str, Bound]:
    """Return the bounds that a text sets, exact where they are `whole`; none if it is no range.

    >>> _bounds("1..2.5"), _bounds("..3"), _bounds(".."), _bounds("5"), _bounds("1_0..")
    ({'lower': 1.0, 'upper': 2.5}, {'upper': 3.0}, {}, {}, {})
    >>> _bounds("9007199254740993..", whole=True)
    {'lower': 9007199254740993}
    """
    low, dots, high = text.partition(RANGE)
    found: dict[str, Bound] = {}
    for side, end in zip(BOUNDS, (low, high), strict=True):
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
