"""How two measures go together: Pearson's correlation of every pair, per group or over all rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import narwhals as nw

from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, FacetValue, Measure
from iris_dash.tables.row_set import Rows, RowSet

SUMS = ("n", "x", "y", "xx", "yy", "xy")


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


def correlate(dataset: RowSet, query: Query, by: Facet | None, most: int) -> list[Correlations]:
    """Return the correlations of the first `most` measures over the rows of a query.

    With a facet one per group that has rows, in its order, else one over all rows. Pairs leave out
    rows where either value is missing. Source: K. Pearson, Proc. R. Soc. 58 (1895) 240.
    """
    measures = dataset.schema.measures[:most]
    rows = dataset.select(query)
    if by is None:
        return [_correlations(dataset, rows, None, measures)]
    found = []
    for value in by.values:
        column = nw.col(by.name)
        own = rows.filter(column.is_null() if value is None else column == value)
        group = _correlations(dataset, own, value, measures)
        if any(any(line) for line in group.n):
            found.append(group)
    return found


def _correlations(
    dataset: RowSet, rows: Rows, group: FacetValue, measures: tuple[Measure, ...]
) -> Correlations:
    pairs = [(i, j) for i in range(len(measures)) for j in range(i + 1)]
    asked = [sum_ for i, j in pairs for sum_ in _sums(measures[i], measures[j], f"{i} {j}")]
    answer = dataset.collect(rows.select(*asked))
    found = dict(zip(answer.columns, answer.row(0), strict=True)) if asked else {}
    counts = [[0] * len(measures) for _ in measures]
    values: list[list[float | None]] = [[None] * len(measures) for _ in measures]
    for i, j in pairs:
        n, *sums = (found[f"{name} {i} {j}"] or 0 for name in SUMS)
        counts[i][j] = counts[j][i] = int(n)
        values[i][j] = values[j][i] = _pearson(int(n), *sums)
    names = tuple(measure.name for measure in measures)
    return Correlations(group, names, tuple(map(tuple, counts)), tuple(map(tuple, values)))


def _sums(one: Measure, other: Measure, key: str) -> list[nw.Expr]:
    """Return the sums of one pair; values are taken from the middle of their range."""
    x, y = (nw.col(m.name).cast(nw.Float64()) - (m.low + m.high) / 2 for m in (one, other))
    both = ~nw.col(one.name).is_null() & ~nw.col(other.name).is_null()
    terms = (nw.lit(1.0), x, y, x * x, y * y, x * y)
    return [
        nw.when(both).then(term).sum().alias(f"{name} {key}")
        for name, term in zip(SUMS, terms, strict=True)
    ]


def _pearson(n: int, x: float, y: float, xx: float, yy: float, xy: float) -> float | None:
    if n < 3 or not all(math.isfinite(total) for total in (x, y, xx, yy, xy)):
        return None
    across, up, together = xx - x * x / n, yy - y * y / n, xy - x * y / n
    if across <= 1e-12 * xx or up <= 1e-12 * yy:
        return None
    return max(-1.0, min(1.0, together / math.sqrt(across * up)))
