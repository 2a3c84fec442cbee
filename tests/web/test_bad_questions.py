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


PAGES = ("/docs", "/docs/", "/docs/<path:name>")
"""What is shown to people: these say nothing about the table."""

NEEDED = {"values": "&column=tail", "histogram": "&column=delay"}


def test_every_route_refuses_a_key_or_a_body_that_it_would_not_look_at(trips):
    rules = {
        rule.rule: rule.endpoint.removeprefix("api.")
        for rule in trips.application.url_map.iter_rules()
        if rule.endpoint.startswith("api.") or rule.endpoint == "tell_metrics"
    }
    assert rules["/schema/"] == "schema"
    for path, name in rules.items():
        if path in PAGES:
            continue
        needed = NEEDED.get(name, "")
        (problem,) = assert_envelope(trips.get(f"{path}?no_such=1{needed}"), 422)
        assert problem["loc"] == ["query", "no_such"], path
        assert problem["msg"].startswith(("no_such: ", "unknown key 'no_such'")), path
        (problem,) = assert_envelope(trips.get(f"{path}?{needed}", json={"carrier": "UA"}), 422)
        assert problem["loc"] == ["body"], path
        assert trips.get(f"{path}?{needed}").status_code == 200, path


def test_a_route_without_questions_says_so(trips):
    (problem,) = assert_envelope(trips.get("/schema/?carrier=UA"), 422)
    assert problem["msg"] == "carrier: /schema/ has no keys"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ('{"carrier": "UA", "page": 1, "carrier": "AA"}', "carrier"),
        ('{"where": {"tail": {"has": "1:2"}, "tail" : "N1"}}', "tail"),
        ('{"lower": {"delay": 1, "delay": 2}}', "delay"),
    ],
)
def test_a_key_that_a_body_says_twice_is_not_ignored_once(trips, body, key):
    answer = trips.post("/range/", data=body, content_type="application/json")
    (problem,) = assert_envelope(answer, 422)
    assert (problem["loc"], problem["msg"]) == (["body", key], f"{key} is given twice")
    assert trips.post("/range/", json={"where": {"tail": {"has": "1:2"}}}).get_json() == []
