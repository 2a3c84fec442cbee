"""What the texts of a column are, where all of them are of one kind: numbers, dates or text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from iris_dash.query.text_form import First
from iris_dash.tables.reading.text_amounts import AMOUNT, is_doubtful, unit_of, without_unit
from iris_dash.tables.reading.text_date_formats import (
    FORMATTED,
    date_formats,
    in_format,
    what_is_first,
)
from iris_dash.tables.reading.text_iso_dates import ISO_DATE, dated_text, moments
from iris_dash.tables.reading.text_marks import SAMPLE, all_are

NO_VALUE = ("", "na", "n/a", "#n/a", "nan", "null", "none")
"""What means "no value" beside numbers, true/false and dates, in any case."""

NO_NUMBER = ("-", "--", ".")
"""What means "no value" beside numbers alone."""

FEW = 20
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^[+-]?(?i:inf(inity)?)$"
WHOLE = r"^[+-]?[0-9]+$"
MOST_EXACT = 2.0**53
"""Whole numbers from here on are no longer told apart as floats."""

CODE = r"^[+-]?0([0-9]+$|[xX])"
"""Whole numbers with a leading zero are no numbers: a postcode, a serial number."""

GROUPED = r"^[+-]?([0-9]{1,3}|[1-9][0-9]{0,2}(%s[0-9]{3})+)(%s[0-9]+)?$"
"""A number whose thousands are parted by something."""

GROUP_MARKS = {".": (",", " ", "\u00a0", "\u202f", "'"), ",": (".", " ", "\u00a0", "\u202f", "'")}

TIME = r"( [0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
DATE = rf"^([0-9]{{1,2}})[./-]([0-9]{{1,2}})[./-]([0-9]{{4}}){TIME}"
YEAR_FIRST = (
    rf"^([0-9]{{4}})(?:[/-]([0-9]{{1,2}})[/-]([0-9]{{1,2}})|\.([0-9]{{2}})\.([0-9]{{2}})){TIME}"
)
"""`2024.1.5` may be a version: with points month and day have two digits."""

DOTTED = r"^[0-9]{1,2}\."
"""A date with points has the day first."""

TWO_WAYS = "its dates may have the day or the month first, so they are text"
MONTHS = 12
FLAG = r"^(?i:true|false)$"


@dataclass(frozen=True)
class Chosen:
    """What was chosen of a column where one may wonder, in words.

    And what parts its thousands, which of day and month comes first, its dates' format, or the
    sign of money beside its numbers, where that was it.
    """

    words: str
    thousands: str = ""
    first: First = ""
    format: str = ""
    unit: str = ""


def typed_text(text: pl.Series, decimal: str) -> tuple[pl.Series, Chosen | None]:
    """Return a column of texts as what all of them are, and what was chosen if one may wonder.

    Numbers that begin with a plus, whose thousands are parted, or with a mark in the place of one
    that is missing; dates whose order of day and month is beyond doubt. Else they are text, in
    which only an empty one means "no value".
    """
    if not may_be_more(text.head(SAMPLE), decimal):
        return without_empty(text), None
    bare = text.str.strip_chars()
    missing = bare.str.to_lowercase().is_in(NO_VALUE).fill_null(False)
    known = bare.filter(~missing & bare.is_not_null())
    kept = without_empty(text)
    if not len(known):
        return text.set(missing, None), None
    bare = bare.set(missing, None)
    if known.is_in(NO_NUMBER).any():
        found, note = _numbers_with_gaps(bare, known, decimal)
        return (kept if found is None else found), note
    for read in (_numbers, _grouped, _flags, _dates, _iso_dates, _year_first, _formatted, _money):
        found, note = read(bare, known, decimal)
        if found is not None:
            return found, note
        if note is not None:
            return kept, note
    return kept, None


def read_times(text: pl.Series) -> pl.Series | None:
    """Return a column of texts as dates or times if all of them are, read as a file's are."""
    bare = known_texts(text)
    known = bare.drop_nulls()
    if not len(known):
        return bare.cast(pl.Datetime("us"))
    found = (read(bare, known, ".")[0] for read in (_iso_dates, _dates, _year_first, _formatted))
    return next((times for times in found if times is not None), None)


