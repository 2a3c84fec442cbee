"""How many rows lie in the cells of a table: per facet value, per bin, per bins of two measures."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.cells import MOST_KEPT, Cells
from iris_dash.analysis.grid import MISSING_CELL, Bins
from iris_dash.analysis.recent import Recent
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet

FEW_PLACES = 8
"""So few places are counted one after the other."""

PIECE = 1 << 18
"""So many rows are counted at once: what is made of them stays in the processor's cache."""

NUMBERED = 16
"""Numberings of the cells, by one or two columns, kept for the queries to come."""

ALL = slice(None)
"""All cells, where some that follow each other may be asked for."""


@dataclass(frozen=True, eq=False)
class CellCounts(Cells):
    """Counts the rows of the selected cells.

    `bins`: each cell's fine bin per measure (one past the last: none).
    """

    bins: dict[str, NDArray[np.uint8]]

    @cached_property
    def _numbered(self) -> Recent:
        """The cells' places, where they are rolled up: the same for each query."""
        return Recent(NUMBERED)

    def count(self, query: Query) -> int:
        """Return how many rows the query selects."""
        if self.n is not None:
            return int(self.rows_of(query).sum())
        chosen = self.selected(query)
        return len(self) if chosen is None else int(np.count_nonzero(chosen))

    def rows_per_group(self, query: Query, by: Facet | None) -> NDArray[np.int64]:
        """Return the query's rows per group."""
        return self.facet_rows(query, by) if by else np.array([self.count(query)])

    def cell_counts(self, query: Query, name: str, by: Facet | None) -> NDArray[np.int64]:
        """Return the rows per group and cell of a measure's grid; see `Aggregates`."""
        width = self.grids[name].top_cell + 4
        length = len(by.values) if by else 1

        def places(of: slice) -> NDArray[Any]:
            kind = np.min_scalar_type(length * width)
            # Missing and below, which are negative, are the numbers again once this is added.
            cells = self.cells[name][of].astype(kind) + kind.type(-MISSING_CELL)
            found: NDArray[Any] = self.groups(by, of).astype(kind) * kind.type(width) + cells
            return found

        def count() -> NDArray[np.int64]:
            # Without the measure's own bounds it is asked too, by what stands above its slider.
            let_in = self.let_in(query.filter_on(name))
            if let_in is not None:
                return self.cell_counts(query.without(name), name, by) * let_in
            found = self._counted(query, ("cells", name, by and by.name), places, length * width)
            return found.reshape(length, width)

        counts: NDArray[np.int64] = self.recent.get_or_make(
            (query.filters, "cells", name, by and by.name), count
        )
        return counts

    def fine(self, name: str, in_log: Collection[str]) -> Bins:
        """Return the fine bins of a measure, even or even in log."""
        grid = self.grids[name]
        return grid.fine_in_log if name in in_log else grid.fine

    @cached_property
    def _bins_in_log(self) -> dict[str, NDArray[np.uint8]]:
        """The fine bin in log of each cell, per measure that offers a log scale."""
        return {
            measure.name: self.grids[measure.name].fine_in_log.of_cells(self.cells[measure.name])
            for measure in self.schema.measures
            if measure.log
        }

    def plane(
        self,
        query: Query,
        names: tuple[str, ...],
        by: Facet | None,
        in_log: frozenset[str] = frozenset(),
    ) -> NDArray[np.int64]:
        """Return the rows per group and fine bins of one or two measures, with bins for none."""

        shape = [len(by.values) if by else 1]
        shape += [self.fine(name, in_log).count + 1 for name in names]
        length = int(np.prod(shape))

        def places(of: slice) -> NDArray[Any]:
            flat, kind = self.groups(by, of), np.min_scalar_type(length)
            for name, count in zip(names, shape[1:], strict=True):
                bins = (self._bins_in_log if name in in_log else self.bins)[name]
                flat = flat.astype(kind, copy=False) * kind.type(count) + bins[of]
            return flat

        def count_plane() -> NDArray[np.int64]:
            key = (names, by and by.name, in_log & {*names})
            return self._counted(query, key, places, length).reshape(shape)

        plane: NDArray[np.int64] = self.recent.get_or_make(
            (query.filters, names, by and by.name, in_log), count_plane
        )
        return plane

    def facet_rows(self, query: Query, facet: Facet) -> NDArray[np.int64]:
        """Return the query's rows per value of a facet."""
        column, length = self.facets[facet.name], len(facet.values)

        def count() -> NDArray[np.int64]:
            return self._counted(query, None, lambda of: column[of], length)

        if self.n is not None:
            rows: NDArray[np.int64] = self.recent.get_or_make(
                (query.filters, "facet", facet.name), count
            )
            return rows
        if length > FEW_PLACES:
            return count()
        # Comparing a million bytes takes less than widening them, as bincount does.
        chosen, found = self.selected(query), (column == place for place in range(length))
        return np.array([np.count_nonzero(f if chosen is None else f & chosen) for f in found])

    def _counted(
        self,
        query: Query,
        key: tuple[Any, ...] | None,
        places: Callable[[slice], NDArray[Any]],
        length: int,
    ) -> NDArray[np.int64]:
        """Return the query's rows per place from 0 to `length`.

        `places` returns those of some cells. They are kept under the key, if there is one, where
        many rows have been rolled up into few cells.
        """
        if self.n is not None:
            kept = key is not None and len(self) <= MOST_KEPT
            found = self._numbered.get_or_make(key, lambda: places(ALL)) if kept else places(ALL)
            return np.bincount(found, self.rows_of(query), length).astype(np.int64)
        chosen, counts = self.selected(query), np.zeros(length, dtype=np.int64)
        size = max(PIECE, length)
        for start in range(0, len(self), size):
            piece = slice(start, start + size)
            at = places(piece)
            # Rows left out are counted in place 0 and taken off it: less work than picking others.
            counts += np.bincount(at if chosen is None else at * chosen[piece], None, length)
        if chosen is not None:
            counts[0] -= len(chosen) - np.count_nonzero(chosen)
        return counts

    def groups(self, by: Facet | None, of: slice = ALL) -> NDArray[Any]:
        """Return the place of each cell's group, or of some cells'."""
        return self.facets[by.name][of] if by else np.zeros(len(range(len(self))[of]), np.uint8)


def taken(column: NDArray[Any], chosen: NDArray[Any] | None) -> NDArray[Any]:
    """Return a column's values for the chosen cells, by mask or place; None: for all."""
    return column if chosen is None else column[chosen]
