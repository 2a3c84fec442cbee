"""`/compare/`: both sides of a comparison as JSON, and what it refuses."""

from __future__ import annotations

import polars as pl
import pytest

from iris_dash.explorer import Explorer
from iris_dash.factory import create_app

# Fisher's means of petal width: setosa 0.246, virginica 2.026 cm.


def test_a_group_beside_another_with_its_histogram(client):
    query = {"species": "setosa", "with": "species:virginica", "of": "petal_width"}
    found = client.get("/compare/", query_string=query).get_json()
    assert client.post("/compare", json=query).get_json() == found
    assert found["count"] == 50
    assert found["baseline"] == {
        "kind": "group",
        "facet": "species",
        "value": "virginica",
        "count": 50,
    }
    one = next(one for one in found["measures"] if one["measure"] == "petal_width")
    means = [one[side]["mean"] for side in ("selected", "baseline")]
    assert means == pytest.approx([0.246, 2.026])
    assert one["difference"] == pytest.approx(-1.78)
    low, high = one["hedges_g_interval"]
    assert low < one["hedges_g"] < high
    counts = [(one["low"], one["selected"], one["baseline"]) for one in found["histogram"]]
    assert counts[0] == (0.1, 5, 0)
    assert [sum(column) for column in zip(*counts, strict=True)][1:] == [50, 50]


def test_unasked_it_is_beside_the_rest_and_shares_are_of_what_is_not_filtered(client):
    found = client.get("/compare/?petal_width=..0.6").get_json()
    assert (found["count"], found["baseline"]["count"], found["histogram"]) == (50, 100, None)
    (first, *_) = found["shares"]
    assert (first["value"], first["selected"], first["baseline"]) == ("setosa", 50, 0)
    assert (first["selected_share"], first["difference"]) == (1.0, 1.0)
    assert found["baseline"]["kind"] == "rest"


def test_one_side_alone_has_no_figures(client):
    found = client.get("/compare/").get_json()
    assert (found["measures"], found["shares"], found["baseline"]["count"]) == ([], [], 0)


@pytest.mark.parametrize(
    ("query", "key", "said"),
    [
        ("with=half", "with", "expected 'rest', 'all' or a group as FACET:VALUE, not 'half'"),
        ("with=species:rose", "with", "facets are species"),
        ("of=species", "of", "unknown measure 'species'"),
        ("with=all&with=rest", "with", "with is given twice"),
        ("sepal_length=wide", "sepal_length", "'wide'"),
    ],
)
def test_what_is_refused(client, query, key, said):
    answer = client.get(f"/compare/?{query}")
    assert answer.status_code == 422
    (problem,) = [one for one in answer.get_json()["detail"] if one["loc"][1] == key]
    assert said in problem["msg"]


def test_a_facet_with_a_colon_is_named_as_it_is_written() -> None:
    frame = pl.DataFrame({"a:b": ["x", "y"] * 3, "n": range(6)})
    client = create_app(Explorer.open(frame)).server.test_client()
    refused = client.get("/compare/?with=a:b:x")
    assert refused.status_code == 422
    assert r"facets are a\:b" in refused.get_json()["detail"][0]["msg"]
    assert client.get("/compare/", query_string={"with": r"a\:b:x"}).status_code == 200
