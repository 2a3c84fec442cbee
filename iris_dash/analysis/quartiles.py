"""How the values of each measure lie in each group: extremes, quartiles, mean and deviation.

Quartiles are exact on every engine by the same few steps, none of which puts a column into order:
count the rows per grid cell, see in which cells the wanted ranks fall, and look at the values of
those cells alone. Values on the grid are then known already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregates import Aggregates
from iris_dash.analysis.grid import BELOW_CELL, MISSING_CELL, Grid, grid_of
from iris_dash.analysis.value_counts import ValueCounts
from iris_dash.core.deadline import check
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.value_text import FacetValue

FIVE = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The quantiles of a five-number summary."""

Counted = Mapping[str, ValueCounts]
"""The rows per group and value of some measures, by their names."""

FINER = 100
"""How many times finer a crowded cell is looked at."""

CROWDED = 1_000_000
"""Values of one look; a cell with more of them is looked at more finely first."""

MOST_LOOKS = 4


@dataclass(frozen=True)
class MeasureSpread:
    """One measure over one group, in its unit: `n` values, `missing` rows without one.

    `std` has n - 1 in its divisor; quartiles interpolate between the two values next to their rank
    (NumPy's and R's default). None where there is no such number. Of whole numbers that floats do
    not tell apart `min` and `max` are whole numbers.
    """

    n: int
    missing: int
    mean: float | None
    std: float | None
    min: float | int | None
    q1: float | None
    median: float | None
    q3: float | None
    max: float | int | None


@dataclass(frozen=True)
class GroupSpread:
    """One group: its facet value, its n rows, and each measure's spread in the schema's order."""

    group: FacetValue
    n: int
    measures: tuple[MeasureSpread, ...]


def spreads(
    aggregates: Aggregates,
    query: Query,
    by: Facet | None,
    measures: Sequence[Measure] | None = None,
) -> list[GroupSpread]:
    """Return the spread of each measure per group, in the facet's order; empty groups left out.

    `measures`: None for all of the table.
    """
    measures = aggregates.schema.measures if measures is None else measures
    return joined(aggregates, query, by, measures, counted(aggregates, query, by, measures))


def counted(
    aggregates: Aggregates, query: Query, by: Facet | None, measures: Sequence[Measure]
) -> Counted:
    """Return the rows per group and value of those measures of which that is known unscanned."""
    found = {}
    for measure in measures:
        check()
        counts = aggregates.value_counts(query, measure, by)
        if counts is not None:
            found[measure.name] = counts
    return found


def joined(
    aggregates: Aggregates,
    query: Query,
    by: Facet | None,
    measures: Sequence[Measure],
    known: Counted,
) -> list[GroupSpread]:
    """Return the spreads of measures, of some by the counts of their values, of others scanned."""
    others = [measure for measure in measures if measure.name not in known]
    scanned = _scanned(aggregates, query, by, others) if others or not known else []
    return _joined(by, measures, known, scanned) if known else scanned


def _joined(
    by: Facet | None,
    measures: Sequence[Measure],
    counted: Counted,
    scanned: Sequence[GroupSpread],
) -> list[GroupSpread]:
    known = {
        measure.name: _counted(counted[measure.name], measure.step)
        for measure in measures
        if measure.name in counted
    }
    rows = next(iter(counted.values())).rows.tolist()
    values = by.values if by else (None,)
    scanned_of = {group.group: iter(group.measures) for group in scanned}
    return [
        GroupSpread(
            value,
            rows[place],
            tuple(
                known[measure.name][place] if measure.name in known else next(scanned_of[value])
                for measure in measures
            ),
        )
        for place, value in enumerate(values)
        if rows[place]
    ]


def _counted(counts: ValueCounts, step: float) -> list[MeasureSpread]:
    """Return the spread of each group, by how many rows have each value."""
    return [
        MeasureSpread(n, rows - n, mean, deviation, *five)
        for rows, (n, mean, deviation), five in zip(
            counts.rows.tolist(), counts.moments(step), counts.five(), strict=True
        )
    ]


