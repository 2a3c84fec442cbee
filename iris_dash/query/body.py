"""A query as a JSON body: checked as it is read, and written so that it is read back."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any, assert_never

from pydantic import BaseModel, ValidationError

from iris_dash.core.errors import (
    MOST_PROBLEMS,
    Problem,
    QueryError,
    list_names,
    quote,
    shorten,
    unknown_name,
)
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
    `per_page`. Errors: QueryError, see there; the problems' `loc` starts with `place`.
    """
    try:
        model = query_model(schema).model_validate(_with_few_unknown_keys(schema, raw))
    except ValidationError as error:
        faults: list[Any] = error.errors(include_url=False)
        names = {_name(fault["loc"]) for fault in faults}
        raise QueryError(_problems(schema, faults, place), names) from None
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
    _refuse_inverted(schema, values["lower"], values["upper"], place)
    page, per_page = values["page"], values["per_page"]
    if page is not None or per_page is not None:
        page, per_page = page or 1, per_page or DEFAULT_PER_PAGE
    filters = canonical(schema, _filters(schema, values))
    return Query(filters, tuple(values["sort"] or ()), values["by"], page, per_page)


def _refuse_inverted(schema: Schema, lower: Any, upper: Any, place: str) -> None:
    if lower is None or upper is None:
        return
    fields = filter_fields(schema)
    inverted = [
        (fields[field].name, low, high)
        for field, low in lower.__dict__.items()
        for high in [getattr(upper, field)]
        if low is not None and high is not None and low > high
    ]
    if inverted:
        problems = (
            Problem(
                "inverted_range",
                (place, "lower", name),
                f"{shorten(name)}: lower bound {low} is above upper bound {high}",
                [low, high],
            )
            for name, low, high in inverted
        )
        raise QueryError(problems, {name for name, _, _ in inverted})


def _filters(schema: Schema, values: Mapping[str, Any]) -> Iterator[Filter]:
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
                if low is not None or high is not None:
                    yield Interval(name, low, high)
            case _:
                assert_never(column)


def _with_few_unknown_keys(schema: Schema, raw: Any) -> Any:
    """Return a raw query without most of the keys that no query has, were there very many."""
    if not isinstance(raw, dict):
        return raw
    measures = schema.measures_by_name
    few = _few_unknown(raw, schema.facets_by_name.keys() | RESERVED_KEYS)
    for side in ("lower", "upper"):
        if isinstance(few.get(side), dict):
            few = few | {side: _few_unknown(few[side], measures.keys())}
    return few


def _few_unknown(given: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    if len(given) <= len(known) + MOST_PROBLEMS:
        return given
    # One more than are told, so that it is told that there are more.
    unknown = islice((key for key in given if key not in known), MOST_PROBLEMS + 1)
    return {key: given[key] for key in given if key in known} | {key: given[key] for key in unknown}


def _name(loc: tuple[Any, ...]) -> str:
    """Return which column or key it is at a place in a raw query."""
    return str(loc[1] if loc[0] in ("lower", "upper") and len(loc) > 1 else loc[0]) if loc else ""


def _problems(schema: Schema, faults: list[Any], place: str) -> Iterator[Problem]:
    """Yield what is wrong in words, one after the other: each takes a while to put."""
    measures = list(schema.measures_by_name)
    keys = [*schema.facets_by_name, *RESERVED_KEYS]
    for fault in faults:
        loc = tuple(fault["loc"])
        message, kind, given = fault["msg"], fault["type"], fault["input"]
        if kind == "extra_forbidden":
            inside = len(loc) > 1
            message = unknown_name(
                "measure" if inside else "key", loc[-1], measures if inside else keys
            )
        elif kind == "unknown_value":
            facet = schema.facet(loc[0])
            kinds = f"value of {shorten(facet.name)}:", f"values of {shorten(facet.name)}"
            message = unknown_name(kinds[0], fault["ctx"]["value"], facet.texts, kinds[1])
        elif kind in ("model_type", "model_attributes_type"):
            kind, message = "object_type", _object_text(loc, keys, measures)
        elif loc and not kind.startswith(("unknown_", "repeated_", "sort_")):
            message = f"{shorten(str(loc[-1]))}: {message}, not {_brief(given)}"
        yield Problem(kind, (place, *loc), message, _plain(quote(given)))


def _object_text(loc: tuple[Any, ...], keys: list[str], measures: list[str]) -> str:
    if loc:
        return f"{loc[-1]} should be an object with a number per measure: {list_names(measures)}"
    return f"the query should be a JSON object; its keys may be {list_names(keys)}"


def _brief(value: Any) -> str:
    return shorten(repr(quote(value)), 60)


def _plain(value: Any) -> Any:
    """Return a value that JSON can say."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > MOST_IN_JSON:
        return _brief(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else _brief(value)
