"""The registry of statistics: what each is called, what it is of, and how it is made.

Route, library, files and documentation read it. A statistic is made of figures, which an engine
finds per group: `n` (values that are not missing), `sum`, `mean`, `std`, `min`, `max`, `distinct`
and `q5`, the fifth percentile. `rows` and `total` are those of the group and of all groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from iris_dash.analysis.mean_intervals import CONFIDENCE, t_quantile
from iris_dash.query.schema import Facet, Filterable, Measure, Text, Time

Figures = Callable[[str], pl.Expr]
"""Returns the column of a figure by its name."""

ROWS, TOTAL, N = "rows", "total", "n"

MEASURE, TIME = (Measure,), (Measure, Time)
ANY = (Facet, Measure, Text, Time)
"""The kinds of column that a statistic is of."""

NOUNS: dict[type, str] = {Facet: "facet", Measure: "measure", Text: "text", Time: "time"}


@dataclass(frozen=True)
class Statistic:
    """One statistic: of rows, or of a column of one of the kinds in `of`.

    `make` returns it from the figures in `needs`, one column for each of `outputs`, the beginnings
    of the answer's names: `mean_` of `mean_delay`.
    """

    name: str
    description: str
    of: tuple[type, ...]
    needs: tuple[str, ...]
    make: Callable[[Figures], tuple[pl.Expr, ...]]
    outputs: tuple[str, ...]

    def is_of(self, column: Filterable) -> bool:
        """Return whether it is a statistic of such a column."""
        return isinstance(column, self.of)


def _plain(name: str, description: str, of: tuple[type, ...], figure: str) -> Statistic:
    """Return a statistic that is a figure itself."""
    return Statistic(
        name, description, of, (figure,), lambda figure_of: (figure_of(figure),), (name,)
    )


def _interval(figure_of: Figures) -> tuple[pl.Expr, ...]:
    """Return the ends of the mean's interval by Student's t, as `mean_interval` has them."""
    n, mean = figure_of(N), figure_of("mean")
    half = n.map_batches(_factors, pl.Float64) * figure_of("std")
    ends = mean - half, mean + half
    known = ends[0].is_finite() & ends[1].is_finite()
    return tuple(pl.when(known).then(end) for end in ends)


def _factors(n: pl.Series) -> pl.Series:
    """Return what a deviation is multiplied by for half an interval; none with fewer than two."""
    found = {
        size: t_quantile((1 + CONFIDENCE) / 2, size - 1) / math.sqrt(size)
        for size in n.unique().to_list()
        if size is not None and size > 1
    }
    return pl.Series(map(found.get, n.to_list()), dtype=pl.Float64)


def _percentile(percent: int) -> Statistic:
    said = f"The {percent}th percentile, interpolated between the two values next to its rank"
    return _plain(f"p{percent:02}", said, MEASURE, f"q{percent}")


_ALL = (
    _plain("count", "Rows", (), ROWS),
    Statistic(
        "share",
        "The group's part of all the rows that the query selects",
        (),
        (),
        lambda figure_of: (pl.when(figure_of(TOTAL) > 0).then(figure_of(ROWS) / figure_of(TOTAL)),),
        ("share",),
    ),
    Statistic(
        "missing",
        "Rows without a value",
        ANY,
        (N,),
        lambda figure_of: (figure_of(ROWS) - figure_of(N),),
        ("missing",),
    ),
    _plain("distinct", "Different values", ANY, "distinct"),
    _plain("sum", "The sum; none of no values", MEASURE, "sum"),
    _plain("mean", "The mean", MEASURE, "mean"),
    Statistic(
        "interval",
        "The mean's 95 % confidence interval (Student's t): `mean_low_…` and `mean_high_…`",
        MEASURE,
        (N, "mean", "std"),
        _interval,
        ("mean_low", "mean_high"),
    ),
    _plain("sd", "The standard deviation, n - 1 in its divisor", MEASURE, "std"),
    _plain("min", "The least", TIME, "min"),
    _plain("max", "The greatest", TIME, "max"),
    _plain("median", "The median, interpolated linearly", TIME, "q50"),
    *(_percentile(percent) for percent in range(1, 100)),
)

STATISTICS: dict[str, Statistic] = {one.name: one for one in _ALL}
"""Every statistic by its name, in the order of the documentation."""


def names_for(column: Filterable | None) -> list[str]:
    """Return the names of the statistics of a column, or of rows; percentiles as `p01…p99`."""
    found = [s for s in _ALL if (s.is_of(column) if column else not s.of)]
    plain = [one.name for one in found if not is_percentile(one)]
    return plain if len(plain) == len(found) else [*plain, "p01…p99"]


def is_percentile(one: Statistic) -> bool:
    """Return whether a statistic is one of the 99 percentiles."""
    return one.name != "median" and one.needs[:1] != () and one.needs[0][1:].isdigit()
