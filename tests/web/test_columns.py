"""`/columns/`: what each column holds, by GET and by POST, of a query's rows and of all."""

from __future__ import annotations

import json

import pytest
from envelope import assert_envelope


def test_one_object_per_column_by_get_and_by_post(client):
    got = client.get("/columns/?species=setosa&sepal_length=..5.0")
    body = {"species": "setosa", "upper": {"sepal_length": 5.0}}
    for path in ("/columns", "/columns/"):
        posted = client.post(path, json=body)
        assert posted.json == got.json
    length, *_, species = got.json
    assert [one["name"] for one in got.json] == [
        *("sepal_length", "sepal_width", "petal_length", "petal_width", "species")
    ]
    assert species == {
        "name": "species",
        "key": "label",
        "label": "Species",
        "unit": "",
        "kind": "facet",
        "role": "plain",
        "type": "text",
        "notes": [],
        "count": 28,
        "missing": 0,
        "distinct": 1,
        "min": None,
        "max": None,
        "mean": None,
        "median": None,
        "top": [{"value": "setosa", "count": 28}],
        "whole": {
            "count": 150,
            "missing": 0,
            "distinct": 3,
            "min": None,
            "max": None,
            "mean": None,
            "median": None,
            "top": [{"value": v, "count": 50} for v in ("setosa", "versicolor", "virginica")],
        },
    }
    assert (length["min"], length["max"], length["unit"]) == (4.3, 5.0, "cm")
    assert (length["whole"]["max"], length["whole"]["median"]) == (7.9, 5.8)


def test_it_is_kept_as_other_answers_are(client):
    first = client.get("/columns/")
    again = client.get("/columns/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("arguments", ["species=rose", "nonsense=1", "sepal_length=9..1"])
def test_what_is_wrong_is_said(client, arguments):
    assert_envelope(client.get(f"/columns/?{arguments}"), 422)


def test_the_document_says_what_is_in_it(client):
    document = client.get("/openapi.json").json
    schema = document["components"]["schemas"]["ColumnProfile"]
    assert {*schema["properties"]} == {*client.get("/columns/").json[0]}
    assert "400" in json.dumps(document["paths"]["/columns/"]["post"])
