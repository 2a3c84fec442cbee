"""Means and deviations in a measure's unit, of what engines find of the steps they sum up."""

from __future__ import annotations

import math
from typing import Any

from iris_dash.analysis.steps import base_of, scale_of
from iris_dash.query.schema import Measure
from iris_dash.tables.libraries.plain_values import is_missing

LEAST_TOLD = 1e-5
"""Of the largest long whole number, and of a slider's step: a mean or deviation below that is not
told to nine digits by floats."""


def mean_in_unit(measure: Measure, found: tuple[Any, ...]) -> float | None:
    """Return a mean in the measure's unit, given that of what is summed up, perhaps extremes.

    None without values, where infinities of both signs cancel, and where floats do not tell it.
    """
    mean, *ends = found
    if ends and ends[0] is not None and ends[0] == -math.inf and ends[1] == math.inf:
        return None
    number = number_of(mean)
    if number is None or not measure.is_long:
        return None if number is None else number * scale_of(measure)
    base, largest = base_of(measure), max(-measure.low, measure.high)
    return None if not base and abs(number) < LEAST_TOLD * largest else base + number


def deviation_of(n: Any, std: Any, low: Any = 0.0, high: Any = 0.0) -> float | None:
    """Return a standard deviation; engines differ where there is none."""
    if n < 2 or not (math.isfinite(low) and math.isfinite(high)):
        return None
    found = number_of(std)
    return found if found is not None and math.isfinite(found) else None


def deviation_in_unit(steps: float | None, measure: Measure) -> float | None:
    """Return a deviation in the measure's unit; None where floats do not tell it."""
    if steps is None or (measure.is_long and not base_of(measure) and steps < LEAST_TOLD):
        return None
    found = steps * measure.step
    return found if math.isfinite(found) else None


def number_of(value: Any) -> float | None:
    """Return an engine's number as a float; None for a missing one."""
    return None if is_missing(value) else float(value)
