"""Live indexes as tests ask for them: all of it at once."""

from __future__ import annotations

from iris_dash.analysis.live_axes import LiveAxis
from iris_dash.analysis.live_counts import LiveCounts
from iris_dash.analysis.live_index import LiveIndex, LiveParts, begin_index, complete_index
from iris_dash.query.query import Query


def live_index(
    counts: LiveCounts, query: Query, at: LiveAxis, parts: LiveParts
) -> LiveIndex | None:
    """Return what is counted first and what is counted later; None where none is offered."""
    begun = begin_index(counts, query, at, parts)
    return begun and complete_index(counts, query, begun, parts)
