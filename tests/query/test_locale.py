"""How readers of many places write the same numbers and days: expected by hand, after CLDR."""

from __future__ import annotations

import pytest

from iris_dash.query.counted import counted
from iris_dash.query.filters import Interval
from iris_dash.query.locale import (
    ENGLISH,
    accepted_locale,
    locale_of,
    number_read,
    read_in,
    reader,
    time_form,
    time_read,
)
from iris_dash.query.numbers import bin_text, bound_text, coefficient_text, rounded_text
from iris_dash.query.schema import Measure, Schema
from iris_dash.query.words import filter_phrase

WEIGHT = Measure("w", "Weight", "w", unit="g", low=-5000.0, high=5000.0, step=0.1, decimals=1)

NARROW, HARD = "\u202f", "\u00a0"

CASES = [
    ("en", "1,234,567.5", "2013-02-14", "2013-02"),
    ("en-US", "1,234,567.5", "2013-02-14", "2013-02"),
    ("en-GB", "1,234,567.5", "14/02/2013", "02/2013"),
    ("de", "1.234.567,5", "14.02.2013", "02.2013"),
    ("de-DE", "1.234.567,5", "14.02.2013", "02.2013"),
    ("de-CH", "1’234’567.5", "14.02.2013", "02.2013"),
    ("de-AT", f"1{HARD}234{HARD}567,5", "14.02.2013", "02.2013"),
    ("fr", f"1{NARROW}234{NARROW}567,5", "14/02/2013", "02/2013"),
    ("fr-CA", f"1{HARD}234{HARD}567,5", "2013-02-14", "2013-02"),
    ("hi", "12,34,567.5", "14/02/2013", "02/2013"),
    ("en-IN", "12,34,567.5", "14/02/2013", "02/2013"),
    ("sv", f"1{HARD}234{HARD}567,5", "2013-02-14", "2013-02"),
    ("pt-BR", "1.234.567,5", "14/02/2013", "02/2013"),
    ("nl", "1.234.567,5", "14-02-2013", "02-2013"),
    ("ja", "1,234,567.5", "2013/02/14", "2013/02"),
    ("zh-Hans-CN", "1,234,567.5", "2013/02/14", "2013/02"),
    ("hu", f"1{HARD}234{HARD}567,5", "2013. 02. 14.", "2013. 02"),
    ("hr", "1.234.567,5", "14. 02. 2013.", "02. 2013"),
    ("es-419", "1,234,567.5", "14/02/2013", "02/2013"),
]


@pytest.mark.parametrize(("tag", "number", "day", "month"), CASES)
def test_a_reader_of(tag, number, day, month):
    with read_in(locale_of(tag)):
        assert number_read("1,234,567.5") == number
        assert (time_read("2013-02-14"), time_read("2013-02")) == (day, month)
        assert time_read("2013-02-14T09:30").replace("T", " ") == f"{day} 09:30"
        assert (time_read("2013"), time_read("2013-Q1"), time_read("09:30")) == (
            "2013",
            "2013-Q1",
            "09:30",
        )
    assert reader() == ENGLISH


def test_few_digits_are_not_parted_where_nobody_does():
    for tag, expected in (("es", "1234"), ("pl", "1234"), ("pt-PT", "1234"), ("de", "1.234")):
        with read_in(locale_of(tag)):
            assert number_read("1,234") == expected, tag


def test_what_is_shown_has_the_readers_marks_and_a_minus():
    with read_in(locale_of("de")):
        assert rounded_text(-1234567.0) == "−1.234.567"
        assert rounded_text(2013.0, grouped=False) == "2013"
        assert (rounded_text(-0.25), coefficient_text(-0.118, 2)) == ("−0,25", "−0,12")
        assert (bound_text(WEIGHT, -2.5), bin_text(4.5, 5.0)) == ("−2,5", "4,5 – 5")
        assert counted(1234, "rows") == "1.234 rows"
        phrase = filter_phrase(Schema((WEIGHT,)), Interval("w", 2.5, 10.0))
        assert phrase == "Weight 2,5 – 10,0 g"
        assert time_form() == "dd.mm.yyyy"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("de-CH, de;q=0.9, en;q=0.8", "de-CH"),
        ("xx, fr;q=0.9", "fr"),
        ("en;q=0.5, de;q=0.9", "de"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("*", "en"),
        (", ,;q=1,,", "en"),
        ("de;q=nan, fr", "de"),
        ("x" * 10_000, "en"),
        ("pt-br", "pt"),
        ("DE_ch", "de-CH"),
    ],
)
def test_the_first_language_that_is_known_counts(header, expected):
    assert accepted_locale(header).tag == expected


@pytest.mark.parametrize("tag", ["", "German", "d", "xx", "de--CH", "de-CH\n", "12", "de" * 30])
def test_an_unknown_tag_is_none(tag):
    assert locale_of(tag) is None
