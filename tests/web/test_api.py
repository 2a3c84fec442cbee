"""The JSON routes: same answers by GET and POST, and one error envelope."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import parse_qsl

import polars as pl
import pytest
from envelope import assert_envelope
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from published import PUBLISHED, assert_same_objects

from iris_dash.config.settings import Settings
from iris_dash.files import FORMATS
from iris_dash.web.app import create_app

ROUTES = ("/range/", "/stats/mean/", "/stats/summary/", "/diagnose/", "/columns/", "/export.csv")
VALUES = "/values/"
STATES = {"/healthz", "/readyz"}
METRICS, HISTOGRAM, SCHEMA = "/metrics", "/histogram/", "/schema/"
COMPARE = "/compare/"
READ_ONLY = STATES | {METRICS, SCHEMA}
FILES = {f"{path}.{known.suffix}" for path in ("/export", "/export/means") for known in FORMATS}
AGGREGATES = {"/aggregate/", *(f"/export/aggregate.{known.suffix}" for known in FORMATS)}


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: json.dumps(case["body"])[:50])
def test_published_answers_come_back_equal(client, case):
    answer = client.open(case["path"], method=case["method"], json=case["body"])
    assert answer.status_code == 200
    assert_same_objects(answer.get_json(), case["response"])


@pytest.mark.parametrize(
    "path", ["/range", "/stats/mean", "/stats/summary", "/diagnose", "/columns"]
)
def test_a_path_without_its_slash_answers_without_a_redirect(client, path):
    for answer in (client.get(path), client.post(path, json={})):
        assert answer.status_code == 200
        assert answer.get_json() == client.get(path + "/").get_json()


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        ("", {}),
        ("species=setosa", {"species": "setosa"}),
        ("species=~none", {"species": []}),
        (
            "species=setosa&species=virginica&sepal_length=5..6&petal_width=..0.4",
            {
                "species": ["setosa", "virginica"],
                "lower": {"sepal_length": 5},
                "upper": {"sepal_length": 6, "petal_width": 0.4},
            },
        ),
        (
            "sort=-petal_length,species&page=2&per_page=7",
            {"sort": ["-petal_length", "species"], "page": 2, "per_page": 7},
        ),
    ],
)
@pytest.mark.parametrize("path", ROUTES)
def test_get_and_post_answer_the_same(client, path, arguments, body):
    got, posted = client.get(f"{path}?{arguments}"), client.post(path, json=body)
    assert got.status_code == posted.status_code == 200
    assert got.data == posted.data
    assert got.headers.get("X-Total-Count") == posted.headers.get("X-Total-Count")


def test_rows_keep_the_tables_columns_and_order(client, flowers):
    rows = client.get("/range/").get_json()
    assert list(rows[0]) == ["sepal_length", "sepal_width", "petal_length", "petal_width", "label"]
    assert [row["label"] for row in rows] == [flower["species"] for flower in flowers]
    assert [row["petal_width"] for row in rows] == [flower["petal_width"] for flower in flowers]


def links(answer):
    """The Link header as {rel: (path, arguments)}."""
    found = {}
    for part in answer.headers.get("Link", "").split(", "):
        if part:
            target, rel = part.split("; ")
            path, _, query = target.strip("<>").partition("?")
            found[rel.split('"')[1]] = (path, dict(parse_qsl(query)))
    return found


def test_pages_are_counted_and_linked(client):
    answer = client.get("/range/?species=setosa&page=2&per_page=20")
    assert answer.headers["X-Total-Count"] == "50"
    found = links(answer)
    assert {rel: arguments["page"] for rel, (_, arguments) in found.items()} == {
        "first": "1",
        "prev": "1",
        "next": "3",
        "last": "3",
    }
    path, arguments = found["next"]
    assert (path, arguments["species"], arguments["per_page"]) == ("/range/", "setosa", "20")


def test_following_next_visits_every_row_once(client):
    seen, address = [], "/range/?sort=-sepal_length&per_page=40"
    while address:
        answer = client.get(address)
        seen += answer.get_json()
        target = links(answer).get("next")
        address = (
            "?".join((target[0], "&".join("=".join(p) for p in target[1].items())))
            if target
            else ""
        )
    assert seen == client.get("/range/?sort=-sepal_length").get_json()


def test_the_first_page_has_no_previous_the_last_no_next(client):
    assert set(links(client.get("/range/?per_page=100"))) == {"first", "last", "next"}
    assert set(links(client.get("/range/?per_page=100&page=2"))) == {"first", "last", "prev"}
    assert "Link" not in client.get("/range/").headers


def test_a_page_past_the_end_is_empty_and_says_the_way_back(client):
    answer = client.get("/range/?page=99&per_page=50")
    assert answer.get_json() == []
    assert links(answer)["prev"][1]["page"] == "3"


@pytest.mark.parametrize("path", ["/export.csv", "/export/means.csv"])
def test_csv_for_excel_has_a_mark_in_front_and_is_else_the_same(client, path):
    plain, marked = client.get(f"{path}?species=setosa"), client.get(f"{path}?bom=1&species=setosa")
    assert marked.data == b"\xef\xbb\xbf" + plain.data
    assert marked.headers["ETag"] != plain.headers["ETag"]
    assert client.get(f"{path}?species=setosa&bom=0").data == plain.data
    document = client.get("/openapi.json").json["paths"]
    said = [p for p in document[path]["get"]["parameters"] if p["name"] == "bom"]
    assert [p["schema"] for p in said] == [{"type": "string", "enum": ["0", "1"]}]


@pytest.mark.parametrize("asked", ["bom=2", "bom=", "bom=1&bom=1", "bom=true"])
def test_another_mark_is_refused(client, asked):
    answer = client.get(f"/export.csv?{asked}")
    assert (answer.status_code, answer.json["detail"][0]["loc"]) == (422, ["query", "bom"])


@pytest.mark.parametrize("path", ["/export.parquet", "/range/"])
def test_only_csv_has_a_mark(client, path):
    assert client.get(f"{path}?bom=1").status_code == 422


def test_csv_has_exactly_the_rows_and_a_telling_name(client, flowers):
    answer = client.get("/export.csv?species=setosa&sepal_length=5.0..5.1&sepal_width=3.0..")
    assert answer.mimetype == "text/csv"
    assert answer.is_streamed
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="iris-16-of-150-flowers.csv"'
    )
    read = list(csv.DictReader(io.StringIO(answer.text)))
    expected = [
        flower
        for flower in flowers
        if flower["species"] == "setosa"
        and 5.0 <= flower["sepal_length"] <= 5.1
        and flower["sepal_width"] >= 3.0
    ]
    assert [{k: v if k == "species" else float(v) for k, v in r.items()} for r in read] == expected


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    ("data", "kind", "status", "words"),
    [
        (b"{", "application/json", 400, "not JSON"),
        (b"", "application/json", 400, "empty"),
        (b"\xff", "application/json", 400, "not JSON"),
        (b"[" * 100_000, "application/json", 400, "not JSON"),
        (b"[NaN" * 100_000, "application/json", 400, "not JSON"),
        (b"{}", "text/plain", 415, "application/json"),
        (b"species=setosa", "application/x-www-form-urlencoded", 415, "application/json"),
        (b"{}", None, 415, "application/json"),
        (b"[]", "application/json", 422, "JSON object"),
        (b'"setosa"', "application/json", 422, "JSON object"),
        (b"null", "application/json", 422, "JSON object"),
        (b'{"species": "rose"}', "application/json", 422, "setosa, versicolor, virginica"),
        (b'{"colour": 1}', "application/json", 422, "keys are species"),
        (b'{"lower": {"sepal_length": NaN}}', "application/json", 422, "finite"),
        (b'{"upper": {"sepal_length": -Infinity}}', "application/json", 422, "finite"),
        (b'{"upper": {"sepal_length": 1e999}}', "application/json", None, ""),
        (b'{"lower": {"sepal_length": true}}', "application/json", 422, "True"),
        (b'{"lower": {"sepal_length": "5"}}', "application/json", 422, "'5'"),
        (b'{"page": 0}', "application/json", 422, "0"),
        (b'{"per_page": -1}', "application/json", 422, "-1"),
        (b'{"per_page": 10001}', "application/json", 422, "10000"),
        (b'{"page": 1' + b"0" * 30 + b"}", "application/json", 422, "page"),
        (b'{"page": 1' + b"0" * 400 + b"}", "application/json", 400, "number"),
        (b'{"lower": {"sepal_length": 1' + b"0" * 400 + b"}}", "application/json", 400, "number"),
    ],
)
def test_bad_bodies(client, path, data, kind, status, words):
    answer = client.post(path, data=data, content_type=kind)
    detail = assert_envelope(answer, status or answer.status_code)
    assert answer.status_code in (400, 415, 422)
    assert words in (detail if isinstance(detail, str) else detail[0]["msg"])


def test_a_huge_page_number_is_past_the_end(client):
    assert client.post("/range/", json={"page": 10**18, "per_page": 10_000}).get_json() == []


def test_a_body_over_a_megabyte_is_refused(client):
    answer = client.post(
        "/range/", data=b'{"species": "' + b"x" * 1_000_000 + b'"}', content_type="application/json"
    )
    assert "1000000 bytes" in assert_envelope(answer, 413)


@pytest.mark.parametrize("arguments", ["colour=red", "sepal_length=abc", "page=0", "sort=colour"])
@pytest.mark.parametrize("path", ROUTES)
def test_bad_arguments(client, path, arguments):
    (problem,) = assert_envelope(client.get(f"{path}?{arguments}"), 422)
    assert problem["loc"] == ["query", arguments.split("=")[0]]


def test_a_posts_arguments_are_not_silently_ignored(client):
    (problem,) = assert_envelope(client.post("/range/?page=2", json={}), 422)
    assert problem["loc"] == ["query", "page"]


@pytest.mark.parametrize("path", ["/nothing", "/range/more", "/a/b/c", "/ranges/"])
def test_unknown_paths_are_json(client, path):
    for method in ("GET", "POST", "DELETE"):
        assert path in assert_envelope(client.open(path, method=method), 404)


@pytest.mark.parametrize("path", ["/range/", "/stats/mean", "/export.csv", "/openapi.json", "/"])
def test_wrong_methods_are_json_and_name_the_right_ones(client, path):
    answer = client.delete(path)
    assert "GET" in assert_envelope(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_what_nobody_expected_is_a_500_without_a_traceback(client, monkeypatch, caplog):
    from iris_dash.explorer import Explorer

    def fail(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Explorer, "count", fail)
    answer = client.post("/export.csv", json={})  # by GET there may be a copy
    assert "secret" not in assert_envelope(answer, 500)
    assert "secret detail" in caplog.text


def test_a_long_table_is_answered_in_pages_or_as_a_file():
    table = pl.DataFrame({"n": range(10_001)})
    client = create_app(table, Settings()).server.test_client()
    for answer in (client.get("/range/"), client.post("/range/", json={})):
        (problem,) = assert_envelope(answer, 422)
        assert "10,001 rows" in problem["msg"]
        assert "page" in problem["msg"]
        assert "/export.csv" in problem["msg"]
    assert len(client.get("/range/?n=1..").get_json()) == 10_000
    assert len(client.get("/range/?page=1&per_page=10000").get_json()) == 10_000
    assert client.get("/export.csv").text.count("\n") == 10_002


def test_answers_are_kept_per_query_and_fingerprint(client, server):
    first = client.get("/stats/mean/?petal_width=0.3..").data
    assert client.get("/stats/mean/?petal_width=0.30..").data == first
    assert client.get("/stats/mean/?petal_width=0.4..").data != first


def test_the_openapi_document_is_valid_and_names_every_route(client):
    document = client.get("/openapi.json").get_json()
    validate(document)
    assert set(document["paths"]) == {
        *ROUTES,
        VALUES,
        *FILES,
        *AGGREGATES,
        HISTOGRAM,
        COMPARE,
        *STATES,
        METRICS,
        SCHEMA,
    }
    for name, path in document["paths"].items():
        assert set(path) == ({"get"} if name in READ_ONLY else {"get", "post"})


def test_the_document_of_a_table_with_the_widest_range():
    table = pl.DataFrame({"x": [-1e308, 1e308]})
    client = create_app(table, Settings()).server.test_client()
    validate(client.get("/openapi.json").get_json())


def resolved(document):
    """The document's schemas with a way to follow their references."""

    def validator(schema):
        return Draft202012Validator({**schema, "components": document["components"]})

    return validator


