"""A table in memory, asked lazily, so that no more of it is computed than an answer needs."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.core.deadline import check, each
from iris_dash.engines.base import ROW
from iris_dash.query.filters import Choice, Interval
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Part
from iris_dash.tables.calendar_columns import part_number
from iris_dash.tables.filtering import condition, part_clause, positions, restricts
from iris_dash.tables.frame_dataset import FrameDataset
from iris_dash.tables.libraries import Frame
from iris_dash.tables.ordering import in_order, page_slice
from iris_dash.tables.row_set import Rows
from iris_dash.tables.values import facet_places, floats

SLICE = 250_000
SLICE_VALUES = 5_000_000
"""Rows, and values, that are read in one piece for a file."""

FIRST_SLICE = 10_000
"""Rows that are looked through first for a page; each further look is at four times as many."""


MOST_NUMBERS = 6
"""Parts of times of which each row's number is kept."""


@dataclass(frozen=True)
class LongDataset(FrameDataset):
    """Finds the places of the rows in their order, and reads no others."""

    @override
    def rows(self) -> Rows:
        return self.plain.lazy()

    @override
    def collect(self, rows: Rows) -> Frame:
        # Polars can end a query early in its older engine alone, which sorts four times as slowly,
        # and only between the steps of its plan. So the deadline is looked at around it.
        check()
        found = rows.lazy().collect()
        check()
        return found

    @override
    def select(self, query: Query, columns: Sequence[str] = ()) -> Rows:
        rows = self._filtered(self.rows(), query)
        return rows.select(*columns) if columns else rows

    def _filtered(self, rows: Rows, query: Query) -> Rows:
        """Return the rows of all that the query selects; of a part of a time by kept numbers."""
        parts = self.schema.parts_by_name
        chosen = [one for one in query.filters if isinstance(one, Choice) and one.name in parts]
        native = nw.to_native(rows)
        if not chosen or not isinstance(native, pl.LazyFrame):
            return rows.filter(condition(self.schema, query)) if restricts(query) else rows
        numbers = [self._numbers(parts[one.name]).alias(f"_part {one.name}") for one in chosen]
        clauses = [
            part_clause(parts[one.name], one.values, nw.col(number.name))
            for one, number in zip(chosen, numbers, strict=True)
        ]
        others = query.without(*(one.name for one in chosen))
        clauses += [condition(self.schema, others)] if restricts(others) else []
        found = nw.from_native(native.with_columns(numbers)).filter(*clauses)
        return found.drop(*(number.name for number in numbers))

    @cached_property
    def _kept_numbers(self) -> dict[str, pl.Series]:
        return {}

    def _numbers(self, part: Part) -> pl.Series:
        """Return the number of each row's part, a byte, which takes longer to find than to keep."""
        found = self._kept_numbers.get(part.name)
        if found is None:
            column = part_number(nw.col(held_name(part.time)), part.part)
            series = nw.to_native(self.frame.select(column.alias(part.name)))[part.name]
            found = self._kept_numbers[part.name] = series.cast(pl.Int8)
            for first in list(self._kept_numbers)[:-MOST_NUMBERS]:
                self._kept_numbers.pop(first, None)
        return found

    @override
    def page(self, query: Query) -> Frame:
        frame = self._shown(query)
        if query.page is None or query.per_page is None:
            return frame[self._ordered_positions(query, None)]
        stop = query.page * query.per_page
        if stop - query.per_page >= len(self):
            return frame[:0]
        if query.sort:
            places = self._ordered_positions(query, stop)
        else:
            places = self._first_positions(query, stop)
        return frame[page_slice(places, query)]

    def _shown(self, query: Query) -> Frame:
        return self.frame.select(*self.shown(query)) if query.columns else self.frame

    @override
    def slices(self, query: Query) -> Iterator[Frame]:
        if query.page is not None:
            yield self.page(query)
        else:
            yield from each(self._slices(query))

    def _slices(self, query: Query) -> Generator[Frame]:
        frame, shown = self._shown(query), self.shown(query)
        step = max(1, min(SLICE, SLICE_VALUES // (len(shown) or 1)))
        if query.sort:
            places = self._ordered_positions(query, None)
            for start in range(0, len(places), step):
                yield frame[places[start : start + step]]
        else:
            for start in range(0, len(self), step):
                piece = self.frame[start : start + step]
                piece = piece.filter(condition(self.schema, query)) if restricts(query) else piece
                yield piece.select(*shown) if query.columns else piece

    def _ordered_positions(self, query: Query, most: int | None) -> NDArray[np.intp]:
        """Return the places of the first `most` selected rows in their order, None: of all."""
        rows = self._filtered(self.frame.lazy(), query).lazy()
        if query.sort:
            rows = rows.select(*(held_name(name) for name, _ in query.sort), ROW)
            rows = in_order(rows, query, self.unordered, (ROW,))
        rows = rows.select(ROW)
        found = self.collect(rows if most is None else rows.head(most))
        return np.asarray(found[ROW].to_numpy(), dtype=np.intp)

    def _among_first(self, query: Query) -> NDArray[np.intp] | None:
        """Return which of the first rows are selected; None where an engine is to be asked.

        That takes longer than to look at so few numbers.
        """
        for one in query.filters:
            if one.name not in self._first_rows:
                facet = self.schema.facets_by_name.get(one.name)
                if facet is not None:
                    self._first_rows[one.name] = facet_places(self.frame[:FIRST_SLICE], facet)
                    continue
                column = (
                    self.frame[held_name(one.name)] if one.name in self._plain_measures else None
                )
                if column is None:
                    return None
                self._first_rows[one.name] = floats(column[:FIRST_SLICE])
            if not isinstance(one, Choice | Interval):
                return None
        return positions(self.schema, self._first_rows, min(FIRST_SLICE, len(self)), query)

    @cached_property
    def _first_rows(self) -> dict[str, NDArray[Any]]:
        """The first rows of facets and of measures that were asked, as `positions` takes them."""
        return {}

    @cached_property
    def _plain_measures(self) -> frozenset[str]:
        """The measures whose values are floats as they are, or shorter whole numbers."""
        held = self.frame.schema
        kinds = (nw.Float64, nw.Int8, nw.Int16, nw.Int32, nw.UInt8, nw.UInt16, nw.UInt32)
        names = (measure.name for measure in self.schema.measures)
        return frozenset(name for name in names if isinstance(held[held_name(name)], kinds))

    def _first_positions(self, query: Query, most: int) -> NDArray[np.intp]:
        """Return the places of the first `most` selected rows, looking no further than they lie."""
        if not restricts(query):
            return np.arange(min(most, len(self)))
        start, length = 0, FIRST_SLICE
        first = self._among_first(query)
        found: list[NDArray[np.intp]] = [] if first is None else [first]
        if first is not None:
            start, length = length, length * 4
        while start < len(self) and sum(map(len, found)) < most:
            check()
            piece = self.frame[start : start + length].lazy().filter(condition(self.schema, query))
            places = piece.select(ROW).head(most).collect()[ROW].to_numpy()
            found.append(np.asarray(places, dtype=np.intp))
            start, length = start + length, length * 4
        return np.concatenate(found)[:most]
