"""The answer to an aggregate: its groups with their statistics, in order, a page of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

import polars as pl

from iris_dash.analysis.aggregate.figures import key_name
from iris_dash.analysis.aggregate.keys import (
    MOST_MADE,
    TooManyGroups,
    key_domain,
    key_ranks,
    key_words,
)
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.aggregate.sources import figure_name
from iris_dash.analysis.aggregate.statistics import ROWS, TOTAL, Figures, N
from iris_dash.analysis.aggregates import Aggregates
from iris_dash.core.errors import Problem, QueryError
from iris_dash.query.group_keys import GroupKey, key_text
from iris_dash.query.schema import Filterable, Text

COUNT = "_rows"
"""The rows of a group, in a frame of outputs."""


@dataclass(frozen=True, eq=False)
class Groups:
    """A page of groups, a row each, with totals behind them where they are asked.

    Frame: each key under its name, `level` where totals are asked (by how many keys a row is
    gathered; a key that is not among them is null), then the outputs. `total`: how many groups
    there are on all pages, those that `having` leaves out not among them.
    """

    frame: pl.DataFrame
    total: int


def answer_groups(aggregates: Aggregates, asked: Aggregation) -> Groups:
    """Return the groups that an aggregate asks for, in its order; ties in that of the keys.

    Errors: QueryError where there are too many groups for any answer; EngineAway, QueryTooLong.
    """
    found = _chosen(_with_outputs(aggregates, asked, len(asked.by)), asked)
    found = _ordered(aggregates, found, asked, asked.by)
    total = len(found)
    if asked.page is not None and asked.per_page is not None:
        found = found.slice(min((asked.page - 1) * asked.per_page, total), asked.per_page)
    pieces = [_said(found, asked, len(asked.by))]
    if asked.totals and asked.by:
        pieces += _totals(aggregates, asked, found)
    return Groups(pl.concat(pieces, how="vertical_relaxed"), total)


def _with_outputs(aggregates: Aggregates, asked: Aggregation, level: int) -> pl.DataFrame:
    """Return all groups by the first keys with their outputs, under the outputs' names."""
    needs = {
        column: tuple(dict.fromkeys(need for one in asked.stat if one.of for need in one.needs))
        for column in asked.of
    }
    keys = asked.by[:level]
    try:
        groups = aggregates.group_figures(asked.query, keys, needs)
        if asked.empty and keys:
            groups = _with_empty(groups, asked, keys)
    except TooManyGroups:
        message = f"there are more than {MOST_MADE:,} groups; narrow the query or gather by less"
        raise QueryError([Problem("too_many_groups", ("by",), message)]) from None
    if not keys and groups.is_empty():
        groups = groups.clear(1)
    counts = [ROWS, *(c for c in groups.columns if c.startswith((f"{N} ", "distinct ")))]
    groups = groups.with_columns(pl.col(*counts).fill_null(0))
    places = {column: place for place, column in enumerate(asked.of)}
    total = sum(groups[ROWS].to_list())
    outputs = [
        output.statistic.make(_figures_of(places, output.column, total))[output.place].alias(
            output.name
        )
        for output in asked.outputs
    ]
    names = [key_name(place) for place in range(level)]
    # Those of figures and those of outputs may be alike.
    return groups.select(*names, pl.col(ROWS).alias(COUNT), *outputs)


def _figures_of(places: dict[Filterable, int], column: Filterable | None, total: int) -> Figures:
    def figure_of(name: str) -> pl.Expr:
        if name == TOTAL:
            return pl.lit(total)
        if column is None or name == ROWS:
            return pl.col(ROWS)
        return pl.col(figure_name(name, places[column]))

    return figure_of


def _with_empty(groups: pl.DataFrame, asked: Aggregation, keys: Sequence[GroupKey]) -> pl.DataFrame:
    """Return the groups, and every other that some of each key's values make."""
    names = [key_name(place) for place in range(len(keys))]
    domains = [
        key_domain(key, asked.query, groups[name]).alias(name).to_frame()
        for key, name in zip(keys, names, strict=True)
    ]
    if math.prod(map(len, domains)) > MOST_MADE:
        raise TooManyGroups
    every = reduce(lambda one, other: one.join(other, how="cross"), domains)
    return every.join(groups, on=names, how="left", nulls_equal=True)


def _chosen(groups: pl.DataFrame, asked: Aggregation) -> pl.DataFrame:
    """Return the groups that `having` lets in."""
    for one in asked.having:
        column = pl.col(one.output)
        if one.low is not None:
            groups = groups.filter(column >= one.low)
        if one.high is not None:
            before = isinstance(one.high, datetime)
            groups = groups.filter(column < one.high if before else column <= one.high)
    return groups


def _ordered(
    aggregates: Aggregates, groups: pl.DataFrame, asked: Aggregation, keys: Sequence[GroupKey]
) -> pl.DataFrame:
    """Return groups by these keys in the order that is asked, missing values last."""
    ranks, by_text = [], {}
    for place, key in enumerate(keys):
        name = by_text[key_text(key)] = key_name(place)
        if isinstance(key.column, Text):
            rank = by_text[key_text(key)] = f"_rank{place}"
            ranks.append(
                pl.when(pl.col(name).is_not_null()).then(key_ranks(name, COUNT)).alias(rank)
            )
    known = {output.name: output.name for output in asked.outputs} | by_text
    for place, (name, _) in enumerate(asked.sort):
        if name not in known and (over := asked.sorts_over.get(name)) and over.key < len(keys):
            known[name] = f"_over{place}"
            groups = _with_over(aggregates, groups, asked, name, known[name])
    order = {known[name]: down for name, down in asked.sort if name in known}
    order |= {name: False for name in by_text.values() if name not in order}
    if not order:
        return groups
    return groups.with_columns(ranks).sort(
        list(order), descending=list(order.values()), nulls_last=True, maintain_order=True
    )


def _with_over(
    aggregates: Aggregates, groups: pl.DataFrame, asked: Aggregation, name: str, column: str
) -> pl.DataFrame:
    """Return groups with an output of the groups by one of their keys."""
    wider, output, _ = asked.over(name)
    own = key_name(asked.sorts_over[name].key)
    found = _with_outputs(aggregates, wider, 1)
    found = found.select(pl.col(key_name(0)).alias(own), pl.col(output.name).alias(column))
    return groups.join(found, on=own, how="left", nulls_equal=True, maintain_order="left")


def _totals(
    aggregates: Aggregates, asked: Aggregation, page: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield the same without the last key, of the groups on a page, and over all rows."""
    level = len(asked.by) - 1
    if level:
        names = [key_name(place) for place in range(level)]
        groups = _with_outputs(aggregates, asked, level)
        groups = groups.join(page.select(names).unique(), on=names, how="semi", nulls_equal=True)
        yield _said(_ordered(aggregates, groups, asked, asked.by[:level]), asked, level)
    yield _said(_with_outputs(aggregates, asked, 0), asked, 0)


def _said(groups: pl.DataFrame, asked: Aggregation, level: int) -> pl.DataFrame:
    """Return groups by the first keys as they are answered."""
    columns = []
    for place, key in enumerate(asked.by):
        within = place < level
        places = groups[key_name(place)] if within else pl.repeat(None, len(groups), eager=True)
        columns.append(key_words(key, places).alias(key_text(key)))
    if asked.totals:
        columns.append(pl.repeat(level, len(groups), dtype=pl.Int64, eager=True).alias(asked.level))
    return pl.DataFrame(columns + [groups[output.name] for output in asked.outputs])
