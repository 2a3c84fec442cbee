"""Several spans of a measure or a time, with the missing value or without: in every face alike."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer, QueryError
from iris_dash.query.body import body_of, parse_query
from iris_dash.query.url import format_query, parse_arguments
from iris_dash.query.words import filter_phrase, query_in_words

HOURS = [1, 6, 9, 16, None, 19]
DELAYS = [0.1, 0.5, None, 2.5, math.inf, -1.0]
LONG = [2**60, 2**60 + 1, None, 2**60 + 3, 5, 2**60 + 2]
DAYS = [date(2013, 1, 1), date(2013, 6, 5), None, date(2013, 8, 1), date(2014, 1, 1), None]
TABLE = pl.DataFrame(
    {"g": [*"ababcc"], "hour": HOURS, "delay": DELAYS, "long": LONG, "day": DAYS, "n": range(6)}
)


def opened(kind: str) -> Explorer:
    with pytest.MonkeyPatch.context() as patch:
        if kind != "short":
            patch.setattr("iris_dash.tables.opening.SHORT_TABLE", 0)
        return Explorer.open(
            TABLE.to_pandas(use_pyarrow_extension_array=True) if kind == "pandas" else TABLE
        )


@pytest.fixture(scope="module", params=["short", "long", "pandas"])
def trips(request: pytest.FixtureRequest) -> Explorer:
    return opened(request.param)


def found(explorer: Explorer, address: str) -> list[int]:
    query = parse_arguments(explorer.schema, parse_qsl(address))
    return [row["n"] for piece in explorer.dataset.records(query)[0] for row in piece]


@pytest.mark.parametrize(
    ("address", "text", "said", "words", "rows"),
    [
        (
            "hour=16..19&hour=6..9",
            "hour=6..9&hour=16..19",
            [{"from": 6, "to": 9}, {"from": 16, "to": 19}],
            "Hour 6 – 9 or 16 – 19",
            [1, 2, 3, 5],
        ),
        (
            "hour=..5&hour=~missing",
            "hour=..5&hour=~missing",
            [{"to": 5}, None],
            "Hour up to 5 or missing",
            [0, 4],
        ),
        ("hour=~present", "hour=~present", {"present": True}, "Hour present", [0, 1, 2, 3, 5]),
        ("hour=~missing", "hour=~missing", [None], "Hour missing", [4]),
        ("hour=~none", "hour=~none", [], "Hour is none", []),
        ("hour=~missing&hour=~present", "hour=~none", [], "Hour is none", []),
        ("hour=..5&hour=~missing&hour=~present", "hour=..5", {"to": 5}, "Hour up to 5", [0]),
        # Nothing lies between whole numbers that follow each other; between others there does.
        ("hour=6..8&hour=9..9", "hour=6..9", {"from": 6, "to": 9}, "Hour 6 – 9", [1, 2]),
        (
            "delay=0..1&delay=2..3",
            "delay=0.0..1.0&delay=2.0..3.0",
            [{"from": 0.0, "to": 1.0}, {"from": 2.0, "to": 3.0}],
            "Delay 0.0 – 1.0 or 2.0 – 3.0",
            [0, 1, 3],
        ),
        (
            "delay=0..1&delay=0.5..3",
            "delay=0.0..3.0",
            {"from": 0.0, "to": 3.0},
            "Delay 0.0 – 3.0",
            [0, 1, 3],
        ),
        (
            "delay=..-1&delay=1..",
            "delay=..-1.0&delay=1.0..",
            [{"to": -1.0}, {"from": 1.0}],
            "Delay up to −1.0 or from 1.0",
            [3, 4, 5],
        ),
        ("delay=~present", "delay=~present", {"present": True}, "Delay present", [0, 1, 3, 4, 5]),
        (
            "long=1152921504606846977..1152921504606846978&long=..5",
            "long=..5&long=1152921504606846977..1152921504606846978",
            [{"to": 5}, {"from": 2**60 + 1, "to": 2**60 + 2}],
            "Long up to 5 or 1152921504606846977 – 1152921504606846978",
            [1, 4, 5],
        ),
        (
            "day=2013-06..2013-08&day=~missing",
            "day=2013-06..2013-08&day=~missing",
            [{"from": "2013-06", "to": "2013-08"}, None],
            "Day 2013-06 – 2013-08 or missing",
            [1, 2, 3, 5],
        ),
        ("day=2014&day=2013-01", "day=2013-01&day=2014", ["2013-01", "2014"], None, [0, 4]),
        ("day=2013-01&day=2013-02..2013-06", "day=2013..2013-06", None, None, [0, 1]),
        ("day=~present", "day=~present", {"present": True}, "Day present", [0, 1, 3, 4]),
        ("hour=..8&hour=9..&hour=~missing", "", None, None, [0, 1, 2, 3, 4, 5]),
        ("hour=..&hour=~none", None, None, None, None),
    ],
)
def test_every_face_gives_the_same_rows(trips, address, text, said, words, rows):
    schema = trips.schema
    if text is None:
        with pytest.raises(QueryError, match=r"expected low\.\.high"):
            found(trips, address)
        return
    query = parse_arguments(schema, parse_qsl(address))
    assert found(trips, address) == rows
    assert trips.count(query) == len(rows) == len(trips.rows(query))
    assert format_query(schema, query) == text
    assert parse_arguments(schema, parse_qsl(text)) == query
    assert parse_query(schema, json.loads(json.dumps(body_of(schema, query)))) == query
    if said is not None:
        assert trips.query(where={address.partition("=")[0]: said}) == query
    if words is not None:
        assert [filter_phrase(schema, one) for one in query.filters] == [words]
        assert len(query_in_words(schema, query)) == 1
    counted = trips.facet_counts(query)["g"]
    assert counted == {g: sum("ababcc"[n] == g for n in rows) for g in "abc"}


@pytest.mark.parametrize(
    ("where", "loc", "words"),
    [
        ({"hour": [6]}, ("where", "hour", 0), "hour should be an object with numbers from and to"),
        ({"hour": [{"from": "x"}]}, ("where", "hour", 0, "from"), "hour, from: Input should be"),
        ({"hour": [{"foo": 1}]}, ("where", "hour", 0, "foo"), "hour: unknown bound 'foo'"),
        ({"hour": [{"from": 9, "to": 6}]}, ("where", "hour", 0), "lower bound 9 is above"),
        (
            {"hour": {"any": [None], "not": [5]}},
            ("where", "hour", "not"),
            "unknown condition 'not'",
        ),
        (
            {"hour": {"present": False}},
            ("where", "hour", "present"),
            "present: Input should be True",
        ),
        ({"day": ["2013", "2013-13"]}, ("where", "day", 1), "day: expected a time"),
        ({"day": [{"from": "2014", "to": "2013"}]}, ("where", "day", 0), "2014 is above"),
        ({"hour": [None] * 1_001}, ("where", "hour"), "at most 1000"),
    ],
)
def test_what_where_cannot_say_is_refused(trips, where, loc, words):
    with pytest.raises(QueryError) as caught:
        trips.query(where=where)
    problem = caught.value.problems[0]
    assert problem.loc == ("body", *loc)
    assert words in problem.msg


def test_a_column_is_asked_inside_where_or_outside_it(trips):
    with pytest.raises(QueryError, match="given twice: in where and outside it"):
        trips.query(where={"hour": [None]}, lower={"hour": 5})


@pytest.mark.parametrize(
    ("address", "words", "count"),
    [
        ("hour=2..3&hour=11..14&g=b", "Hour 2 – 3 or 11 – 16", 1),
        ("delay=1..2&delay=5..9", "Delay 1.0 – 2.0 or 2.5 – 9.0", 1),
        ("day=2015&day=2011", None, None),
        ("hour=~missing&g=a", None, None),
    ],
)
def test_the_smallest_step_back_widens_one_span(trips, address, words, count):
    query = parse_arguments(trips.schema, parse_qsl(address))
    step = trips.diagnosis(query).relaxation
    assert trips.count(query) == 0 < step.count == trips.count(step.query)
    if words:
        phrases = [filter_phrase(trips.schema, one) for one in step.query.filters]
        assert words in phrases
        assert step.count == count


EDGES = st.integers(-3, 3)
SPANS = st.lists(st.tuples(st.none() | EDGES, st.none() | EDGES), max_size=4)


def sides(pair: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    low, high = pair
    return (high, low) if low is not None and high is not None and low > high else (low, high)


@given(
    spans=SPANS,
    missing=st.booleans(),
    present=st.booleans(),
    column=st.sampled_from(["whole", "real", "day"]),
    values=st.lists(st.none() | st.integers(-4, 4), min_size=4, max_size=12),
    halves=st.booleans(),
)
def test_any_spans_equal_a_plain_loop(spans, missing, present, column, values, halves):
    """Of a table of small numbers, half numbers or days around 1970."""
    asked = [sides(pair) for pair in spans if pair != (None, None)]
    scale = 0.5 if halves and column == "real" else 1
    first = date(1970, 1, 1)
    days = {n: None if n is None else first + timedelta(n) for n in [None, *range(-4, 5)]}
    frame = pl.DataFrame(
        {
            "whole": pl.Series([*values, 1, 2], dtype=pl.Int64),
            "real": pl.Series([None if v is None else v * 0.5 for v in [*values, 1, 2]]),
            "day": [*(days[value] for value in values), days[1], days[2]],
        }
    ).with_row_index("n")
    explorer = Explorer.open(frame)

    def text(end: int | None) -> Any:
        if end is None:
            return ""
        return days[end].isoformat() if column == "day" else str(end * scale)

    said = [f"{text(low)}..{text(high)}" for low, high in asked]
    said += ["~missing"] * missing + ["~present"] * present
    if not said:
        return
    address = "&".join(f"{column}={quote(one)}" for one in said)
    query = parse_arguments(explorer.schema, parse_qsl(address))
    number = {"whole": 1.0, "real": 0.5, "day": 1.0}[column]

    def holds(value: int | None) -> bool:
        if value is None:
            return missing and not present
        inside = any(
            (low is None or value * number >= low * scale)
            and (high is None or value * number <= high * scale)
            for low, high in asked
        )
        return inside or (present and not asked and not missing)

    expected = [n for n, value in enumerate([*values, 1, 2]) if holds(value)]
    got = [row["n"] for piece in explorer.dataset.records(query)[0] for row in piece]
    assert got == expected
    assert (
        parse_arguments(explorer.schema, parse_qsl(format_query(explorer.schema, query))) == query
    )
    assert parse_query(explorer.schema, body_of(explorer.schema, query)) == query
