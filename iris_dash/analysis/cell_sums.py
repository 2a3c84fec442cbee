"""What the values of selected cells add up to, of which means and deviations are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.cell_counts import CellCounts, taken
from iris_dash.analysis.grid import MISSING_CELL
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet


class Totals(NamedTuple):
    """Per group: how many values there are, and their sum, counted from the grid's low end."""

    counts: NDArray[np.float64]
    sums: NDArray[np.float64]

    @property
    def means(self) -> NDArray[np.float64]:
        """The mean per group; NaN without values."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            found: NDArray[np.float64] = self.sums / self.counts
            return found


@dataclass(frozen=True, eq=False)
class CellSums(CellCounts):
    """Adds up the values of the selected cells of a table that is rolled up.

    `sums`: the sum of each measure over a cell's rows, counted from the grid's low end; `squares`:
    the sum of the squared offsets from the cell's low end, in steps of the grid.
    """

    sums: dict[str, NDArray[np.float64]]
    squares: dict[str, NDArray[np.float64]]

    @cached_property
    def within(self) -> dict[str, NDArray[np.float64]]:
        """Per cell and measure the sum of squares about the cell's own mean, in steps."""
        found = {}
        for name, grid in self.grids.items():
            assert self.n is not None
            with np.errstate(invalid="ignore", over="ignore"):
                lows = grid.low_ends(self.cells[name]) - grid.at(0)
                offsets = (self.sums[name] - self.n * lows) / grid.step
                found[name] = np.maximum(self.squares[name] - offsets**2 / self.n, 0)
        return found

    def totals(self, query: Query, name: str, by: Facet | None) -> Totals:
        """Return how many values a measure has among the query's rows, and their sums."""
        if self._has_points_alone(name):
            counts, offsets = self._of_points(query, name, by)
            with np.errstate(over="ignore"):
                return Totals(counts.sum(axis=1), (counts * offsets).sum(axis=1))
        groups, n, (sums, _) = self._of_cells(query, name, by)
        length = len(by.values) if by else 1
        return Totals(*(_added_up(groups, of, length) for of in (n, sums)))

    def spreads(
        self, query: Query, name: str, by: Facet | None, totals: Totals
    ) -> NDArray[np.float64]:
        """Return the sum of the squared distances from each group's mean, in steps of the grid."""
        step, means = self.grids[name].step, totals.means
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            if self._has_points_alone(name):
                counts, offsets = self._of_points(query, name, by)
                apart = (offsets - means[:, np.newaxis]) / step
                found: NDArray[np.float64] = (counts * apart**2).sum(axis=1, where=counts > 0)
                return found
            groups, n, (sums, within) = self._of_cells(query, name, by)
            # The squares within the cells and those of the cells' means about the group's.
            apart = (sums / n - means[groups]) / step
            return _added_up(groups, within + n * apart**2, len(means))

    def _has_points_alone(self, name: str) -> bool:
        """Return whether all values of a measure are points of its grid: then counts tell all."""
        occupied, top = self.occupied[name], self.grids[name].top_cell
        between, beyond = occupied[1 - MISSING_CELL : top - MISSING_CELL : 2], occupied[[1, -1]]
        return not (between.any() or beyond.any())

    def _of_points(
        self, query: Query, name: str, by: Facet | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the rows per group and grid point, and how far each lies above the low end."""
        grid = self.grids[name]
        points = np.arange(0, grid.top_cell + 1, 2)
        counts = self.cell_counts(query, name, by)[:, points - MISSING_CELL]
        return counts.astype(np.float64), grid.low_ends(points) - grid.at(0)

    def _of_cells(
        self, query: Query, name: str, by: Facet | None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], list[NDArray[np.float64]]]:
        """Return group and rows of each selected cell with values, its `sums` and its `within`."""
        assert self.n is not None
        chosen = self.selected(query)
        # As places: picking them from many columns takes less than asking the mask each time.
        places = None if chosen is None else np.flatnonzero(chosen)
        if self.occupied[name][0]:
            has = taken(self.cells[name], places) != MISSING_CELL
            places = np.flatnonzero(has) if places is None else places[has]
        groups = taken(self.groups(by), places).astype(np.intp)
        return (
            groups,
            taken(self.n, places),
            [taken(of[name], places) for of in (self.sums, self.within)],
        )


def _added_up(
    groups: NDArray[np.intp], of: NDArray[np.float64], length: int
) -> NDArray[np.float64]:
    """Return what cells have, added up per group."""
    found: NDArray[np.float64] = np.bincount(groups, of, length).astype(np.float64, copy=False)
    return found
