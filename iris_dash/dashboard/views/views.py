"""What each view shows, part by part, from an explorer's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from iris_dash.analysis.aggregates import Histogram
from iris_dash.analysis.correlation import Correlations
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.state import CORRELATION, DISTRIBUTION, DashboardState
from iris_dash.dashboard.charts.comparison_table import comparison_table
from iris_dash.dashboard.charts.density import density_figure, density_note
from iris_dash.dashboard.charts.distributions import distributions_figure
from iris_dash.dashboard.charts.figures import scatter_figure, with_margins
from iris_dash.dashboard.charts.means import means_figure
from iris_dash.dashboard.charts.pairs import correlation_figure, matrix_figure, pair_names
from iris_dash.dashboard.page.notes import means_key, undrawn_note
from iris_dash.dashboard.page.table import table_edges, table_rows
from iris_dash.dashboard.theme import Theme
from iris_dash.dashboard.views.text_alternatives import (
    correlation_twin,
    distributions_twin,
    matrix_twin,
    means_twin,
    scatter_twin,
)
from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Schema

FROM_HISTOGRAMS = (ids.SCATTER, ids.DISTRIBUTIONS, ids.MATRIX)
"""The charts that show the query's histograms."""

Show = Callable[["Shown"], dict[str, Any]]


@dataclass(frozen=True)
class Shown:
    """What a view shows: `count` rows of a state; `own`, the histograms of the query itself.

    `narrow`: on a page as narrow as a phone's.
    """

    explorer: Explorer
    state: DashboardState
    count: int
    own: Mapping[str, Histogram]
    theme: Theme
    narrow: bool = False

    @property
    def query(self) -> Query:
        """The query, on a page that exists."""
        return self.state.query

    @property
    def schema(self) -> Schema:
        """The table's schema."""
        return self.explorer.schema

    @property
    def by(self) -> Facet | None:
        """The facet that groups and colours."""
        return self.explorer.group_facet(self.query)

    @property
    def grouped(self) -> bool:
        """Whether correlations are those of each group."""
        return self.by is not None and self.state.chosen(CORRELATION) == "groups"

    @cached_property
    def correlations(self) -> list[Correlations]:
        """The correlations, which two charts show."""
        return self.explorer.correlations(self.query, self.grouped)


def parts_of(view: str, schema: Schema) -> dict[str, Show]:
    """Return the parts of a view, with how each is made; what the table lacks is left out."""
    parts: dict[str, Show] = {}
    if view == "overview" and schema.axes:
        parts[ids.SCATTER] = _scatter
    if view == "overview" and schema.measures:
        parts[ids.MEANS] = _means
    if view in ("overview", "table"):
        parts[ids.TABLE] = _table
    if view == "distributions" and schema.measures:
        parts[ids.DISTRIBUTIONS] = _distributions
    if view == "pairs" and len(schema.measures) > 1:
        parts |= {ids.MATRIX: _matrix, ids.CORRELATION: _correlation}
    if view == "compare" and schema.measures:
        parts[ids.COMPARISON] = _comparison
    return parts


def _scatter(shown: Shown) -> dict[str, Any]:
    schema, by, count, axes = shown.schema, shown.by, shown.count, shown.state.axes
    log = shown.state.log
    if axes is None:
        return {}
    scatter = shown.explorer.scatter(shown.query, axes, count, shown.state.log)
    if scatter.density is not None:
        figure = density_figure(schema, scatter.density, by, axes, shown.theme, log)
        notes = [density_note(schema, scatter.density, axes, log)]
    else:
        figure, notes = scatter_figure(schema, scatter.points or {}, by, axes, shown.theme, log), []
    undrawn = undrawn_note(count, scatter.drawn, schema.rows)
    across, up = (shown.own[name] for name in axes)
    return {
        "scatter": with_margins(figure, across, up, by, shown.theme),
        "note": " ".join([*notes, f"{undrawn}." if notes and undrawn else undrawn]).strip(),
        "scatter_twin": partial(scatter_twin, schema, axes, count, scatter, shown.own, by),
    }


def _means(shown: Shown) -> dict[str, Any]:
    groups = shown.explorer.group_moments(shown.query)
    return {
        "means": means_figure(shown.schema, groups, shown.by, shown.theme),
        "key": means_key(groups, shown.by),
        "means_twin": partial(means_twin, shown.schema, groups, shown.by),
    }


def _table(shown: Shown) -> dict[str, Any]:
    rows = shown.explorer.table_rows(shown.query) if shown.count else []
    return {"rows": table_rows(rows, shown.by), "edges": table_edges(rows, shown.by)}


def _distributions(shown: Shown) -> dict[str, Any]:
    schema, by = shown.schema, shown.by
    groups = shown.explorer.spreads(shown.query)
    kind = shown.state.chosen(DISTRIBUTION)
    return {
        "distributions": distributions_figure(
            schema, kind, shown.own, groups, by, shown.theme, shown.state.log, shown.narrow
        ),
        "distributions_twin": partial(distributions_twin, schema, groups, by),
    }


def _matrix(shown: Shown) -> dict[str, Any]:
    schema, names = shown.schema, pair_names(shown.schema)
    scatters = shown.explorer.pairs(shown.query, names, shown.count)
    # The matrix has even axes.
    even = shown.explorer.histograms(shown.query) if shown.state.log else shown.own
    facet = shown.by if shown.grouped else None
    return {
        "matrix": matrix_figure(schema, scatters, even, shown.by, shown.theme),
        "matrix_twin": lambda: matrix_twin(schema, names, shown.correlations, facet),
    }


def _correlation(shown: Shown) -> dict[str, Any]:
    schema, found = shown.schema, shown.correlations
    facet = shown.by if shown.grouped else None
    return {
        "correlation": correlation_figure(schema, found, facet, shown.theme),
        "correlation_twin": partial(correlation_twin, schema, found, facet),
    }


def _comparison(shown: Shown) -> dict[str, Any]:
    found = shown.explorer.comparison(shown.query)
    total = len(shown.explorer.dataset)
    return {"comparison": comparison_table(shown.schema, shown.count, total, found)}
