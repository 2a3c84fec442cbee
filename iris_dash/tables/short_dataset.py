"""A table in memory that is so short that an engine's fixed cost outweighs the work."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

import narwhals as nw
import numpy as np
import orjson
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.engines.base import ROW
from iris_dash.query.filters import Filter
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Part
from iris_dash.tables.calendar_columns import part_column
from iris_dash.tables.filtering import left_out, masks_of, positions, restricts
from iris_dash.tables.frame_dataset import FrameDataset
from iris_dash.tables.libraries import Frame
from iris_dash.tables.libraries.moments import microseconds_of
from iris_dash.tables.libraries.plain_values import is_missing
from iris_dash.tables.ordering import in_order, page_slice
from iris_dash.tables.row_set import Rows
from iris_dash.tables.values import as_json, exact_numbers, facet_places, floats, records

MOST_WIDE = 8
"""Frames with made columns that are kept."""


@dataclass(frozen=True)
class ShortDataset(FrameDataset):
    """Filters with NumPy and keeps its rows ready to be sent; whatever is asked is done at once."""

    @override
    def rows(self) -> Frame:
        return self.plain

    @override
    def collect(self, rows: Rows) -> Frame:
        assert isinstance(rows, nw.DataFrame)
        return rows

    @override
    def select(self, query: Query, columns: Sequence[str] = ()) -> Frame:
        rows = self.plain.select(*columns) if columns else self.plain
        return rows[self._positions(query)] if restricts(query) else rows

    @override
    def select_with(
        self, query: Query, made: Mapping[str, nw.Expr], columns: Sequence[str] = ()
    ) -> Frame:
        # To say what is made takes longer than to make it: it is made once, of all rows.
        wide = self._wide.get(tuple(made))
        if wide is None:
            if len(self._wide) >= MOST_WIDE:
                self._wide.clear()
            new = (column.alias(name) for name, column in made.items())
            wide = self._wide[tuple(made)] = self.plain.with_columns(*new)
        return wide[self._positions(query)] if restricts(query) else wide

    @override
    def count(self, query: Query) -> int:
        return len(self._positions(query))

    @override
    def page(self, query: Query) -> Frame:
        if not query.sort:
            # Of a table with many columns each row takes its time.
            frame = self.frame.select(*self.shown(query)) if query.columns else self.frame
            return frame[page_slice(self._positions(query), query)]
        rows = self.frame[self._positions(query)] if restricts(query) else self.frame
        rows = in_order(rows, query, self.unordered, (ROW,)).select(*self.frame.columns)
        rows = page_slice(rows, query)
        return rows.select(*self.shown(query)) if query.columns else rows

    @override
    def slices(self, query: Query) -> Iterator[Frame]:
        yield self.page(query)

    @override
    def records(
        self, query: Query, written: bool = False
    ) -> tuple[Iterator[list[Any]], int | None]:
        if query.sort:
            return super().records(query)
        is_whole = written and not query.columns
        ready, places = self._written if is_whole else self._records, self._positions(query)
        on_page = page_slice(places, query).tolist()
        rows = [ready[place] for place in on_page]
        if query.columns:
            keys = self.shown_keys(query)
            rows = [{key: row[key] for key in keys} for row in rows]
        return iter([rows]), len(places)

    @override
    def holds(self, one: Filter) -> NDArray[np.bool_]:
        return reduce(operator.iand, masks_of(self.schema, self._arrays, one))

    @override
    def rest(self, query: Query) -> ShortDataset:
        return replace(self, frame=self.frame.filter(left_out(self.schema, query)))

    def _positions(self, query: Query) -> NDArray[np.intp]:
        return positions(self.schema, self._arrays, self._length, query)

    @cached_property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        """Facets as places in their values, measures as numbers with NaN for missing, text."""
        facets = {facet.name: facet_places(self.frame, facet) for facet in self.schema.facets}
        measures = {
            m.name: (exact_numbers if m.is_long else floats)(self.frame[held_name(m.name)])
            for m in self.schema.measures
        }
        texts = {t.name: _objects(self.frame[held_name(t.name)]) for t in self.schema.texts}
        times = {
            t.name: microseconds_of(self.frame[held_name(t.name)].to_polars())
            for t in self.schema.times
        }
        parts = {p.name: self._part_places(p) for p in self.schema.parts_by_name.values()}
        return facets | measures | texts | times | parts

    def _part_places(self, part: Part) -> NDArray[np.uint8]:
        place = part_column(nw.col(held_name(part.time)), part.part).alias("place")
        found = self.frame.select(place.fill_null(len(part.values) - 1))["place"]
        return np.asarray(found.to_numpy(), dtype=np.uint8)

    @cached_property
    def _wide(self) -> dict[tuple[str, ...], Frame]:
        """All rows with the columns that were made of them, for each question that makes some."""
        return {}

    @cached_property
    def _records(self) -> list[dict[str, Any]]:
        return records(self.frame, [column.key for column in self.schema.columns])

    @cached_property
    def _written(self) -> list[orjson.Fragment]:
        """The same as JSON: to put it together takes a tenth of the time of writing it anew."""
        return [orjson.Fragment(as_json(record)) for record in self._records]


def _objects(column: nw.Series[Any]) -> NDArray[Any]:
    """Return a column's values as Python's own, None for missing."""
    found = np.empty(len(column), dtype=object)
    found[:] = [None if is_missing(value) else value for value in column.to_list()]
    return found
