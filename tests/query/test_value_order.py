"""The order of a facet's values: a table of cases, each written as it must come out."""

from __future__ import annotations

import random

import pytest

from iris_dash.query import value_order
from iris_dash.query.known_scales import LISTS, SCALES
from iris_dash.query.value_order import in_known_order

CASES = [
    # Known scales.
    "Mon, Tue, Wed, Thu, Fri, Sat, Sun",
    "Monday, tuesday, Friday, Sunday",
    "Mo, Di, Mi, Do, Fr, Sa, So",
    "Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, Nov, Dec",
    "March, April, May",
    "low, medium, high",
    "Very low risk, Low risk, High risk",
    "Low, Medium, High, Critical",
    "XS, S, M, L, XL, XXL",
    "small, medium, large, x-large",
    "Strongly disagree, Disagree, Neither agree nor disagree, Agree, Strongly agree",
    "Disagree, Somewhat disagree, Somewhat agree, Agree, Don't know",
    "Never, Rarely, Sometimes, Often, Always",
    "Poor, Fair, Good, Very good, Excellent",
    "Fair, Good, Very Good, Premium, Ideal",
    "None, Mild, Moderate, Severe",
    "First, Second, Third",
    "No, Yes",
    "no, maybe, yes, prefer not to say",
    "Not at all important, Slightly important, Very important",
    "Very dissatisfied, Dissatisfied, Satisfied, Very satisfied",
    "Summer, Winter",
    # Bands of numbers.
    "Under 18, 18-24, 25-34, 35-44, 65+",
    "18 - 29, 30 - 44, 45 - 59, 60 or older",
    "<5, 5–9, 10–14, ≥15",
    "$0 to $9999, $10000 to $24999, $100000 to $149999, $150000+",
    "less than 1 year, 1-3 years, 10 years or more, other",
    "0, 1-2, 3-9, 10+",
    "under 10k, 10k-50k, 50k-1m, over 1m",
    "[0 .. 5), [5 .. 10), [10 .. 100)",
    # Natural order.
    "item 1, Item 2, item 10",
    "adelie, Chinstrap, gentoo",
    "setosa, versicolor, virginica",
    "A, a, B, b",
    "v1.9, v1.10, v2.0",
    "2013-01, 2013-02, 2014-01",
    "x007, x7, x08",
    # One word that is of no scale: all are in natural order.
    "high, low, purple",
    "agree, green",
    "5 kg, 5 m, 10 kg",
    "control, treated",
]


@pytest.mark.parametrize("case", CASES)
def test_values_stand_in_the_order_that_everybody_knows(case):
    expected = tuple(case.split(", "))
    for seed in range(3):
        given = [*expected, None]
        random.Random(seed).shuffle(given)
        assert in_known_order(given) == (*expected, None)
    assert in_known_order(expected[::-1]) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ()),
        ([None], (None,)),
        (["only"], ("only",)),
        ([True, None, False], (False, True, None)),
        ([10, 9, -1, None], (-1, 9, 10, None)),
        (["b", "", "a"], ("", "a", "b")),
        (["high", "", "low"], ("low", "high", "")),
        (["9" * 5_000, "10"], ("10", "9" * 5_000)),
        (["₂", "²", "a"], ("a", "²", "₂")),
        (["(0, 5]", "(10, 15]", "(5, 10]"], ("(0, 5]", "(5, 10]", "(10, 15]")),
        (["$25,000 to $49,999", "$0 to $24,999"], ("$0 to $24,999", "$25,000 to $49,999")),
    ],
)
def test_odd_values_have_an_order_too(given, expected):
    assert in_known_order(given) == expected
    assert in_known_order(given[::-1]) == expected


def test_a_step_stands_once_on_its_scale():
    for text, scale in zip(LISTS, SCALES, strict=True):
        assert len(scale) == text.count("|") + text.count(",") + 1
        assert all(word == word.casefold() and word for word in scale)


def test_long_texts_are_no_bands(monkeypatch):
    """A text of 20 million letters took 16 seconds."""
    monkeypatch.setattr(value_order, "_band", None)
    assert in_known_order(["x" * 1000, "18-24", "2"]) == ("2", "18-24", "x" * 1000)
