"""Exact percentiles of groups from how many rows have each value: one grouping, on any engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.core.days import ENDLESS_TIME
from iris_dash.tables.libraries.moments import NO_TIME


def percentiles(
    counts: pl.DataFrame, groups: pl.Series, percents: Sequence[int]
) -> dict[int, NDArray[Any]]:
    """Return each percentile of every group, by linear interpolation, in the groups' order.

    `counts`: in `group` the number of a row's group, in `value` a number, in `rows` how many rows
    have it; `groups`: numbers of groups that have rows there. Of whole numbers, which are times,
    what lies between two is rounded down; between infinities of both signs it is NO_TIME.
    """
    counts = counts.sort("group", "value")
    times = counts["rows"].cast(pl.Int64).to_numpy()
    values, own = counts["value"].to_numpy(), counts["group"].to_numpy()
    return percentiles_of(own, values, times, groups.to_numpy(), percents)


def percentiles_of(
    own: NDArray[Any],
    values: NDArray[Any],
    times: NDArray[np.int64],
    groups: NDArray[Any],
    percents: Sequence[int],
) -> dict[int, NDArray[Any]]:
    """Return the same of arrays that stand in the order of their group and their value."""
    ends = np.cumsum(times)
    first = np.searchsorted(own, groups)
    last = np.searchsorted(own, groups, side="right")
    padded = np.concatenate([[0], ends])
    before, sizes = padded[first], padded[last] - padded[first]
    found = {}
    for percent in percents:
        # In whole hundredths of a rank, so that no rank is missed by a rounding.
        low, part = np.divmod((sizes - 1) * percent, 100)
        high = np.minimum(low + 1, sizes - 1)
        below, above = (
            values[np.searchsorted(ends, before + rank, side="right").clip(0, len(values) - 1)]
            for rank in (low, high)
        )
        found[percent] = _between(below, above, part)
    return found


def _between(below: NDArray[Any], above: NDArray[Any], part: NDArray[Any]) -> NDArray[Any]:
    """Return what lies so many hundredths of the way between two values."""
    if below.dtype.kind != "f":
        pairs = zip(below.tolist(), above.tolist(), part.tolist(), strict=True)
        return np.array([_between_times(*one) for one in pairs], dtype=np.int64)
    with np.errstate(all="ignore"):
        between = below + (above - below) * (part / 100)
        # Where their difference is no float, though they are.
        parted = below * (1 - part / 100) + above * (part / 100)
        both = np.isfinite(below) & np.isfinite(above) & ~np.isfinite(between)
    found: NDArray[Any] = np.where(part == 0, below, np.where(both, parted, between))
    return found


def _between_times(below: int, above: int, part: int) -> int:
    ends = [end for end in (below, above) if abs(end) == ENDLESS_TIME]
    if not part or not ends:
        return below + (above - below) * part // 100
    return ends[0] if ends[0] == ends[-1] else NO_TIME
