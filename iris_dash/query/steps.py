"""A slider's steps: their multiples, exactly as decimal text reads."""

from __future__ import annotations

import math
from fractions import Fraction

MOST_DECIMALS = 308
"""Decimals of the smallest steps: a power of ten beyond is no float."""

MOST_EXACT_DIVISOR = 10**22
"""The greatest power of ten that is a float."""


def decimals_of(step: float) -> int:
    """Return how many decimals the multiples of `step` need (0 to 308).

    >>> decimals_of(0.05), decimals_of(10)
    (2, 0)
    """
    places = range(MOST_DECIMALS)
    return next(
        (d for d in places if math.isclose(round(step, d), step, rel_tol=1e-9)), places.stop
    )


def step_fraction(step: float) -> tuple[int, int]:
    """Return the step as a fraction of whole numbers, (numerator, divisor), the divisor 10ⁿ.

    >>> step_fraction(0.05), step_fraction(20)
    ((5, 100), (20, 1))
    """
    divisor = 10 ** decimals_of(step)
    return max(1, round(step * divisor)), divisor


def floor_to_step(value: float, step: float) -> float:
    """Return the largest multiple of `step` that is at most `value`, exactly.

    A multiple is the very number that its decimal text reads as.

    >>> floor_to_step(4.37, 0.1), floor_to_step(0.3, 0.1), floor_to_step(-1.2, 1)
    (4.3, 0.3, -2.0)
    """
    numerator, divisor = step_fraction(step)
    k = math.floor(Fraction(value) * divisor / numerator)
    # A multiple is rounded, perhaps across the value; the multiples themselves decide.
    k += multiple(k + 1, numerator, divisor) <= value
    k -= multiple(k, numerator, divisor) > value
    return multiple(k, numerator, divisor)


def multiple(k: int, numerator: int, divisor: int) -> float:
    """Return k steps as engines compute them.

    The number that its decimal text reads as, up to 22 decimals: a larger divisor is rounded.
    Infinity where no float is so large.
    """
    try:
        if divisor > MOST_EXACT_DIVISOR:
            return float(k * numerator) * (1 / divisor)
        return k * numerator / divisor
    except OverflowError:
        return math.copysign(math.inf, k)


def ceil_to_step(value: float, step: float) -> float:
    """Return the smallest multiple of `step` that is at least `value`, exactly."""
    return -floor_to_step(-value, step) + 0.0
