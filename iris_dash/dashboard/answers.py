"""The page's two answers, pure: what an address sets, and what the controls' state shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iris_dash.dashboard.chart_twins import (
    correlation_twin,
    distributions_twin,
    matrix_twin,
    means_twin,
    scatter_twin,
)
from iris_dash.dashboard.chips import chips, way_back
from iris_dash.dashboard.compare import comparison_table
from iris_dash.dashboard.controls import facet_options, number_shown, slider_ends
from iris_dash.dashboard.density_figure import density_figure, density_note
from iris_dash.dashboard.distributions import distributions_figure
from iris_dash.dashboard.figures import Figure, scatter_figure, with_margins
from iris_dash.dashboard.histograms import slider_histograms
from iris_dash.dashboard.layout import count_line
from iris_dash.dashboard.means import means_figure
from iris_dash.dashboard.notes import means_key, means_title, notice, range_line, undrawn_note
from iris_dash.dashboard.pairs import correlation_figure, matrix_figure, pair_names
from iris_dash.dashboard.state import (
    CORRELATION,
    DISTRIBUTION,
    VIEW,
    DashboardState,
    bounds_shown,
    format_address,
    on_existing_page,
    read_address,
    state_of_controls,
    ticked_texts,
)
from iris_dash.dashboard.table import sort_of_table, table_edges, table_rows, table_sort
from iris_dash.dashboard.theme import LIGHT, THEMES, Theme
from iris_dash.explorer import Explorer, Scatter
from iris_dash.query import Query
from iris_dash.query_string import format_query
from iris_dash.schema import Facet, Measure, Schema
from iris_dash.summary import Histogram

TWIN = "_twin"
"""How the key of a chart's twin ends; it begins with the chart's id."""


def controls_of_address(schema: Schema, search: str) -> dict[str, Any]:
    """Return the values of every control for an address, and what of it was left out."""
    state, problems = read_address(schema, search)
    shown = [bounds_shown(measure, state.query) for measure in schema.measures]
    controls: dict[str, Any] = {
        "notices": notice(problems),
        "facets": [ticked_texts(schema, state.query, facet.name) for facet in schema.facets],
        "ranges": [_on_slider(m, ends) for m, ends in zip(schema.measures, shown, strict=True)],
        "lows": [number_shown(low) for low, _ in shown],
        "highs": [number_shown(high) for _, high in shown],
        "sort": table_sort(state.query.sort),
        "page": (state.query.page or 1) - 1,
        "per_page": str(state.query.per_page),
        "choices": list(state.choices),
    }
    if len(schema.facets) > 1:
        controls["by"] = state.query.by or schema.facets[0].name
    if state.axes:
        controls["x"], controls["y"] = state.axes
    return controls


def answer_controls(explorer: Explorer, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows for the state of its controls; only what the view needs.

    `asked`: see `state_of_controls`; `sort` is the table's own form; `theme`; `open`, the charts
    whose text twins are unfolded; and `n`, the question's number, which comes back in `answered`.
    Errors: QueryError.
    """
    schema = explorer.schema
    controls = asked | {"sort": sort_of_table(asked.get("sort"))}
    state = state_of_controls(schema, controls)
    by = explorer.group_facet(state.query)
    theme = THEMES.get(asked.get("theme") or "", LIGHT)
    diagnosis = explorer.diagnosis(state.query)
    count = diagnosis.count
    state = on_existing_page(state, count)
    query, view = state.query, state.chosen(VIEW)
    active = len(query.facets) + len(query.bounds)
    rows = format_query(schema, replace(query, page=None, per_page=None))
    counts = explorer.facet_counts(query)
    own, beside = explorer.histograms_beside(query, state.axes)
    looks = ["main", f"view-{view}", *([] if count else ["is-empty"])]
    answer: dict[str, Any] = {
        "answered": {"n": asked.get("n"), "search": format_address(schema, state), "rows": rows},
        "main": " ".join(looks),
        "count": count_line(count, len(explorer.dataset), schema.rows),
        "facets": [
            facet_options(facet, counts[facet.name], coloured=facet == by)
            for facet in schema.facets
        ],
        "toggle": f"Filters ({active})" if active else "Filters",
        "chips": chips(schema, state, diagnosis),
        "way_back": way_back(schema, state, diagnosis.relaxation),
        "histograms": slider_histograms(schema, query, beside, explorer.whole_histograms, by),
    }
    if view == "overview":
        answer |= _overview(explorer, state, count, own, theme)
    if view in ("overview", "table"):
        answer |= _table(explorer, query, count)
    if view == "distributions":
        answer |= _distributions(explorer, state, own, theme)
    if view == "pairs":
        answer |= _pairs(explorer, state, count, own, theme)
    if view == "compare":
        found = explorer.comparison(query)
        answer["comparison"] = comparison_table(schema, count, len(explorer.dataset), found)
    return _with_open_twins(answer, asked.get("open") or ())


