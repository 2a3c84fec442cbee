"""URL arguments to a Query and back; the address bar, GET routes and cache keys share it.

Grammar: `facet=value` repeated, or `facet=~not:value` for all but these; `measure=low..high`,
`low..` or `..high`; `sort=-a,b`; `by`; `page`, `per_page`. `facet=~missing` is the missing value,
`facet=~none` the empty choice; a value that itself begins with `~` is written with one more. A
column that is called as a key, or whose name begins with `_` or `.`, has a `.` in front.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, assert_never
from urllib.parse import quote

from iris_dash.core.errors import Problem, QueryError, first_problems, shorten, unknown_name
from iris_dash.core.remembered import remembered
from iris_dash.query.body import INSIDE, parse_query
from iris_dash.query.filters import Bound, Choice, Interval, shorter_side
from iris_dash.query.names import address_key, named_by
from iris_dash.query.numbers import exact_text, read_number, read_whole
from iris_dash.query.query import PAGING_KEYS, Query
from iris_dash.query.schema import Facet, FacetValue, Filterable, Measure, Schema, facet_text
from iris_dash.query.sort import join_sort

NONE = "~none"
NOT = "~not:"
"""Stands before a value that is left out."""

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
    return "&".join(f"{_quote(key)}={_quote(value)}" for key, value in arguments_of(schema, query))


def arguments_of(schema: Schema, query: Query) -> list[tuple[str, str]]:
    """Return the query as (key, value) URL arguments in canonical order."""
    pairs = []
    for one in query.filters:
        match one:
            case Choice(name):
                way, values = shorter_side(schema.facet(name), one)
                mark, key = NOT if way == "not" else "", address_key(name)
                pairs += [(key, mark + facet_text(value)) for value in values] or [(key, NONE)]
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
        if key in seen and not isinstance(column, Facet):
            wrong.append(("repeated", key, text))
            continue
        seen.add(key)
        match column:
            case Facet():
                _add_value(raw, column, text)
            case Measure():
                ends = _bounds(text, column.whole is not None)
                if not ends:
                    wrong.append(("range_syntax", key, text))
                for side, end in ends.items():
                    raw.setdefault(side, {})[column.name] = end
            case None if key in PAGING_KEYS:
                number = read_whole(text) if key in ("page", "per_page") else None
                raw[key] = text if number is None else number
            case None:
                wrong.append(("unknown_key", key, text))
            case _:
                assert_never(column)
    return raw, wrong


def _canonical_key(key: str) -> str:
    """Return a key as canonical text has it."""
    name = named_by(key)
    return key if name is None else address_key(name)


def _add_value(raw: dict[str, Any], facet: Facet, text: str) -> None:
    """Add to a raw query what an argument says of a facet: alternatives, or what is left out."""
    where = raw.setdefault("where", {})
    if text.startswith(NOT):
        if isinstance(where.get(facet.name, {}), list):
            where[facet.name] = {"any": where[facet.name]}
        left_out = where.setdefault(facet.name, {}).setdefault("not", [])
        left_out.append(read_facet_value(facet, text[len(NOT) :]))
        return
    asked = where.setdefault(facet.name, [])
    chosen = asked.setdefault("any", []) if isinstance(asked, dict) else asked
    if text != NONE:
        chosen.append(read_facet_value(facet, text))


def _problem(schema: Schema, kind: str, key: str, text: str) -> Problem:
    """Return in words what is wrong with an argument."""
    said, given = shorten(key), shorten(text)
    match kind:
        case "repeated":
            message = f"{said} is given twice"
        case "range_syntax":
            message = f"{said}: expected low..high, low.. or ..high with numbers, not {given!r}"
        case _:
            keys = [*(address_key(column.name) for column in schema.filterable), *PAGING_KEYS]
            message = unknown_name("key", key, keys)
    return Problem(kind, ("query", key), message, text)


def read_facet_value(facet: Facet, text: str) -> FacetValue:
    """Return the facet's value that the text spells; an unknown text comes back as it is."""
    return facet.spelled.get(text, text)


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
