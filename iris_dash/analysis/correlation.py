"""How two measures go together: Pearson's correlation of every pair, per group or over all rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np

from iris_dash.analysis.steps import base_of, in_steps, without_dust
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.row_set import Rows, RowSet

Key = tuple[str, int, int]

LEAST_SQUARED = 1e-100
"""Steps from which the squares of numbers are floats."""


@dataclass(frozen=True)
class Correlations:
    """The correlation of every two measures over one group (None and no facet: over all rows).

    `n` and `r` are square, in the order of `measures`: the rows that have both values, and their
    Pearson coefficient from -1 to 1; None with fewer than three rows, a constant or an infinity.
    """

    group: FacetValue
    measures: tuple[str, ...]
    n: tuple[tuple[int, ...], ...]
    r: tuple[tuple[float | None, ...], ...]


def correlate(
    dataset: RowSet,
    query: Query,
    by: Facet | None,
    most: int,
    measures: Sequence[Measure] | None = None,
) -> list[Correlations]:
    """Return the correlations of the first `most` measures over the rows of a query.

    Without `measures` of the table's quantities.

    With a facet one per group that has rows, in its order, else one over all rows. Pairs leave out
    rows where either value is missing. Source: K. Pearson, Proc. R. Soc. 58 (1895) 240.
    """
    measures = tuple(dataset.schema.quantities if measures is None else measures)[:most]
    rows = dataset.select(query)
    if by is None:
        return [_correlations(dataset, rows, None, measures)]
    found = []
    for value in by.values:
        column = nw.col(held_name(by.name))
        own = rows.filter(column.is_null() if value is None else column == value)
        group = _correlations(dataset, own, value, measures)
        if any(any(line) for line in group.n):
            found.append(group)
    return found


def _correlations(
    dataset: RowSet, rows: Rows, group: FacetValue, measures: tuple[Measure, ...]
) -> Correlations:
    names = tuple(measure.name for measure in measures)
    places = range(len(measures))
    counts = [[0] * len(measures) for _ in places]
    values: list[list[float | None]] = [[None] * len(measures) for _ in places]
    sums = _sums(dataset, rows, measures)
    for i in places:
        for j in range(i + 1):
            n, xy = int(sums["n", i, j]), sums["xy", i, j]
            (x, xx), (y, yy) = ((sums["x", *at], sums["xx", *at]) for at in ((i, j), (j, i)))
            counts[i][j] = counts[j][i] = n
            values[i][j] = values[j][i] = _pearson(n, x, y, xx, yy, xy)
    return Correlations(group, names, tuple(map(tuple, counts)), tuple(map(tuple, values)))


def _sums(dataset: RowSet, rows: Rows, measures: tuple[Measure, ...]) -> dict[Key, float]:
    """Return the sums that coefficients are made of, over the rows where two measures have values.

    Of measures i and j: "n" counts those rows, "x" sums up i, "xx" its squares, "xy" i times j.
    """
    if not measures:
        return {}
    # Values are taken from the middle of their range.
    column = [nw.col(f"{i}") for i in range(len(measures))]
    rows = rows.select(_centred(measure).alias(f"{i}") for i, measure in enumerate(measures))

    def ask(asked: dict[Key, nw.Expr]) -> dict[Key, float]:
        sums = [term.sum().alias(" ".join(map(str, key))) for key, term in asked.items()]
        with np.errstate(invalid="ignore"):  # of infinite values, in pandas
            row = dataset.collect(rows.select(*sums)).row(0) if sums else ()
        return {key: total or 0.0 for key, total in zip(asked, row, strict=True)}

    def where(i: int, j: int, term: nw.Expr) -> nw.Expr:
        return nw.when(~column[i].is_null() & ~column[j].is_null()).then(term)

    places = range(len(measures))
    pairs = [(i, j) for i in places for j in range(i + 1)]
    found = ask(
        {("x", i, i): column[i] for i in places}
        | {("n", i, j): where(i, j, nw.lit(1)) for i, j in pairs}
        | {("xy", i, j): column[i] * column[j] for i, j in pairs}
    )
    found |= {("n", j, i): found["n", i, j] for i, j in pairs}
    found |= {("xx", i, i): found["xy", i, i] for i in places}
    # What one measure sums up to is the same beside every other that has a value in all its rows,
    # which few engines would see: asked for each pair, the sums of twelve measures take minutes.
    beside = [(i, j) for i in places for j in places]
    fewer = [(i, j) for i, j in beside if found["n", i, j] < found["n", i, i]]
    found |= ask(
        {("x", i, j): where(i, j, column[i]) for i, j in fewer}
        | {("xx", i, j): where(i, j, column[i] * column[i]) for i, j in fewer}
    )
    whole = {(kind, i, j): found[kind, i, i] for kind in ("x", "xx") for i, j in beside}
    return whole | found


def _centred(measure: Measure) -> nw.Expr:
    """Return a measure's values from the middle of their range, where need be in other units."""
    low, high, step = measure.low, measure.high, measure.step
    if measure.is_long:
        return in_steps(measure) - (high / 2 + low / 2 - base_of(measure)) / step
    if measure.is_large:
        return in_steps(measure) - (high / 2 - low / 2) / step
    centred = nw.col(held_name(measure.name)).cast(nw.Float64()) - (low + high) / 2
    if measure.whole:
        return centred
    # Of small numbers the squares would be none.
    if step < LEAST_SQUARED:
        return without_dust(centred / step, 1.0)
    return without_dust(centred, high - low)


def _pearson(n: int, x: float, y: float, xx: float, yy: float, xy: float) -> float | None:
    if n < 3 or not all(math.isfinite(total) for total in (x, y, xx, yy, xy)):
        return None
    across, up, together = xx - x * x / n, yy - y * y / n, xy - x * y / n
    if across <= 1e-12 * xx or up <= 1e-12 * yy:
        return None
    return max(-1.0, min(1.0, together / math.sqrt(across * up)))
