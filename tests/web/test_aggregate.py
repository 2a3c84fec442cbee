"""`/aggregate/`: what it answers, in which form, and what it refuses."""

from __future__ import annotations

import io

import polars as pl
import pytest

from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

CSV, ARROW = "text/csv", "application/vnd.apache.arrow.stream"

MEDIANS = [
    {"label": "setosa", "count": 50, "median_petal_length": 1.5},
    {"label": "versicolor", "count": 50, "median_petal_length": 4.35},
    {"label": "virginica", "count": 50, "median_petal_length": 5.55},
]
"""Of Fisher's table, as its 25th and 26th values of each species give them."""


def asked(by="species", of="petal_length", stat="count,median", **more):
    return {"by": by, "of": of, "stat": stat} | more


@pytest.mark.parametrize(
    ("query", "body", "wanted"),
    [
        (asked(), asked(), MEDIANS),
        (
            asked(having="median_petal_length:4..", sort="-median_petal_length"),
            {
                "by": ["species"],
                "of": ["petal_length"],
                "stat": ["count", "median"],
                "having": {"median_petal_length": {"from": 4}},
                "sort": ["-median_petal_length"],
            },
            MEDIANS[:0:-1],
        ),
        (asked(page=2, per_page=2), asked(page=2, per_page=2), MEDIANS[2:]),
        (asked(page=9), asked(page=9), []),
        (
            {"species": "~not:setosa", "by": "species", "totals": "1"},
            {"where": {"species": {"not": ["setosa"]}}, "by": "species", "totals": True},
            [
                {"label": "versicolor", "level": 1, "count": 50},
                {"label": "virginica", "level": 1, "count": 50},
                {"label": None, "level": 0, "count": 100},
            ],
        ),
        (
            {"petal_length": "7..", "by": "species", "empty": "1"},
            {"lower": {"petal_length": 7}, "by": "species", "empty": True},
            [
                {"label": "setosa", "count": 0},
                {"label": "versicolor", "count": 0},
                {"label": "virginica", "count": 0},
            ],
        ),
        (
            {"petal_length": "7..", "by": "species"},
            {"lower": {"petal_length": 7}, "by": "species"},
            [],
        ),
        ({}, {}, [{"count": 150}]),
    ],
)
def test_get_and_post_answer_the_groups(client, query, body, wanted):
    got, posted = (
        client.get("/aggregate/", query_string=query),
        client.post("/aggregate", json=body),
    )
    assert got.get_json() == posted.get_json() == wanted
    assert got.headers["X-Total-Count"] == posted.headers["X-Total-Count"]


def test_pages_are_counted_and_linked(client):
    answer = client.get("/aggregate/?by=petal_length:1&per_page=4&page=2")
    assert answer.headers["X-Total-Count"] == "5"
    assert answer.get_json() == [{"petal_length:1": 6, "count": 11}]
    first, last, previous = answer.headers["Link"].split(", ")
    assert first == '</aggregate/?by=petal_length:1&stat=count&page=1&per_page=4>; rel="first"'
    assert last.endswith('page=2&per_page=4>; rel="last"')
    assert previous.endswith('rel="prev"')


@pytest.mark.parametrize("path", ["/aggregate/?by=species&of=petal_width", "/range/?per_page=4"])
def test_the_same_answer_as_csv_and_arrow(client, path):
    plain = client.get(path)
    rows = [list(row.values()) for row in plain.get_json()]
    for accept, read in ((CSV, pl.read_csv), (ARROW, pl.read_ipc_stream)):
        answer = client.get(path, headers={"Accept": accept})
        assert answer.mimetype == accept
        assert list(map(list, read(io.BytesIO(answer.data)).rows())) == rows
        assert answer.headers["X-Total-Count"] == plain.headers["X-Total-Count"]
        assert answer.headers.get("Link") == plain.headers.get("Link")
        assert answer.headers["ETag"] != plain.headers["ETag"]
        known = {"Accept": accept, "If-None-Match": answer.headers["ETag"]}
        unchanged = client.get(path, headers=known)
        assert (unchanged.status_code, unchanged.data) == (304, b"")
        for one in (plain, answer, unchanged):
            assert "Accept" in ",".join(one.headers.getlist("Vary")).replace("-Encoding", "").split(
                ","
            )


@pytest.mark.parametrize("accept", ["*/*", "text/html, */*;q=0.8", "application/json", "image/png"])
def test_whoever_accepts_more_gets_json(client, accept):
    assert client.get("/range/?per_page=1", headers={"Accept": accept}).is_json


