"""`/values/`: a column's values with their counts, by GET and by POST, in pages."""

from __future__ import annotations

import polars as pl
import pytest
from asking import client_of
from envelope import assert_envelope

from iris_dash.config.settings import Settings

FLIGHTS = pl.DataFrame(
    {
        "carrier": ["UA", "UA", "AA", "UA", "DL", "AA"] * 10,
        "dest": [f"L{n:02d}" if n % 10 else None for n in range(60)],
        "page": ["one", "two", "one"] * 20,
        "delay": [float(n % 5) for n in range(60)],
    }
)


@pytest.fixture(scope="module")
def flights():
    return client_of(Settings(log="none"), FLIGHTS)


@pytest.mark.parametrize(
    ("arguments", "body", "values"),
    [
        ("column=carrier", {"column": "carrier"}, [("UA", 30), ("AA", 20), ("DL", 10)]),
        (
            "column=carrier&carrier=DL&delay=..0&search=a",
            {"column": "carrier", "carrier": "DL", "upper": {"delay": 0}, "search": "a"},
            [("UA", 6), ("AA", 4)],
        ),
        (
            "column=dest&per_page=2&page=2",
            {"column": "dest", "per_page": 2, "page": 2},
            [("L02", 1), ("L03", 1)],
        ),
        ("column=dest&per_page=1", {"column": "dest", "per_page": 1}, [(None, 6)]),
        (
            "column=page&.page=one&carrier=DL",
            {"column": "page", "where": {"page": ["one"]}, "carrier": "DL"},
            [("two", 10)],
        ),
        ("column=dest&search=zz", {"column": "dest", "search": "zz"}, []),
        ("column=dest&search=", {"column": "dest", "per_page": 100, "search": None}, None),
    ],
)
def test_the_same_by_get_and_by_post(flights, arguments, body, values):
    for path in ("/values", "/values/"):
        got, posted = flights.get(f"{path}?{arguments}"), flights.post(path, json=body)
        assert got.status_code == posted.status_code == 200
        assert got.json == posted.json
        if values is not None:
            assert got.json == [{"value": value, "count": n} for value, n in values]


def test_pages_are_linked_to_each_other(flights):
    found, address = [], "/values/?column=dest&search=L&carrier=UA&sort=-delay&per_page=10"
    while address:
        answer = flights.get(address)
        assert answer.headers["X-Total-Count"] == "28"
        found += [one["value"] for one in answer.json]
        links = dict(reversed(part.split("; rel=")) for part in answer.headers["Link"].split(", "))
        address = links.get('"next"', "").strip("<>")
    assert found == sorted(
        row["dest"] for row in FLIGHTS.to_dicts() if row["carrier"] == "UA" and row["dest"]
    )


def test_an_answer_is_known_by_its_tag_and_kept(flights):
    address = "/values/?column=carrier&delay=..2"
    answer = flights.get(address)
    # What makes no difference makes no other answer.
    alike = flights.get("/values/?delay=..2&column=carrier&carrier=UA&sort=delay&search=&page=1")
    assert answer.headers["ETag"] == alike.headers["ETag"]
    assert flights.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status == (
        "304 NOT MODIFIED"
    )
    for other in ("column=carrier&delay=..3", "column=dest&delay=..2", "column=carrier&search=a"):
        assert flights.get(f"/values/?{other}").headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize(
    ("arguments", "place", "said"),
    [
        ("", "column", "column: which one? columns are carrier, page, dest, delay"),
        ("column=x", "column", "unknown column 'x'; columns are carrier, page, dest, delay"),
        ("column=carrier&column=dest", "column", "column is given twice"),
        ("column=delay&search=1", "search", "Delay holds no text"),
        (f"column=dest&search={'x' * 1001}", "search", "at most 1,000 characters"),
        ("column=dest&per_page=10001", "per_page", "10000"),
        ("column=dest&carrier=XX", "carrier", "unknown value of carrier: 'XX'"),
        ("column=dest&of=delay", "of", "unknown key 'of'"),
    ],
)
def test_what_is_wrong_is_said(flights, arguments, place, said):
    (problem,) = assert_envelope(flights.get(f"/values/?{arguments}"), 422)
    assert problem["loc"] == ["query", place]
    assert said in problem["msg"]


@pytest.mark.parametrize("body", [[], {}, {"column": 1}, {"column": "dest", "search": 5}])
def test_a_wrong_body_is_refused(flights, body):
    assert_envelope(flights.post("/values/", json=body), 422)
    assert_envelope(flights.post("/values/?column=dest", json=body), 422)


def test_a_page_of_long_texts_has_a_greatest_length(monkeypatch):
    monkeypatch.setattr("iris_dash.web.api.routes.MOST_BYTES", 10_000)
    texts = pl.DataFrame({"text": [f"{n} {'é' * 1_000}" for n in range(60)]})
    client = client_of(Settings(log="none"), texts)
    assert len(client.get("/values/?column=text&per_page=4").json) == 4
    (problem,) = assert_envelope(client.get("/values/?column=text"), 422)
    assert problem["loc"] == ["query", "per_page"]
    assert "the values are more than 10,000 bytes" in problem["msg"]
