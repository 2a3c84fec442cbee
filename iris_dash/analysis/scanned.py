"""What cells do not tell, so that a scan of the rows answers: the values themselves, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.grid import Grid
from iris_dash.analysis.scan import Scan
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet
from iris_dash.query.value_text import FacetValue


class Scanned(Aggregates):
    """Aggregates of cells that have a `scan` of their table's rows behind them."""

    scan: Scan

    @override
    def finer_counts(
        self, query: Query, grid: Grid, by: Facet | None, between: tuple[float, float]
    ) -> NDArray[np.int64]:
        return self.scan.finer_counts(query, grid, by, between)

    @override
    def values_between(
        self, query: Query, name: str, by: Facet | None, ends: Sequence[tuple[float, float]]
    ) -> dict[FacetValue, tuple[NDArray[np.float64], NDArray[np.int64]]]:
        return self.scan.values_between(query, name, by, ends)

    @override
    def whole_ends(
        self, query: Query, name: str, by: Facet | None
    ) -> dict[FacetValue, tuple[int, int]]:
        return self.scan.whole_ends(query, name, by)