def _with_open_twins(answer: dict[str, Any], charts: Collection[str]) -> dict[str, Any]:
    """Return an answer with the text twins that are unfolded made, and without the others.

    Their tables would take a sixth of an answer's time here, and more of the browser's.
    """
    made = {}
    for key, part in answer.items():
        if not key.endswith(TWIN):
            made[key] = part
        elif key.removesuffix(TWIN) in charts:
            made[key] = part()
    return made


def _overview(
    explorer: Explorer,
    state: DashboardState,
    count: int,
    own: Mapping[str, Histogram],
    theme: Theme,
) -> dict[str, Any]:
    schema, by = explorer.schema, explorer.group_facet(state.query)
    answer: dict[str, Any] = {}
    if state.axes:
        across, up = (own[name] for name in state.axes)
        scatter = explorer.scatter(state.query, state.axes, count)
        figure, answer["note"] = _scatter(schema, scatter, count, by, state.axes, theme)
        answer["scatter"] = with_margins(figure, across, up, by, theme)
        answer["scatter_twin"] = partial(scatter_twin, schema, state.axes, count, scatter, own, by)
    if schema.measures:
        groups = explorer.group_moments(state.query)
        answer["means"] = means_figure(schema, groups, by, theme)
        answer["means_title"] = means_title(by)
        answer["key"] = means_key(groups, by)
        answer["means_twin"] = partial(means_twin, schema, groups, by)
    return answer


def _table(explorer: Explorer, query: Query, count: int) -> dict[str, Any]:
    by = explorer.group_facet(query)
    page, per_page = query.page or 1, query.per_page or 1
    shown = explorer.table_rows(query) if count else []
    return {
        "rows": table_rows(shown, by),
        "edges": table_edges(shown, by),
        "page": page - 1,
        "pages": max(1, -(-count // per_page)),
        "range": range_line(page, per_page, count),
    }


def _distributions(
    explorer: Explorer, state: DashboardState, own: Mapping[str, Histogram], theme: Theme
) -> dict[str, Any]:
    schema, by = explorer.schema, explorer.group_facet(state.query)
    if not schema.measures:
        return {}
    groups = explorer.spreads(state.query)
    kind = state.chosen(DISTRIBUTION)
    return {
        "distributions": distributions_figure(schema, kind, own, groups, by, theme),
        "distributions_twin": partial(distributions_twin, schema, groups, by),
    }


def _pairs(
    explorer: Explorer,
    state: DashboardState,
    count: int,
    own: Mapping[str, Histogram],
    theme: Theme,
) -> dict[str, Any]:
    schema, by = explorer.schema, explorer.group_facet(state.query)
    if len(schema.measures) < 2:
        return {}
    grouped = by is not None and state.chosen(CORRELATION) == "groups"
    scatters = explorer.pairs(state.query, pair_names(schema), count)
    found = explorer.correlations(state.query, grouped)
    facet = by if grouped else None
    return {
        "matrix": matrix_figure(schema, scatters, own, by, theme),
        "matrix_twin": partial(matrix_twin, schema, pair_names(schema), found, facet),
        "correlation": correlation_figure(schema, found, facet, theme),
        "correlation_twin": partial(correlation_twin, schema, found, facet),
    }


def _scatter(
    schema: Schema,
    scatter: Scatter,
    count: int,
    by: Facet | None,
    axes: tuple[str, str],
    theme: Theme,
) -> tuple[Figure, str]:
    """Return the chart over two measures and the note under it."""
    if scatter.density is not None:
        figure = density_figure(schema, scatter.density, by, axes, theme)
        notes = [density_note(schema, scatter.density, axes)]
    else:
        figure, notes = scatter_figure(schema, scatter.points or {}, by, axes, theme), []
    undrawn = undrawn_note(count, scatter.drawn, schema.rows)
    return figure, " ".join([*notes, f"{undrawn}." if notes and undrawn else undrawn]).strip()


def _on_slider(measure: Measure, shown: tuple[float, float]) -> list[float]:
    low, high = slider_ends(measure)
    return [min(max(shown[0], low), high), min(max(shown[1], low), high)]
