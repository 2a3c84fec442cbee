"""A density within two spans, in cells finer than a slider's steps: one grouping by bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.keys import key_column, key_places
from iris_dash.analysis.aggregates import Density
from iris_dash.analysis.cell_counts import ALL
from iris_dash.analysis.live_rows import LiveRows
from iris_dash.analysis.plane_extents import PlaneExtent
from iris_dash.query.group_keys import ValueKey
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Part
from iris_dash.tables.extent import MOST_DECIMALS
from iris_dash.tables.libraries import Series
from iris_dash.tables.row_set import N, RowSet
from iris_dash.tables.values import floats

CELLS = (80, 60)
"""So many cells a plane has at least, across and up, where values are fine enough."""

MOST_ROWS = 1_000_000
"""Of a table of more rows the rollup answers, at its own resolution."""

MOST_PLACES = 2**40
"""Further from zero a cell's number is none that a float tells from the next."""

ACROSS, UP, CELL, GROUP = "_across", "_up", "_cell", "_group"

Span = tuple[float, float]

FineAxes: TypeAlias = "tuple[FineAxis, FineAxis]"


def cell_width(measure: Measure, span: Span, cells: int) -> float:
    """Return how wide so many cells of a span are: whole units of the measure's last decimal.

    >>> delay = Measure("d", "Delay", "d", low=-40, high=690, step=10, whole=(-9999, 9999))
    >>> cell_width(delay, (-40.0, 250.0), 80)
    3.0
    """
    width = (span[1] - span[0]) / cells
    if measure.decimals >= MOST_DECIMALS:
        return float(f"{width:.1e}")
    times = 10.0**measure.decimals
    return max(1, math.floor(width * times)) / times


@dataclass(frozen=True)
class FineAxis:
    """The cells of one axis: `length` of them, each `width` wide, from the `first` on.

    `times`: how many units of the last decimal are one; widths and edges are then counted in these.
    """

    column: Measure
    first: int
    length: int
    width: float
    times: int | None

    @property
    def edges(self) -> tuple[float, ...]:
        """One more than there are cells; where values are whole units half way between two."""
        numbers = [(self.first + k) * self.width for k in range(self.length + 1)]
        if self.times is None:
            return tuple(numbers)
        return tuple((number - 0.5) / self.times for number in numbers)

    @property
    def places(self) -> nw.Expr:
        """Return in which cell each value lies, as floats, those outside below 0 or behind."""
        value = nw.col(held_name(self.column.name)).cast(nw.Float64())
        if self.times is not None:
            value = (value * float(self.times)).round(0)
        return (value / self.width).floor() - float(self.first)

    @property
    def key(self) -> nw.Expr:
        """Return what an engine groups rows by; see `Places` of a live index."""
        return self.places

    def of_keys(self, keys: Series) -> NDArray[np.intp]:
        """Return the cell of each key; `length` for those in none."""
        return self._inside(floats(keys))

    def of(self, rows: LiveRows, piece: slice = ALL) -> NDArray[np.intp]:
        """Return the cell of each row of a piece; `length` for those in none."""
        values = rows.values(self.column, piece)
        with np.errstate(over="ignore", invalid="ignore"):
            if self.times is not None:
                values = np.rint(values * self.times)
            return self._inside(np.floor(values / self.width) - self.first)

    def _inside(self, found: NDArray[np.float64]) -> NDArray[np.intp]:
        # Comparing with a missing value says no.
        is_in = (found >= 0) & (found < self.length)
        return np.where(is_in, found, self.length).astype(np.intp)


def fine_axes(axes: tuple[Measure, Measure], extent: PlaneExtent) -> FineAxes | None:
    """Return cells over an extent, horizontal span first; see `CELLS`.

    None where they would be too fine for floats.
    """
    x, y = (_axis(*one) for one in zip(axes, extent, CELLS, strict=True))
    return None if x is None or y is None else (x, y)


def _axis(measure: Measure, span: Span, cells: int) -> FineAxis | None:
    width = cell_width(measure, span, cells)
    times = None if measure.decimals >= MOST_DECIMALS else 10**measure.decimals
    width = width if times is None else float(round(width * times))
    if not width > 0 or max(-measure.low, measure.high) / width > MOST_PLACES:
        return None
    first, last = (math.floor(end * (times or 1) / width) for end in span)
    return FineAxis(measure, first, last - first + 1, width, times)


def fine_density(rows: RowSet, query: Query, axes: FineAxes, by: Facet | None) -> Density | None:
    """Return the rows per cell of two axes, the horizontal one first; None by a part of a time.

    Errors: EngineAway, QueryTooLong.
    """
    if isinstance(by, Part):
        return None
    x, y = axes
    key = ValueKey(by) if by is not None else None
    columns = [x.places.alias(ACROSS), y.places.alias(UP)]
    columns += [key_column(key).alias(GROUP)] if key else []
    inside = rows.select(query).select(*columns)
    inside = inside.filter(
        nw.col(ACROSS).is_between(0, x.length - 1), nw.col(UP).is_between(0, y.length - 1)
    )
    cell = (nw.col(UP) * x.length + nw.col(ACROSS)).cast(nw.Int32()).alias(CELL)
    names = [CELL, *([GROUP] if key else [])]
    found = rows.collect(
        inside.select(cell, *([nw.col(GROUP)] if key else []))
        .group_by(*names, drop_null_keys=False)
        .agg(nw.len().alias(N))
    )
    groups = np.zeros(len(found), dtype=np.int64)
    if key is not None and by is not None:
        missing = by.values.index(None) if None in by.values else 0
        groups = key_places(key, found[GROUP]).fill_null(missing).to_numpy()
    counts = np.zeros((len(by.values) if by else 1, y.length * x.length), dtype=np.int64)
    np.add.at(counts, (groups, found[CELL].to_numpy()), found[N].to_numpy())
    return Density(x.edges, y.edges, counts.reshape(len(counts), y.length, x.length))
