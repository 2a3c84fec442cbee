"""The question asked of a table: chosen values, bounds, order and page, checked once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from iris_dash.errors import Problem, QueryError, list_names, unknown_name
from iris_dash.schema import Facet, FacetValue, Measure, Schema

MAX_PER_PAGE = 10_000
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


@lru_cache(maxsize=32)
def query_model(schema: Schema) -> type[BaseModel]:
    """Return the Pydantic model of a query's JSON body for one table.

    Fields carry plain internal names and the column's name as alias, since a column may be called
    anything; the model's JSON schema shows the columns' names.
    """
    fields: dict[str, Any] = {}
    for position, facet in enumerate(schema.facets):
        fields[f"facet_{position}"] = (
            _choice_type(facet),
            Field(None, alias=facet.name, description=f"Chosen values of {facet.label}"),
        )
    bounds_fields: dict[str, Any] = {
        f"measure_{position}": (
            float | None,
            Field(None, alias=m.name, description=_bound_text(m), allow_inf_nan=False),
        )
        for position, m in enumerate(schema.measures)
    }
    strict = ConfigDict(extra="forbid", strict=True)
    bounds = create_model("Bounds", __config__=strict, **bounds_fields)
    fields["lower"] = (bounds | None, Field(None, description="Inclusive lower bound per measure"))
    fields["upper"] = (bounds | None, Field(None, description="Inclusive upper bound per measure"))
    fields["sort"] = (
        _sort_type(schema),
        Field(None, description="Columns to sort by; '-' in front of one means descending"),
    )
    fields["by"] = (_by_type(schema), Field(None, description="Facet that groups the means"))
    fields["page"] = (int | None, Field(None, ge=1, description="Page, from 1"))
    fields["per_page"] = (
        int | None,
        Field(None, ge=1, le=MAX_PER_PAGE, description="Rows on a page"),
    )
    return create_model("Query", __config__=strict, **fields)


def _bound_text(measure: Measure) -> str:
    return f"{measure.title}, {measure.low:g} to {measure.high:g} in the table"


def _choice_type(facet: Facet) -> Any:
    known = {(type(value), value) for value in facet.values}

    def check(given: Any) -> frozenset[tuple[type, FacetValue]] | None:
        if given is None:
            return None
        chosen = given if isinstance(given, list | tuple | set | frozenset) else [given]
        unknown = [v for v in chosen if not _hashable(v) or (type(v), v) not in known]
        if unknown:
            message = unknown_name(
                f"value of {facet.name}:", unknown[0], facet.texts, f"values of {facet.name}"
            )
            raise PydanticCustomError("unknown_value", "{text}", {"text": message})
        return frozenset((type(v), v) for v in chosen)

    value_schema: dict[str, Any] = {"enum": list(facet.values)} if len(facet.values) <= 50 else {}
    json_schema = {
        "anyOf": [
            value_schema,
            {"type": "array", "items": value_schema},
            {"type": "null"},
        ]
    }
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(json_schema)]


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | None)


def _sort_type(schema: Schema) -> Any:
    names = schema.names

    def check(given: Any) -> tuple[tuple[str, bool], ...] | None:
        if given is None:
            return None
        entries = split_sort(given) if isinstance(given, str) else given
        if not isinstance(entries, list | tuple) or not all(isinstance(e, str) for e in entries):
            raise PydanticCustomError(
                "sort_type", "sort should be text such as '-a,b' or a list of such texts"
            )
        pairs = [_sort_pair(entry) for entry in entries]
        for name, _ in pairs:
            if name not in names:
                text = unknown_name("column", name, names)
                raise PydanticCustomError("unknown_column", "{text}", {"text": text})
        if len({name for name, _ in pairs}) < len(pairs):
            raise PydanticCustomError("repeated_column", "sort names a column more than once")
        return tuple(pairs)

    json_schema = {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            {"type": "null"},
        ]
    }
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(json_schema)]


def _by_type(schema: Schema) -> Any:
    names = [facet.name for facet in schema.facets]

    def check(given: Any) -> str | None:
        if given is None or given in names:
            return given if given is None else str(given)
        text = unknown_name("facet", given, names)
        raise PydanticCustomError("unknown_facet", "{text}", {"text": text})

    json_schema = {"anyOf": [{"enum": names}, {"type": "null"}]} if names else {"type": "null"}
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(json_schema)]


def split_sort(text: str) -> list[str]:
    r"""Return the entries of a sort text; a backslash makes the next character plain.

    >>> split_sort(r"-a,b\,c")
    ['-a', 'b\\,c']
    """
    entries, entry, escaped = [], "", False
    for character in text:
        if character == "," and not escaped:
            entries.append(entry)
            entry = ""
        else:
            entry += character
        escaped = character == "\\" and not escaped
    return [*entries, entry]


def _sort_pair(entry: str) -> tuple[str, bool]:
    descending = entry.startswith("-")
    name, escaped = "", False
    for character in entry[1:] if descending else entry:
        if character == "\\" and not escaped:
            escaped = True
        else:
            name, escaped = name + character, False
    return name, descending


def join_sort(sort: tuple[tuple[str, bool], ...]) -> str:
    r"""Return the sort text of (column, descending) pairs; `split_sort` reads it back.

    >>> join_sort((("a", True), ("b,c", False)))
    '-a,b\\,c'
    """
    entries = []
    for name, descending in sort:
        safe = name.replace("\\", "\\\\").replace(",", "\\,")
        safe = "\\" + safe if safe.startswith("-") else safe
        entries.append(f"-{safe}" if descending else safe)
    return ",".join(entries)


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
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else _shorten(value)
