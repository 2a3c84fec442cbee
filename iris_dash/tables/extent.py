"""What a slider over a numeric column needs: its extremes, its decimals, a step, a log scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.query.schema import MOST_SHOWN, MOST_WHOLE
from iris_dash.query.steps import ceil_to_step, decimals_of, floor_to_step

SAMPLE = 1_000
SLICE = 1 << 20
PIECE = 1 << 16
"""Values that are looked at at once: they stay in a processor's cache meanwhile."""

FINE_POSITIONS = 200
COARSE_POSITIONS = 100
MOST_DECIMALS = 6
MOST_EXACT = 1e15
"""Floats tell a number this many steps from zero apart from its neighbours."""

LEAST_STEP = 1e-306
"""Smaller steps are no multiples of a power of ten that a float holds."""

LEAST_EXACT = 1e-250
"""Of smaller numbers, and of parts of them that say something, a millionth may be no float."""

NONE = np.zeros(0)
EPSILON = float(np.finfo(np.float64).eps)

MANY_TIMES = 20
"""A log scale is offered where the greatest value is more than so many times the least."""

LOW_PART = 0.2
"""It is offered where the mean lies in this part of the span, at its low end."""

LOG_STEPS = 100
DECADE_PARTS = 100
"""On a log scale numbers stand on a hundredth of their power of ten: 1, 1.01, … 10, 10.1."""

MOST_POINTS = 100_000


class Extent(NamedTuple):
    """A column's least and greatest finite value, how many decimals it has, and its mean.

    `least` and `most` are those of whole numbers, exactly.
    """

    low: float
    high: float
    decimals: int
    mean: float
    least: int | None = None
    most: int | None = None

    @property
    def only(self) -> float | int | None:
        """The one value of the column; None where there are more, or where it is not shown."""
        if self.low != self.high or self.least != self.most or abs(self.low) >= MOST_SHOWN:
            return None
        return self.low if self.least is None else self.least


class Piece(NamedTuple):
    """The numbers `k * numerator / divisor` from `first` to `last`, both inclusive."""

    numerator: int
    divisor: int
    first: int
    last: int

    def number(self, k: int) -> float:
        """Return the number of that k."""
        return k * self.numerator / self.divisor


def finite_extent(series: nw.Series[Any]) -> Extent | None:
    """Return the finite values' extremes and mean, and how many decimals they have.

    None without a finite value. Decimals are at most 6, which may mean more. The column is looked
    at in pieces, so that no copy of it is made.
    """
    if series.dtype.is_integer():
        return _whole_extent(series)
    low, high, total, count = math.inf, -math.inf, 0.0, 0
    first, decimals = NONE, None
    with np.errstate(over="ignore", invalid="ignore"):  # of a sum
        for numbers, piece_total in _finite(series):
            least, most = float(numbers.min()), float(numbers.max())
            low, high = min(low, least), max(high, most)
            if not count:
                first, decimals = numbers, _fewest([numbers], max(-least, most))
            elif decimals is not None and decimals < MOST_DECIMALS:
                # What is right by the magnitude of a part is so by that of the whole.
                sure = _off(numbers, decimals) <= _always(decimals, max(-least, most))
                decimals = decimals if sure else None
            total, count = total + piece_total, count + len(numbers)
    if not count:
        return None
    scale = max(-low, high)
    if decimals is None or (decimals and _has_decimals(first, decimals - 1, scale)):
        decimals = _fewest((numbers for numbers, _ in _finite(series)), scale)
    return shown_extent(low, high, decimals, total / count)


def _whole_extent(series: nw.Series[Any]) -> Extent | None:
    if series.null_count() == len(series):
        return None
    least, most = int(series.min()), int(series.max())
    return shown_extent(float(least), float(most), 0, float(series.mean()), least, most)


