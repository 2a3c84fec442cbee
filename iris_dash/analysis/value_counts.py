"""How many rows of each group have each value of a measure, and what that says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.percentiles import percentiles_of


@dataclass(frozen=True, eq=False)
class ValueCounts:
    """The rows per group and value: groups × (1 + values), the first those without a value.

    `values` ascend, in the measure's unit; none is infinite.
    """

    values: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of each group."""
        found: NDArray[np.int64] = self.counts.sum(axis=1)
        return found

    def over_all(self) -> ValueCounts:
        """Return the same without groups."""
        return ValueCounts(self.values, self.counts.sum(axis=0, keepdims=True))

    def without(self, some: ValueCounts) -> ValueCounts:
        """Return the counts of the rows that are not among some of these: whole numbers, exact."""
        return ValueCounts(self.values, self.counts - some.counts)

    def moments(self, step: float) -> list[tuple[int, float | None, float | None]]:
        """Return how many values each group has, their mean and their standard deviation.

        None where there is no such number; `step`: how far values lie apart, so that no square of
        theirs is too large.
        """
        known, low = self.counts[:, 1:], self.values[0]
        n = known.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            # Counted from the least value: sums of it lose no digits far from zero.
            above = self.values - low
            offsets = known @ above / n
            means = low + offsets
            apart = (above[None, :] - offsets[:, None]) / step
            found = step * np.sqrt((known * apart**2).sum(axis=1) / (n - 1))
        return [
            (size, mean if size else None, deviation if size > 1 else None)
            for size, mean, deviation in zip(
                n.tolist(), means.tolist(), found.tolist(), strict=True
            )
        ]

    def five(self) -> list[tuple[float | None, ...]]:
        """Return the least value of each group, its quartiles and the greatest."""
        groups, places = np.nonzero(self.counts[:, 1:])
        rows, own = self.counts[groups, places + 1], np.unique(groups)
        found: list[tuple[float | None, ...]] = [(None,) * 5] * len(self.counts)
        if len(own):
            made = percentiles_of(groups, self.values[places], rows, own, (0, 25, 50, 75, 100))
            for group, *five in zip(
                own.tolist(), *(m.tolist() for m in made.values()), strict=True
            ):
                found[group] = tuple(five)
        return found
