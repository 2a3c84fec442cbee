"""The page's two answers, pure: what an address sets, and what the controls' state shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.failures import Parts
from iris_dash.dashboard.answer.question import read_question
from iris_dash.dashboard.answer.state import (
    VIEW,
    DashboardState,
    bounds_shown,
    format_address,
    on_existing_page,
    read_address,
    state_of_controls,
    ticked_texts,
)
from iris_dash.dashboard.page.chips import chips, way_back
from iris_dash.dashboard.page.controls import facet_options
from iris_dash.dashboard.page.histograms import slider_histograms
from iris_dash.dashboard.page.layout import count_line
from iris_dash.dashboard.page.notes import means_title, notice, range_line
from iris_dash.dashboard.page.table import sort_of_table, table_sort
from iris_dash.dashboard.theme import LIGHT, THEMES
from iris_dash.dashboard.views.views import FROM_HISTOGRAMS, Shown, parts_of
from iris_dash.explorer import Explorer
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.url import format_query

TWIN = "_twin"
"""How the key of a chart's twin ends; it begins with the chart's id."""


def controls_of_address(schema: Schema, search: str) -> dict[str, Any]:
    """Return the values of every control for an address, and what of it was left out."""
    state, problems = read_address(schema, search)
    shown = [bounds_shown(measure, state.query) for measure in schema.measures]
    controls: dict[str, Any] = {
        "notices": notice(problems),
        "facets": [ticked_texts(facet, state.query) for facet in schema.facets],
        "lows": [exact_text(low) for low, _ in shown],
        "highs": [exact_text(high) for _, high in shown],
        "sort": table_sort(state.query.sort),
        "page": (state.query.page or 1) - 1,
        "per_page": str(state.query.per_page),
        "choices": list(state.choices),
        "logs": [measure.name in state.log for measure in schema.measures],
    }
    if len(schema.facets) > 1:
        controls["by"] = state.query.by or schema.facets[0].name
    if state.axes:
        controls["x"], controls["y"] = state.axes
    return controls


def answer_controls(explorer: Explorer, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows for the state of its controls; only what the view needs.

    `asked`: see `state_of_controls`; `sort` is the table's own form; `theme`; `narrow`, whether the
    page is as narrow as a phone's; `open`, the charts whose text twins are unfolded; and `n`, the
    question's number, which comes back in `answered` with a sentence for each part that `failed`:
    such a part is not in the answer.
    Errors: QueryError; EngineAway where not even the rows can be counted.
    """
    schema, asked = explorer.schema, read_question(asked)
    controls = asked | {"sort": sort_of_table(asked.get("sort"))}
    state = state_of_controls(schema, controls)
    by = explorer.group_facet(state.query)
    diagnosis = explorer.diagnosis(state.query)
    count = diagnosis.count
    state = on_existing_page(state, count)
    query, view = state.query, state.chosen(VIEW)
    rows = format_query(schema, replace(query, page=None, per_page=None))
    looks = ["main", f"view-{view}", *([] if count else ["is-empty"])]
    parts = Parts()
    answer: dict[str, Any] = {
        "answered": {
            "n": asked.get("n"),
            "search": format_address(schema, state),
            "rows": rows,
            "failed": parts.failed,
        },
        "main": " ".join(looks),
        "count": count_line(count, len(explorer.dataset), schema.rows),
        "toggle": f"Filters ({len(query.filters)})" if query.filters else "Filters",
        "chips": chips(schema, state, diagnosis),
        "way_back": way_back(schema, state, diagnosis.relaxation),
    }
    if view == "overview" and schema.measures:
        answer["means_title"] = means_title(by)
    # Several parts need these; without them the filters go without, too.
    histograms = partial(explorer.histograms_beside, query, state.axes, state.log)
    own, beside = parts.make(ids.FILTERS, histograms) or ({}, {})
    theme = THEMES.get(asked.get("theme") or "", LIGHT)
    shown = Shown(explorer, state, count, own, theme, bool(asked.get("narrow")))
    for part, show in parts_of(view, schema).items():
        needs = ids.FILTERS if part in FROM_HISTOGRAMS else ""
        twins = partial(_with_open_twins, partial(show, shown), asked.get("open") or ())
        answer |= parts.make(part, twins, needs) or {}
    filters = partial(_filters, explorer, state, beside)
    answer |= parts.make(ids.FILTERS, filters, needs=ids.FILTERS) or {}
    if view in ("overview", "table"):
        answer |= _table_place(query, count)
    return answer


def _with_open_twins(show: Callable[[], dict[str, Any]], charts: Collection[str]) -> dict[str, Any]:
    """Return a part with its text twin made if that is unfolded, else without.

    The twins' tables would take a sixth of an answer's time here, and more of the browser's.
    """
    made = {}
    for key, part in show().items():
        if not key.endswith(TWIN):
            made[key] = part
        elif key.removesuffix(TWIN) in charts:
            made[key] = part()
    return made


def _filters(
    explorer: Explorer, state: DashboardState, beside: Mapping[str, Histogram]
) -> dict[str, Any]:
    schema, query = explorer.schema, state.query
    by, counts = explorer.group_facet(query), explorer.facet_counts(query)
    in_log = {name: explorer.whole_histograms_in_log[name] for name in state.log}
    whole = explorer.whole_histograms | in_log
    return {
        "facets": [
            facet_options(facet, counts[facet.name], coloured=facet == by)
            for facet in schema.facets
        ],
        "histograms": slider_histograms(schema, query, beside, whole, by, state.log),
    }


def _table_place(query: Query, count: int) -> dict[str, Any]:
    """Return which page the table is on, which is known even where its rows are not."""
    page, per_page = query.page or 1, query.per_page or 1
    return {
        "page": page - 1,
        "pages": max(1, -(-count // per_page)),
        "range": range_line(page, per_page, count),
    }