def test_a_file_of_groups_is_what_the_route_answers(client):
    query = "by=species&of=petal_length&stat=count,p05&having=count:30.."
    groups = client.get(f"/aggregate/?{query}").get_json()
    assert client.get(f"/export/aggregate.json?{query}").get_json() == groups
    answer = client.get(f"/export/aggregate.csv?{query}")
    lines = answer.text.splitlines()
    assert lines[0] == "species,count,p05_petal_length"
    assert lines[1:] == [",".join(map(str, group.values())) for group in groups]
    assert answer.headers["X-Query"] == query


REFUSED = {
    "by=spceies": (
        "by",
        "unknown column 'spceies'; columns are species",
        "did you mean 'species'?",
    ),
    "by=petal_width": ("by", "petal_width is gathered by bins of a width above 0, petal_width:0.1"),
    "by=petal_width:0": ("by", "of a width above 0, petal_width:0.1 say, not '0'"),
    "by=petal_width:1e-9": ("by", "there are at most 100,000; a width of 0.1 or more is one"),
    "by=petal_width:nan": ("by", "not 'nan'"),
    "by=species:month": ("by", "species is gathered by its values"),
    "by=species,species": ("by", "names species more than once"),
    "by=species&by=species": ("by", "given twice"),
    "by=species,sepal_width:1,sepal_length:1,petal_width:1": ("by", "at most 3 keys, not 4"),
    "of=petal_width&stat=men": ("stat", "unknown statistic 'men'", "p01…p99", "'mean'?"),
    "of=petal_width&stat=p100": ("stat", "unknown statistic 'p100'"),
    "of=species&stat=median": ("stat", "species is a facet and has no median", "missing, distinct"),
    "stat=median": ("stat", "median is of a column", "measures are sepal_length"),
    "of=petal_width&stat=count": ("of", "none of the statistics is of one: count"),
    "of=petal": ("of", "unknown column 'petal'"),
    "by=species&having=mean_petal_width:1..": ("having", "those asked for are count"),
    "by=species&having=count": ("having", "expected low..high, low.. or ..high with numbers"),
    "by=species&having=count:many..": ("having", "with numbers, not 'many..'"),
    "by=species&having=count:5..2": ("having", "lower bound 5 is above upper bound 2"),
    "by=species&sort=petal_width": ("sort", "those asked for are species, count"),
    "by=species&sort=-count@petal": ("sort", "those asked for are species, count, count@species"),
    "by=species&sort=count,-count": ("sort", "count more than once"),
    "by=species&totals=yes": ("totals", "expected 1 or 0, not 'yes'"),
    "by=species&page=0": ("page", "expected a whole number from 1 on, not 0"),
    "by=species&per_page=10001": ("per_page", "at most 10,000 groups, not 10,001"),
    "by=species&statistic=mean": ("statistic", "keys are species", "stat, having, sort"),
    "species=rose&by=species": ("species", "values of species are setosa"),
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_wrong_is_named_with_what_is_valid(client, query):
    answer = client.get(f"/aggregate/?{query}")
    key, *said = REFUSED[query]
    assert answer.status_code == 422
    (problem,) = answer.get_json()["detail"]
    assert problem["loc"] == ["query", key]
    assert [words for words in said if words not in problem["msg"]] == []


def test_each_problem_of_a_body_is_told(client):
    body = {"by": 3, "having": 3, "sort": 4, "page": "x", "foo": 1, "empty": 3, "stat": {}}
    answer = client.post("/aggregate/", json=body)
    assert answer.status_code == 422
    places = [problem["loc"] for problem in answer.get_json()["detail"]]
    assert sorted(key for _, key in places) == sorted(body)


def test_more_groups_than_an_answer_holds_are_refused_with_ways_out():
    table = pl.DataFrame({"n": range(30_000), "name": [f"name {n}" for n in range(30_000)]})
    client = create_app(table, Settings()).server.test_client()
    answer = client.get("/aggregate/?by=name")
    assert answer.status_code == 422
    (problem,) = answer.get_json()["detail"]
    assert "30,000 groups and one answer holds at most 10,000" in problem["msg"]
    assert "/export/aggregate.csv" in problem["msg"]
    page = client.get("/aggregate/?by=name&page=300&per_page=100")
    assert len(page.get_json()) == 100
    assert page.headers["X-Total-Count"] == "30000"
    assert len(client.get("/export/aggregate.csv?by=name").text.splitlines()) == 30_001
    assert client.get("/aggregate/?by=name&having=count:2..").get_json() == []
