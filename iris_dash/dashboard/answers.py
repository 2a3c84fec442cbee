"""The page's two answers, pure: what an address sets, and what the controls' state shows."""

from __future__ import annotations

from typing import Any

from iris_dash.dashboard.controls import facet_options, number_shown, slider_ends
from iris_dash.dashboard.density_figure import density_figure, density_note
from iris_dash.dashboard.figures import Figure, scatter_figure
from iris_dash.dashboard.layout import count_line
from iris_dash.dashboard.means import means_figure
from iris_dash.dashboard.notes import means_key, means_title, notice, range_line, undrawn_note
from iris_dash.dashboard.state import (
    bounds_shown,
    format_address,
    on_existing_page,
    read_address,
    state_of_controls,
    ticked_texts,
)
from iris_dash.dashboard.table import sort_of_table, table_edges, table_rows, table_sort
from iris_dash.dashboard.theme import LIGHT, THEMES, Theme
from iris_dash.explorer import Explorer, View
from iris_dash.query_string import format_query
from iris_dash.schema import Facet, Measure, Schema


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
    }
    if len(schema.facets) > 1:
        controls["by"] = state.query.by or schema.facets[0].name
    if state.axes:
        controls["x"], controls["y"] = state.axes
    return controls


def answer_controls(explorer: Explorer, asked: dict[str, Any]) -> dict[str, Any]:
    """Return everything that the page shows for the state of its controls.

    `asked`: see `state_of_controls`; `sort` is the table's own form; `theme`, and `n`, the
    question's number, which comes back in `answered`. Errors: QueryError.
    """
    schema = explorer.schema
    controls = asked | {"sort": sort_of_table(asked.get("sort"))}
    state = state_of_controls(schema, controls)
    by = explorer.group_facet(state.query)
    theme = THEMES.get(asked.get("theme") or "", LIGHT)
    view = explorer.view(state.query, state.axes)
    state = on_existing_page(state, view.count)
    query = state.query
    page, per_page = query.page or 1, query.per_page or 1
    active = len(query.facets) + len(query.bounds)
    answer: dict[str, Any] = {
        "answered": {"n": asked.get("n"), "search": format_address(schema, state)},
        "main": "main" if view.count else "main is-empty",
        "count": count_line(view.count, len(explorer.dataset), schema.rows),
        "facets": [
            facet_options(facet, view.facet_counts[facet.name], coloured=facet == by)
            for facet in schema.facets
        ],
        "rows": table_rows(view.page, by),
        "edges": table_edges(view.page, by),
        "page": page - 1,
        "pages": max(1, -(-view.count // per_page)),
        "range": range_line(page, per_page, view.count),
        "toggle": f"Filters ({active})" if active else "Filters",
        "download": "?".join(filter(None, ("export.csv", format_query(schema, query.unpaged())))),
    }
    if state.axes:
        answer["scatter"], answer["note"] = _scatter(schema, view, by, state.axes, theme)
    if schema.measures:
        answer["means"] = means_figure(schema, view.means, by, theme)
        answer["means_title"] = means_title(by)
        answer["key"] = means_key(view.means, by)
    return answer


def _scatter(
    schema: Schema, view: View, by: Facet | None, axes: tuple[str, str], theme: Theme
) -> tuple[Figure, str]:
    """Return the chart over two measures and the note under it."""
    if view.density is not None:
        drawn = int(view.density.counts.sum())
        figure = density_figure(schema, view.density, by, axes, theme)
        notes = [density_note(schema, view.density, axes)]
    else:
        points = view.points or {}
        drawn = sum(len(across) for across, _ in points.values())
        figure, notes = scatter_figure(schema, points, by, axes, theme), []
    undrawn = undrawn_note(view.count, drawn, schema.rows)
    return figure, " ".join([*notes, f"{undrawn}." if notes and undrawn else undrawn]).strip()


def _on_slider(measure: Measure, shown: tuple[float, float]) -> list[float]:
    low, high = slider_ends(measure)
    return [min(max(shown[0], low), high), min(max(shown[1], low), high)]
