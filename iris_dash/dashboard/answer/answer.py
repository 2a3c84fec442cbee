"""What the page shows for its state, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.address import format_address
from iris_dash.dashboard.answer.column_choices import filtered, measured
from iris_dash.dashboard.answer.failures import Failures
from iris_dash.dashboard.answer.question import Look
from iris_dash.dashboard.answer.state import DashboardState, on_existing_page
from iris_dash.dashboard.page.chips import chips, way_back
from iris_dash.dashboard.page.facet_control import facet_options, has_many
from iris_dash.dashboard.page.histograms import period_histograms, slider_histograms
from iris_dash.dashboard.page.notes import count_line
from iris_dash.dashboard.theme import LIGHT, THEMES
from iris_dash.dashboard.views.all_views import view_of
from iris_dash.dashboard.views.shown import Shown
from iris_dash.explorer import Explorer
from iris_dash.query.schema import Measure, Schema
from iris_dash.query.url import format_query
from iris_dash.tables.asking_once import asking_once

FILTERS_CALLED = "The counts beside the filters"


@asking_once()
def answer_state(explorer: Explorer, state: DashboardState, look: Look) -> dict[str, Any]:
    """Return what the page shows for its state, by the names of `answer_outputs`.

    Only what the view needs. `answered` says which page of the table that is (from 0), its address
    (`search`), its query without the page (`rows`), the fingerprint of the `table`, and has a
    sentence for each part that `failed`: such a part is not in the answer.
    Errors: EngineAway where not even the rows can be counted.
    """
    schema = explorer.schema
    diagnosis = explorer.diagnosis(state.query)
    count = diagnosis.count
    state = on_existing_page(state, count)
    query, view = state.query, view_of(state)
    rows = format_query(schema, replace(query, page=None, per_page=None))
    looks = ["main", f"view-{view.key}", *([] if count else ["is-empty"])]
    failures = Failures()
    answer: dict[str, Any] = {
        "answered": {
            "page": (query.page or 1) - 1,
            "search": format_address(schema, state),
            "rows": rows,
            "table": explorer.dataset.fingerprint,
            "failed": failures.failed,
        },
        "main": " ".join(looks),
        "count": count_line(count, len(explorer.dataset), schema.rows),
        "toggle": f"Filters ({len(query.filters)})" if query.filters else "Filters",
        "chips": chips(schema, state, diagnosis),
        "way_back": way_back(schema, state, diagnosis.relaxation),
    }
    # Several cards need these; without them the filters go without, too.
    histograms = partial(
        explorer.histograms_beside, query, state.axes, state.log, _drawn(state, schema)
    )
    own, beside = failures.attempt(ids.FILTERS, FILTERS_CALLED, histograms) or ({}, {})
    theme = THEMES.get(look.theme, LIGHT)
    shown = Shown(explorer, state, count, own, theme, look.narrow, look.unfolded)
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
    query = state.query
    schema = filtered(explorer.schema, query, state.columns)
    by, counts = explorer.group_facet(query), explorer.facet_counts(query, schema.facets)
    whole_counts = explorer.whole_facet_counts if any(map(has_many, schema.facets)) else {}
    whole = {
        measure.name: (
            explorer.whole_histograms_in_log
            if measure.name in state.log
            else explorer.whole_histograms
        )[measure.name]
        for measure in schema.measures
    }
    plain = [measure for measure in schema.measures if measure.name not in state.log]
    tails = explorer.tailed_histograms(query, plain)
    return {
        "facets": [
            facet_options(facet, counts[facet.name], facet == by, whole_counts.get(facet.name))
            for facet in schema.facets
        ],
        "histograms": slider_histograms(schema, query, beside, whole, by, state.log, tails)
        | period_histograms(explorer, schema.times, query, by),
    }


def _drawn(state: DashboardState, schema: Schema) -> tuple[Measure, ...]:
    """Return the measures whose histograms stand somewhere on the page, in the schema's order."""
    parts = (filtered(schema, state.query, state.columns), measured(schema, state.columns))
    names = {*(state.axes or ()), *(m.name for part in parts for m in part.measures)}
    return tuple(measure for measure in schema.measures if measure.name in names)