def test_the_documents_examples_are_answered_as_it_says(client):
    document = client.get("/openapi.json").get_json()
    validator = resolved(document)
    for path in document["paths"].keys() - READ_ONLY:
        methods = document["paths"][path]
        post = methods["post"]
        content = post["requestBody"]["content"]["application/json"]
        answers = []
        for example in content["examples"].values():
            validator(content["schema"]).validate(example["value"])
            answers.append(client.post(path, json=example["value"]))
        given = {p["name"]: p["example"] for p in methods["get"]["parameters"] if "example" in p}
        assert given
        answers.append(client.get(path, query_string=given))
        for answer in answers:
            assert answer.status_code == 200
            if answer.is_json:
                schema = post["responses"]["200"]["content"]["application/json"]["schema"]
                validator(schema).validate(answer.get_json())
            answer.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/range/?species=setosa", 200),
        ("/stats/summary/?species=setosa", 200),
        ("/diagnose/?species=setosa", 200),
        ("/columns/?species=setosa", 200),
        ("/diagnose/?species=setosa&petal_length=5..", 200),  # no row: with a relaxation
        ("/values/?column=species", 200),
        ("/range/?species=rose", 422),
        ("/healthz", 200),
        ("/readyz", 200),
    ],
)
def test_answers_hold_all_that_the_document_lists_and_nothing_else(client, path, status):
    document = client.get("/openapi.json").get_json()
    for component in document["components"]["schemas"].values():
        component["additionalProperties"] = False
    described = document["paths"][path.partition("?")[0]]["get"]["responses"][str(status)]
    answer = client.get(path)
    assert answer.status_code == status
    schema = described["content"]["application/json"]["schema"]
    resolved(document)(schema).validate(answer.get_json())


