"""A table's profiles: each column over the rows of a query, beside the whole table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.profile.bars import Bars, column_bars
from iris_dash.analysis.profile.evidence import evidence_of
from iris_dash.analysis.profile.figures import PERCENTS, ColumnFigures, column_figures
from iris_dash.analysis.profile.notes import notes_of
from iris_dash.query.query import Query
from iris_dash.query.schema import Column
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.filtering import restricts

Asking = Callable[[Query], Aggregates]
"""Returns what answers aggregates of a query's rows."""

AT_ONCE = 100
"""Columns of the whole table that are remembered together."""


@dataclass(frozen=True)
class ColumnProfile:
    """What a column holds: `selected`, over the rows of a query, and `whole`, over the table.

    `notes` are about the whole table.
    """

    column: Column
    selected: ColumnFigures
    whole: ColumnFigures
    notes: tuple[str, ...]


class Profiles:
    """Profiles of one table; what is known of the whole of it is asked once.

    Where an answer takes too long, the columns that were done are remembered: asking again goes on.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._whole: dict[str, ColumnFigures] = {}
        self._notes: dict[str, tuple[str, ...]] = {}
        self._bars: dict[str, Bars] | None = None

    def of(self, ask: Asking, query: Query) -> list[ColumnProfile]:
        """Return the profile of every column, in the table's order; errors: as `Aggregates`."""
        columns = self._dataset.schema.columns
        whole, notes = self.whole(ask), self.notes(ask)
        selected = self.selected(ask, query)
        return [
            ColumnProfile(column, selected[column.name], whole[column.name], notes[column.name])
            for column in columns
        ]

    def selected(self, ask: Asking, query: Query) -> dict[str, ColumnFigures]:
        """Return the figures of the query's rows by the columns' names."""
        if not restricts(query):
            return self.whole(ask)
        columns = self._dataset.schema.columns
        return column_figures(self._dataset, ask(query), query, columns)

    def bars(self, ask: Asking, query: Query) -> dict[str, Bars]:
        """Return the small pictures of the columns by their names; some have none."""
        columns = self._dataset.schema.columns
        if not restricts(query):
            if self._bars is None:
                whole = self.whole(ask)
                self._bars = column_bars(self._dataset, ask, Query(), columns, whole)
            return self._bars
        return column_bars(self._dataset, ask, query, columns, self.whole(ask))

    def whole(self, ask: Asking) -> dict[str, ColumnFigures]:
        """Return the figures of the whole table by the columns' names."""
        left = [c for c in self._dataset.schema.columns if c.name not in self._whole]
        for start in range(0, len(left), AT_ONCE):
            some = left[start : start + AT_ONCE]
            self._whole |= column_figures(self._dataset, ask(Query()), Query(), some, PERCENTS)
        return self._whole

    def notes(self, ask: Asking) -> dict[str, tuple[str, ...]]:
        """Return the notes about the columns by their names."""
        columns: Sequence[Column] = self._dataset.schema.columns
        if len(self._notes) < len(columns):
            whole = self.whole(ask)
            evidence = evidence_of(self._dataset, columns, whole)
            self._notes = {c.name: notes_of(c, whole[c.name], evidence[c.name]) for c in columns}
        return self._notes