def known_texts(text: pl.Series) -> pl.Series:
    """Return texts without blanks at their ends, null where they mean "no value"."""
    bare = text.str.strip_chars()
    return bare.set(bare.str.to_lowercase().is_in(NO_VALUE).fill_null(False), None)


def without_empty(text: pl.Series) -> pl.Series:
    """Return texts of which empty ones are missing values."""
    empty = text == ""
    return text.set(empty.fill_null(False), None) if empty.any() else text


def may_be_more(sample: pl.Series, decimal: str) -> bool:
    """Return whether a column that begins so may be something else than text."""
    numbers = [_grouped_by(mark, decimal) for mark in GROUP_MARKS[decimal]]
    patterns = (NUMBER, *numbers, FLAG, DATE, YEAR_FIRST, ISO_DATE, FORMATTED, AMOUNT)
    firsts = (str(text).strip() for text in sample.head(FEW) if text is not None)
    no_values = (*NO_VALUE, *NO_NUMBER)
    first = next((text for text in firsts if text.lower() not in no_values), None)
    if first is not None and not any(re.search(one, first) for one in patterns):
        return False  # Most text says so at once, and there may be thousands of columns.
    bare = sample.cast(pl.String).str.strip_chars()
    known = bare.filter(~bare.str.to_lowercase().is_in(no_values).fill_null(True))
    return any(known.str.contains(one).all() for one in patterns)


def _grouped_by(mark: str, decimal: str) -> str:
    return GROUPED % tuple(re.escape(one) for one in (mark, decimal))


Reading = tuple[pl.Series | None, Chosen | None]


