"""The figures of groups as an engine finds them: in one grouping, some percentiles in one more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from iris_dash.analysis.aggregate.keys import MOST_MADE, key_column, key_places
from iris_dash.analysis.aggregate.percentiles import percentiles
from iris_dash.analysis.aggregate.statistics import ROWS, N
from iris_dash.analysis.in_unit import deviation_in_unit, deviation_of, mean_in_unit
from iris_dash.analysis.steps import in_steps, summed_up
from iris_dash.core.deadline import check
from iris_dash.query.group_keys import GroupKey
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Filterable, Measure, Text, Time
from iris_dash.tables import row_set
from iris_dash.tables.libraries import Frame
from iris_dash.tables.libraries.plain_values import is_missing
from iris_dash.tables.row_set import Rows, RowSet
from iris_dash.tables.values import floats

MOST_SUM = 2**63

KNOW_PERCENTILES = (nw.Implementation.POLARS, nw.Implementation.PANDAS, nw.Implementation.DUCKDB)
"""What interpolates them exactly. ClickHouse's are of a sample and Spark's are near; others have
none. Those are asked how many rows have each value."""

Needs = Mapping[Filterable, Sequence[str]]
"""The figures that are needed of each column."""

VALUE = "_value"


class TooManyGroups(Exception):  # noqa: N818 -- it says what happened
    """A grouping has more groups than are ever made."""


def figure_name(figure: str, place: int) -> str:
    """Return what a figure of the column at a place is called in a frame of groups."""
    return f"{figure} {place}"


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
        _Source(column, place, tuple(figures), rows)
        for place, (column, figures) in enumerate(needs.items())
    ]
    found = _grouped(rows, query, keys, sources)
    if not keys:  # of no rows not every engine has a count
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
    rows: RowSet, query: Query, keys: Sequence[GroupKey], sources: Sequence[_Source]
) -> Frame:
    names = [key_name(place) for place in range(len(keys))]
    columns = [key_column(key).alias(name) for key, name in zip(keys, names, strict=True)]
    columns += [column for source in sources for column in source.columns]
    aggregates = [nw.len().alias(ROWS), *(one for s in sources for one in s.aggregates)]
    if not columns:
        return rows.collect(rows.select(query).select(*aggregates))
    selected = rows.select(query).select(*columns)
    with np.errstate(invalid="ignore"):  # of infinite values, in pandas
        if not keys:
            return rows.collect(selected.select(*aggregates))
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
    rows: RowSet, query: Query, keys: Sequence[GroupKey], source: _Source, groups: pl.DataFrame
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
        empty = pl.Series([None], dtype=series.dtype).new_from_index(0, len(groups))
        name = figure_name(f"q{percent}", source.place)
        answer.append(empty.scatter(own.to_numpy(), series).cast(dtype).alias(name))
    return answer


def _known(rows: RowSet, query: Query, keys: Sequence[GroupKey], source: _Source) -> Rows:
    """Return the keys and the values of a column, of the rows that have one."""
    names = [key_name(place) for place in range(len(keys))]
    columns = [key_column(key).alias(name) for key, name in zip(keys, names, strict=True)]
    selected = rows.select(query).select(*columns, source.column.alias(VALUE))
    return selected.filter(~nw.col(VALUE).is_null())


def _distinct(
    rows: RowSet, query: Query, keys: Sequence[GroupKey], source: _Source, groups: pl.DataFrame
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


class _Source:
    """A column that figures are of: what is read of it, what is asked, and what comes of that."""

    def __init__(
        self, column: Filterable, place: int, figures: tuple[str, ...], rows: RowSet
    ) -> None:
        self.of, self.place, self.figures = column, place, figures
        self.column = nw.col(held_name(column.name))
        if isinstance(column, Text):
            self.column = self.column.cast(nw.String())
        measure = column if isinstance(column, Measure) else None
        largest = 0.0 if measure is None else max(-measure.low, measure.high)
        self.sums_whole = bool(
            measure and measure.whole and not measure.is_long and largest * len(rows) < MOST_SUM
        )
        percents = {int(figure[1:]) for figure in figures if figure[0] == "q"}
        plain = measure is not None and not measure.is_large and not measure.is_long
        knows = plain and rows.rows().implementation in KNOW_PERCENTILES
        self.counted = () if knows else tuple(sorted(percents))
        """The percentiles that are made of how many rows have each value."""
        # Not every engine knows that infinities have no deviation, nor those of both signs a mean.
        ends = ("min", "max") if rows.remote else ()
        needed = {
            "n": (N,),
            "mean": ("mean", *ends),
            "std": (N, "std", *ends),
            "distinct": (N, "distinct"),
            "sum": (N, "sum") if self.sums_whole else (N, "mean", *ends),
        }
        # Through Ibis PostgreSQL cannot say how many values there are.
        self.counts_apart = "distinct" in figures and rows.rows().implementation.is_ibis()
        asked = [
            kind
            for figure in figures
            if not self._is_apart(figure)
            for kind in needed.get(figure, (figure,))
        ]
        self.asked = tuple(dict.fromkeys(asked))

    def _is_apart(self, figure: str) -> bool:
        """Return whether a figure has a question of its own."""
        return (
            bool(self.counted) if figure[0] == "q" else self.counts_apart and figure == "distinct"
        )

    @property
    def columns(self) -> list[nw.Expr]:
        """What is read of the column, each under the name of what it is read for."""
        found = {self._read_for(kind): kind for kind in self.asked}
        return [self._expression(kind).alias(name) for name, kind in found.items()]

    @property
    def aggregates(self) -> list[nw.Expr]:
        """What is asked of each group."""
        return [self._aggregate(kind) for kind in self.asked]

    def _read_for(self, kind: str) -> str:
        special = kind if kind in ("mean", "std") else "q" if kind[0] == "q" else "own"
        return f"_{special} {self.place}"

    def _expression(self, kind: str) -> nw.Expr:
        if not isinstance(self.of, Measure):
            return self.column
        if kind == "std":
            return in_steps(self.of)  # as engines square the values themselves
        if kind == "mean" and (self.of.is_long or self.of.is_large):
            return summed_up(self.of)
        return self.column.cast(nw.Float64()) if kind[0] == "q" else self.column

    def _aggregate(self, kind: str) -> nw.Expr:
        column = nw.col(self._read_for(kind))
        if kind[0] == "q":
            found = column.quantile(int(kind[1:]) / 100, interpolation="linear")
        else:
            found = getattr(column, {N: "count", "distinct": "n_unique"}.get(kind, kind))()
        return found.alias(figure_name(kind, self.place))

    def in_unit(self, found: Frame) -> list[pl.Series]:
        """Return the figures that a grouping found, each in the column's unit."""
        raw = {kind: found[figure_name(kind, self.place)] for kind in self.asked}
        rows = found[ROWS].to_list()
        made = []
        for figure in self.figures:
            if self._is_apart(figure):
                continue
            series = self._made(figure, raw, rows)
            made.append(series.alias(figure_name(figure, self.place)))
        return made

    def _made(self, figure: str, raw: Mapping[str, nw.Series[Any]], rows: list[int]) -> pl.Series:
        n = [int(count) for count in raw[N].to_list()] if N in raw else []
        if figure == N:
            return pl.Series(n, dtype=pl.Int64)
        if figure == "distinct":
            # What is missing counts as one value.
            pairs = zip(raw[figure].to_list(), n, rows, strict=True)
            return pl.Series([int(d) - (of < all_) for d, of, all_ in pairs], dtype=pl.Int64)
        if not isinstance(self.of, Measure):
            return raw[figure].to_polars()
        if figure == "sum" and self.sums_whole:
            sums = [int(s) if of else None for s, of in zip(raw[figure].to_list(), n, strict=True)]
            return pl.Series(sums, dtype=pl.Int64)
        if figure in ("min", "max") and self.of.whole is not None:
            ends = [None if is_missing(end) else int(end) for end in raw[figure].to_list()]
            return pl.Series(ends, dtype=pl.Int64 if self.of.whole[0] < 0 else pl.UInt64)
        own = self._floats(figure, raw, n, self.of)
        finite = [v if v is not None and math.isfinite(v) else None for v in own]
        return pl.Series(finite, dtype=pl.Float64)

    def _floats(
        self, figure: str, raw: Mapping[str, nw.Series[Any]], n: list[int], measure: Measure
    ) -> list[float | None]:
        plain = [
            None if is_missing(v) else float(v) for v in raw[figure if figure in raw else "mean"]
        ]
        if figure not in ("mean", "std", "sum"):
            return plain
        ends = [raw[kind].to_list() for kind in ("min", "max") if kind in raw]
        if figure == "std":
            found = zip(n, plain, *ends, strict=True)
            return [deviation_in_unit(deviation_of(*one), measure) for one in found]
        means = [mean_in_unit(measure, one) for one in zip(plain, *ends, strict=True)]
        if figure == "mean":
            return means
        return [None if m is None else m * of for m, of in zip(means, n, strict=True)]

    def numbers(self, values: nw.Series[Any]) -> tuple[pl.Series, Any]:
        """Return values as numbers to interpolate between, and the type that they stand for."""
        if isinstance(self.of, Time):
            moments = values.to_polars()
            dtype = pl.Datetime("us") if moments.dtype == pl.Date else moments.dtype
            return moments.cast(dtype).to_physical(), dtype
        return pl.Series(floats(values)), pl.Float64()
