"""A query as a JSON body: checked as it is read, and written so that it is read back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
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
from iris_dash.query.alternatives import FORMS, NARROWING, Alternatives, read_alternatives
from iris_dash.query.calendar import parts_of
from iris_dash.query.filters import (
    AnyOf,
    Choice,
    Filter,
    Interval,
    Match,
    Period,
    Search,
    Span,
    canonical,
    shorter_side,
)
from iris_dash.query.model import filter_fields, query_model
from iris_dash.query.moments import period_texts
from iris_dash.query.names import RESERVED_KEYS, address_key, named_by
from iris_dash.query.query import PAGING_KEYS, Query
from iris_dash.query.schema import Facet, Filterable, Measure, Schema, Text, Time
from iris_dash.query.sort import join_sort
from iris_dash.query.where import ENDS

DEFAULT_PER_PAGE = 100
BOUNDS = ("lower", "upper")
BODY_KEYS = (*BOUNDS, "where", "search", *PAGING_KEYS)
INSIDE = (*BOUNDS, "where")
"""Keys of objects that have a key per column."""

NO_ENDS = (None, None)

BOUNDED = (Measure, Time)
"""Columns with bounds; not as a union, which is made anew each time that it is asked for."""

MOST_IN_JSON = 2**63 - 1
"""Whole numbers beyond this are quoted as text."""


def parse_query(schema: Schema, raw: Any, place: str = "body") -> Query:
    """Return the Query that a mapping of JSON values asks, in canonical form.

    Keys: a facet's name (a value, a list of values, null: no restriction, []: nothing), `lower`
    and `upper` (a number per measure, inclusive), `where` (a condition per column, of any name),
    `sort` ("-a,b" or a list), `by`, `page`, `per_page`. Errors: QueryError, see there; the
    problems' `loc` starts with `place`.
    """
    try:
        model = query_model(schema).model_validate(_with_few_unknown_keys(schema, raw))
    except ValidationError as error:
        faults: list[Any] = error.errors(include_url=False)
        keys = {_key(fault["loc"]) for fault in faults}
        raise QueryError(_problems(schema, faults, place), keys) from None
    return _query(schema, model, place)


def body_of(schema: Schema, query: Query) -> dict[str, Any]:
    """Return the query as a JSON body; `parse_query` reads it back as the same query.

    Only what the flat form cannot say, or says at greater length, stands in `where`.
    """
    body: dict[str, Any] = {}
    for one in query.filters:
        match one:
            case Choice(name):
                way, values = shorter_side(schema.facet(name), one)
                if way == "not":
                    body.setdefault("where", {})[name] = {"not": list(values)}
                elif name in RESERVED_KEYS:
                    body.setdefault("where", {})[name] = list(values)
                else:
                    body[name] = list(values)
            case Period(name) | Interval(name):
                for side, end in zip(BOUNDS, _said_ends(schema, one), strict=True):
                    if end is not None:
                        body.setdefault(side, {})[name] = end
            case AnyOf(name):
                body.setdefault("where", {})[name] = _said_alternatives(schema, one)
            case Match(name):
                said = _said_of_text(one)
                if isinstance(said, list) and name not in RESERVED_KEYS:
                    body[name] = said
                else:
                    body.setdefault("where", {})[name] = said
            case Search(text):
                body["search"] = text
            case _:
                assert_never(one)
    body["columns"] = list(query.columns) or None
    body["sort"] = join_sort(query.sort) or None
    body |= {"by": query.by, "page": query.page, "per_page": query.per_page}
    return {key: value for key, value in body.items() if value is not None}


def _said_ends(schema: Schema, span: Span) -> tuple[Any, Any]:
    """Return a span's ends as a body has them: numbers, or of a time texts."""
    match span:
        case Interval(_, low, high):
            return low, high
        case Period(name, start, before):
            return period_texts(start, before, schema.times_by_name[name].zone)
        case _:
            assert_never(span)


def _said_alternatives(schema: Schema, one: AnyOf) -> Any:
    """Return what a measure or a time is to be as `where` says it."""
    if one.is_present:
        return {"present": True}
    said = [dict(zip(ENDS, _said_ends(schema, span), strict=True)) for span in one.spans]
    spans = [{key: end for key, end in span.items() if end is not None} for span in said]
    return [*spans, *[None] * one.missing]


def _said_of_text(match: Match) -> list[str | None] | dict[str, Any]:
    """Return a match as `where` says it: its values, or what narrows the text."""
    if match.values is not None:
        return list(match.values)
    left_out = [value for value in match.left_out if value is not None]
    said = {"not": left_out, "has": list(match.has), "starts": list(match.starts)}
    present = {"present": True} if None in match.left_out else {}
    return {key: value for key, value in said.items() if value} | present


