"""The figures of columns over the rows of a query: missing, distinct, ends, middle, top values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.analysis.aggregate.figures import group_figures
from iris_dash.analysis.aggregate.sources import figure_name
from iris_dash.analysis.aggregate.statistics import N
from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.column_values import ValueCount, ValuePage, column_values
from iris_dash.analysis.profile.sorted_figures import sorted_figures
from iris_dash.core.deadline import check
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Column, Facet, Filterable, Measure, Text, Time
from iris_dash.tables import row_set
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries.moments import moment_rows
from iris_dash.tables.values import plain_rows

TOP = 5
"""Values of a column that are named with their counts."""

PERCENTS = (5, 25, 75, 95)
"""The percentiles that notes are made of."""

MOST_COLUMNS, MOST_VALUES = 50, 20_000_000
"""Columns, and their values, that are asked about at once: they take memory, and so do plans."""


@dataclass(frozen=True)
class ColumnFigures:
    """What some rows hold in one column, in its unit; None where there is no such number.

    `count`: the rows; `missing`: those without a value; `distinct`: different values, the missing
    one not among them; `min`, `max`, `median` of numbers and times, `mean` of amounts, none where
    they are infinite; `top`: the commonest values with their rows, of columns whose values are
    words, labels or few; `percentiles`: see PERCENTS, where they were asked.
    """

    count: int
    missing: int
    distinct: int
    min: Any = None
    max: Any = None
    mean: float | None = None
    median: Any = None
    top: tuple[ValueCount, ...] = ()
    percentiles: tuple[float | None, ...] = ()

    @property
    def known(self) -> int:
        """Rows with a value."""
        return self.count - self.missing


def has_top(column: Column) -> bool:
    """Return whether a column's commonest values say something: it has words, or few numbers."""
    if isinstance(column, Measure):
        return column.role != "plain" or column.is_constant
    return isinstance(column, Facet | Text)


def column_figures(
    dataset: Dataset,
    aggregates: Aggregates,
    query: Query,
    columns: Sequence[Column],
    percents: Sequence[int] = (),
) -> dict[str, ColumnFigures]:
    """Return the figures of these columns by their names; errors: as `Aggregates`."""
    query = query.unpaged()
    count, found = aggregates.count(query), {}
    at_once = max(1, min(MOST_COLUMNS, MOST_VALUES // max(1, count)))
    for start in range(0, len(columns), at_once):
        some = columns[start : start + at_once]
        raw = _in_memory(dataset, query, some, percents) | _asked(dataset, query, some, percents)
        for column in some:
            check()
            own = raw.get(column.name, {})
            found[column.name] = _figures(dataset, aggregates, query, column, count, own, percents)
    return found


def _percents(column: Measure, percents: Sequence[int]) -> Sequence[int]:
    return percents if column.is_quantity else ()


def _in_memory(
    dataset: Dataset, query: Query, columns: Sequence[Column], percents: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """Return what the values of measures tell that are in this process's memory."""
    measures = [c for c in columns if isinstance(c, Measure) and _is_here(dataset, c)]
    if not measures:
        return {}
    frame = dataset.collect(dataset.select(query, tuple(held_name(m.name) for m in measures)))

    def figures(measure: Measure) -> dict[str, Any]:
        most = TOP if has_top(measure) else 0
        column = frame[held_name(measure.name)]
        return sorted_figures(column, measure, _percents(measure, percents), most)

    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        made = pool.map(figures, measures)
        return {measure.name: own for measure, own in zip(measures, made, strict=True)}


def _is_here(dataset: Dataset, column: Column) -> bool:
    """Return whether a column is a measure whose values are put in order in this process."""
    return (
        isinstance(column, Measure)
        and not dataset.remote
        and not (column.is_long or column.is_large)
    )


def _asked(
    dataset: Dataset, query: Query, columns: Sequence[Column], percents: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """Return what one question to the engine finds of numbers and times; nothing of no rows."""
    needs: dict[Filterable, tuple[str, ...]] = {}
    for column in columns:
        if _is_here(dataset, column):
            continue
        distinct = () if has_top(column) else ("distinct",)
        if isinstance(column, Measure):
            more = tuple(f"q{percent}" for percent in _percents(column, percents))
            needs[column] = (N, "min", "max", "mean", "q50", *distinct, *more)
        elif isinstance(column, Time):
            needs[column] = (N, "min", "max", "q50", *distinct)
    if not needs:
        return {}
    frame = group_figures(dataset, query, (), needs)
    if frame.is_empty():
        return {}
    row = dict(zip(frame.columns, moment_rows(frame)[0], strict=True))
    return {
        column.name: {figure: row[figure_name(figure, place)] for figure in figures}
        for place, (column, figures) in enumerate(needs.items())
    }


def _figures(
    dataset: Dataset,
    aggregates: Aggregates,
    query: Query,
    column: Column,
    count: int,
    own: Mapping[str, Any],
    percents: Sequence[int],
) -> ColumnFigures:
    if not count or (isinstance(column, Measure | Time) and not own.get(N)):
        return ColumnFigures(count, count, 0)
    top = tuple(ValueCount(value, n) for value, n in own.get("top", ()))
    if "distinct" in own:
        missing, distinct = count - own[N], own["distinct"]
    else:
        page = commonest(dataset, aggregates, query, column, TOP)
        # Of all values the missing one may be among those that are not the commonest.
        missing = count - own[N] if N in own else _missing(dataset, query, column, page)
        distinct = page.total - (missing > 0)
        top = tuple(one for one in page.values if one.value is not None)[:TOP]
    is_quantity = isinstance(column, Measure) and column.is_quantity
    return ColumnFigures(
        count=count,
        missing=missing,
        distinct=distinct,
        min=own.get("min"),
        max=own.get("max"),
        mean=own.get("mean") if is_quantity else None,
        median=own.get("q50"),
        top=top,
        percentiles=tuple(own.get(f"q{percent}") for percent in percents) if is_quantity else (),
    )


def commonest(
    dataset: Dataset, aggregates: Aggregates, query: Query, column: Column, most: int
) -> ValuePage:
    """Return the commonest values of a column, one more than `most`, and how many there are.

    The missing one is counted, and may be among them.
    """
    paged = query.on_page(1, most + 1)
    if isinstance(column, Facet | Text | Measure | Time):
        return column_values(dataset, aggregates, paged, column, "")
    # A column that no filter may name: its numbers are missing or infinite.
    held = held_name(column.name)
    grouped = dataset.select(query).group_by(held, drop_null_keys=False)
    counted = grouped.agg(nw.len().alias(row_set.N))
    order = ((row_set.N, True), (held, False))
    page, total = dataset.groups_page(counted, None, order, 0, most + 1)
    rows = plain_rows(page.select(held, row_set.N))
    return ValuePage([ValueCount(value, int(n)) for value, n in rows], total)


def _missing(dataset: Dataset, query: Query, column: Column, page: ValuePage) -> int:
    known = [one.count for one in page.values if one.value is None]
    if known or page.total <= len(page.values):
        return sum(known)
    rows = dataset.select(query, (held_name(column.name),))
    missing = rows.filter(nw.col(held_name(column.name)).is_null())
    return int(dataset.collect(missing.select(nw.len())).item())
