"""What stands above the sliders: counts per bin, filtered by group in front of all rows.

The page's script draws them as vectors: a Plotly chart per slider would take the whole answer's
time many times over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from iris_dash.analysis.aggregates import Histogram
from iris_dash.dashboard.answer.state import spans_shown
from iris_dash.dashboard.theme import css_colour
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Schema


def slider_histograms(
    schema: Schema,
    query: Query,
    beside: Mapping[str, Histogram],
    whole: Mapping[str, Histogram],
    by: Facet | None,
    in_log: Collection[str] = (),
) -> dict[str, Any]:
    """Return what is drawn above each slider, by measure.

    `edges` of the bins, even in `log` for the measures `in_log`, `values` that each may hold (the
    least and the greatest; null: all between its edges), `all` rows per bin, `groups` per bin under
    all the other filters, each with its colour, and the measure's own `spans`, by their two ends
    (null: open).
    """
    colours = [(0, "var(--accent)")]
    if by:
        colours = [(place, css_colour(by, place)) for place in by.in_rank]
    return {
        measure.name: {
            "edges": list(beside[measure.name].edges),
            "values": beside[measure.name].values,
            "log": measure.name in in_log,
            "all": whole[measure.name].counts.sum(axis=0).tolist(),
            "groups": [
                {"colour": colour, "counts": beside[measure.name].counts[place].tolist()}
                for place, colour in colours
                if beside[measure.name].counts[place].any()
            ],
            "spans": spans_shown(measure, query),
        }
        for measure in schema.measures
    }
