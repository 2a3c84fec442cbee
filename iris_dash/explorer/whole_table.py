"""What charts show of the whole table behind a selection: counted once, when first asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import Aggregates, Histogram
from iris_dash.query.query import Query
from iris_dash.query.schema import Time

StopsBeside: TypeAlias = "Callable[[Query, Time], NDArray[np.int64] | None]"
"""Counts a query's rows per group and stop of a time: see `ChartAnswers.stops_beside`."""


class WholeHistograms(dict[str, Histogram]):
    """Histograms of a whole table by measure, each made when it is first asked for."""

    def __init__(self, aggregates: Aggregates, in_log: bool = False) -> None:
        super().__init__()
        self._aggregates, self._in_log = aggregates, in_log

    def __missing__(self, name: str) -> Histogram:
        found = self._aggregates.histogram(Query(), name, None, self._in_log)
        self[name] = found
        return found


class WholeStops(dict[str, "NDArray[np.int64]"]):
    """The rows of a whole table per stop by time, each counted when it is first asked for."""

    def __init__(self, stops_beside: StopsBeside, times: Mapping[str, Time]) -> None:
        super().__init__()
        self._stops_beside, self._times = stops_beside, times

    def __missing__(self, name: str) -> NDArray[np.int64]:
        counts = self._stops_beside(Query(), self._times[name])
        if counts is None:
            raise KeyError(name)
        self[name] = counts.sum(axis=0)
        return self[name]