def _query(schema: Schema, model: BaseModel, place: str) -> Query:
    values = model.__dict__
    said = _said_of(schema, model)
    _refuse_repeated(schema, values, place)
    bounded = [(column.name, field) for field, column in said if isinstance(column, BOUNDED)]
    spans = {name: asked for name, field in bounded if (asked := _alternatives(values, field))}
    _refuse_inverted(said, spans, values, place)
    page, per_page = values["page"], values["per_page"]
    if page is not None or per_page is not None:
        page, per_page = page or 1, per_page or DEFAULT_PER_PAGE
    filters = canonical(schema, _filters(said, spans, values))
    columns = values["columns"] or ()
    sort = tuple(values["sort"] or ())
    return Query(filters, sort, values["by"], columns, page, per_page)


def _said_of(schema: Schema, model: BaseModel) -> list[tuple[str, Filterable]]:
    """Return the columns of which a body says anything, in the schema's order, with their fields.

    Of a table with many columns that are few.
    """
    given = set(model.model_fields_set)
    for key in INSIDE:
        inside = getattr(model, key)
        if inside is not None:
            given |= inside.model_fields_set
    return [(field, column) for field, column in filter_fields(schema).items() if field in given]


def _refuse_repeated(schema: Schema, values: Mapping[str, Any], place: str) -> None:
    """Raise QueryError where a column is narrowed in `where` and outside it."""
    where = values["where"]
    if where is None:
        return
    outside = (values, *(vars(values[side]) for side in BOUNDS if values[side] is not None))
    repeated = [
        (column.name, getattr(where, field))
        for field, column in filter_fields(schema).items()
        if getattr(where, field) is not None
        and any(given.get(field) is not None for given in outside)
    ]
    if repeated:
        message = "{} is given twice: in where and outside it"
        problems = (
            Problem("repeated", (place, "where", name), message.format(shorten(name)))
            for name, _ in repeated
        )
        raise QueryError(problems, {address_key(name) for name, _ in repeated})


def _refuse_inverted(
    columns: list[tuple[str, Filterable]],
    spans: Mapping[str, Alternatives],
    values: Mapping[str, Any],
    place: str,
) -> None:
    inverted = []
    for field, column in columns:
        if said := spans.get(column.name):
            side = "where" if getattr(values["where"], field, None) is not None else "lower"
            for (low, high), at in zip(said.spans, said.places, strict=True):
                if low is None or high is None:
                    continue
                if low > high or (isinstance(column, Time) and low == high):
                    zone = getattr(column, "zone", None)
                    ends = (
                        period_texts(low, high, zone) if isinstance(column, Time) else (low, high)
                    )
                    inverted.append((column.name, (side, column.name, *at), ends))
    if inverted:
        problems = (
            Problem(
                "inverted_range",
                (place, *at),
                f"{shorten(name)}: lower bound {ends[0]} is above upper bound {ends[1]}",
                list(ends),
            )
            for name, at, ends in inverted
        )
        raise QueryError(problems, {address_key(name) for name, _, _ in inverted})


def _alternatives(values: Mapping[str, Any], field: str) -> Alternatives | None:
    """Return what is asked of a measure or a time, wherever a body has it; None: nothing."""
    if (said := getattr(values["where"], field, None)) is not None:
        return read_alternatives(said)
    ends = getattr(values["lower"], field, None), getattr(values["upper"], field, None)
    return Alternatives((ends,), places=((),)) if ends != NO_ENDS else None


def _filters(
    columns: list[tuple[str, Filterable]],
    asked: Mapping[str, Alternatives],
    values: Mapping[str, Any],
) -> Iterator[Filter]:
    for field, column in columns:
        match column:
            case Facet():
                inside, outside = getattr(values["where"], field, None), values.get(field)
                chosen = outside if inside is None else inside
                if chosen is not None:
                    kept = (value for value in column.values if (type(value), value) in chosen)
                    yield Choice(column.name, tuple(kept))
            case Text():
                inside, outside = getattr(values["where"], field, None), values.get(field)
                match = outside if inside is None else inside
                if match is not None:
                    yield match
            case Measure() | Time():
                name = column.name
                if said := asked.get(name):
                    kind = Interval if isinstance(column, Measure) else Period
                    spans = tuple(kind(name, *ends) for ends in said.spans)
                    is_one = len(spans) == 1 and not said.missing and said.spans[0] != NO_ENDS
                    yield spans[0] if is_one else AnyOf(name, spans, said.missing)
            case _:
                assert_never(column)
    if values["search"] is not None:
        yield Search(values["search"])


def _with_few_unknown_keys(schema: Schema, raw: Any) -> Any:
    """Return a raw query without most of the keys that no query has, were there very many."""
    if not isinstance(raw, dict):
        return raw
    few = _few_unknown(raw, lambda: _keys(schema))
    for key in INSIDE:
        if isinstance(few.get(key), dict):
            known = partial(_names_inside, schema, key)
            few = few | {key: _few_unknown(few[key], known)}
    return few


