"""A wrong question is a 422 that names each problem once, and what is valid."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from envelope import assert_envelope
from flask.testing import FlaskClient

from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

MOMENT = datetime(2013, 1, 1, 6)


@pytest.fixture(scope="module")
def trips() -> FlaskClient:
    frame = pl.DataFrame(
        {
            "carrier": ["UA", "AA", "B6"] * 40,
            "tail": [f"N{n}" for n in range(120)],
            "date": [date(2013, 1, 1) + timedelta(n) for n in range(120)],
            "at": [MOMENT + timedelta(hours=n) for n in range(120)],
            "delay": [n / 2 for n in range(120)],
        }
    )
    return create_app(frame, Settings()).server.test_client()


TIMES = "expected a time such as 2013, 2013-02 or 2013-02-14"


@pytest.mark.parametrize(
    ("address", "key", "words"),
    [
        ("date=2013-02-30", "date", f"{TIMES}, not '2013-02-30'"),
        ("date=..2013-13", "date", f"{TIMES}, not '2013-13'"),
        ("date=yesterday", "date", f"{TIMES}, not 'yesterday'"),
        ("date=2013..2012", "date", "above"),
        ("tail=~foo:x", "tail", "conditions are a value or ~none, ~present, ~missing, ~not:text"),
        ("tail=~has:", "tail", "text of 1 to 1000 characters"),
        ("tail=N1&tail=~not:N2", "tail", "values are chosen, or left out, not both"),
        ("carrier=UA&carrier=~not:AA", "carrier", "values are chosen, or left out, not both"),
        ("&".join(["tail=N1"] * 5_000), "tail", "at most 1000 values"),
        ("search=" + "x" * 10_000, "search", "at most 1000 characters"),
        ("delay:weekday=Mon", "delay:weekday", "delay is no time, so it has no 'weekday'"),
        ("at:day=1", "at:day", "parts are quarter_of_year, month_of_year, weekday, hour_of_day"),
        ("by=at:weekday", "by", "/aggregate/ groups by text, units and parts of times"),
    ],
)
def test_a_wrong_address_names_its_argument(trips, address, key, words):
    (problem,) = assert_envelope(trips.get(f"/range/?{address}"), 422)
    assert problem["loc"] == ["query", key]
    assert words in problem["msg"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (5, "where should be an object with a condition per column: carrier, date"),
        ([1], "where should be an object with a condition per column"),
        ({"tail": {"is": "x"}}, "conditions are any, not, has, starts, present"),
        ({"date": {"from": 2013}}, TIMES),
        ({"delay": "x"}, "delay should be an object with numbers from and to"),
        ({"tail": [f"N{n}" for n in range(5_000)]}, "at most 1000 values"),
    ],
)
def test_a_wrong_body_says_what_where_may_hold(trips, where: Any, words):
    (problem,) = assert_envelope(trips.post("/range/", json={"where": where}), 422)
    assert problem["loc"][:2] == ["body", "where"]
    assert words in problem["msg"]
