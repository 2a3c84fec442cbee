"""The means of rows in memory, added up in pieces as products of small matrices."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.query.names import held_name
from iris_dash.query.schema import Measure
from iris_dash.tables.libraries import Frame

PIECE = 1 << 14
"""So many rows are added up at once: they stay in the processor's cache, in one thread."""

MOST_GROUPS = 8
"""Of more groups an engine is quicker: each piece is looked at once for every group."""

MOST_AT_ONCE = 8
"""Measures that are added up together."""


@dataclass(frozen=True, eq=False)
class _Column:
    """The values of a column, in the pieces in which it is held, and where each of them begins."""

    pieces: Sequence[NDArray[np.float64]]
    begins: Sequence[int]

    @classmethod
    def of(cls, column: pl.Series) -> _Column:
        pieces = [piece.to_numpy(allow_copy=False) for piece in column.get_chunks()]
        return cls(pieces, [*accumulate((len(piece) for piece in pieces[:-1]), initial=0)])

    def between(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return the values of some rows that follow each other."""
        at, found = bisect_right(self.begins, start) - 1, []
        while start < stop:
            own = self.pieces[at][start - self.begins[at] : stop - self.begins[at]]
            found.append(own)
            start, at = start + len(own), at + 1
        return found[0] if len(found) == 1 else np.concatenate(found)


@dataclass(frozen=True, eq=False)
class RowSums:
    """Adds up the values of a frame's rows, which are read where they are, without a copy."""

    frame: Frame
    _columns: dict[str, _Column | None] = field(default_factory=dict, repr=False)

    def sums(
        self,
        measures: Sequence[Measure],
        groups: NDArray[Any],
        length: int,
        chosen: NDArray[np.bool_] | None,
    ) -> NDArray[np.float64] | None:
        """Return the sums of measures over the chosen rows: groups × measures.

        None where they are no plain numbers, one is missing or infinite, or the groups are many.
        """
        columns = [own for measure in measures if (own := self._column(measure)) is not None]
        if length > MOST_GROUPS or len(columns) < len(measures):
            return None
        sums, each = np.zeros((length, len(columns))), np.arange(length)[:, np.newaxis]
        for start in range(0, len(groups), PIECE):
            stop = min(start + PIECE, len(groups))
            piece = slice(start, stop)
            of = groups[piece] == each.astype(groups.dtype)
            if chosen is not None:
                of &= chosen[piece]
            weights = of.astype(np.float64)
            for first in range(0, len(columns), MOST_AT_ONCE):
                some = slice(first, first + MOST_AT_ONCE)
                values = np.stack([column.between(start, stop) for column in columns[some]])
                sums[:, some] += weights @ values.T
        return sums

    def _column(self, measure: Measure) -> _Column | None:
        """Return a measure's values; None where one of them would be in the way of all others."""
        name = measure.name
        if name not in self._columns:
            column = nw.to_native(self.frame[held_name(name)])
            plain = isinstance(column, pl.Series) and column.dtype == pl.Float64
            is_held = plain and not (measure.is_large or column.null_count())
            # What is infinite or no number, or adds up to that, has no part in a product.
            is_held = is_held and np.isfinite(column.sum())
            self._columns[name] = _Column.of(column) if is_held else None
        return self._columns[name]