def _keys(schema: Schema) -> list[str]:
    """Return the keys of a body."""
    named = (*schema.facets_by_name, *schema.parts_by_name, *schema.texts_by_name)
    return [*(name for name in named if name not in RESERVED_KEYS), *BODY_KEYS]


def _names_inside(schema: Schema, key: str) -> list[str]:
    """Return the columns that an object of a body may name."""
    return [c.name for c in (schema.askable if key == "where" else schema.bounded)]


def _few_unknown(given: dict[str, Any], names: Callable[[], Iterable[str]]) -> dict[str, Any]:
    if len(given) <= MOST_PROBLEMS:
        return given
    known = {*names()}
    if len(given) <= len(known) + MOST_PROBLEMS:
        return given
    # One more than are told, so that it is told that there are more.
    unknown = islice((key for key in given if key not in known), MOST_PROBLEMS + 1)
    return {key: given[key] for key in given if key in known} | {key: given[key] for key in unknown}


def _key(loc: tuple[Any, ...]) -> str:
    """Return which key of an address it is at a place in a raw query."""
    if len(loc) > 1 and loc[0] in INSIDE:
        return address_key(str(loc[1]))
    return str(loc[0]) if loc else ""


def _problems(schema: Schema, faults: list[Any], place: str) -> Iterator[Problem]:
    """Yield what is wrong in words, one after the other: each takes a while to put."""
    for fault in faults:
        loc = tuple(part for part in fault["loc"] if part not in FORMS)
        message, kind, given = fault["msg"], fault["type"], fault["input"]
        if kind == "extra_forbidden":
            narrows = FORMS[-1] in fault["loc"]
            message = _unknown_key(schema, loc, narrows)
        elif kind == "unknown_value":
            facet = schema.facet(loc[1] if loc[0] == "where" else loc[0])
            kinds = f"value of {shorten(facet.name)}:", f"values of {shorten(facet.name)}"
            message = unknown_name(kinds[0], fault["ctx"]["value"], facet.texts, kinds[1])
        elif kind in ("model_type", "model_attributes_type", "none_required"):
            kind, message = "object_type", _object_text(schema, loc)
        elif kind == "unknown_condition":
            message = f"{shorten(str(loc[-1]))}: {message}"
        elif loc and not kind.startswith(("unknown_", "repeated_", "sort_", "columns_")):
            message = f"{_subject(loc)}: {message}, not {_brief(given)}"
        yield Problem(kind, (place, *loc), message, _plain(quote(given)))


def unknown_part(schema: Schema, key: object) -> str:
    """Return in words that a column has no such part; nothing where no column and part is meant."""
    name, colon, part = str(key).rpartition(":")
    column = schema.by_name.get(named_by(name) or name)
    if not colon or column is None:
        return ""
    if not isinstance(column, Time):
        return f"{shorten(name)} is no time, so it has no {shorten(repr(part))}; times have parts"
    return unknown_name(f"part of {shorten(name)}:", part, parts_of(column.is_date), "parts")


def _subject(loc: tuple[Any, ...]) -> str:
    """Return what is spoken of at a place: a key, or a column and which of its bounds."""
    inside = loc[0] in INSIDE and len(loc) > 1
    names = [part for part in loc[inside:] if isinstance(part, str) and part != "any"]
    return ", ".join(map(shorten, names))


def _unknown_key(schema: Schema, loc: tuple[Any, ...], narrows: bool) -> str:
    """Return in words that there is no such key at a place, which `narrows` a column or bounds."""
    key = loc[-1]
    if len(loc) <= 2 and (message := unknown_part(schema, key)):
        return message
    if len(loc) == 1:
        known = any(column.name == key for column in schema.filterable)
        hint = f'; the column of that name stands in {{"where": {{"{key}": …}}}}' if known else ""
        return f"{unknown_name('key', key, _keys(schema))}{hint}"
    if len(loc) > 2:
        said = ("condition", NARROWING) if narrows else ("bound", ENDS)
        return f"{shorten(str(loc[1]))}: {unknown_name(said[0], key, said[1])}"
    kind = "column" if loc[0] == "where" else "measure"
    return unknown_name(kind, key, _names_inside(schema, loc[0]))


def _object_text(schema: Schema, loc: tuple[Any, ...]) -> str:
    if len(loc) > 1:
        return f"{shorten(str(loc[1]))} should be an object with numbers from and to"
    if loc:
        what = "a condition per column" if loc[0] == "where" else "a bound per measure and time"
        return f"{loc[0]} should be an object with {what}: " + list_names(
            _names_inside(schema, loc[0])
        )
    return f"the query should be a JSON object; its keys may be {list_names(_keys(schema))}"


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
