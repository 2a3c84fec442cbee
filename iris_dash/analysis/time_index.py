"""The rows of a rolled-up table in the order of a time's stops: how many each cell has in some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.grid import MISSING_CELL
from iris_dash.analysis.time_bars import COARSER
from iris_dash.core.deadline import check
from iris_dash.query.calendar import unit_place
from iris_dash.query.filters import AnyOf, Choice, Filter, Interval, Match, Period, Search
from iris_dash.query.slider_stops import SliderStops
from iris_dash.query.stops import clock_at

CHECKPOINT_BYTES = 20_000_000
FEWEST, MOST = 4, 48
"""So many times the cells' counts up to a stop are kept: what lies between two is counted anew."""

PIECE = 1 << 17
"""Rows that are put into order at once: they stay in a processor's cache meanwhile."""

FIRST_STOP = -MISSING_CELL
"""Before the stops are two places: for no time, and for what is before the first stop."""


@dataclass(frozen=True, eq=False)
class TimeIndex:
    """The cell of each row of a table, by the stop of its time.

    `rows`: the cells, those without a time first, then by stop; `begins`: where each place's rows
    begin, and the end of the last's: places for none and for what is before the first stop, one per
    stop, one for what is behind the last. `cells`: how many cells there are.
    """

    stops: SliderStops
    rows: NDArray[np.uint32]
    begins: NDArray[np.int64]
    cells: int

    @classmethod
    def of_rows(
        cls, stops: SliderStops, at: NDArray[Any], rows: NDArray[np.uint32], cells: int
    ) -> TimeIndex:
        """Return the index of rows whose stops are `at`; see `time_cells.stops_at`."""
        width = len(stops) + FIRST_STOP + 1
        pieces = [slice(begin, begin + PIECE) for begin in range(0, len(at), PIECE)]
        # A whole number of 16 bits: NumPy puts them into order without comparing any.
        places = [(at[piece] + FIRST_STOP).astype(np.uint16) for piece in pieces]
        lengths = [np.bincount(piece, None, width) for piece in places]
        begins = np.concatenate([[0], np.cumsum(np.sum(lengths, axis=0))])
        ordered, following = np.empty(len(rows), np.uint32), begins[:-1].copy()
        for piece, own, counted in zip(pieces, places, lengths, strict=True):
            order = np.argsort(own, kind="stable")
            # Each place's rows go behind those of it that went before.
            to = np.repeat(following - (np.cumsum(counted) - counted), counted)
            to += np.arange(len(own))
            ordered[to] = rows[piece][order]
            following += counted
        return cls(stops, ordered, begins, cells)

    def places(self, one: Filter | None) -> NDArray[np.bool_] | None:
        """Return which places a filter on the time lets in; None if it parts one that has rows."""
        width = len(self.begins) - 1
        match one:
            case None:
                return np.ones(width, dtype=bool)
            case Period(_, start, before):
                low = 1 if start is None else self._bound(start)
                high = width if before is None else self._bound(before)
                if low is None or high is None:
                    return None
                found = np.zeros(width, dtype=bool)
                found[low:high] = True
                return found
            case AnyOf(_, spans, missing):
                found = np.zeros(width, dtype=bool)
                found[0] = missing
                for span in spans:
                    own = self.places(span)
                    if own is None:
                        return None
                    found |= own
                return found
            case Choice() | Interval() | Match() | Search():
                return None
            case _:
                assert_never(one)

    def _bound(self, moment: Any) -> int | None:
        """Return the first place whose rows are not before a moment; None if it parts one."""
        at, ends = self.stops.stop_of(moment), (*self.stops.starts, self.stops.after)
        place = at + FIRST_STOP
        if at >= 0 and ends[at] == moment:
            return place
        return place + 1 if self.begins[place] == self.begins[place + 1] else None

    def counts(self, places: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how many rows each cell has at some places."""
        runs = _runs(places)
        selected = sum(self.begins[end] - self.begins[begin] for begin, end in runs)
        if selected < sum(self._nearest(place)[1] for run in runs for place in run):
            return np.bincount(self._rows_at(runs), None, self.cells).astype(np.float64)
        found = np.zeros(self.cells, dtype=np.int64)
        for begin, end in runs:
            found += self._up_to(end)
            found -= self._up_to(begin)
        return found.astype(np.float64)

    def _rows_at(self, runs: Sequence[tuple[int, int]]) -> NDArray[np.uint32]:
        own = [self.rows[self.begins[begin] : self.begins[end]] for begin, end in runs]
        return own[0] if len(own) == 1 else np.concatenate(own)

    def _nearest(self, place: int) -> tuple[int, int]:
        """Return the nearest place that is known, by its number, and how many rows lie between."""
        apart = np.abs(self.begins[self.known[0]] - self.begins[place])
        nearest = int(apart.argmin())
        return nearest, int(apart[nearest])

    def _up_to(self, place: int) -> NDArray[np.int64]:
        """Return how many rows each cell has before a place: from the nearest that is known."""
        (at, known), (nearest, apart) = self.known, self._nearest(place)
        if not apart:
            kept: NDArray[np.int64] = known[nearest].astype(np.int64)
            return kept
        one, other = sorted((self.begins[at[nearest]], self.begins[place]))
        between = np.bincount(self.rows[one:other], None, self.cells)
        sign = 1 if self.begins[place] == other else -1
        found: NDArray[np.int64] = known[nearest] + sign * between
        return found

    @cached_property
    def known(self) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """Some places, and how many rows each cell has before them."""
        at = self._checkpoints()
        known = np.zeros((len(at), self.cells), dtype=np.int32)
        for i, (begin, end) in enumerate(pairwise(self.begins[at])):
            known[i + 1] = known[i] + np.bincount(self.rows[begin:end], None, self.cells)
        return at, known

    def _checkpoints(self) -> NDArray[np.intp]:
        """Return the places to know: where the finest unit begins of which there are few enough.

        Groups by that unit are then told without a look at any row. The others stand between as
        many rows, as far as that is so.
        """
        width = len(self.begins) - 1
        count = min(max(CHECKPOINT_BYTES // (4 * max(self.cells, 1)), FEWEST), MOST, width)
        firsts = self._unit_begins(count)
        wanted = np.linspace(0, len(self.rows), count + 2 - max(len(firsts), 1))
        evenly = np.searchsorted(self.begins, wanted).clip(0, width)
        return np.unique(np.concatenate([firsts, evenly]))

    def _unit_begins(self, most: int) -> NDArray[np.intp]:
        """Return where the finest unit begins that begins at most so often, if any does."""
        time = self.stops.time
        clocks = [clock_at(start, time.zone) for start in self.stops.starts]
        for unit in COARSER[time.unit]:
            units = [unit_place(clock, unit) for clock in clocks]
            places = np.concatenate([[0], np.flatnonzero(np.diff(units)) + 1, [len(units)]])
            if len(places) <= most:
                return places + FIRST_STOP
        return np.zeros(0, np.intp)

    def per_stop(self, codes: NDArray[np.uint16], length: int) -> NDArray[np.int64]:
        """Return the rows per code, below `length`, and place, where each cell has a code."""
        found = np.zeros((length + 1, len(self.begins) - 1), dtype=np.int64)
        for place, (begin, end) in enumerate(pairwise(self.begins)):
            found[:, place] = np.bincount(codes[self.rows[begin:end]], None, length + 1)
        return found[:length]

    def per_period(
        self,
        codes: Sequence[tuple[NDArray[np.int64], int]],
        periods: NDArray[np.intp],
        count: int,
        chosen: NDArray[np.bool_] | None,
    ) -> list[NDArray[np.int64]]:
        """Return the rows per period and code of the chosen cells, for each of some codes.

        `codes`: one per cell, with a number that none reaches; `periods`: the period of each place,
        below `count`; -1 for none.
        """
        if chosen is not None:
            codes = [(np.where(chosen, of, length), length) for of, length in codes]
        # In the smallest whole type, since they are looked up for many rows.
        codes = [(of.astype(np.min_scalar_type(length)), length) for of, length in codes]
        found = [np.empty((count, length), np.int64) for _, length in codes]
        for period in range(count):
            check()
            rows, n = self._rows_of(periods == period)
            for made, (of, length) in zip(found, codes, strict=True):
                counted = np.bincount(of if rows is None else of.take(rows), n, length + 1)
                made[period] = counted[:length]
        return found

    def _rows_of(
        self, places: NDArray[np.bool_]
    ) -> tuple[NDArray[np.uint32] | None, NDArray[np.float64] | None]:
        """Return the cell of each row at some places, or instead how many rows each cell has."""
        rows = self._rows_at(_runs(places))
        if len(rows) <= self.cells:
            return rows, None
        # Of many rows those of each cell are counted first, and then the cells.
        return None, self.counts(places)


def _runs(places: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where places that are let in begin and end, one after the other."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], places.astype(np.int8), [0]])))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
