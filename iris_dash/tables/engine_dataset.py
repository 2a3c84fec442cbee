"""A table that stays on its engine, which is asked for each answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
from typing_extensions import override

from iris_dash.engines.base import Engine
from iris_dash.query.query import Query
from iris_dash.tables.asking_once import ask_once
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.engine_columns import EngineColumn
from iris_dash.tables.filtering import condition, restricts
from iris_dash.tables.libraries import Frame
from iris_dash.tables.ordering import in_order, ordered_groups
from iris_dash.tables.row_set import N, Rows, RowSet


@dataclass(frozen=True)
class EngineDataset(Dataset):
    """A table that stays where it is: `engine` is asked, `columns` are how its columns are read.

    `order` are the columns that put the rows into the table's order: `_row` where the table has
    it, else all of them.
    """

    engine: Engine
    length: int
    columns: tuple[EngineColumn, ...]
    order: tuple[str, ...]

    @property
    @override
    def remote(self) -> bool:
        return True

    @override
    def __len__(self) -> int:
        return self.length

    @override
    def rows(self) -> Rows:
        return self.engine.table().select(*(column.expression for column in self.columns))

    @override
    def collect(self, rows: Rows) -> Frame:
        asked = rows.lazy()

        def ask() -> Frame:
            return nw.from_native(self.engine.collect(asked), eager_only=True)

        return ask_once(self.engine, asked, ask)

    @override
    def collect_at_start(self, rows: Rows) -> Frame:
        return nw.from_native(self.engine.collect_at_start(rows.lazy()), eager_only=True)

    @override
    def parts(self) -> Sequence[RowSet]:
        engines = self.engine.parts()
        return [replace(self, engine=one) for one in engines] if len(engines) > 1 else [self]

    @override
    def count(self, query: Query) -> int:
        return super().count(query) if restricts(query) else self.length

    @override
    def tally(self, rows: Rows, names: list[str]) -> Frame:
        # Each value is sent once.
        grouped = rows.lazy().group_by(*names, drop_null_keys=False)
        return self.collect(grouped.agg(nw.len().alias(N)))

    @override
    def page(self, query: Query) -> Frame:
        rows = self._in_order(query)
        if query.page is not None and query.per_page is not None:
            start = min((query.page - 1) * query.per_page, len(self))
            rows = self.engine.slice(rows, start, query.per_page)
        return self.collect(rows)

    @override
    def slices(self, query: Query) -> Iterator[Frame]:
        if query.page is not None:
            yield self.page(query)
            return
        with closing(self.engine.batches(self._in_order(query))) as batches:
            for batch in batches:
                yield nw.from_native(batch, eager_only=True)

    @override
    def groups_page(
        self,
        groups: Rows,
        wanted: nw.Expr | None,
        order: Sequence[tuple[str, bool]],
        start: int,
        stop: int | None,
    ) -> tuple[Frame, int]:
        groups = groups.lazy()
        if wanted is not None:
            groups = groups.filter(wanted)
        ordered = ordered_groups(groups, order)
        if stop is None:
            page = self.collect(ordered)
            return page, len(page)
        start = min(start, len(self))
        page = self.collect(self.engine.slice(ordered, start, stop - start))
        if 0 < len(page) < stop - start or start == 0 == len(page):
            return page, start + len(page)
        return page, int(self.collect(groups.select(nw.len())).item())

    @override
    def sample(self) -> Frame:
        rows = self.engine.table().select(*(column.shown for column in self.columns))
        return self.collect(rows.head(0))

    @property
    @override
    def beyond(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.is_beyond)

    @override
    def close(self) -> None:
        self.engine.close()

    def _in_order(self, query: Query) -> nw.LazyFrame[Any]:
        """Return the query's rows in its order, ties in the table's.

        An engine knows text but not a facet's order, so a facet is sorted by its values' places.
        """
        facets = {facet.name: facet for facet in self.schema.facets}
        rows = self.engine.table().select(*(column.shown for column in self.columns))
        if restricts(query):
            rows = rows.filter(condition(self.schema, query))
        if query.sort or not self.engine.comes_in_order:
            rows = in_order(rows, query, facets, self.order)
        return rows.select(*self.shown(query))
