"""An aggregate as arguments of an address or as JSON: read, checked, and written canonically."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from iris_dash.analysis.aggregate.question import (
    Aggregation,
)
from iris_dash.analysis.aggregate.reading import FLAGS, OWN_KEYS, Reading
from iris_dash.core.errors import Problem
from iris_dash.query.body import parse_query
from iris_dash.query.group_keys import key_text
from iris_dash.query.numbers import read_whole
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.sort import join_sort
from iris_dash.query.url import arguments_of, join_arguments, parse_arguments


def parse_aggregation(schema: Schema, raw: Any, place: str = "body") -> Aggregation:
    """Return the Aggregation that a mapping of JSON values asks.

    `by`, `of` and `stat` are texts such as "carrier,day:month" or lists of names; `having` one or
    more texts such as "count:30.." or an object, {"count": {"from": 30}}; `totals` and `empty` true
    or false; `sort`, `page`, `per_page` and the filters as in a query. Errors: QueryError that
    names each problem and what is valid; the problems' `loc` starts with `place`.
    """
    own = {key: raw[key] for key in OWN_KEYS if key in raw} if isinstance(raw, Mapping) else {}
    rest = {k: v for k, v in raw.items() if k not in own} if isinstance(raw, Mapping) else raw
    return Reading(schema, place, own).aggregation(lambda: parse_query(schema, rest, place))


def make_aggregation(schema: Schema, query: Query, own: Mapping[str, Any]) -> Aggregation:
    """Return the Aggregation of a query's rows that a mapping of its own keys asks."""
    return Reading(schema, "query", own).aggregation(lambda: query)


def parse_aggregation_arguments(
    schema: Schema, arguments: Iterable[tuple[str, str]]
) -> Aggregation:
    """Return the Aggregation that URL arguments ask; `having` may be given several times."""
    own: dict[str, Any] = {}
    rest, repeated = [], []
    for key, text in arguments:
        if key not in OWN_KEYS:
            rest.append((key, text))
        elif key == "having":
            own.setdefault(key, []).append(text)
        elif key in own:
            repeated.append(Problem("repeated", ("query", key), f"{key} is given twice", text))
        else:
            own[key] = _argument(key, text)
    reading = Reading(schema, "query", own, repeated)
    return reading.aggregation(lambda: parse_arguments(schema, rest))


def _argument(key: str, text: str) -> Any:
    """Return an argument as JSON has it."""
    if key in FLAGS:
        return {"0": False, "1": True}.get(text, text)
    number = read_whole(text) if key in ("page", "per_page") else None
    return text if number is None else number


def aggregation_text(schema: Schema, asked: Aggregation) -> str:
    """Return the aggregate's one canonical text: its URL arguments, without a leading '?'."""
    pairs = arguments_of(schema, asked.query)
    names = {
        "by": map(key_text, asked.by),
        "of": (column.name for column in asked.of),
        "stat": (one.name for one in asked.stat),
    }
    for key, texts in names.items():
        if text := join_sort(tuple((name, False) for name in texts)):
            pairs.append((key, text))
    pairs += [("having", f"{one.output}:{one.text}") for one in asked.having]
    if asked.sort:
        pairs.append(("sort", join_sort(asked.sort)))
    pairs += [(k, str(v)) for k in ("page", "per_page") if (v := getattr(asked, k)) is not None]
    pairs += [(key, "1") for key in FLAGS if getattr(asked, key)]
    return join_arguments(pairs)
