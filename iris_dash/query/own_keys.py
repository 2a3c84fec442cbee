"""A question with keys of its own beside a query's: both told apart, in a body and in arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iris_dash.core.errors import Problem, QueryError
from iris_dash.query.body import parse_query
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.url import parse_arguments


@dataclass(frozen=True)
class Asked:
    """The query, the own keys with what they are given, and what is wrong so far.

    `place` is where it stands, as problems' `loc` begin: "body" or "query".
    """

    query: Query
    own: Mapping[str, Any]
    problems: tuple[Problem, ...]
    place: str


def read_body(schema: Schema, raw: Any, keys: Sequence[str], place: str = "body") -> Asked:
    """Return what a mapping of JSON values asks."""
    own = raw if isinstance(raw, Mapping) else {}
    rest = {k: v for k, v in raw.items() if k not in keys} if own else raw
    try:
        return Asked(parse_query(schema, rest, place), own, (), place)
    except QueryError as error:
        return Asked(Query(), own, tuple(error.problems), place)


def read_arguments(
    schema: Schema, arguments: Iterable[tuple[str, str]], keys: Sequence[str]
) -> Asked:
    """Return what URL arguments ask; an own key may be given once."""
    pairs = list(arguments)
    own = {key: text for key, text in pairs if key in keys}
    repeated = tuple(
        Problem("repeated", ("query", key), f"{key} is given twice", own[key])
        for key in keys
        if sum(given == key for given, _ in pairs) > 1
    )
    try:
        query = parse_arguments(schema, [pair for pair in pairs if pair[0] not in keys])
    except QueryError as error:
        return Asked(Query(), own, (*repeated, *error.problems), "query")
    return Asked(query, own, repeated, "query")
