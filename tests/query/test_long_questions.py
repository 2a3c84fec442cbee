"""A question of any length: it is read no further than needed, and what is wrong is told in short.

That twice the length takes no more than twice the time is measured in tests/stress.
"""

from __future__ import annotations

import json

import polars as pl
import pytest

from iris_dash import Explorer, QueryError
from iris_dash.core import errors
from iris_dash.core.errors import Problem, quote, unknown_name
from iris_dash.query.sort import sort_pair, split_sort
from iris_dash.query.url import parse_arguments, parse_arguments_leniently

WIDE = Explorer.open(
    pl.DataFrame({"kind": ["a", "b"]} | {f"measure_{n:03d}": [0.5, 9.5] for n in range(300)})
)


def problems(ask):
    with pytest.raises(QueryError) as caught:
        ask()
    return caught.value.problems


@pytest.mark.parametrize(
    "raw",
    [
        {f"k{n}": 1 for n in range(30_000)},
        {"lower": {f"k{n}": 1 for n in range(30_000)}},
        {"lower": {f"measure_{n:03d}": "x" for n in range(300)}},
        {
            "lower": {f"measure_{n:03d}": 2 for n in range(300)},
            "upper": {f"measure_{n:03d}": 1 for n in range(300)},
        },
    ],
    ids=["keys", "keys inside", "values", "inverted"],
)
def test_twenty_problems_are_told_and_that_there_are_more(raw):
    found = problems(lambda: WIDE.query(**raw))
    assert len(found) == 21
    assert found[-1].type == "more_problems"
    assert "first 20" in found[-1].msg
    assert {problem.type for problem in found[:-1]} & {"more_problems"} == set()


def test_twenty_problems_are_all_told():
    found = problems(lambda: WIDE.query(**{f"k{n}": 1 for n in range(20)}))
    assert [problem.loc for problem in found] == [("body", f"k{n}") for n in range(20)]


def test_what_is_not_told_is_not_put_into_words(monkeypatch):
    """The search for the nearest name took 11 s for the names of 10 kB on a wide table."""
    put = []

    def counted(*given):
        put.append(given)
        return "unknown"

    for module in ("body", "url", "model"):
        monkeypatch.setattr(f"iris_dash.query.{module}.unknown_name", counted)
    problems(lambda: WIDE.query(**{f"k{n}": 1 for n in range(5_000)}))
    problems(lambda: parse_arguments(WIDE.schema, [(f"k{n}", "1") for n in range(5_000)]))
    _, left_out = parse_arguments_leniently(WIDE.schema, [(f"k{n}", "1") for n in range(5_000)])
    assert len(left_out) == 21
    assert len(put) <= 3 * 21


def test_lenient_reading_leaves_out_all_that_is_wrong_however_many():
    pairs = [(f"measure_{n:03d}", "2..1") for n in range(299)]
    pairs += [(f"k{n}", "1") for n in range(1_000)] + [("kind", "a"), ("measure_299", "1..2")]
    query, left_out = parse_arguments_leniently(WIDE.schema, pairs)
    assert WIDE.text(query) == "kind=a&measure_299=1.0..2.0"
    assert len(left_out) == 21


@pytest.mark.parametrize(
    "raw",
    [
        {"kind": "x" * 10**6},
        {"kind": ["x" * 10**6]},
        {"kind": [[["x" * 1_000] * 1_000]]},
        {"x" * 10**6: 1},
        {"sort": "x" * 10**6},
        {"sort": ["x" * 10**6]},
        {"sort": [1] * 10**6},
        {"by": "x" * 10**6},
        {"page": "1" * 10**6},
        {"lower": ["x" * 100] * 10_000},
        {"lower": {"measure_001": {f"k{n}": [] for n in range(100_000)}}},
    ],
    ids=range(11),
)
def test_an_error_quotes_little_of_what_is_long(raw):
    (problem,) = problems(lambda: WIDE.query(**raw))
    assert len(json.dumps([problem.loc, problem.input])) < 10_000
    assert len(problem.msg) <= 4_001


def test_a_value_within_very_many_is_quoted_no_deeper_than_it_is_read():
    deep = 1
    for _ in range(900):
        deep = [deep]
    (problem,) = problems(lambda: WIDE.query(kind=deep))
    assert json.dumps(problem.input).count("[") == errors.DEEPEST


def test_what_is_short_is_quoted_as_it_is():
    given = {"a": [1, 2.5, None, True, "x" * 200], "b": {"c": []}}
    assert quote(given) == given
    assert Problem("kind", ("body", "a"), "words", given).input == given


@pytest.mark.parametrize("sort", ["measure_001," * 1_000, ["measure_001"] * 5_000, "\\" * 10_000])
def test_a_sort_that_is_longer_than_all_columns_is_not_read(sort, monkeypatch):
    monkeypatch.setattr("iris_dash.query.model.sort_pair", None)
    monkeypatch.setattr("iris_dash.query.model.split_sort", None)
    (problem,) = problems(lambda: WIDE.query(sort=sort))
    assert problem.type == "sort_too_long"


def test_the_longest_sort_is_read():
    every = [f"-{name}" for name in WIDE.schema.names]
    assert len(WIDE.query(sort=every).sort) == 301
    escaped = ",".join("-" + "".join(f"\\{letter}" for letter in name[1:]) for name in every)
    assert WIDE.query(sort=escaped) == WIDE.query(sort=every)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", [("", False)]),
        ("a", [("a", False)]),
        ("-a", [("a", True)]),
        ("-", [("", True)]),
        ("--a", [("-a", True)]),
        (r"\-a", [("-a", False)]),
        ("a,", [("a", False), ("", False)]),
        (",", [("", False), ("", False)]),
        (r"a\,b", [("a,b", False)]),
        (r"a\\,b", [("a\\", False), ("b", False)]),
        (r"a\\\,b", [("a\\,b", False)]),
        ("a\\", [("a", False)]),
        ("\\\n", [("\n", False)]),
    ],
)
def test_every_corner_of_a_sort_text(text, pairs):
    assert [sort_pair(entry) for entry in split_sort(text)] == pairs


@pytest.mark.parametrize(
    ("text", "is_read"), [("0" * 398 + "5..", True), ("0" * 400 + "5..", False), ("..1e5", True)]
)
def test_a_number_has_a_longest_text(text, is_read):
    pairs = [("measure_001", text)]
    if is_read:
        assert parse_arguments(WIDE.schema, pairs)
    else:
        (problem,) = problems(lambda: parse_arguments(WIDE.schema, pairs))
        assert problem.type == "range_syntax"


def test_among_very_many_names_the_nearest_is_found():
    names = [f"measure_{n:04d}" for n in range(5_000)]
    assert unknown_name("column", "mesure_4321", names).endswith("did you mean 'measure_4321'?")
    assert "did you mean" not in unknown_name("column", "m" * 10**6, names)
