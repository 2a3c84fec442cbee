"""How far apart two samples are beside their means: intervals of effect sizes and of shares."""

from __future__ import annotations

import math
from statistics import NormalDist

from iris_dash.analysis.mean_intervals import CONFIDENCE, Ends, finite

Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""The normal quantile of a 95 % interval, about 1.96."""


def effect_interval(g: float | None, n: int, other: int) -> Ends | None:
    """Return the 95 % confidence interval of an effect size, of `n` values beside `other`.

    The normal approximation with the variance (n + m) / (n m) + g² / (2 (n + m)) of L. V. Hedges
    and I. Olkin, Statistical Methods for Meta-Analysis, 1985, page 86. None without an effect size
    or with fewer than two values on a side.

    >>> low, high = effect_interval(0.5, 50, 50)
    >>> round(low, 3), round(high, 3)
    (0.102, 0.898)
    """
    if g is None or min(n, other) < 2:
        return None
    half = Z * math.sqrt((n + other) / (n * other) + g * g / (2 * (n + other)))
    low, high = finite(g - half), finite(g + half)
    return None if low is None or high is None else (low, high)


def share_interval(count: int, n: int) -> Ends:
    """Return the 95 % confidence interval of a share of `n`, at least 1, by Wilson's score.

    E. B. Wilson, Journal of the American Statistical Association 22, 1927.

    >>> low, high = share_interval(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.596, 0.982)
    """
    share, square = count / n, Z * Z
    middle = share + square / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    whole = 1 + square / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def share_difference_interval(count: int, n: int, other_count: int, other: int) -> Ends | None:
    """Return the 95 % confidence interval of a share of `n` less another share of `other`.

    From both shares' score intervals: method 10 of R. G. Newcombe, Statistics in Medicine 17,
    1998. None where a side has no rows.

    >>> low, high = share_difference_interval(56, 70, 48, 80)
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    if not n or not other:
        return None
    one, two = count / n, other_count / other
    (low, high), (other_low, other_high) = (
        share_interval(count, n),
        share_interval(other_count, other),
    )
    difference = one - two
    below = math.hypot(one - low, other_high - two)
    above = math.hypot(high - one, two - other_low)
    return difference - below, difference + above


def cohens_h(share: float, other: float) -> float:
    """Return the effect size of two shares: the difference of their arcsine roots, doubled.

    J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, chapter 6; his words
    for it are those for differences of means.

    >>> round(cohens_h(0.5, 0.25), 4)
    0.5236
    """
    return 2 * (math.asin(math.sqrt(share)) - math.asin(math.sqrt(other)))
