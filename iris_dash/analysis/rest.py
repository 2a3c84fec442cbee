"""The rows of a table that a query leaves out, as a table of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw

from iris_dash.analysis.filtering import condition, gather, is_short
from iris_dash.query.query import Query
from iris_dash.tables.dataset import Dataset


@dataclass(frozen=True)
class RestDataset(Dataset):
    """The rows of a table that a query leaves out, asked where the table is."""

    whole: Dataset
    query: Query

    def __len__(self) -> int:
        return int(self.collect(self.rows().select(nw.len())).item())

    def rows(self) -> nw.LazyFrame[Any]:
        """Return the rows that are left out, to be asked lazily."""
        # Where a missing value makes the condition neither true nor false, the row is left out.
        chosen = nw.when(condition(self.query)).then(nw.lit(1)).otherwise(nw.lit(0))
        return self.whole.rows().filter(chosen == 0)

    def collect(self, rows: nw.LazyFrame[Any]) -> nw.DataFrame[Any]:
        """Return the answer of what was asked lazily; EngineAway if its engine cannot answer."""
        return self.whole.collect(rows)


def rest_of(dataset: Dataset, query: Query) -> Dataset:
    """Return the rows that a query with a restriction leaves out."""
    rest = RestDataset(dataset.schema, dataset.fingerprint, dataset, query)
    # A short table's rest is short, and then faster as a table in memory.
    return replace(dataset, frame=gather(dataset, rest.rows())) if is_short(dataset) else rest