def _numbers(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    if decimal == ",":
        if known.str.contains(".", literal=True).any():
            return None, None
        bare, known = (one.str.replace(",", ".", literal=True) for one in (bare, known))
    if not all_are(known, NUMBER) or known.str.contains(CODE).any():
        return None, None
    return _as_number(bare, known), None


def _as_number(bare: pl.Series, known: pl.Series) -> pl.Series | None:
    bare = bare.str.strip_prefix("+")
    if not all_are(known, WHOLE):
        numbers = bare.cast(pl.Float64, strict=False)
        return None if loses_digits(numbers, bare) else numbers
    for kind in (pl.Int64, pl.UInt64):
        found = bare.cast(kind, strict=False)
        if found.null_count() == bare.null_count():
            return found
    return None


def loses_digits(numbers: pl.Series, bare: pl.Series) -> bool:
    """Return whether whole numbers among floats are so large that floats are others."""
    large = ((numbers.abs() >= MOST_EXACT) & bare.str.contains(WHOLE)).fill_null(False)
    told = numbers.filter(large).cast(pl.Int128, strict=False).cast(pl.String)
    return bool((told.fill_null("") != bare.filter(large).str.strip_prefix("+")).any())


def _grouped(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    for mark in GROUP_MARKS[decimal]:
        if not known.str.contains(mark, literal=True).any():
            continue
        if all_are(known, _grouped_by(mark, decimal)) and not known.str.contains(CODE).any():
            plain = [
                one.str.replace_all(mark, "", literal=True).str.replace(decimal, ".", literal=True)
                for one in (bare, known)
            ]
            shown = "a blank" if mark.isspace() else repr(mark)
            found = _as_number(*plain)
            words = Chosen(f"thousands are parted by {shown}", thousands=mark)
            return found, None if found is None else words
    return None, None


def _numbers_with_gaps(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    """Return numbers among which a mark stands for a missing one, if it stands beside any."""
    is_mark = known.is_in(NO_NUMBER)
    marks = known.filter(is_mark).unique(maintain_order=True)
    bare, known = bare.set(bare.is_in(marks.implode()), None), known.filter(~is_mark)
    if not len(known):
        return None, None
    for read in (_numbers, _grouped, _money):
        found, note = read(bare, known, decimal)
        if found is not None:
            said = f"missing values are written {' and '.join(map(repr, marks))}"
            return found, replace(note, words=f"{note.words}; {said}") if note else Chosen(said)
    return None, None


def _money(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    unit = unit_of(known)
    if not unit:
        return None, None
    bare, known = (without_unit(one, unit) for one in (bare, known))
    if is_doubtful(known, decimal, unit):
        return None, Chosen("its amounts may have decimals or thousands, so they are text")
    for read in (_numbers, _grouped):
        found, note = read(bare, known, decimal)
        if found is not None:
            words = f"numbers are in {unit}" + (f"; {note.words}" if note else "")
            return found, Chosen(words, thousands=note.thousands if note else "", unit=unit)
    return None, None


def _dates(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    if not all_are(known, DATE):
        return None, None
    first, second = (
        known.str.extract(DATE, group).cast(pl.Int32).to_numpy().max() for group in (1, 2)
    )
    dotted = known.str.contains(DOTTED)
    day_first = second <= MONTHS and (first > MONTHS or bool(dotted.all()))
    month_first = first <= MONTHS < second and not dotted.any()
    if not (day_first or month_first):
        if max(first, second) <= MONTHS:
            return None, Chosen(TWO_WAYS)
        return None, None
    day, month = (1, 2) if day_first else (2, 1)
    dates = [bare.str.extract(DATE, group) for group in (3, month, day)]
    order: First = "day" if day_first else "month"
    return _dated(bare, known, dates, bare.str.extract(DATE, 4), order)


def _year_first(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    if not all_are(known, YEAR_FIRST):
        return None, None
    year, month, day, month_2, day_2, time = (bare.str.extract(YEAR_FIRST, n) for n in range(1, 7))
    month, day = (
        one.zip_with(one.is_not_null(), two) for one, two in ((month, month_2), (day, day_2))
    )
    return _dated(bare, known, (year, month, day), time, "year")


def _formatted(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    tried = {form: in_format(bare, form) for form in date_formats(known[0])}
    read = {form: found for form, found in tried.items() if found is not None}
    if not read:
        return None, None
    if len({*map(what_is_first, read)}) > 1:
        return None, Chosen(TWO_WAYS)
    form, found = next(iter(read.items()))
    return found, Chosen(f"dates are read {what_is_first(form)} first", format=form)


def _dated(
    bare: pl.Series, known: pl.Series, dates: Sequence[pl.Series], time: pl.Series, order: First
) -> Reading:
    """Return years, months and days as dates, or times where any text has one; else nothing."""
    parts = [part.str.zfill(2) for part in dates]
    date = pl.select(pl.concat_str(parts, separator="-")).to_series()
    found: pl.Series | None
    if not known.str.contains(" ", literal=True).any():
        found = date.str.to_date("%Y-%m-%d", strict=False)
    else:
        time = time.str.strip_chars().fill_null("00:00").str.zfill(5)
        time = pl.select(
            pl.when(time.str.count_matches(":") == 1).then(time + ":00").otherwise(time)
        ).to_series()
        found = moments(pl.select(pl.concat_str([date, time], separator=" ")).to_series())
    if found is None or found.null_count() != bare.null_count():
        return None, None
    return found.alias(bare.name), Chosen(f"dates are read {order} first", first=order)


def _iso_dates(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    found = dated_text(bare)
    return (None if found.dtype == pl.String else found), None


def _flags(bare: pl.Series, known: pl.Series, decimal: str) -> Reading:
    if not all_are(known, FLAG):
        return None, None
    return bare.str.to_lowercase() == "true", None
