"""What may be asked of a query's rows as a whole, and the answers; scan and rollup implement it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.analysis.grid import Grid
from iris_dash.analysis.value_counts import ValueCounts
from iris_dash.query.group_keys import GroupKey
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Filterable, Measure, Schema
from iris_dash.query.slider_stops import SliderStops
from iris_dash.query.value_text import FacetValue

Needs = Mapping[Filterable, Sequence[str]]
"""The figures that are needed of each column of an aggregate."""


@dataclass(frozen=True)
class GroupMeans:
    """The mean of every measure over one group: its facet value, its n rows, the means.

    `means` follows the schema's measures, in their units; None where a group has no value.
    `others`: so many groups together, whose `group` is None.
    """

    group: FacetValue
    n: int
    means: tuple[float | None, ...]
    others: int = field(default=0, kw_only=True)


@dataclass(frozen=True)
class GroupMoments(GroupMeans):
    """The means of a group, how many values each is of, and their standard deviations.

    `deviations` have n - 1 in the divisor, in the measures' units; None with fewer than two values.
    """

    counts: tuple[int, ...]
    deviations: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many rows lie in each bin, per group.

    `counts`: groups × bins, groups in the facet's order (one without a facet); `edges`: bins + 1,
    in the measure's unit; `values`: the least and the greatest that each bin may hold, where values
    stand on the grid, see `Bins`. Missing and infinite values are in no bin.
    """

    edges: tuple[float, ...]
    counts: NDArray[np.int64]
    values: tuple[tuple[float, float], ...] | None = None

    @property
    def ends(self) -> tuple[tuple[float, float], ...]:
        """The two ends of each bin as people say them: its values, else its edges."""
        return self.values or tuple(pairwise(self.edges))


@dataclass(frozen=True, eq=False)
class Density:
    """How many rows lie in each cell of a plane of two measures, per group.

    `counts`: groups × y bins × x bins; edges as in a histogram.
    """

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    counts: NDArray[np.int64]


class Aggregates(Protocol):
    """Answers about the rows of a query; its order and page do not matter.

    `by` is the facet whose values are the groups; None: one group. `of`: the measures, or facets,
    that are asked about; None: all of the table. Errors of every method:
    EngineAway if the table's engine cannot answer, QueryTooLong if that takes too long.
    """

    schema: Schema

    @abstractmethod
    def count(self, query: Query) -> int:
        """Return how many rows the query selects."""

    @abstractmethod
    def means(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMeans]:
        """Return the means per group, in the facet's own order; groups without rows left out."""

    @abstractmethod
    def moments(
        self, query: Query, by: Facet | None, of: Sequence[Measure] | None = None
    ) -> list[GroupMoments]:
        """Return n, mean and standard deviation of each measure per group, as `means` has them."""

    @abstractmethod
    def count_facet(self, query: Query, facet: Facet) -> dict[FacetValue, int]:
        """Return how many rows have each of a facet's values, in its order, zeros included."""

    @abstractmethod
    def count_facets(
        self, query: Query, of: Sequence[Facet] | None = None
    ) -> dict[str, dict[FacetValue, int]]:
        """Return each facet's counts under all the *other* filters: what ticking would give."""

    @abstractmethod
    def histograms(
        self,
        query: Query,
        by: Facet | None,
        axes: tuple[str, str] | None = None,
        of: Sequence[Measure] | None = None,
    ) -> dict[str, Histogram]:
        """Return the histogram of each measure, over bins of whole slider steps, at most 60.

        `axes` are those of a density that is asked too: what it counts may then be shared.
        """

    @abstractmethod
    def histogram(
        self, query: Query, name: str, by: Facet | None, in_log: bool = False
    ) -> Histogram:
        """Return the histogram of one measure, its bins even or even in log; see `histograms`."""

    @abstractmethod
    def density(
        self,
        query: Query,
        axes: tuple[str, str],
        by: Facet | None,
        in_log: Collection[str] = (),
    ) -> Density:
        """Return the density over two measures, at most 100 bins each, of whole slider steps.

        Those of the measures `in_log` are even in log.
        """

    @abstractmethod
    def cell_counts(self, query: Query, name: str, by: Facet | None) -> NDArray[np.int64]:
        """Return the rows per group and cell of a measure's own grid: groups × (cells + 3).

        The cells stand one after the other, from missing and below to above: cell c at c + 2.
        """

    def value_counts(self, query: Query, measure: Measure, by: Facet | None) -> ValueCounts | None:
        """Return the rows per group and value of a measure; None where that needs a scan."""
        return None

    @abstractmethod
    def stop_counts(self, query: Query, stops: SliderStops, by: Facet | None) -> NDArray[np.int64]:
        """Return the rows per group and stop of a time's slider: groups × stops.

        Rows without a time lie in none, nor do those beyond the first stop and the last.
        """

    @abstractmethod
    def finer_counts(
        self, query: Query, grid: Grid, by: Facet | None, between: tuple[float, float]
    ) -> NDArray[np.int64]:
        """Return the rows per group and cell of a finer grid over a measure; see `cell_counts`.

        Only of values `between` these ends, both exclusive.
        """

    @abstractmethod
    def values_between(
        self, query: Query, name: str, by: Facet | None, ends: Sequence[tuple[float, float]]
    ) -> dict[FacetValue, tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Return the values of a measure between any of these ends, both exclusive.

        Per group (None without a facet): values, ascending, and how many rows there are up to and
        with each of them.
        """

    @abstractmethod
    def whole_ends(
        self, query: Query, name: str, by: Facet | None
    ) -> dict[FacetValue, tuple[int, int]]:
        """Return the least and the greatest of a measure's whole numbers per group, exactly.

        Groups without a value are left out; None is the group without a facet.
        """

    @abstractmethod
    def group_figures(self, query: Query, keys: Sequence[GroupKey], needs: Needs) -> pl.DataFrame:
        """Return the groups of the rows by some keys, with figures of columns.

        As `aggregate.figures.group_figures` does, whose errors it has.
        """

    @abstractmethod
    def rest(self, query: Query) -> Aggregates:
        """Return what answers for the rows that a query with a restriction leaves out.

        It is a table of its own, so its numbers are as exact as those of the selection: a small
        rest would lose its digits if it were what is left of sums over the whole table.
        """
