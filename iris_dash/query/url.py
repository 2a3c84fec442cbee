"""URL arguments to a Query and back; the address bar, GET routes and cache keys share it.

Grammar: `facet=value` repeated; `measure=low..high`, `low..` or `..high`; `sort=-a,b`; `by`;
`page`, `per_page`. Two facet spellings are special: `facet=~missing` is the missing value and
`facet=~none` the empty choice; a value that itself begins with `~` is written with one more.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, assert_never
from urllib.parse import quote

from iris_dash.core.errors import Problem, QueryError, unknown_name
from iris_dash.query.body import parse_query
from iris_dash.query.filters import Choice, Interval
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import PAGING_KEYS, Query
from iris_dash.query.schema import Facet, FacetValue, Measure, Schema, value_text
from iris_dash.query.sort import join_sort

MISSING = "~missing"
NONE = "~none"
RANGE = ".."
DASHBOARD_PREFIX = "_"
"""Keys that begin so are the dashboard's own (its axes, say); they never narrow a query."""

_READABLE = "~.,-:()/@!$*'"

Arguments = Iterable[tuple[str, str]]


def parse_arguments(schema: Schema, arguments: Arguments) -> Query:
    """Return the Query that URL arguments ask; QueryError names every argument that is wrong."""
    raw, problems = _raw_query(schema, arguments)
    try:
        query = parse_query(schema, raw, place="query")
    except QueryError as error:
        problems += [_at_argument(problem) for problem in error.problems]
    if problems:
        raise QueryError(problems)
    return query


def parse_arguments_leniently(
    schema: Schema, arguments: Arguments
) -> tuple[Query, tuple[Problem, ...]]:
    """Return the Query of the arguments that are right, and a problem per one left out."""
    kept = list(arguments)
    problems: list[Problem] = []
    while True:
        try:
            return parse_arguments(schema, kept), tuple(problems)
        except QueryError as error:
            problems += error.problems
            wrong = {problem.loc[1] for problem in error.problems}
            kept = [(key, value) for key, value in kept if key not in wrong]


@lru_cache(maxsize=4_096)
def format_query(schema: Schema, query: Query) -> str:
    """Return the query's one canonical text: its URL arguments, without a leading '?'."""
    return "&".join(f"{_quote(key)}={_quote(value)}" for key, value in arguments_of(schema, query))


def arguments_of(schema: Schema, query: Query) -> list[tuple[str, str]]:
    """Return the query as (key, value) URL arguments in canonical order."""
    pairs = []
    for one in query.filters:
        match one:
            case Choice(name, values):
                pairs += [(name, facet_text(value)) for value in values] or [(name, NONE)]
            case Interval(name, low, high):
                decimals = schema.measure(name).decimals
                ends = ("" if end is None else exact_text(end, decimals) for end in (low, high))
                pairs.append((name, RANGE.join(ends)))
            case _:
                assert_never(one)
    if query.sort:
        pairs.append(("sort", join_sort(query.sort)))
    for key, value in (("by", query.by), ("page", query.page), ("per_page", query.per_page)):
        if value is not None:
            pairs.append((key, str(value)))
    return pairs


def facet_text(value: FacetValue) -> str:
    """Return a facet's value as URL arguments spell it.

    >>> facet_text(None), facet_text("~odd"), facet_text(True)
    ('~missing', '~~odd', 'true')
    """
    if value is None:
        return MISSING
    text = value_text(value)
    return "~" + text if text.startswith("~") else text


def _quote(text: str) -> str:
    return quote(text, safe=_READABLE)


def _raw_query(schema: Schema, arguments: Arguments) -> tuple[dict[str, Any], list[Problem]]:
    columns = {column.name: column for column in schema.filterable}
    raw: dict[str, Any] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for key, text in arguments:
        if key.startswith(DASHBOARD_PREFIX):
            continue
        column = columns.get(key)
        if key in seen and not isinstance(column, Facet):
            problems.append(Problem("repeated", ("query", key), f"{key} is given twice", text))
            continue
        seen.add(key)
        match column:
            case Facet():
                chosen = raw.setdefault(key, [])
                if text != NONE:
                    chosen.append(read_facet_value(column, text))
            case Measure():
                _add_bounds(raw, problems, key, text)
            case None if key in PAGING_KEYS:
                raw[key] = _whole_number(text) if key in ("page", "per_page") else text
            case None:
                problems.append(_unknown_argument(schema, key, text))
            case _:
                assert_never(column)
    return raw, problems


def read_facet_value(facet: Facet, text: str) -> FacetValue:
    """Return the facet's value that the text spells; an unknown text comes back as it is."""
    for value in facet.values:
        if facet_text(value) == text:
            return value
    return text


def _add_bounds(raw: dict[str, Any], problems: list[Problem], name: str, text: str) -> None:
    low, dots, high = text.partition(RANGE)
    try:
        ends = [float(end) if end.strip() else None for end in (low, high)]
    except ValueError:
        ends = []
    if not dots or not ends or ends == [None, None]:
        message = f"{name}: expected low..high, low.. or ..high with numbers, not {text!r}"
        problems.append(Problem("range_syntax", ("query", name), message, text))
        return
    for side, end in zip(("lower", "upper"), ends, strict=True):
        if end is not None:
            raw.setdefault(side, {})[name] = end


def _whole_number(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _unknown_argument(schema: Schema, key: str, text: str) -> Problem:
    keys = [*(column.name for column in schema.filterable), *PAGING_KEYS]
    return Problem("unknown_key", ("query", key), unknown_name("key", key, keys), text)


def _at_argument(problem: Problem) -> Problem:
    place, *rest = problem.loc
    if rest and rest[0] in ("lower", "upper"):
        rest = rest[1:]
    return Problem(problem.type, (place, *rest[:1]), problem.msg, problem.input)
