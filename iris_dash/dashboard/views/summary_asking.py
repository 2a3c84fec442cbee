"""What the Summarise view asks: its sentence as an aggregate, and the figures that come back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from iris_dash.analysis.aggregate.asking import aggregation_text, make_aggregation
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.views.sentence import Sentence
from iris_dash.dashboard.views.summary_order import sorted_as_shown
from iris_dash.explorer import Explorer
from iris_dash.query.group_keys import GroupKey, key_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.sort import join_sort


@dataclass(frozen=True)
class Figure:
    """A statistic of one group: its value, the values that it is of, the ends of its interval."""

    value: Any
    n: int
    low: float | None = None
    high: float | None = None


def summary_question(schema: Schema, query: Query, asked: Sentence) -> Aggregation:
    """Return what a sentence asks of the rows of a query: its statistic and how many rows."""
    keys = (asked.rows, *((asked.columns,) if asked.columns else ()))
    own = {
        "by": join_sort(tuple((key_text(key), False) for key in keys)),
        "of": join_sort(((asked.column.name, False),)) if asked.column else "",
        "stat": ",".join(dict.fromkeys((asked.statistic, "count"))),
    }
    return make_aggregation(schema, _filters(query), own)


def _filters(query: Query) -> Query:
    """Return what of a query lets rows in."""
    return replace(query, sort=(), by=None, columns=()).unpaged()


@dataclass(frozen=True)
class SummaryFigures:
    """The figures of groups by their keys, and how many groups there are."""

    figures: dict[tuple[Any, ...], Figure]
    total: int


class SummaryAsking:
    """Asks for one statistic by different keys."""

    def __init__(self, explorer: Explorer, query: Query, asked: Sentence) -> None:
        self._explorer, self._asked, self._query = explorer, asked, _filters(query)

    def groups(self, keys: tuple[GroupKey, ...], page: int | None = None) -> SummaryFigures:
        """Return the figures of the first groups by the keys, by one with those of all rows."""
        question = self._question(keys)
        if page:
            question = question.on_page(1, page)
        found = self._explorer.groups(question)
        return SummaryFigures(dict(_figures(found.frame, question, self._asked)), found.total)

    def text(self, keys: tuple[GroupKey, ...], state: DashboardState, ordered: bool) -> str:
        """Return the question as `/aggregate/` takes it, in the order that the page chose."""
        question = sorted_as_shown(self._question(keys), self._asked, state, lambda: ordered)
        return aggregation_text(self._explorer.schema, question)

    def _question(self, keys: tuple[GroupKey, ...]) -> Aggregation:
        column, name = self._asked.column, self._asked.statistic
        of_column = ("missing", *(("interval",) if name == "mean" else ())) if column else ()
        stat = tuple(dict.fromkeys((name, "count", *of_column)))
        own = {
            "by": join_sort(tuple((key_text(key), False) for key in keys)),
            "of": join_sort(((column.name, False),)) if column else "",
            "stat": ",".join(stat),
            "totals": len(keys) == 1 or self._asked.columns is not None,
        }
        return make_aggregation(self._explorer.schema, self._query, own)


def _figures(
    frame: pl.DataFrame, question: Aggregation, asked: Sentence
) -> Iterable[tuple[tuple[Any, ...], Figure]]:
    by = [key_text(key) for key in question.by]
    names = {(one.statistic.name, one.place): one.name for one in question.outputs}
    for row in frame.iter_rows(named=True):
        level = row[question.level] if question.totals else len(by)
        if level not in (0, len(by)):
            continue
        count = row[names["count", 0]]
        of_rows = asked.column is None or asked.statistic in ("missing", "distinct")
        n = count if of_rows else count - row[names["missing", 0]]
        interval = names.get(("interval", 0)), names.get(("interval", 1))
        low, high = (row[name] if name else None for name in interval)
        figure = Figure(row[names[asked.statistic, 0]], n, low, high)
        yield tuple(row[name] for name in by[:level]), figure
