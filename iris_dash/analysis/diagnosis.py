"""Why a query selects so few rows: what each filter removes, and what brings rows back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from iris_dash.analysis.relaxation import AggregatesOf, Relaxation, TextsOf, least_relaxation
from iris_dash.query.filters import Filter, Search
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.words import filter_phrase

Kind = Literal["facet", "measure", "text", "time", "search"]
"""What a filter's column is, or that it is on none."""


@dataclass(frozen=True)
class FilterEffect:
    """One active filter of a query: a facet's choice, a measure's bounds, what text matches.

    `kind`: "facet", "measure", "text", "time" or "search", which is on no column and whose name is
    empty; `removes_alone`: rows that pass every other filter but not this one; `without`: the query
    without it, on its first page.
    """

    name: str
    kind: Kind
    words: str
    removes_alone: int
    without: Query


@dataclass(frozen=True)
class Diagnosis:
    """What a query's filters do: `count` of `total` rows are selected.

    `filters`: the active ones, in the schema's order; `relaxation`: None where rows are selected.
    """

    count: int
    total: int
    filters: tuple[FilterEffect, ...]
    relaxation: Relaxation | None


def no_texts(query: Query, column: str, part: str) -> list[str | None]:
    """Return that nothing is known of a column's texts."""
    return []


def diagnose(
    schema: Schema,
    aggregates: AggregatesOf,
    query: Query,
    total: int,
    texts: TextsOf = no_texts,
) -> Diagnosis:
    """Return what each filter of the query removes and, where no row is left, what to relax.

    `aggregates` returns what answers a query (`Explorer.aggregates`); `total` is the table's rows;
    `texts` which texts rows have, of which one may be offered.
    """

    known: dict[tuple[Filter, ...], int] = {}

    def count(query: Query) -> int:
        # Asked once: the same filters are left out to tell what each removes and what helps.
        if query.filters not in known:
            known[query.filters] = aggregates(query).count(query)
        return known[query.filters]

    selected, first = count(query), _on_first_page(query)
    filters = tuple(
        FilterEffect(
            one.name,
            _kind(schema, one),
            filter_phrase(schema, one),
            count(query.without(one.name)) - selected,
            first.without(one.name),
        )
        for one in query.filters
    )
    relaxation = None if selected else least_relaxation(schema, aggregates, count, first, texts)
    return Diagnosis(selected, total, filters, relaxation)


def _kind(schema: Schema, one: Filter) -> Kind:
    if isinstance(one, Search):
        return "search"
    if one.name in schema.facets_by_name:
        return "facet"
    if one.name in schema.measures_by_name:
        return "measure"
    return "text" if one.name in schema.texts_by_name else "time"


def _on_first_page(query: Query) -> Query:
    return query if query.page is None else replace(query, page=1)
