"""A table's columns at slider resolution, and which of their cells a query selects.

A cell is a combination of facet values and of the measures' grid cells (see `grid`), or one row.
Bounds on the grid select whole cells.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import BELOW_CELL, MISSING_CELL, Grid
from iris_dash.analysis.recent import Recent
from iris_dash.analysis.scan import Scan
from iris_dash.query.filters import Choice, Filter, Interval
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema

RECENT = 8
"""Masks, and counts made with them, kept for the views that ask for the same rows."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one table, n of them, as columns; or its rows.

    `facets`: the place of each cell's value per facet; `cells`: its grid cell per measure; `n`:
    its rows, None when every cell is one row. `scan` answers what reading the rows does better.
    """

    schema: Schema
    grids: dict[str, Grid]
    facets: dict[str, NDArray[Any]]
    cells: dict[str, NDArray[Any]]
    n: NDArray[np.float64] | None
    scan: Scan
    recent: Recent = field(default_factory=lambda: Recent(RECENT), repr=False, kw_only=True)

    def __len__(self) -> int:
        return len(next(iter((*self.cells.values(), *self.facets.values())), ()))

    def answers(self, query: Query) -> bool:
        """Return whether the query's bounds part no cell that has rows: the answer is exact.

        A cell per row cannot be parted: its one value says on which side it is.
        """
        return self.n is None or all(map(self._parts_no_cell, query.filters))

    def _parts_no_cell(self, one: Filter) -> bool:
        match one:
            case Choice():
                return True
            case Interval(name, low, high):
                return (low is None or self._lowest(name, low) is not None) and (
                    high is None or self._highest(name, high) is not None
                )
            case _:
                assert_never(one)

    def _lowest(self, name: str, bound: float) -> int | None:
        """Return the lowest cell inside a lower bound; None if the bound parts a cell's rows."""
        cell = self.grids[name].lower_cell(bound)
        if cell is None and not self._occupied[name][self._between(name, bound)]:
            return self.grids[name].cell_between(bound) + 1
        return cell

    def _highest(self, name: str, bound: float) -> int | None:
        cell = self.grids[name].upper_cell(bound)
        if cell is None and not self._occupied[name][self._between(name, bound)]:
            return self.grids[name].cell_between(bound) - 1
        return cell

    def _between(self, name: str, bound: float) -> int:
        return self.grids[name].cell_between(bound) - MISSING_CELL

    @cached_property
    def _occupied(self) -> dict[str, NDArray[np.bool_]]:
        """Which cells of each measure have rows, from missing to above."""
        return {
            name: np.bincount(cells - MISSING_CELL, None, self.grids[name].top_cell + 4) > 0
            for name, cells in self.cells.items()
        }

    def selected(self, query: Query) -> NDArray[np.bool_] | None:
        """Return which cells are the query's; None for all."""
        narrowing = query.narrowing()
        mask: NDArray[np.bool_] | None = self.recent.get_or_make(
            narrowing, lambda: self._mask(narrowing)
        )
        return mask

    def _mask(self, query: Query) -> NDArray[np.bool_] | None:
        masks = [mask for one in query.filters for mask in self._masks(one)]
        return reduce(operator.and_, masks) if masks else None

    def _masks(self, one: Filter) -> Iterator[NDArray[np.bool_]]:
        match one:
            case Choice(name, chosen):
                values = self.schema.facet(name).values
                allowed = np.array([value in chosen for value in values], dtype=bool)
                yield allowed[self.facets[name]]
            case Interval(name, low, high):
                cells = self.cells[name]
                lowest = self._lowest(name, low) if low is not None else None
                highest = self._highest(name, high) if high is not None else None
                if low is not None and lowest is None:
                    yield self.scan.dataset.numbers(name) >= low
                if high is not None and highest is None:
                    yield self.scan.dataset.numbers(name) <= high
                # Without a lower bound everything is kept that is not missing.
                yield cells >= (BELOW_CELL if lowest is None else lowest)
                if highest is not None:
                    yield cells <= highest
            case _:
                assert_never(one)
