"""What is asked of a selection beside its baseline: a query, what beside it, one distribution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from iris_dash.analysis.baseline import REST, Baseline, read_baseline, refused_baseline
from iris_dash.core.errors import Problem, QueryError, unknown_name
from iris_dash.query.own_keys import Asked, read_arguments, read_body
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Schema
from iris_dash.query.url import arguments_of, join_arguments

WITH, OF = "with", "of"
OWN_KEYS = (WITH, OF)


@dataclass(frozen=True)
class BesideQuestion:
    """A query and its baseline; `of`: the measure whose distributions are answered too."""

    query: Query
    baseline: Baseline
    of: Measure | None = None


def parse_beside(schema: Schema, raw: Any, place: str = "body") -> BesideQuestion:
    """Return the question that a mapping of JSON values asks: `with`, `of`, a query.

    Errors: QueryError that names each problem and what is valid.
    """
    return _question(schema, read_body(schema, raw, OWN_KEYS, place))


def parse_beside_arguments(schema: Schema, arguments: Iterable[tuple[str, str]]) -> BesideQuestion:
    """Return the question that URL arguments ask."""
    return _question(schema, read_arguments(schema, arguments, OWN_KEYS))


def _question(schema: Schema, asked: Asked) -> BesideQuestion:
    beside, of = asked.own.get(WITH), asked.own.get(OF)
    found = list(asked.problems)
    baseline = read_baseline(schema, REST if beside is None else beside)
    if baseline is None:
        said = refused_baseline(schema, beside)
        found.append(Problem("unknown_value", (asked.place, WITH), said, beside))
    measure = schema.measures_by_name.get(of) if isinstance(of, str) else None
    if of is not None and measure is None:
        said = unknown_name("measure", of, schema.measures_by_name)
        found.append(Problem("unknown_measure", (asked.place, OF), said, of))
    if found or baseline is None:
        raise QueryError(found)
    query = replace(asked.query, by=None, sort=(), columns=(), page=None, per_page=None)
    return BesideQuestion(query, baseline, measure)


def beside_text(schema: Schema, asked: BesideQuestion) -> str:
    """Return the question's one canonical text: its URL arguments, without a leading '?'."""
    pairs = [*arguments_of(schema, asked.query), (WITH, asked.baseline.text)]
    return join_arguments([*pairs, *([(OF, asked.of.name)] if asked.of else [])])
