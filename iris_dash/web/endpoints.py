"""What an endpoint is for: its limits follow from that, however its address is spelled."""

from __future__ import annotations

from typing import get_args

from iris_dash.files import FORMATS
from iris_dash.files.receipt import What

ALIVE = "api.alive"
"""Whether the process lives: asked by anyone, as often as they like."""

FILES = frozenset(f"api.{what}_{one.suffix}" for what in get_args(What) for one in FORMATS)
"""What writes a file."""

METRICS = "tell_metrics"

LIVE_INDEX = "live_index"
"""What a drag of a slider needs: a page asks it when the pointer comes near."""

COSTS = {
    ALIVE: 0,
    METRICS: 0,
    LIVE_INDEX: 10,
    "api.summary": 10,
    "api.compare": 10,
    "api.diagnose": 10,
    "api.columns": 10,
    "api.aggregate": 10,
    **dict.fromkeys(FILES, 20),
}
"""What counts otherwise than one request among those that a client may make."""


def cost_of(endpoint: str | None) -> int:
    """Return as how many requests one counts; None: nothing is there.

    >>> cost_of("api.alive"), cost_of("api.range"), cost_of("api.rows_csv"), cost_of(None)
    (0, 1, 20, 1)
    """
    return 1 if endpoint is None else COSTS.get(endpoint, 1)