def _scanned(
    aggregates: Aggregates, query: Query, by: Facet | None, measures: Sequence[Measure]
) -> list[GroupSpread]:
    groups = aggregates.moments(query, by, measures)
    places = {value: place for place, value in enumerate(by.values)} if by else {}
    columns = []
    for i, measure in enumerate(measures):
        check()
        counts = aggregates.cell_counts(query, measure.name, by)
        n = counts[:, 1:].sum(axis=1).tolist()
        wanted = {place: _wanted(size) for place, size in enumerate(n) if size}
        values_of = _ranked(aggregates, query, by, grid_of(measure), counts, wanted)
        exact = aggregates.whole_ends(query, measure.name, by) if measure.is_long else {}
        columns.append(
            [
                MeasureSpread(
                    n[place],
                    group.n - n[place],
                    group.means[i],
                    group.deviations[i],
                    *_five(values_of.get(place, {}), n[place], exact.get(group.group)),
                )
                for group in groups
                for place in [places[group.group] if by else 0]
            ]
        )
    measured = list(zip(*columns, strict=True)) or [()] * len(groups)
    return [
        GroupSpread(group.group, group.n, spread)
        for group, spread in zip(groups, measured, strict=True)
    ]


def _five(
    ranked: dict[int, float], n: int, ends: tuple[int, int] | None
) -> tuple[float | int | None, ...]:
    """Return the five numbers, of which the first and the last are known if `ends` are."""
    found = [_quantile(ranked, n, q) for q in FIVE]
    return tuple(found) if ends is None else (ends[0], *found[1:-1], ends[1])


def _next_ranks(n: int, q: float) -> tuple[int, int, float]:
    """Return the two ranks, from 0, next to a quantile and the weight of the upper one."""
    place = (n - 1) * q
    low = int(place)
    return low, min(low + 1, n - 1), place - low


def _wanted(n: int) -> set[int]:
    return {rank for q in FIVE for rank in _next_ranks(n, q)[:2]}


def _quantile(ranked: dict[int, float], n: int, q: float) -> float | None:
    if not n:
        return None
    low, high, weight = _next_ranks(n, q)
    below, above = ranked[low], ranked[high]
    value = below if not weight else below + (above - below) * weight
    if math.isfinite(below) and math.isfinite(above) and not math.isfinite(value):
        value = below * (1 - weight) + above * weight  # their difference is no float
    return value if math.isfinite(value) else None


def _ranked(
    aggregates: Aggregates,
    query: Query,
    by: Facet | None,
    grid: Grid,
    counts: NDArray[np.int64],
    wanted: dict[int, set[int]],
    looks: int = MOST_LOOKS,
) -> dict[int, dict[int, float]]:
    """Return the values at the wanted ranks, per place of a group.

    `counts` are the rows per group and cell of the grid; see `Aggregates.cell_counts`.
    """
    found: dict[int, dict[int, float]] = {place: {} for place in wanted}
    between: dict[int, list[tuple[int, int, int]]] = {}
    for place, ranks in wanted.items():
        known = counts[place, 1:]
        ends = np.cumsum(known)
        for rank in ranks:
            position = int(np.searchsorted(ends, rank, side="right"))
            cell = position + BELOW_CELL
            value = grid.value_of(cell)
            if value is not None and not (math.isinf(value) and grid.is_passed):
                found[place][rank] = value
            else:
                inside = rank - int(ends[position] - known[position])
                between.setdefault(cell, []).append((place, rank, inside))
    crowded = {
        cell
        for cell in between
        if looks and BELOW_CELL < cell <= grid.top_cell
        if counts[:, cell - MISSING_CELL].sum() > CROWDED
    }
    for cell in crowded:
        finer = grid.within(cell, FINER)
        inner: dict[int, set[int]] = {}
        for place, _, inside in between[cell]:
            inner.setdefault(place, set()).add(inside)
        counted = aggregates.finer_counts(query, finer, by, grid.ends_of(cell))
        values = _ranked(aggregates, query, by, finer, counted, inner, looks - 1)
        for place, rank, inside in between[cell]:
            found[place][rank] = values[place][inside]
    sparse = sorted(set(between) - crowded)
    if sparse:
        looked = aggregates.values_between(query, grid.name, by, [grid.ends_of(c) for c in sparse])
    for cell in sparse:
        low, high = grid.ends_of(cell)
        for place, rank, inside in between[cell]:
            held, ends = looked[by.values[place] if by else None]
            first, last = np.searchsorted(held, low, side="right"), np.searchsorted(held, high)
            before, upto = (int(ends[at - 1]) if at else 0 for at in (first, last))
            if cell <= BELOW_CELL:  # where infinities come first
                inside -= int(counts[place, cell - MISSING_CELL]) - (upto - before)
            if 0 <= inside < upto - before:
                at = np.searchsorted(ends, before + inside, side="right")
                found[place][rank] = float(held[at])
            else:
                found[place][rank] = math.copysign(math.inf, inside)
    return found
