"""What two samples say of their means: confidence intervals, and how far apart they are."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from iris_dash.analysis.quartiles import MeasureSpread

CONFIDENCE = 0.95
"""How often an interval made this way holds the true mean, or difference of means."""

SERIES_FROM = 500.0
"""Degrees of freedom from which Student's t is a short series in the normal quantile."""

APPROXIMATE_FROM = 10_000
"""Degrees of freedom from which Hedges' correction is 1 - 3 / (4 df - 1) to nine digits."""

Ends = tuple[float, float]


def mean_interval(n: int, mean: float | None, std: float | None) -> Ends | None:
    """Return the 95 % confidence interval of a mean, in its unit, by Student's t.

    `std` has n - 1 in its divisor. None where there is no mean or, with n < 2, no deviation.

    >>> low, high = mean_interval(4, 5.0, 2.0)
    >>> round(low, 3), round(high, 3)
    (1.818, 8.182)
    """
    if mean is None or std is None or n < 2:
        return None
    return _around(mean, t_quantile((1 + CONFIDENCE) / 2, n - 1) * (std / math.sqrt(n)))


def difference_interval(one: MeasureSpread, other: MeasureSpread) -> Ends | None:
    """Return the 95 % confidence interval of the difference of two means, in their unit.

    Welch's, without the assumption that the deviations are equal (B. L. Welch, Biometrika 34,
    1947), its degrees of freedom by Satterthwaite (Biometrics Bulletin 2, 1946). None where a
    mean or deviation is None.
    """
    if one.mean is None or other.mean is None or one.std is None or other.std is None:
        return None
    errors = (one.std / math.sqrt(one.n), other.std / math.sqrt(other.n))
    error = math.hypot(*errors)
    difference = one.mean - other.mean
    if not error:
        return _around(difference, 0.0)
    shares = ((e / error) ** 4 / (n - 1) for e, n in zip(errors, (one.n, other.n), strict=True))
    return _around(difference, t_quantile((1 + CONFIDENCE) / 2, 1 / sum(shares)) * error)


def hedges_g(one: MeasureSpread, other: MeasureSpread) -> float | None:
    """Return the difference of two means in pooled standard deviations, corrected for small n.

    L. V. Hedges, Journal of Educational Statistics 6, 1981; the correction in its exact form with
    gamma functions. None without two means, with fewer than four values, or where all deviate by 0.
    """
    freedom = one.n + other.n - 2
    if one.mean is None or other.mean is None or freedom < 2:
        return None
    # One value has no deviation and adds none.
    deviations = ((s.std or 0.0) * math.sqrt(max(s.n - 1, 0)) for s in (one, other))
    pooled = math.hypot(*deviations) / math.sqrt(freedom)
    if not pooled or not math.isfinite(pooled):
        return None
    return finite(hedges_correction(freedom) * (one.mean - other.mean) / pooled)


def hedges_correction(freedom: int) -> float:
    """Return the factor that takes the bias from an effect size; `freedom` (df) is at least 2.

    >>> round(hedges_correction(10), 4)
    0.9227
    """
    if freedom >= APPROXIMATE_FROM:
        return 1 - 3 / (4 * freedom - 1)
    half = freedom / 2
    return math.exp(math.lgamma(half) - math.lgamma(half - 0.5)) / math.sqrt(half)


@lru_cache(maxsize=10_000)
def t_quantile(p: float, freedom: float) -> float:
    """Return the value below which Student's t lies with probability p.

    `p`: from 0.6 to 0.999; `freedom`: degrees of freedom, 1 or more, also between whole numbers.
    To ten digits: from 500 degrees by the series 26.7.5 in M. Abramowitz and I. A. Stegun,
    Handbook of Mathematical Functions; below by Newton's steps on the tail's probability, which
    rise from the normal quantile to the answer, since the tail is convex.

    >>> round(t_quantile(0.975, 10), 6)
    2.228139
    """
    z = NormalDist().inv_cdf(p)
    if freedom >= SERIES_FROM:
        return _t_series(z, freedom)
    t, log_scale = z, math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    scale = math.exp(log_scale) / math.sqrt(freedom * math.pi)
    while True:
        density: float = scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2)
        step = (_t_tail(t, freedom) - (1 - p)) / density
        t += step
        if step <= 1e-13 * t:
            return t


def _t_series(z: float, freedom: float) -> float:
    square = z * z
    terms = (
        z * (square + 1) / 4,
        z * ((5 * square + 16) * square + 3) / 96,
        z * (((3 * square + 19) * square + 17) * square - 15) / 384,
        z * ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def _t_tail(t: float, freedom: float) -> float:
    """Return the probability that Student's t is above t, which is positive.

    Half the regularised incomplete beta function (Digital Library of Mathematical Functions,
    8.17.22), its continued fraction by Lentz's method.
    """
    a, b, x = freedom / 2, 0.5, freedom / (freedom + t * t)
    gammas = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(gammas + a * math.log(x) + b * math.log1p(-x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    change, m = 0.0, 0
    while abs(change - 1) > 1e-15 and m < 10_000:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for term in (even, odd):
            c, d = 1 + term / c, 1 / (1 + term * d)
            fraction *= c * d
            change *= c * d
    return front * fraction / 2


def _around(middle: float, half: float) -> Ends | None:
    low, high = middle - half, middle + half
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def finite(number: float | None) -> float | None:
    """Return the number; None for one that is not finite."""
    return number if number is not None and math.isfinite(number) else None
