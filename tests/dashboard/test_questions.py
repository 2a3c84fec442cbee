"""What comes to the page's own route: its questions, and all that is none of them."""

from __future__ import annotations

import json
import logging

import pytest

from iris_dash.config.settings import Settings
from iris_dash.dashboard.answer import cached_answer
from iris_dash.web.app import create_app

PATH = "/_dash-update-component"
ASKED = {"facets": {}, "ranges": {}, "n": 1}


@pytest.fixture(scope="module")
def app():
    return create_app(settings=Settings(log="none"))


@pytest.fixture
def page(app):
    return app.server.test_client()


def payload(app, asked):
    """The body that Dash's script posts when the store `asked` changes."""
    output = next(key for key in app.callback_map if key.startswith("..answered.data..."))
    return {
        "output": output,
        "outputs": [_output(part) for part in output.strip(".").split("...")],
        "inputs": [{"id": "asked", "property": "data", "value": asked}],
        "changedPropIds": ["asked.data"],
        "state": [],
    }


def _output(part):
    name, _, prop = part.rpartition(".")
    if not name.startswith("{"):
        return {"id": name, "property": prop}
    named = json.loads(name)
    if named["column"] == ["ALL"]:
        return [{"id": named | {"column": "species"}, "property": prop}]
    return {"id": named, "property": prop}


def test_a_question_is_answered(app, page):
    answer = page.post(PATH, json=payload(app, ASKED))
    assert answer.status_code == 200
    assert answer.get_json()["response"]["answered"]["data"]["n"] == 1


def test_an_answer_is_for_what_asks(app, page):
    """What an answer does not have stays as it is, and so do controls that are not there."""
    asked = payload(app, ASKED)
    whole = page.post(PATH, json=asked).get_json()
    assert whole["multi"] is True
    assert whole["response"]["count"]["children"][1] == " of 150 flowers"
    species = '{"column":"species","role":"facet"}'
    assert [one["value"] for one in whole["response"][species]["options"]] == [
        *("setosa", "versicolor", "virginica")
    ]
    # Of the views only the one that is shown, and of what was asked for all.
    assert "scatter" in whole["response"]
    assert "compare" not in whole["response"]
    at = next(at for at, one in enumerate(asked["outputs"]) if isinstance(one, list))
    for left in ([], asked["outputs"][at] * 2):
        asked["outputs"][at] = left
        fewer = page.post(PATH, json=asked).get_json()["response"]
        assert {*whole["response"]} - {*fewer} == {species}
    asked["outputs"].pop()
    assert page.post(PATH, json=asked).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("{}", 400),
        ("[]", 400),
        ("null", 400),
        ('"x"', 400),
        ('{"output": "x"}', 400),
        ('{"output": "..x.y.."}', 400),
        ('{"output": ["x"], "inputs": "abc", "changedPropIds": 5, "outputs": null}', 400),
        ('{"a":' * 100_000, 400),
    ],
)
def test_what_is_no_question_of_the_page_is_told_so(page, caplog, body, status):
    answer = page.post(PATH, data=body, content_type="application/json")
    assert answer.status_code == status
    assert isinstance(answer.get_json()["detail"], str)
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("facets", {"species": 5}),
        ("facets", "setosa"),
        ("ranges", {"sepal_length": 5}),
        ("ranges", {"sepal_length": ["a", "b"]}),
        ("ranges", {"sepal_length": [1, 2, 3]}),
        ("page", "x"),
        ("page", 1e400),
        ("sort", 5),
        ("sort", [{"column_id": {}}]),
        ("sort", [{}]),
        ("axes", 5),
        ("axes", [[]]),
        ("open", 5),
        ("choices", 5),
        ("choices", {"_view": {}}),
        ("log", "x y"),
        ("theme", []),
        ("narrow", "perhaps"),
    ],
)
def test_a_wrong_part_of_a_question_is_named(app, page, caplog, part, value):
    answer = page.post(PATH, json=payload(app, ASKED | {part: value}))
    assert answer.status_code == 422
    assert part in str(answer.get_json()["detail"])
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("asked", [5, "x", [], [1]])
def test_a_question_is_an_object(app, page, asked):
    assert page.post(PATH, json=payload(app, asked)).status_code in (200, 422)


def test_a_fault_of_our_own_is_ours(app, page, monkeypatch, caplog):
    def broken(*_):
        raise TypeError("the secret of the house")

    monkeypatch.setattr(cached_answer, "answer_state", broken)
    asked_by_nobody_before = ASKED | {"per_page": 3}
    with caplog.at_level(logging.ERROR):
        answer = page.post(PATH, json=payload(app, asked_by_nobody_before))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "the secret of the house" in caplog.text


@pytest.mark.parametrize("path", ["/range/", "/stats/mean/", "/export.csv"])
def test_a_number_that_json_cannot_hold_is_quoted(page, path):
    huge = 10**30
    answer = page.get(f"{path}?per_page={huge}")
    assert answer.status_code == 422
    assert str(huge)[:9] in str(answer.get_json()["detail"])
