"""A table's columns at slider resolution, and which of their cells a query selects.

A cell is a combination of facet values and of the measures' grid cells (see `grid`), or one row.
Bounds on the grid select whole cells.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import BELOW_CELL, MISSING_CELL, Grid
from iris_dash.analysis.recent import Recent
from iris_dash.analysis.scan import Scan
from iris_dash.query.filters import AnyOf, Bound, Choice, Filter, Interval, Match, Period, Search
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema

RECENT, MOST_RECENT = 8, 48
"""Masks, and counts made with them, kept for the views that ask for the same rows.

Of few cells the most, as several people ask at once.
"""

MOST_KEPT = 600_000
"""Of more cells no numbers are kept for each: neither their rows nor their places."""

ROOM = 4_000_000
"""Numbers that what is kept may have together, if it is more than the least."""


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

    def __len__(self) -> int:
        return len(next(iter((*self.cells.values(), *self.facets.values())), ()))

    @cached_property
    def recent(self) -> Recent:
        """What was made last."""
        return Recent(max(RECENT, min(MOST_RECENT, ROOM // max(1, len(self)))))

    def answers(self, query: Query) -> bool:
        """Return whether the query's bounds part no cell that has rows: the answer is exact.

        A cell per row cannot be parted: its one value says on which side it is.
        """
        return self.n is None or all(map(self._parts_no_cell, query.filters))

    def _parts_no_cell(self, one: Filter) -> bool:
        match one:
            case Choice(name):
                return name in self.facets
            case Match() | Period() | Search():
                return False  # cells hold neither text nor times
            case AnyOf(name, spans):
                return name in self.cells and all(map(self._parts_no_cell, spans))
            case Interval(name, low, high):
                return (low is None or self._lowest(name, low) is not None) and (
                    high is None or self._highest(name, high) is not None
                )
            case _:
                assert_never(one)

    def _lowest(self, name: str, bound: Bound) -> int | None:
        """Return the lowest cell inside a lower bound; None if the bound parts a cell's rows."""
        if self.schema.measure(name).is_long:
            return None  # as floats, of which cells are made, its numbers are not told apart
        cell = self.grids[name].lower_cell(bound)
        if cell is None and not self.occupied[name][self._between(name, bound)]:
            return self.grids[name].cell_between(bound) + 1
        return cell

    def _highest(self, name: str, bound: Bound) -> int | None:
        if self.schema.measure(name).is_long:
            return None
        cell = self.grids[name].upper_cell(bound)
        if cell is None and not self.occupied[name][self._between(name, bound)]:
            return self.grids[name].cell_between(bound) - 1
        return cell

    def _between(self, name: str, bound: Bound) -> int:
        return self.grids[name].cell_between(bound) - MISSING_CELL

    @cached_property
    def occupied(self) -> dict[str, NDArray[np.bool_]]:
        """Which cells of each measure have rows, from missing to above."""
        return {
            name: np.bincount(cells - MISSING_CELL, None, self.grids[name].top_cell + 4) > 0
            for name, cells in self.cells.items()
        }

    def selected(self, query: Query) -> NDArray[np.bool_] | None:
        """Return which cells are the query's; None for all."""
        filters = query.filters
        mask: NDArray[np.bool_] | None = self.recent.get_or_make(
            filters, lambda: self._mask(filters)
        )
        return mask

    def rows_of(self, query: Query) -> NDArray[np.float64]:
        """Return how many rows of each cell are the query's, where cells are not rows."""
        assert self.n is not None
        n, chosen = self.n, self.selected(query)
        if chosen is None:
            return n
        rows: NDArray[np.float64] = self.recent.get_or_make(
            (query.filters, "rows"), lambda: n * chosen, lambda rows: len(rows) <= MOST_KEPT
        )
        return rows

    def _mask(self, filters: tuple[Filter, ...]) -> NDArray[np.bool_] | None:
        # One after the other: of a table with many columns there may be very many.
        masks = (mask for one in filters for mask in self._masks(one))
        return reduce(operator.iand, masks) if filters else None

    def let_in(self, one: Filter | None) -> NDArray[np.bool_] | None:
        """Return which cells of a measure's grid an interval of it lets in, from missing to above.

        None where it parts one of them, or is no interval.
        """
        if not isinstance(one, Interval) or not self._parts_no_cell(one):
            return None
        cells = np.arange(MISSING_CELL, self.grids[one.name].top_cell + 2)
        return reduce(operator.iand, self._masks(one, cells))

    def _masks(self, one: Filter, of: NDArray[Any] | None = None) -> list[NDArray[np.bool_]]:
        """Return new arrays, of which a cell is to be true in each.

        `of`: of an interval which of a measure's cells are asked about; None: those of the table.
        """
        name = one.name
        match one:
            case Choice() if name not in self.facets:
                return [self.scan.dataset.holds(one)]  # a part of a time
            case Choice():
                values = self.schema.facet(name).values
                chosen = frozenset(one.values)
                allowed = np.array([value in chosen for value in values], dtype=bool)
                return [allowed[self.facets[name]]]
            case Match() | Period() | Search():
                return [self.scan.dataset.holds(one)]
            case AnyOf(_, spans, missing):
                if name not in self.cells:
                    return [self.scan.dataset.holds(one)]
                cells = self.cells[name]
                masks = [reduce(operator.iand, self._masks(span)) for span in spans]
                masks += [cells == MISSING_CELL] * missing
                return [reduce(operator.ior, masks) if masks else np.zeros(len(cells), dtype=bool)]
            case Interval():
                cells, masks = self.cells[name] if of is None else of, []
                lowest = None if one.low is None else self._lowest(name, one.low)
                highest = None if one.high is None else self._highest(name, one.high)
                if (one.low is not None and lowest is None) or (
                    one.high is not None and highest is None
                ):
                    masks.append(self.scan.dataset.holds(one))
                # Without a lower bound everything is kept that is not missing.
                masks.append(cells >= (BELOW_CELL if lowest is None else lowest))
                if highest is not None:
                    masks.append(cells <= highest)
                return masks
            case _:
                assert_never(one)
