"""The figures of a column in this process's memory, all of them from its values put in order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.statistics import N
from iris_dash.analysis.in_unit import mean_in_unit
from iris_dash.query.schema import Measure
from iris_dash.tables.libraries import Series

Number = TypeVar("Number", int, float)


def sorted_figures(
    column: Series, measure: Measure, percents: Sequence[int], most: int
) -> dict[str, Any]:
    """Return what an engine finds of a measure's values, as `group_figures` calls it, and `top`.

    That are at most so many of the commonest values, pairs of a value and its rows, of equal ones
    the least first. An ordering tells all but the mean, and takes less than counting what differs.
    """
    known = column.drop_nulls()
    if not len(known):
        return {N: 0, "distinct": 0, "top": []}
    mean = known.mean()
    values = np.sort(known.to_numpy())
    if values.dtype.kind == "f" and math.isnan(values[-1]):
        values = values[: np.searchsorted(values, math.nan)]
    low, high = values[0].item(), values[-1].item()
    starts = np.flatnonzero(values[1:] != values[:-1]) + 1
    found = {
        N: len(values),
        "distinct": len(starts) + 1,
        "min": finite(low),
        "max": finite(high),
        "mean": finite(mean_in_unit(measure, (mean, low, high))),
        "top": commonest_runs(values, starts, most) if most else [],
    }
    return found | {f"q{percent}": percentile(values, percent) for percent in (50, *percents)}


def percentile(values: NDArray[Any], percent: int) -> float | None:
    """Return a percentile of ascending numbers, by linear interpolation; None if it is no number.

    >>> percentile(np.array([1, 2, 4]), 75), percentile(np.array([1.5, math.inf]), 50)
    (3.0, None)
    """
    rank, part = divmod((len(values) - 1) * percent, 100)
    below, above = float(values[rank]), float(values[min(rank + 1, len(values) - 1)])
    found = below + (above - below) * (part / 100) if part else below
    return finite(found)


def finite(number: Number | None) -> Number | None:
    """Return a number that there is; None for infinity and for none."""
    return None if number is None or not math.isfinite(number) else number


def commonest_runs(
    values: NDArray[Any], starts: NDArray[np.intp], most: int
) -> list[tuple[Any, int]]:
    """Return the longest runs of equal values, of equal length the first, each with its length."""
    firsts = np.concatenate([[0], starts])
    lengths = np.diff(np.concatenate([firsts, [len(values)]]))
    # Of a million runs the longest few, without putting all into order.
    if len(lengths) > most:
        least = np.partition(lengths, -most)[-most]
        some = np.flatnonzero(lengths >= least)
    else:
        some = np.arange(len(lengths))
    some = some[np.argsort(-lengths[some], kind="stable")][:most]
    return [(values[firsts[i]].item(), int(lengths[i])) for i in some]
