"""Several groups as one: the mean and the deviation of all their values, from those of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from iris_dash.analysis.aggregates import GroupMoments
from iris_dash.query.schema import Facet

Moments = tuple[int, float | None, float | None]
"""How many values there are, their mean, and their standard deviation (n - 1 in the divisor)."""


def pooled(groups: Sequence[Sequence[Any]]) -> Moments:
    """Return the moments of several groups of values together, each told by its own.

    >>> pooled([(2, 1.0, 0.0), (2, 3.0, 0.0)])
    (4, 2.0, 1.1547005383792515)
    """
    if len(groups) == 1:
        n, mean, deviation = groups[0]
        return n, mean, deviation
    known = [(n, mean, deviation or 0.0) for n, mean, deviation in groups if n and mean is not None]
    n = sum(count for count, _, _ in known)
    if not n:
        return 0, None, None
    mean = sum(count * own for count, own, _ in known) / n
    squares = sum((count - 1) * sd**2 + count * (own - mean) ** 2 for count, own, sd in known)
    return n, mean, math.sqrt(squares / (n - 1)) if n > 1 else None


def with_others(groups: Sequence[GroupMoments], by: Facet | None) -> list[GroupMoments]:
    """Return groups as charts draw them: those that have colours, and all others as one."""
    if by is None or not by.coloured:
        return list(groups)
    own = sorted(
        (group for group in groups if group.group in by.coloured),
        key=lambda group: by.rank(group.group),
    )
    others = [group for group in groups if group.group not in by.coloured]
    if len(others) < 2:
        return [*own, *others]
    measures = range(len(others[0].means))
    found = [
        pooled([(group.counts[i], group.means[i], group.deviations[i]) for group in others])
        for i in measures
    ]
    one = GroupMoments(
        None,
        sum(group.n for group in others),
        tuple(mean for _, mean, _ in found),
        tuple(n for n, _, _ in found),
        tuple(deviation for _, _, deviation in found),
        others=len(others),
    )
    return [*own, one]
