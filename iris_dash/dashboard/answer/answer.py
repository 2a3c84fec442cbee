"""The page's two answers, pure: what an address sets, and what the controls' state shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.address import (
    bounds_shown,
    format_address,
    read_address,
    state_of_controls,
    ticked_texts,
)
from iris_dash.dashboard.answer.failures import Failures
from iris_dash.dashboard.answer.question import read_question
from iris_dash.dashboard.answer.state import DashboardState, on_existing_page
from iris_dash.dashboard.page.chips import chips, way_back
from iris_dash.dashboard.page.controls import facet_options
from iris_dash.dashboard.page.histograms import slider_histograms
from iris_dash.dashboard.page.notes import count_line, notice
from iris_dash.dashboard.page.table import sort_of_table, table_sort
from iris_dash.dashboard.theme import LIGHT, THEMES
from iris_dash.dashboard.views.all_views import CHOICES, view_of
from iris_dash.dashboard.views.shown import Shown
from iris_dash.explorer import Explorer
from iris_dash.query.numbers import exact_text
from iris_dash.query.schema import Schema
from iris_dash.query.url import format_query

FILTERS_CALLED = "The counts beside the filters"


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
        "choices": [choice.chosen(state) for choice in CHOICES],
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
    page is as narrow as a phone's; `open`, the charts whose texts are unfolded; and `n`, the
    question's number, which comes back in `answered` with a sentence for each part that `failed`:
    such a part is not in the answer.
    Errors: QueryError; EngineAway where not even the rows can be counted.
    """
    schema, asked = explorer.schema, read_question(asked)
    controls = asked | {"sort": sort_of_table(asked.get("sort"))}
    state = state_of_controls(schema, controls)
    diagnosis = explorer.diagnosis(state.query)
    count = diagnosis.count
    state = on_existing_page(state, count)
    query, view = state.query, view_of(state)
    rows = format_query(schema, replace(query, page=None, per_page=None))
    looks = ["main", f"view-{view.key}", *([] if count else ["is-empty"])]
    failures = Failures()
    answer: dict[str, Any] = {
        "answered": {
            "n": asked.get("n"),
            "search": format_address(schema, state),
            "rows": rows,
            "failed": failures.failed,
        },
        "main": " ".join(looks),
        "count": count_line(count, len(explorer.dataset), schema.rows),
        "toggle": f"Filters ({len(query.filters)})" if query.filters else "Filters",
        "chips": chips(schema, state, diagnosis),
        "way_back": way_back(schema, state, diagnosis.relaxation),
    }
    # Several cards need these; without them the filters go without, too.
    histograms = partial(explorer.histograms_beside, query, state.axes, state.log)
    own, beside = failures.attempt(ids.FILTERS, FILTERS_CALLED, histograms) or ({}, {})
    theme = THEMES.get(asked.get("theme") or "", LIGHT)
    narrow, unfolded = bool(asked.get("narrow")), asked.get("open") or ()
    shown = Shown(explorer, state, count, own, theme, narrow, unfolded)
    for card in view.cards:
        if card.offered(schema):
            needs = ids.FILTERS if card.from_histograms else ""
            make = partial(card.make, shown)
            answer |= card.known(shown)
            answer |= failures.attempt(card.id, card.called, make, needs) or {}
    filters = partial(_filters, explorer, state, beside)
    answer |= failures.attempt(ids.FILTERS, FILTERS_CALLED, filters, needs=ids.FILTERS) or {}
    return answer


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
