"""The figures of groups as an engine finds them: in one grouping, some percentiles in one more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import narwhals as nw
import numpy as np
import polars as pl

from iris_dash.analysis.aggregate.keys import MOST_MADE, TooManyGroups, key_column, key_places
from iris_dash.analysis.aggregate.percentiles import percentiles
from iris_dash.analysis.aggregate.sources import Source, figure_name
from iris_dash.analysis.aggregate.statistics import ROWS
from iris_dash.analysis.aggregates import Needs
from iris_dash.core.deadline import check
from iris_dash.query.group_keys import GroupKey
from iris_dash.query.query import Query
from iris_dash.tables import row_set
from iris_dash.tables.libraries import Frame
from iris_dash.tables.libraries.moments import NO_TIME
from iris_dash.tables.row_set import Rows, RowSet

VALUE, ALL = "_value", "_all"


def key_name(place: int) -> str:
    """Return what the key at a place is called in a frame of groups."""
    return f"_key{place}"


def group_figures(
    rows: RowSet, query: Query, keys: Sequence[GroupKey], needs: Needs
) -> pl.DataFrame:
    """Return the groups of the query's rows in any order, a row each; none of no rows.

    Frame: `_key0` … the keys' places, `rows` how many there are, and the figures of each column in
    its unit, `mean 0` that of the first; null where there is no such number.
    Errors: TooManyGroups; EngineAway, QueryTooLong.
    """
    sources = [
        Source(column, place, tuple(figures), rows)
        for place, (column, figures) in enumerate(needs.items())
    ]
    found = _grouped(rows, query, keys, sources)
    if not keys:  # of no rows there are no figures
        found = found.filter(nw.col(ROWS) > 0)
    counts = pl.Series(ROWS, found[ROWS].to_list(), dtype=pl.Int64)
    groups = pl.DataFrame([*_key_places(keys, found), counts])
    for source in sources:
        check()
        groups = groups.with_columns(source.in_unit(found))
        if source.counts_apart:
            groups = groups.with_columns(_distinct(rows, query, keys, source, groups))
        if source.counted:
            groups = groups.with_columns(_percentiles(rows, query, keys, source, groups))
    return groups.filter(pl.col(ROWS) > 0)


def _grouped(
    rows: RowSet, query: Query, keys: Sequence[GroupKey], sources: Sequence[Source]
) -> Frame:
    names = [key_name(place) for place in range(len(keys))]
    columns = [key_column(key).alias(name) for key, name in zip(keys, names, strict=True)]
    columns += [column for source in sources for column in source.columns]
    aggregates = [nw.len().alias(ROWS), *(one for s in sources for one in s.aggregates)]
    if not columns:
        return rows.collect(rows.select(query).select(*aggregates))
    selected = rows.select(query).select(*columns)
    with np.errstate(invalid="ignore"):  # of infinite values, in pandas
        if not keys and not rows.remote:
            return rows.collect(selected.select(*aggregates))
        if not keys:  # as one group, since Dask has no least date of a whole column
            names, selected = [ALL], selected.with_columns(nw.lit(1).alias(ALL))
        grouped = selected.group_by(*names, drop_null_keys=False).agg(*aggregates)
        found = rows.collect(grouped.head(MOST_MADE + 1))
    if len(found) > MOST_MADE:
        raise TooManyGroups
    return found


def _key_places(keys: Sequence[GroupKey], found: Frame) -> Iterator[pl.Series]:
    for place, key in enumerate(keys):
        name = key_name(place)
        yield key_places(key, found[name]).alias(name)


def _percentiles(
    rows: RowSet, query: Query, keys: Sequence[GroupKey], source: Source, groups: pl.DataFrame
) -> list[pl.Series]:
    """Return the percentiles that are made of how many rows have each value, per group."""
    names = [key_name(place) for place in range(len(keys))]
    found = rows.tally(_known(rows, query, keys, source), [*names, VALUE])
    values, dtype = source.numbers(found[VALUE])
    times = pl.Series("rows", found[row_set.N].to_list(), dtype=pl.Int64)
    counts = pl.DataFrame([*_key_places(keys, found), values.alias("value"), times])
    numbered = groups.select(*names, pl.int_range(pl.len(), dtype=pl.Int64).alias("group"))
    if keys:
        counts = counts.join(numbered, on=names, nulls_equal=True)
    else:
        counts = counts.with_columns(pl.lit(0, dtype=pl.Int64).alias("group"))
    own = counts["group"].unique().sort()
    made = percentiles(counts, own, source.counted)
    answer = []
    for percent, numbers in made.items():
        series = pl.Series(numbers, nan_to_null=True)
        if series.dtype.is_float():
            series = series.set(series.is_infinite(), None)
        else:
            series = series.set(series == NO_TIME, None)
        empty = pl.Series([None], dtype=series.dtype).new_from_index(0, len(groups))
        name = figure_name(f"q{percent}", source.place)
        answer.append(empty.scatter(own.to_numpy(), series).cast(dtype).alias(name))
    return answer


def _known(rows: RowSet, query: Query, keys: Sequence[GroupKey], source: Source) -> Rows:
    """Return the keys and the values of a column, of the rows that have one."""
    names = [key_name(place) for place in range(len(keys))]
    columns = [key_column(key).alias(name) for key, name in zip(keys, names, strict=True)]
    selected = rows.select(query).select(*columns, source.column.alias(VALUE))
    return selected.filter(~nw.col(VALUE).is_null())


def _distinct(
    rows: RowSet, query: Query, keys: Sequence[GroupKey], source: Source, groups: pl.DataFrame
) -> pl.Series:
    """Return how many values a column has in each group, by grouping the groups of its values."""
    names = [key_name(place) for place in range(len(keys))]
    values = _known(rows, query, keys, source).lazy()
    each = values.group_by(*names, VALUE, drop_null_keys=False).agg(nw.len().alias(ROWS))
    count, name = nw.len().alias(row_set.N), figure_name("distinct", source.place)
    if not keys:
        return pl.Series(name, [rows.collect(each.select(count)).item()] * len(groups), pl.Int64)
    found = rows.collect(each.group_by(*names, drop_null_keys=False).agg(count))
    times = pl.Series("times", found[row_set.N].to_list(), dtype=pl.Int64)
    counts = pl.DataFrame([*_key_places(keys, found), times])
    own = groups.join(counts, on=names, how="left", nulls_equal=True, maintain_order="left")
    return own["times"].fill_null(0).alias(name)
