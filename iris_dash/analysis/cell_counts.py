"""How many rows lie in the cells of a table: per facet value, per bin, per bins of two measures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.cells import Cells
from iris_dash.analysis.grid import MISSING_CELL, Bins
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet

FEW_PLACES = 8
"""So few places are counted one after the other."""


@dataclass(frozen=True, eq=False)
class CellCounts(Cells):
    """Counts the rows of the selected cells.

    `bins`: each cell's fine bin per measure (one past the last: none).
    """

    bins: dict[str, NDArray[np.uint8]]

    def cell_counts(self, query: Query, name: str, by: Facet | None) -> NDArray[np.int64]:
        """Return the rows per group and cell of a measure's grid; see `Aggregates`."""
        chosen, width = self.selected(query), self.grids[name].top_cell + 4
        length = len(by.values) if by else 1
        places = taken(self.groups(by), chosen).astype(np.int64) * width
        places += taken(self.cells[name], chosen) - MISSING_CELL
        n = None if self.n is None else taken(self.n, chosen)
        counts = np.bincount(places, n, length * width)
        return counts.astype(np.int64).reshape(length, width)

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

        def count_plane() -> NDArray[np.int64]:
            shape = [len(by.values) if by else 1]
            flat = self.groups(by)
            for name in names:
                shape.append(self.fine(name, in_log).count + 1)
                kind = np.min_scalar_type(int(np.prod(shape)))
                bins = (self._bins_in_log if name in in_log else self.bins)[name]
                flat = flat.astype(kind, copy=False) * kind.type(shape[-1]) + bins
            counts = self.counted(flat, self.selected(query), int(np.prod(shape)))
            return counts.astype(np.int64).reshape(shape)

        plane: NDArray[np.int64] = self.recent.get_or_make(
            (query.filters, names, by and by.name, in_log), count_plane
        )
        return plane

    def counted(
        self, places: NDArray[Any], chosen: NDArray[np.bool_] | None, length: int
    ) -> NDArray[Any]:
        """Return the rows of the chosen cells per place from 0 to `length`, each cell's given."""
        if self.n is not None:
            return np.bincount(taken(places, chosen), taken(self.n, chosen), length)
        if length <= FEW_PLACES:
            # Comparing a million bytes takes less than widening them, as bincount does.
            found = (places == place for place in range(length))
            return np.array([np.count_nonzero(f if chosen is None else f & chosen) for f in found])
        if chosen is None:
            return np.bincount(places, None, length)
        # Rows left out are counted in place 0 and taken off it: less work than picking the others.
        counts = np.bincount(places * chosen, None, length)
        counts[0] -= len(chosen) - np.count_nonzero(chosen)
        return counts

    def groups(self, by: Facet | None) -> NDArray[Any]:
        """Return the place of each cell's group."""
        return self.facets[by.name] if by else np.zeros(len(self), dtype=np.uint8)


def taken(column: NDArray[Any], chosen: NDArray[Any] | None) -> NDArray[Any]:
    """Return a column's values for the chosen cells, by mask or place; None: for all."""
    return column if chosen is None else column[chosen]