def _finite(series: nw.Series[Any]) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Yield the finite values of a column, in pieces that have some, and the sum of each piece."""
    for part in _parts(series):
        numbers = np.asarray(part.to_numpy(), dtype=np.float64)
        for begin in range(0, len(numbers), PIECE):
            piece = numbers[begin : begin + PIECE]
            total = float(piece.sum())
            if not math.isfinite(total):
                piece = piece[np.isfinite(piece)]
                total = float(piece.sum())
            if len(piece):
                yield piece, total


def _parts(series: nw.Series[Any]) -> Iterator[Any]:
    """Yield the known values of a column as floats, in parts of at most `SLICE` as they lie."""
    native = series.to_native()
    chunks: list[Any] = [series]
    kind: Any = nw.Float64()
    if isinstance(native, pl.Series):
        # What lies in two chunks would be copied to be one array, and there may be hundreds.
        chunks, kind = native.get_chunks(), pl.Float64()
    for chunk in chunks:
        for start in range(0, len(chunk), SLICE):
            part = chunk if len(chunk) <= SLICE else chunk[start : start + SLICE]
            yield (part.drop_nulls() if part.null_count() else part).cast(kind)


def shown_extent(
    low: float,
    high: float,
    decimals: int,
    mean: float,
    least: int | None = None,
    most: int | None = None,
) -> Extent:
    """Return an extent within the reach of a slider."""
    low, high = (float(min(max(end, -MOST_SHOWN), MOST_SHOWN)) for end in (low, high))
    return Extent(low, high, decimals, mean, least, most)


def _fewest(pieces: Iterable[NDArray[np.float64]], scale: float) -> int:
    """Return the fewest decimals, at most 6, that all the numbers can be written with.

    Rounding dust, as in 0.1 + 0.2, does not count as decimals. `scale` is the greatest magnitude.
    """
    least = 0
    for numbers in pieces:
        while least < MOST_DECIMALS and not _has_decimals(numbers, least, scale):
            least += 1
        if least == MOST_DECIMALS:
            break
    return least


def _has_decimals(numbers: NDArray[np.float64], decimals: int, scale: float) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        if _off(numbers, decimals) <= _always(decimals, scale):
            return True
        scaled = np.abs(numbers) * 10.0**decimals
        dust = np.abs(scaled - np.rint(scaled))
        allowed = np.minimum(1e-6, 1e-14 * scaled + 1e-15 * scale * 10.0**decimals)
        return not np.any(dust > np.maximum(allowed, 4 * np.spacing(scaled)))


def _always(decimals: int, scale: float) -> float:
    """Return how much dust any number may have, however small it is."""
    return min(1e-6, 1e-15 * scale * 10.0**decimals)


def _off(numbers: NDArray[np.float64], decimals: int) -> float:
    """Return how far the number that is furthest off is from one of so many decimals, in those."""
    scaled = numbers * 10.0**decimals
    off = np.rint(scaled)
    off -= scaled
    return max(float(off.max()), -float(off.min()))


def off_decimals(name: str, decimals: int, scale: float) -> nw.Expr:
    """Return how many values of a column need more decimals, as an expression for any engine.

    `scale` is the greatest magnitude of the column.
    """
    size = nw.col(name).cast(nw.Float64()).abs()
    # PostgreSQL makes errors of products that are too small: beside larger values those are dust.
    if scale < LEAST_EXACT:
        return nw.when(size > 0).then(nw.lit(1)).otherwise(nw.lit(0)).sum()
    size = nw.when(size < LEAST_EXACT * EPSILON).then(nw.lit(0.0)).otherwise(size)
    scaled = size * 10.0**decimals
    dust = (scaled - scaled.round(0)).abs()
    allowed = 1e-14 * scaled + 1e-15 * scale * 10.0**decimals
    off = ((dust > allowed) | (dust > 1e-6)) & (dust > 4 * EPSILON * scaled)
    # One case within the other, so that an engine computes no more than a value needs. Numbers
    # beyond what is exact are whole, and some engines round to 64-bit integers.
    count = nw.when(off).then(nw.lit(1)).otherwise(nw.lit(0))
    count = nw.when(scaled == scaled.round(0)).then(nw.lit(0)).otherwise(count)
    return nw.when(size < MOST_EXACT / 10.0**decimals).then(count).otherwise(nw.lit(0)).sum()


def slider_step(low: float, high: float, decimals: int) -> float:
    """Return a slider's step: the data's own decimals if that is fine enough, else 1-2-5.

    A constant has the step of its own decimals, or a hundredth of its magnitude.

    >>> slider_step(4.3, 7.9, 1), slider_step(0, 1_000_000, 0), slider_step(0, 1e-6, 6)
    (0.1, 10000.0, 1e-08)
    """
    own = 10.0**-decimals
    span = high - low
    largest = max(abs(low), abs(high))
    fine = decimals < MOST_DECIMALS and span <= FINE_POSITIONS * own * (1 + 1e-9)
    most = MOST_WHOLE if decimals == 0 else MOST_EXACT
    if fine and largest < own * most:
        return own
    if not span > largest * 1e-13 or not math.isfinite(span):
        return max(LEAST_STEP, float(f"1e{math.floor(math.log10(largest or 1.0)) - 2}"))
    rough = span / COARSE_POSITIONS
    if rough < LEAST_STEP:
        return LEAST_STEP
    power = math.floor(math.log10(rough))
    # 1-2-5 as text, so that the step is the number that its decimals say.
    steps = [float(f"{factor}e{power}") for factor in (1, 2, 5, 10)]
    return min(steps, key=lambda step: abs(math.log(step / rough)))


def nearer_ends(extent: Extent, step: float) -> tuple[float, float]:
    """Return a column's least and greatest value to the decimals of its slider's step, outwards.

    They are at most a step nearer than the ends of the slider's grid: -999, where that has -2000.

    >>> nearer_ends(Extent(-999, 150_000, 0, 70_000), 2_000)
    (-999.0, 150000.0)
    >>> nearer_ends(Extent(40.650123, 40.79911, 6, 40.7), 0.002)
    (40.65, 40.8)
    """
    unit = 10.0 ** -decimals_of(step)
    if max(-extent.low, extent.high) >= MOST_EXACT * unit:
        unit = step
    return floor_to_step(extent.low, unit), ceil_to_step(extent.high, unit)


def is_skewed(extent: Extent) -> bool:
    """Return whether a log scale tells more: all is positive, far apart, and mostly small.

    That is: the greatest value is more than 20 times the least, and the mean lies in the lowest
    fifth of the span between them.

    >>> is_skewed(Extent(1, 900, 0, 40)), is_skewed(Extent(1, 900, 0, 450))
    (True, False)
    >>> is_skewed(Extent(0, 900, 0, 40)), is_skewed(Extent(100, 900, 0, 140))
    (False, False)
    """
    low, high, _, mean, *_ = extent
    if not 1 / MOST_EXACT < low < high < MOST_EXACT:
        return False
    return high > MANY_TIMES * low and mean - low < LOW_PART * (high - low)


def log_pieces(low: float, high: float, step: float, decimals: int) -> tuple[Piece, ...]:
    """Return the grid of a log scale from `low` to `high`, a piece per power of ten, ascending.

    In each power of ten its hundredths, but nothing finer than the column's own decimals; the
    multiples of `step` in between are on it too. Empty where those are too many.
    """
    own = Fraction(1, 10**decimals) if decimals < MOST_DECIMALS else Fraction(0)
    exact, pieces = Fraction(repr(step)), []
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    for power in powers:
        begin, end = Fraction(10) ** power, Fraction(10) ** (power + 1)
        if end <= Fraction(low) or begin >= Fraction(high):
            continue
        unit = _common(max(begin / DECADE_PARTS, own), exact)
        first = math.floor(max(Fraction(low), begin) / unit)
        last = math.ceil(min(Fraction(high), end) / unit)
        pieces.append(Piece(unit.numerator, unit.denominator, first, last))
    few = sum(piece.last - piece.first for piece in pieces) <= MOST_POINTS
    return tuple(pieces) if few else ()


def _common(one: Fraction, other: Fraction) -> Fraction:
    """Return the greatest number of which both are multiples."""
    numerator = math.gcd(one.numerator * other.denominator, other.numerator * one.denominator)
    return Fraction(numerator, one.denominator * other.denominator)
