"""A measure's values as steps from its slider's low end: near enough to zero to be summed up.

So sums lose no digits of whole numbers that are longer than a float, and are floats where the
values' own would not be. PostgreSQL makes errors of numbers that are too large and of products
that are too small, so neither is ever asked for.
"""

from __future__ import annotations

import math

import narwhals as nw

from iris_dash.query.names import held_name
from iris_dash.query.schema import Measure

LEAST_PART = 2.0**-200
"""Smaller parts of a unit say nothing in a sum, even squared."""

MOST_SPAN = 2**62
"""Between whole numbers that are further apart a difference may be none of 64 bits."""


def in_steps(measure: Measure) -> nw.Expr:
    """Return how many steps each value lies above the slider's low end, as a float.

    Long whole numbers are counted from the least of them instead, or from 0: see `base_of`. What is
    far less than a step is 0.
    """
    column, low, step = nw.col(held_name(measure.name)), measure.low, measure.step
    if measure.is_long:
        return above_base(measure) / step
    value = column.cast(nw.Float64())
    if not measure.is_large:
        above = value - low
        return (above if measure.whole else without_dust(above, step)) / step
    scale = scale_of(measure)
    return (_scaled(value, scale) - low / scale) / (step / scale)


def above_base(measure: Measure) -> nw.Expr:
    """Return how far long whole numbers lie above `base_of` them, as floats."""
    column, base = nw.col(held_name(measure.name)), base_of(measure)
    apart = nw.when(column >= base).then(column - base) if base else column
    return apart.cast(nw.Float64())


def base_of(measure: Measure) -> int:
    """Return the whole number from which long ones are counted; 0 where they lie too far apart."""
    far_apart = measure.high - measure.low >= MOST_SPAN
    return 0 if far_apart or measure.least is None else measure.least


def scale_of(measure: Measure) -> float:
    """Return the power of two by which large values are divided, which rounds none of them."""
    largest = max(-measure.low, measure.high)
    return 2.0 ** math.floor(math.log2(largest)) if measure.is_large else 1.0


def summed_up(measure: Measure) -> nw.Expr:
    """Return of what a mean is made: long numbers above their base, large ones in `scale_of`."""
    if measure.is_long:
        return above_base(measure)
    return _scaled(nw.col(held_name(measure.name)).cast(nw.Float64()), scale_of(measure))


def _scaled(value: nw.Expr, scale: float) -> nw.Expr:
    return without_dust(value, scale) * (1 / scale)


def without_dust(value: nw.Expr, unit: float) -> nw.Expr:
    """Return numbers, 0 for those that are nothing beside a unit; missing ones stay missing."""
    least = unit * LEAST_PART
    return nw.when(value.is_between(-least, least)).then(value * 0.0).otherwise(value)
