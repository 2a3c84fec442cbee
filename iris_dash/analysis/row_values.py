"""Which value of a measure each row has, by number: in it all figures of any rows are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iris_dash.query.names import held_name
from iris_dash.query.schema import Measure
from iris_dash.tables.extent import MOST_DECIMALS
from iris_dash.tables.libraries import Frame
from iris_dash.tables.values import floats

MOST_VALUES = 2**16 - 1
"""So many values a measure may have between its least and its greatest, as whole 16 bits."""

MOST_NUMBERS = 2**24
"""Rows times measures of a table beyond which no numbers are kept for each row."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """The number of each row's value: 0 where it is missing, else 1 more than its place.

    `values`: those that there may be, ascending, each exactly as the table has it.
    """

    of: NDArray[Any]
    values: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RowValues:
    """The numbers of the rows' values, per measure made when they are first asked for."""

    frame: Frame
    _made: dict[str, Numbers | None] = field(default_factory=dict, repr=False)

    def numbers(self, measure: Measure) -> Numbers | None:
        """Return the numbers of a measure; None where its values lie too finely or too far apart.

        Or where one is infinite, or has more decimals than the table was said to have.
        """
        if measure.name not in self._made:
            self._made[measure.name] = self._number(measure)
        return self._made[measure.name]

    def _number(self, measure: Measure) -> Numbers | None:
        if measure.is_long or measure.decimals >= MOST_DECIMALS:
            return None
        values, unit = floats(self.frame[held_name(measure.name)]), float(10**measure.decimals)
        missing = np.isnan(values)
        known = values[~missing]
        if not len(known) or not np.isfinite(known).all():
            return None
        with np.errstate(over="ignore"):
            low, high = np.rint(known.min() * unit), np.rint(known.max() * unit)
            count = high - low + 1
        if not count <= MOST_VALUES or max(-low, high) >= 2.0**53:
            return None
        steps = np.rint(np.where(missing, known[0], values) * unit)
        # Division rounds once: a point is the very number that its decimal text reads as.
        if not (missing | (steps / unit == values)).all():
            return None
        numbers = (steps - low + 1).astype(np.uint16)
        numbers[missing] = 0
        return Numbers(numbers, np.arange(low, high + 1) / unit)