@pytest.mark.parametrize(
    ("sort", "is_right"),
    [
        ("species", True),
        ("-sepal_length,species", True),
        (["-sepal_length", "species"], True),
        ([], True),
        ("", False),
        (",", False),
        ("species,", False),
        ("--species", False),
        ("specie", False),
        ("xspecies", False),
        ([""], False),
    ],
)
def test_the_document_says_which_sorts_every_route_of_rows_takes(client, sort, is_right):
    document = client.get("/openapi.json").get_json()
    validator = resolved(document)
    asked = 0
    for path in document["paths"].keys() - READ_ONLY - AGGREGATES - {HISTOGRAM, COMPARE}:
        methods, own = document["paths"][path], {"column": "species"} if path == VALUES else {}
        body = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert validator(body).is_valid(own | {"sort": sort}) == is_right, path
        answers = [client.post(path, json=own | {"sort": sort})]
        if isinstance(sort, str):
            (given,) = (p for p in methods["get"]["parameters"] if p["name"] == "sort")
            assert validator(given["schema"]).is_valid(sort) == is_right, path
            answers.append(client.get(path, query_string=own | {"sort": sort}))
        for answer in answers:
            assert answer.status_code == (200 if is_right else 422), path
            answer.close()
            asked += 1
    assert asked == len({*ROUTES, VALUES, *FILES}) * (2 if isinstance(sort, str) else 1)


