"""A number as text: exact where it is read back, as people read it where it is shown."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import partial

from iris_dash.query.filters import Bound
from iris_dash.query.locale import number_read
from iris_dash.query.schema import Measure
from iris_dash.query.steps import decimals_of

LEAST_PLAIN = 1e-6
"""Smaller numbers are written with a power of ten, as browsers do."""

WHOLE = 1e15
"""Whole numbers below this are written digit by digit; larger ones as Python writes a float."""

LEAST_DIGITS, MOST_DIGITS = 6, 15
"""Of a number that is shown: what says something, and what a float tells for sure."""

PARTS_OF_SPAN = 1_000
"""Values that lie so small a part of a column's span from each other are told apart."""

LONGEST = 400
"""Characters of the longest number that is read: the smallest float, digit by digit, has 343."""


def read_number(text: str) -> float | None:
    """Return the number that a text says; None for one that says none, such as `1_0`.

    >>> read_number(" 2.5"), read_number("1e3"), read_number("1_0"), read_number("")
    (2.5, 1000.0, None, None)
    """
    try:
        return None if "_" in text or len(text) > LONGEST else float(text)
    except ValueError:
        return None


def read_whole(text: str) -> int | None:
    """Return the whole number that a text says, exactly; None for one that says none.

    >>> read_whole("9007199254740993"), read_whole("1_0"), read_whole("1.0")
    (9007199254740993, None, None)
    """
    try:
        return None if "_" in text or len(text) > LONGEST else int(text)
    except ValueError:
        return None


def exact_text(value: Bound, decimals: int = 0) -> str:
    """Return the shortest text that reads back as the same number.

    Of a column without `decimals` a whole number has no point.

    >>> exact_text(2.0), exact_text(2.0, decimals=1), exact_text(4.35), exact_text(1e16)
    ('2', '2.0', '4.35', '1e+16')
    >>> exact_text(9007199254740993), exact_text(0.000008), exact_text(1e-7)
    ('9007199254740993', '0.000008', '1e-07')
    """
    if isinstance(value, int):
        return str(value)
    if decimals == 0 and value.is_integer() and abs(value) < WHOLE:
        return str(int(value))
    return f"{Decimal(repr(value)):f}" if LEAST_PLAIN <= abs(value) < 1 else repr(value)


def bound_text(measure: Measure, value: Bound) -> str:
    """Return a bound as people read it: with the slider's decimals, or as many as it has more.

    >>> height = Measure("h", "Height", "h", low=1.0, high=9.0, step=0.5, decimals=1)
    >>> bound_text(height, 2.0), bound_text(height, -2.25)
    ('2.0', '−2.25')
    """
    if isinstance(value, int):
        return with_minus(str(value))
    plain = f"{value:.{min(measure.decimals, decimals_of(measure.step))}f}"
    is_plain = float(plain) == value and abs(value) < WHOLE
    return number_read(with_minus(plain if is_plain else exact_text(value, 1)))


def with_minus(text: str) -> str:
    """Return a number's text as people read it, with the sign that stands for minus.

    >>> with_minus("-4.5")
    '−4.5'
    """
    return text.replace("-", "−")


def from_to(low: str, high: str) -> str:
    """Return two numbers' texts as a span; a dash between them would be lost beside a minus.

    >>> from_to("5.0", "5.1"), from_to("−8.8", "−7.6"), from_to("4", "4")
    ('5.0 – 5.1', '−8.8 to −7.6', '4')
    """
    if low == high:
        return low
    return f"{low} to {high}" if "−" in f"{low}{high}" else f"{low} – {high}"


def rounded_text(value: float | int | None, grouped: bool = True, digits: int = 4) -> str:
    """Return a statistic with the four digits that say something, or more; a dash for none.

    Without `grouped` its thousands are not parted: those of a year.

    >>> rounded_text(5.0059999), rounded_text(1234567.0), rounded_text(None)
    ('5.006', '1,234,567', '–')
    >>> rounded_text(9007199254740993)
    '9,007,199,254,740,993'
    >>> rounded_text(2013.0, grouped=False)
    '2013'
    >>> rounded_text(-0.25), rounded_text(-0.0), rounded_text(2.4999e301)
    ('−0.25', '0', '2.5e+301')
    """
    if value is None:
        return "–"
    mark = "," if grouped else ""
    if isinstance(value, int):
        return number_read(with_minus(f"{value:{mark}}"))
    is_long = 10 ** (digits - 1) <= abs(value) < WHOLE
    text = f"{value:{mark}.0f}" if is_long else f"{value + 0.0:{mark}.{digits}g}"
    return number_read(with_minus(text))


