"""Group keys over the cells of a rollup: which of a key's places each cell has, or each stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.keys import key_column, key_places
from iris_dash.analysis.cell_counts import CellCounts
from iris_dash.analysis.grid import MISSING_CELL
from iris_dash.analysis.time_bars import COARSER
from iris_dash.analysis.time_index import FIRST_STOP, TimeIndex
from iris_dash.query.calendar import part_place, unit_place
from iris_dash.query.group_keys import BinKey, GroupKey, PartKey, UnitKey, ValueKey
from iris_dash.query.names import held_name
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.stops import clock_at

PART_UNITS = {
    "quarter_of_year": "quarter",
    "month_of_year": "month",
    "weekday": "day",
    "hour_of_day": "hour",
}
"""The unit of a time that lies in one of a part's values as a whole."""


@dataclass(frozen=True, eq=False)
class Numbered:
    """The number that each of some cells, or stops, has: 0 to below `len(places)`.

    `places`: what each number stands for, as `keys` has places of a key; of a column its values,
    of which the first is the missing one and the others ascend.
    """

    of: NDArray[Any]
    places: pl.Series

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return len(self.places)


def held_values(whole: CellCounts, cells: CellCounts, column: Facet | Measure) -> Numbered | None:
    """Return which value of a column each cell has; None where cells do not tell it exactly.

    That is of a measure with values between two points of its grid, or beyond them. `whole`: the
    table's cells, of which `cells` may be some.
    """
    if isinstance(column, Facet):
        known = [place for place, value in enumerate(column.values) if value is not None]
        numbers = np.zeros(len(column.values), np.intp)
        numbers[known] = np.arange(1, len(known) + 1)
        return Numbered(numbers[cells.facets[column.name]], pl.Series([None, *known]))
    grid, occupied = whole.grids[column.name], whole.occupied[column.name]
    points = np.zeros(len(occupied), dtype=bool)
    points[-MISSING_CELL : grid.top_cell + 1 - MISSING_CELL : 2] = True
    points &= occupied
    if column.is_long or np.count_nonzero(occupied[1:]) > np.count_nonzero(points):
        return None
    values = grid.low_ends(np.flatnonzero(points) + MISSING_CELL)
    numbers = np.where(points, np.cumsum(points), 0)
    return Numbered(
        numbers[cells.cells[column.name] - MISSING_CELL],
        pl.Series([None, *values.tolist()], dtype=pl.Float64),
    )


def cell_key(whole: CellCounts, cells: CellCounts, key: GroupKey) -> Numbered | None:
    """Return which of a key's places each cell has; None where cells do not tell it."""
    match key:
        case ValueKey(Facet(name, values=values)):
            places = [None if value is None else at for at, value in enumerate(values)]
            return Numbered(cells.facets[name], pl.Series(places, dtype=pl.Int64))
        case BinKey(measure):
            held = held_values(whole, cells, measure)
            if held is None:
                return None
            # By the expression that engines are asked, over the few values that there are.
            frame = nw.from_native(held.places.alias(held_name(measure.name)).to_frame())
            lows = key_places(key, frame.select(key_column(key).alias("low"))["low"])
            bins = lows.unique()
            number = {low: at for at, low in enumerate(bins.to_list())}
            at = np.array([number[low] for low in lows.to_list()], dtype=np.intp)
            return Numbered(at[held.of], bins)
        case _:
            return None


def stop_key(index: TimeIndex, key: GroupKey) -> Numbered | None:
    """Return which of a key's places each place of an index has.

    None where the key is of another column, or its units part the stops, or rows lie beyond them.
    """
    time = index.stops.time
    if not isinstance(key, UnitKey | PartKey) or key.column.name != time.name:
        return None
    unit = PART_UNITS[key.suffix] if isinstance(key, PartKey) else key.suffix
    lengths = np.diff(index.begins)
    if unit not in COARSER[time.unit] or lengths[1] or lengths[-1]:
        return None
    place_of = part_place if isinstance(key, PartKey) else unit_place
    own = [place_of(clock_at(start, time.zone), key.suffix) for start in index.stops.starts]
    places, numbers = np.unique(own, return_inverse=True)
    of = np.zeros(len(lengths), np.intp)
    of[FIRST_STOP:-1] = numbers + 1
    return Numbered(of, pl.Series([None, *places.tolist()], dtype=pl.Int64))


def combined(keys: Sequence[Numbered], length: int) -> tuple[NDArray[np.int64], int]:
    """Return one number for what several keys have, and how many there may be."""
    codes, count = np.zeros(length, np.int64), 1
    for key in keys:
        codes = codes * key.count + key.of
        count *= key.count
    return codes, count


def parted(keys: Sequence[Numbered], codes: NDArray[np.int64]) -> list[pl.Series]:
    """Return the places that each key has, of the numbers that were combined."""
    found = []
    for key in reversed(keys):
        codes, own = np.divmod(codes, key.count)
        found.append(key.places.gather(own))
    return found[::-1]
