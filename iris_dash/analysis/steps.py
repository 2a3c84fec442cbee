"""A measure's values as steps from its slider's low end: near enough to zero to be summed up.

So sums lose no digits of whole numbers that are longer than a float, and are floats where the
values' own would not be. PostgreSQL makes errors of numbers that are too large and of products
that are too small, so neither is ever asked for.
"""

from __future__ import annotations

import math

import narwhals as nw

from iris_dash.query.schema import Measure

LEAST_PART = 2.0**-200
"""Beside the largest value smaller parts of it say nothing."""

MOST_SPAN = 2**62
"""Between whole numbers that are further apart a difference may be none of 64 bits."""


def in_steps(measure: Measure) -> nw.Expr:
    """Return how many steps each value lies above the slider's low end, as a float."""
    column, low, step = nw.col(measure.name), measure.low, measure.step
    if measure.is_long and measure.whole is not None:
        base = base_of(measure)
        apart = nw.when(column >= base).then(column - base) if base else column
        return (apart.cast(nw.Float64()) + (base - low)) / step
    value = column.cast(nw.Float64())
    if not measure.is_large:
        return (value - low) / step
    scale = scale_of(measure)
    return (_scaled(value, scale) - low / scale) / (step / scale)


def base_of(measure: Measure) -> int:
    """Return the whole number from which values are counted exactly; 0 where none would do."""
    assert measure.whole is not None
    if measure.high - measure.low >= MOST_SPAN:
        return 0
    return max(int(measure.low), measure.whole[0])


def scale_of(measure: Measure) -> float:
    """Return the power of two by which large values are divided, which rounds none of them."""
    largest = max(-measure.low, measure.high)
    return 2.0 ** math.floor(math.log2(largest)) if measure.is_large else 1.0


def scaled(measure: Measure) -> nw.Expr:
    """Return each value as a float, divided by `scale_of` the measure."""
    value, scale = nw.col(measure.name).cast(nw.Float64()), scale_of(measure)
    return value if scale == 1.0 else _scaled(value, scale)


def _scaled(value: nw.Expr, scale: float) -> nw.Expr:
    part = scale * LEAST_PART
    tiny = value.is_between(-part, part)
    return nw.when(tiny).then(value * 0.0).otherwise(value * (1 / scale))
