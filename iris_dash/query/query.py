"""The question asked of a table: chosen values, bounds, order and page, checked once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from iris_dash.core.errors import Problem, QueryError, list_names, unknown_name
from iris_dash.query.model import query_model
from iris_dash.query.schema import FacetValue, Schema

DEFAULT_PER_PAGE = 100
PAGING_KEYS = ("sort", "by", "page", "per_page")
RESERVED_KEYS = ("lower", "upper", *PAGING_KEYS)


@dataclass(frozen=True)
class Query:
    """A narrowing of one table: immutable, hashable, comparable.

    `facets` holds the chosen values per restricted facet and `bounds` the inclusive lower and
    upper bound per restricted measure (None: open), both in the schema's order; `sort` holds
    (column, descending) pairs; `by` names the facet that groups means. Make one with
    `Explorer.query` or `parse_query`, which check it against the table's schema.
    """

    facets: tuple[tuple[str, tuple[FacetValue, ...]], ...] = ()
    bounds: tuple[tuple[str, float | None, float | None], ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    by: str | None = None
    page: int | None = None
    per_page: int | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.parts() == other.parts()

    def __hash__(self) -> int:
        return hash(self.parts())

    def parts(self) -> tuple[Any, ...]:
        """Return the fields in order: what decides equality."""
        return (self.facets, self.bounds, self.sort, self.by, self.page, self.per_page)

    def unpaged(self) -> Query:
        """Return the same question about all its rows."""
        return Query(self.facets, self.bounds, self.sort, self.by)

    def on_page(self, page: int, per_page: int) -> Query:
        """Return the same question about one page of its rows."""
        return Query(self.facets, self.bounds, self.sort, self.by, page, per_page)

    def narrowing(self) -> Query:
        """Return only what decides which rows are selected: neither order, group nor page."""
        return Query(self.facets, self.bounds)

    def without_facet(self, name: str) -> Query:
        """Return the same question with that facet unrestricted."""
        kept = tuple(facet for facet in self.facets if facet[0] != name)
        return Query(kept, *self.parts()[1:])

    def without_bounds(self, name: str) -> Query:
        """Return the same question with that measure unrestricted."""
        kept = tuple(bound for bound in self.bounds if bound[0] != name)
        return Query(self.facets, kept, *self.parts()[2:])


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
    return _canonical(schema, model, place)


def _canonical(schema: Schema, model: BaseModel, place: str) -> Query:
    values = model.__dict__
    facets = []
    for position, facet in enumerate(schema.facets):
        chosen = values[f"facet_{position}"]
        if chosen is not None and len(chosen) < len(facet.values):
            facets.append((facet.name, tuple(v for v in facet.values if (type(v), v) in chosen)))
    lower, upper = values["lower"], values["upper"]
    bounds = []
    for position, measure in enumerate(schema.measures):
        low = getattr(lower, f"measure_{position}", None)
        high = getattr(upper, f"measure_{position}", None)
        if low is None and high is None:
            continue
        if low is not None and high is not None and low > high:
            loc = (place, "lower", measure.name) if place == "body" else (place, measure.name)
            text = f"{measure.name}: lower bound {low} is above upper bound {high}"
            raise QueryError([Problem("inverted_range", loc, text, [low, high])])
        bounds.append((measure.name, _unsigned_zero(low), _unsigned_zero(high)))
    page, per_page = values["page"], values["per_page"]
    if page is not None or per_page is not None:
        page, per_page = page or 1, per_page or DEFAULT_PER_PAGE
    sort = tuple(values["sort"] or ())
    return Query(tuple(facets), tuple(bounds), sort, values["by"], page, per_page)


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