def statistic_text(measure: Measure, value: float | int | None, statistic: str = "mean") -> str:
    """Return a statistic of a measure with the digits that tell it.

    These are more than four where the values lie far from zero and near each other, and it is not
    their sum, but lies among them.

    >>> pressure = Measure("p", "Pressure", "p", low=980.0, high=1040.0, role="amount")
    >>> [statistic_text(pressure, value) for value in (1013.2512, 998.04)], rounded_text(1013.2512)
    (['1,013.3', '998.04'], '1,013')
    """
    if statistic == "sum":
        return rounded_text(value)
    most, span = max(-measure.low, measure.high), measure.high - measure.low
    digits = max(4, digits_apart(most, span / 10)) if span else 4
    return rounded_text(value, measure.is_grouped, digits)


def coefficient_text(value: float | None, decimals: int) -> str:
    """Return a coefficient with so many decimals, no zero with a minus; a dash for none.

    >>> coefficient_text(-0.0004, 2), coefficient_text(-0.1176, 3), coefficient_text(None, 2)
    ('0.00', '−0.118', '–')
    """
    return "–" if value is None else number_read(with_minus(f"{value:z.{decimals}f}"))


def interval_text(ends: tuple[float, float] | None, measure: Measure | None = None) -> str:
    """Return the two ends of an interval of a statistic, perhaps among a measure's values.

    >>> interval_text((4.9058, 5.1062))
    '4.906 – 5.106'
    """
    if ends is None:
        return "–"
    say = partial(statistic_text, measure) if measure else rounded_text
    low, high = map(say, ends)
    return f"{low} – {high}" if low == high else from_to(low, high)


def mean_text(measure: Measure, mean: float | None, interval: tuple[float, float] | None) -> str:
    """Return a measure's mean with its interval; a dash for none.

    >>> mean_text(Measure("x", "X", "x", high=9.0), 5.006, (4.9058, 5.1062))
    '5.006 (4.906 – 5.106)'
    """
    if mean is None:
        return "–"
    return f"{statistic_text(measure, mean)} ({interval_text(interval, measure)})"


def bin_text(low: float, high: float) -> str:
    """Return a bin by its two ends; of one value that alone.

    >>> bin_text(10.0, 19.0), bin_text(12.0, 12.0), bin_text(100_000.25, 100_000.5)
    ('10 – 19', '12', '100000.25 – 100000.5')
    """
    apart = high - low
    return from_to(edge_text(low, apart=apart), edge_text(high, apart=apart))


def edge_text(value: float, grouped: bool = False, apart: float = math.inf) -> str:
    """Return an end of a bin or of a column, to some digits; `grouped`: its thousands parted.

    >>> edge_text(4.300000000000001), edge_text(-1234567.0), edge_text(28000.0, grouped=True)
    ('4.3', '−1234567', '28,000')
    """
    digits = telling_digits(abs(value), apart or math.inf)
    return number_read(with_minus(f"{value + 0.0:{',' if grouped else ''}.{digits}g}"))


def shown_digits(measure: Measure) -> int:
    """Return how many digits a measure's values have where people look at them, of any decimals."""
    most, span = max(-measure.low, measure.high), measure.high - measure.low
    return telling_digits(most, span / PARTS_OF_SPAN)


def telling_digits(most: float, apart: float) -> int:
    """Return how many digits numbers up to `most` are shown with that lie so far apart.

    Six at least, and all before the point where people read them.

    >>> telling_digits(7.9, 0.1), telling_digits(1_700_003_600.0, 3.6), telling_digits(1e300, 1e290)
    (6, 11, 13)
    >>> telling_digits(1_700_003_600.0, math.inf), telling_digits(100.25, 0.0)
    (10, 15)
    """
    whole = math.floor(math.log10(most)) + 1 if 0 < most < WHOLE else 0
    return max(LEAST_DIGITS, whole, digits_apart(most, apart))


def digits_apart(most: float, apart: float) -> int:
    """Return how many digits tell numbers up to `most` that lie so far apart, as a float has them.

    >>> digits_apart(100_099.0, 1.0), digits_apart(0.3, math.inf), digits_apart(1.0, 0.0)
    (8, 0, 15)
    """
    if not 0 < most < math.inf or apart == math.inf:
        return 0
    return min(MOST_DIGITS, math.floor(math.log10(most / apart)) + 3) if apart else MOST_DIGITS


def share_text(share: float) -> str:
    """Return a part of a whole in per cent, as fine as it says something.

    >>> share_text(0.2512), share_text(0.009), share_text(0.00001), share_text(0.0)
    ('25 %', '0.9 %', '< 0.1 %', '0 %')
    """
    part = 100 * share
    if not part:
        return "0 %"
    text = f"{part:.0f} %" if part >= 10 else f"{part:.1f} %" if part >= 0.1 else "< 0.1 %"
    return number_read(text)
