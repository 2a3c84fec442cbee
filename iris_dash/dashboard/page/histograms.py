"""What stands above the sliders: counts per bin, filtered by group in front of all rows.

The page's script draws them as vectors: a Plotly chart per slider would take the whole answer's
time many times over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import Histogram
from iris_dash.analysis.tails import TailedHistogram
from iris_dash.analysis.time_bars import bar_ends, of_bars
from iris_dash.dashboard.answer.state import spans_shown
from iris_dash.dashboard.theme import css_colour
from iris_dash.explorer import Explorer
from iris_dash.query.filters import ends, spans_of
from iris_dash.query.numbers import edge_text, share_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema, Time
from iris_dash.query.slider_stops import SliderStops, slider_stops


def slider_histograms(
    schema: Schema,
    query: Query,
    beside: Mapping[str, Histogram],
    whole: Mapping[str, Histogram],
    by: Facet | None,
    in_log: Collection[str] = (),
    tails: Mapping[str, tuple[TailedHistogram, TailedHistogram]] | None = None,
) -> dict[str, Any]:
    """Return what is drawn above each slider, by measure.

    `edges` of the bins, even in `log` for the measures `in_log`, `values` that each may hold (the
    least and the greatest; null: all between its edges), `all` rows per bin, `groups` per bin under
    all the other filters, each with its colour, and the measure's own `spans`, by their two ends
    (null: open). Of a measure with `tails`, which are no wider than a bar, the ends of what lies
    between them, and in words how much each holds.
    """
    found = {}
    for measure in schema.measures:
        own, all_rows = beside[measure.name], whole[measure.name]
        cut = None if measure.name in in_log else (tails or {}).get(measure.name)
        if cut is not None:
            own, all_rows = cut[0].histogram, cut[1].histogram
        found[measure.name] = {
            "edges": list(own.edges),
            "values": own.values,
            "log": measure.name in in_log,
            "all": all_rows.counts.sum(axis=0).tolist(),
            "groups": _groups(own.counts, by),
            "spans": spans_shown(measure, query),
            **(_tails(measure, cut[1]) if cut is not None else {}),
        }
    return found


def _tails(measure: Measure, cut: TailedHistogram) -> dict[str, Any]:
    """Return where a whole table's tails begin, and in words how many rows each holds."""
    counts = cut.histogram.counts.sum(axis=0)
    shares = [share_text(float(count / counts.sum())) for count in (counts[0], counts[-1])]
    ends = [cut.histogram.ends[1][0], cut.histogram.ends[-2][1]]
    below, above = (edge_text(end, measure.is_grouped, ends[1] - ends[0]) for end in ends)
    said = [
        "" if cut.low is None else f"{shares[0]} below {below}",
        "" if cut.high is None else f"{shares[1]} above {above}",
    ]
    return {"tails": [cut.low, cut.high], "rest": said}


def period_histograms(
    explorer: Explorer, times: Sequence[Time], query: Query, by: Facet | None
) -> dict[str, Any]:
    """Return what is drawn above the slider of each time that has one, as `slider_histograms` does.

    In stops of the slider, counted from 0: a bar holds some of them. A span has an end between two
    stops where it begins with the second.
    """
    found = {}
    for time in times:
        stops, beside = slider_stops(time), explorer.stops_beside(query, time)
        if stops is None or beside is None:
            continue
        bars = bar_ends(stops)
        found[time.name] = {
            "edges": [-0.5, *(last + 0.5 for _, last in bars)],
            "values": bars,
            "log": False,
            "all": of_bars(stops, explorer.whole_stops[time.name]).tolist(),
            "groups": _groups(of_bars(stops, beside), by),
            "spans": _periods(stops, query),
        }
    return found


def _groups(counts: NDArray[np.int64], by: Facet | None) -> list[dict[str, Any]]:
    """Return each group that has rows: its colour and its rows per bin."""
    return [
        {"colour": colour, "counts": counts[place].tolist()}
        for place, colour in group_colours(by)
        if counts[place].any()
    ]


def group_colours(by: Facet | None) -> list[tuple[int, str]]:
    """Return the place and the colour of each group, in the order in which they are drawn."""
    if by is None:
        return [(0, "var(--accent)")]
    return [(place, css_colour(by, place)) for place in by.in_rank]


def _periods(stops: SliderStops, query: Query) -> list[list[float | None]]:
    """Return the periods that the query lets in, as positions of a slider; without a filter all."""
    one = query.filter_on(stops.time.name)
    if one is None:
        return [[None, None]]
    return [
        [None if end is None else stops.position(end) for end in ends(span)]
        for span in spans_of(one)
    ]
