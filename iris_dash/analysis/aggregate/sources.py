"""A column that figures are of: what is read of it, what is asked, and what comes of that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.analysis.aggregate.statistics import ROWS, N
from iris_dash.analysis.in_unit import deviation_in_unit, deviation_of, mean_in_unit
from iris_dash.analysis.steps import in_steps, summed_up
from iris_dash.query.names import held_name
from iris_dash.query.schema import Filterable, Measure, Text, Time
from iris_dash.tables.libraries import Frame
from iris_dash.tables.libraries.moments import as_numbers
from iris_dash.tables.libraries.plain_values import is_missing
from iris_dash.tables.row_set import RowSet
from iris_dash.tables.values import floats

MOST_SUM = 2**63

KNOW_PERCENTILES = (nw.Implementation.POLARS, nw.Implementation.PANDAS, nw.Implementation.DUCKDB)
"""What interpolates them exactly. ClickHouse's are of a sample and Spark's are near; others have
none. Those are asked how many rows have each value."""


def figure_name(figure: str, place: int) -> str:
    """Return what a figure of the column at a place is called in a frame of groups."""
    return f"{figure} {place}"


class Source:
    """A column that figures are of: what is read of it, what is asked, and what comes of that."""

    def __init__(
        self,
        column: Filterable,
        place: int,
        figures: tuple[str, ...],
        rows: RowSet,
        *,
        by_cells: bool = False,
    ) -> None:
        """`by_cells`: whether all is found by counting, and no engine is asked."""
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
        knows = by_cells or (plain and rows.rows().implementation in KNOW_PERCENTILES)
        self.counted = () if knows else tuple(sorted(percents))
        """The percentiles that are made of how many rows have each value."""
        # Not every engine knows that infinities have no deviation, nor those of both signs a mean.
        ends = ("min", "max") if rows.remote and not by_cells else ()
        needed = {
            "n": (N,),
            "mean": ("mean", *ends),
            "std": (N, "std", *ends),
            "distinct": (N, "distinct"),
            "sum": (N, "sum") if self.sums_whole else (N, "mean", *ends),
        }
        # Through Ibis PostgreSQL cannot say how many values there are.
        self.counts_apart = (
            "distinct" in figures and not by_cells and rows.rows().implementation.is_ibis()
        )
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
        ends = [
            [None if is_missing(end) else end for end in raw[kind].to_list()]
            for kind in ("min", "max")
            if kind in raw
        ]
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
            return as_numbers(values.to_polars())
        return pl.Series(floats(values)), pl.Float64()