def test_the_states_are_as_the_document_says(client):
    document = client.get("/openapi.json").get_json()
    for path in STATES:
        answer = client.get(path)
        content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        resolved(document)(content["schema"]).validate(answer.get_json())
        assert answer.get_json() == content["example"]
        assert client.post(path).status_code == 405


def test_errors_are_as_the_document_says(client):
    document = client.get("/openapi.json").get_json()
    validator = resolved(document)
    cases = [({"species": 1}, "422"), ([], "422")]
    for body, status in cases:
        answer = client.post("/range/", json=body)
        described = document["paths"]["/range/"]["post"]["responses"][status]
        validator(described["content"]["application/json"]["schema"]).validate(answer.get_json())


def test_the_docs_page_and_its_scripts_come_from_here(client):
    page = client.get("/docs/")
    assert page.status_code == 200
    assert "//" not in page.text.replace("<!DOCTYPE html>", "")
    for name in ("css/swagger-ui.css", "js/swagger-ui-bundle.js", "docs.js"):
        assert f'"{name}"' in page.text
        answer = client.get(f"/docs/{name}")
        assert answer.status_code == 200
        answer.close()
    page.close()
    assert client.get("/docs").status_code == 308


@pytest.mark.parametrize(
    "path", ["/docs/nothing.js", "/docs/..%2fsettings.py", "/docs/../errors.py", "/docs/%2e%2e/x"]
)
def test_the_docs_serve_nothing_else(client, path):
    assert client.get(path).status_code == 404
