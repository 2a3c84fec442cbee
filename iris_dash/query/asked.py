"""What people ask in Python, as a Query: one that is there, its text, or conditions by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never
from urllib.parse import parse_qsl

from iris_dash.core.errors import Problem, QueryError, list_names, shorten
from iris_dash.query.body import BODY_KEYS, parse_query
from iris_dash.query.filters import AnyOf, Choice, Filter, Interval, Match, Period, Search
from iris_dash.query.names import RESERVED_KEYS
from iris_dash.query.python_values import plain_condition
from iris_dash.query.query import NO_GROUPS, Query
from iris_dash.query.schema import Facet, Measure, Schema, Text, Time
from iris_dash.query.url import parse_arguments

Asked = Query | str | None
"""A query, its text (that of an address: "species=setosa"), or None: every row."""


def query_of(schema: Schema, asked: Asked) -> Query:
    """Return the Query that is asked of a table.

    Errors: QueryError for a text that is wrong, a query of another table, and anything else.
    """
    if asked is None:
        return Query()
    if isinstance(asked, str):
        return read_text(schema, asked)
    if not isinstance(asked, Query):
        message = f"expected a query, its text, or None, not {shorten(repr(asked))}"
        how = "explorer.query(…) makes one of conditions"
        raise QueryError([Problem("query", ("query",), f"{message}; {how}")])
    if foreign := [name for name in _names(asked) if name not in schema.by_name]:
        named = list_names(map(shorten, foreign))
        raise _not_here(f"the table has no {named}; its columns are {list_names(schema.names)}")
    for one in asked.filters:
        if not _fits(schema, one):
            raise _not_here(f"{shorten(one.name)} is of another kind, or has other values")
    return asked


def read_text(schema: Schema, text: str) -> Query:
    """Return the Query of a text as an address has it behind its `?`; a whole link is read too."""
    _, mark, arguments = text.rpartition("?")
    pairs = parse_qsl(arguments if mark else text, keep_blank_values=True, errors="replace")
    return parse_arguments(schema, pairs)


def read_conditions(schema: Schema, conditions: Mapping[str, Any]) -> Query:
    """Return the Query of conditions by name, as a JSON body has them, of any library's values.

    A column that a body names in `where` alone (a measure, a time, a condition that narrows a
    facet) may stand beside the others. Errors: QueryError naming each bad value and the valid ones.
    """
    body = {name: plain_condition(value) for name, value in conditions.items()}
    flat = {*schema.facets_by_name, *schema.texts_by_name}
    inside = {
        name: value
        for name, value in body.items()
        if name in schema.by_name
        and name not in RESERVED_KEYS
        and name not in BODY_KEYS
        and (name not in flat or isinstance(value, dict))
        and value is not None
    }
    if not inside or not isinstance(body.get("where", {}), dict):
        return parse_query(schema, body)
    rest = {name: value for name, value in body.items() if name not in inside}
    return parse_query(schema, rest | {"where": inside | rest.get("where", {})})


def _names(query: Query) -> list[str]:
    by = [query.by] if query.by not in (None, NO_GROUPS) else []
    filters = [one.name for one in query.filters if not isinstance(one, Search)]
    return [*filters, *(name for name, _ in query.sort), *by, *query.columns]


def _fits(schema: Schema, one: Filter) -> bool:
    """Return whether a filter is one that the column of its name could have."""
    if isinstance(one, Search):
        return True
    column = schema.by_name[one.name]
    match one:
        case Choice(_, values):
            return isinstance(column, Facet) and {*values} <= {*column.values}
        case Match():
            return isinstance(column, Text)
        case Interval():
            return isinstance(column, Measure)
        case Period():
            return isinstance(column, Time)
        case AnyOf(_, spans):
            return isinstance(column, Measure | Time) and all(_fits(schema, s) for s in spans)
        case _:
            assert_never(one)


def _not_here(reason: str) -> QueryError:
    message = f"the query is one of another table: {reason}"
    return QueryError([Problem("other_table", ("query",), message, None)])
