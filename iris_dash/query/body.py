"""A query as a JSON body: checked as it is read, and written so that it is read back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from pydantic import BaseModel, ValidationError

from iris_dash.core.errors import Problem, QueryError, list_names, unknown_name
from iris_dash.query.filters import Choice, Filter, Interval, canonical
from iris_dash.query.model import filter_fields, query_model
from iris_dash.query.query import PAGING_KEYS, Query
from iris_dash.query.schema import Facet, Measure, Schema
from iris_dash.query.sort import join_sort

DEFAULT_PER_PAGE = 100
RESERVED_KEYS = ("lower", "upper", *PAGING_KEYS)

MOST_IN_JSON = 2**63 - 1
"""Whole numbers beyond this are quoted as text."""


def parse_query(schema: Schema, raw: Any, place: str = "body") -> Query:
    """Return the Query that a mapping of JSON values asks, in canonical form.

    Keys: a facet's name (a value, a list of values, null: no restriction, []: nothing), `lower`
    and `upper` (a number per measure, inclusive), `sort` ("-a,b" or a list), `by`, `page`,
    `per_page`. Errors: QueryError with every problem; their `loc` starts with `place`.
    """
    try:
        model = query_model(schema).model_validate(raw)
    except ValidationError as error:
        raise QueryError(_problems(schema, error, place)) from None
    return _query(schema, model, place)


def body_of(query: Query) -> dict[str, Any]:
    """Return the query as a JSON body; `parse_query` reads it back as the same query."""
    body: dict[str, Any] = {}
    for one in query.filters:
        match one:
            case Choice(name, values):
                body[name] = list(values)
            case Interval(name, low, high):
                for side, end in (("lower", low), ("upper", high)):
                    if end is not None:
                        body.setdefault(side, {})[name] = end
            case _:
                assert_never(one)
    body["sort"] = join_sort(query.sort) or None
    body |= {"by": query.by, "page": query.page, "per_page": query.per_page}
    return {key: value for key, value in body.items() if value is not None}


def _query(schema: Schema, model: BaseModel, place: str) -> Query:
    values = model.__dict__
    page, per_page = values["page"], values["per_page"]
    if page is not None or per_page is not None:
        page, per_page = page or 1, per_page or DEFAULT_PER_PAGE
    filters = canonical(schema, _filters(schema, values, place))
    return Query(filters, tuple(values["sort"] or ()), values["by"], page, per_page)


def _filters(schema: Schema, values: Mapping[str, Any], place: str) -> Iterator[Filter]:
    lower, upper = values["lower"], values["upper"]
    for field, column in filter_fields(schema).items():
        match column:
            case Facet(name):
                chosen = values[field]
                if chosen is not None:
                    kept = (value for value in column.values if (type(value), value) in chosen)
                    yield Choice(name, tuple(kept))
            case Measure(name):
                low, high = getattr(lower, field, None), getattr(upper, field, None)
                if low is not None and high is not None and low > high:
                    loc = (place, "lower", name) if place == "body" else (place, name)
                    text = f"{name}: lower bound {low} is above upper bound {high}"
                    raise QueryError([Problem("inverted_range", loc, text, [low, high])])
                if low is not None or high is not None:
                    yield Interval(name, _unsigned_zero(low), _unsigned_zero(high))
            case _:
                assert_never(column)


def _unsigned_zero(bound: float | None) -> float | None:
    """Turn -0.0 into 0.0, so that equal bounds have one spelling."""
    return None if bound is None else float(bound) + 0.0


def _problems(schema: Schema, error: ValidationError, place: str) -> list[Problem]:
    measures = [m.name for m in schema.measures]
    keys = [*(f.name for f in schema.facets), *RESERVED_KEYS]
    problems = []
    for fault in error.errors(include_url=False, include_context=False):
        loc = tuple(fault["loc"])
        message, kind, given = fault["msg"], fault["type"], fault["input"]
        if kind == "extra_forbidden":
            inside = len(loc) > 1
            message = unknown_name(
                "measure" if inside else "key", loc[-1], measures if inside else keys
            )
        elif kind in ("model_type", "model_attributes_type"):
            kind, message = "object_type", _object_text(loc, keys, measures)
        elif loc and not kind.startswith(("unknown_", "repeated_", "sort_")):
            message = f"{loc[-1]}: {message}, not {_shorten(given)}"
        problems.append(Problem(kind, (place, *loc), message, _plain(given)))
    return problems


def _object_text(loc: tuple[Any, ...], keys: list[str], measures: list[str]) -> str:
    if loc:
        return f"{loc[-1]} should be an object with a number per measure: {list_names(measures)}"
    return f"the query should be a JSON object; its keys may be {list_names(keys)}"


def _shorten(value: Any, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else text[:most] + "…"


def _plain(value: Any) -> Any:
    """Return a value that JSON can say, so that an error can quote it."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > MOST_IN_JSON:
        return _shorten(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else _shorten(value)
