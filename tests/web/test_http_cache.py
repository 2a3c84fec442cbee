"""What browsers and caches in front may keep: ETags known before the answer, 304, never too old."""

from __future__ import annotations

import gzip
from hashlib import sha256

import polars as pl
import pytest
from sample_tables import PETS

from iris_dash.config.settings import Settings
from iris_dash.explorer import Explorer
from iris_dash.files import FORMATS
from iris_dash.web import compression
from iris_dash.web.api import responses
from iris_dash.web.app import create_app

JSON_ROUTES = ("/range/", "/range", "/stats/mean/", "/stats/summary/", "/diagnose/", "/columns/")
KINDS = [known.suffix for known in FORMATS]
FILES = tuple(f"{path}.{kind}" for path in ("/export", "/export/means") for kind in KINDS)
KEPT_A_SECOND = "public, max-age=0, s-maxage=1, stale-while-revalidate=2"
READER = {"Authorization": "Bearer open sesame"}
WITH_TOKEN = Settings(tokens={"reader": f"sha256:{sha256(b'open sesame').hexdigest()}"}, log="none")


def pets_client(**settings):
    return create_app(pl.DataFrame(PETS), Settings(log="none", **settings)).server.test_client()


@pytest.fixture(scope="module")
def pets():
    """A client of the pets: the session's own server is left alone, as files take places there."""
    return pets_client()


def ask(client, path, method="GET", **headers):
    """Ask and read to the end, as a file takes a place until then."""
    answer = client.open(
        path, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    assert answer.data is not None
    answer.close()
    return answer


def forbid_answers(monkeypatch):
    """Let nothing of the table be asked any more."""

    def fail(*_, **__):
        raise AssertionError("it was made anew")

    for name in ("cached", "count", "export", "records", "aggregates"):
        monkeypatch.setattr(Explorer, name, fail)


@pytest.mark.parametrize("path", [*JSON_ROUTES, *FILES])
def test_who_has_an_answer_is_told_so_before_it_is_made(pets, monkeypatch, path):
    first = ask(pets, f"{path}?kind=cat")
    tag = first.headers["ETag"]
    assert tag.startswith('"' if path in FILES else 'W/"')
    forbid_answers(monkeypatch)
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = ask(pets, f"{path}?kind=cat", If_None_Match=known)
        assert (again.status_code, again.data) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers.get(name) == first.headers.get(name)
    assert ask(pets, f"{path}?kind=cat", If_None_Match='W/"other"').status_code == (
        200 if path in FILES else 500  # there is a copy of the file
    )


def test_the_document_is_told_of_likewise(pets):
    first = ask(pets, "/openapi.json")
    again = ask(pets, "/openapi.json", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]


def test_head_has_the_same_tag(pets):
    tag = ask(pets, "/range/?kind=cat").headers["ETag"]
    assert ask(pets, "/range/?kind=cat", method="HEAD").headers["ETag"] == tag


def test_a_query_has_one_tag_however_it_is_spelt(pets):
    def tag(arguments):
        return ask(pets, f"/range/?{arguments}").headers["ETag"]

    assert tag("kind=dog&kind=cat&weight=4..") == tag("weight=4.00..&kind=cat&kind=dog&_view=table")
    assert tag("kind=cat") != tag("kind=dog")
    assert tag("page=1&per_page=2") != tag("page=2&per_page=2")


def test_every_route_has_tags_of_its_own(pets):
    paths = [*JSON_ROUTES[1:], *FILES]  # the first is another spelling of the second
    assert len({ask(pets, path).headers["ETag"] for path in paths}) == len(paths)
    assert ask(pets, "/range").headers["ETag"] == ask(pets, "/range/").headers["ETag"]


def test_the_tag_follows_the_table_and_the_release(pets, monkeypatch):
    tag = ask(pets, "/range/?kind=cat").headers["ETag"]
    other = create_app(pl.DataFrame(PETS | {"legs": [4, 4, 3, 4, 4, 3]}), Settings(log="none"))
    assert ask(other.server.test_client(), "/range/?kind=cat").headers["ETag"] != tag
    same = create_app(pl.DataFrame(PETS), Settings(log="none"))
    assert ask(same.server.test_client(), "/range/?kind=cat").headers["ETag"] == tag
    monkeypatch.setattr(responses, "release", lambda: "another")
    assert ask(pets, "/range/?kind=cat").headers["ETag"] != tag


@pytest.mark.parametrize("path", [*JSON_ROUTES, *FILES])
def test_what_is_posted_is_not_kept(pets, path):
    answer = pets.post(path, json={}, headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert answer.data
    assert "ETag" not in answer.headers
    assert "Cache-Control" not in answer.headers


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        *((path, KEPT_A_SECOND) for path in (*JSON_ROUTES, "/openapi.json")),
        *((path, "no-cache") for path in (*FILES, "/", "/_dash-layout", "/docs/")),
        ("/healthz", "no-store"),
        ("/readyz", "no-store"),
        ("/metrics", "no-store"),
        ("/range/?kind=cow", "no-store"),
        ("/nothing", "no-store"),
        ("/export.csv?page=0", "no-store"),
    ],
)
def test_how_long_an_answer_is_kept(pets, path, kept):
    assert ask(pets, path).headers["Cache-Control"] == kept


def test_a_failure_is_not_kept(pets, monkeypatch):
    forbid_answers(monkeypatch)
    answer = ask(pets, "/range/?weight=1..")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store")
    assert "ETag" not in answer.headers


def test_where_people_say_who_they_are_nothing_is_kept_for_others():
    client = create_app(pl.DataFrame(PETS), WITH_TOKEN).server.test_client()
    for path in (*JSON_ROUTES, *FILES, "/openapi.json"):
        answer = ask(client, path, **READER)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer.headers.getlist("Vary")
        tag = answer.headers["ETag"]
        refused = ask(client, path, If_None_Match=tag)
        assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "no-store")
        assert ask(client, path, If_None_Match=tag, **READER).status_code == 304
    page = ask(client, "/", **READER)
    assert page.headers["Cache-Control"] == "private, no-cache"
    script = page.text.split('<script src="')[1].split('"')[0]
    kept = ask(client, f"/{script.lstrip('/')}", **READER).headers["Cache-Control"]
    assert kept == "private, max-age=31536000, immutable"


def test_answers_of_queries_are_compressed_quickly_and_the_document_well(monkeypatch):
    well, quickly = [], []

    def counting(made):
        return lambda data: made.append(data) or gzip.compress(data)

    monkeypatch.setitem(compression.ENCODINGS, "gzip", (counting(well), counting(quickly)))
    client = create_app(settings=Settings(log="none")).server.test_client()
    for _ in range(2):
        for path in ("/range/", "/stats/summary/", "/openapi.json"):
            assert ask(client, path, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    assert [data[:10] for data in well] == [b'{"openapi"']
    assert len(quickly) == 4


def test_an_answer_says_that_it_varies_with_its_form_and_encoding():
    client = create_app(settings=Settings(log="none")).server.test_client()
    tags = set()
    for accepted in ("gzip", "br", "identity"):
        answer = ask(client, "/range/", Accept_Encoding=accepted)
        assert answer.headers.getlist("Vary") == ["Accept", "Accept-Encoding"]
        tags.add(answer.headers["ETag"])
    assert len(tags) == 1


def problem(answer):
    assert answer.status_code == 422
    (found,) = answer.get_json()["detail"]
    return found


def test_a_page_has_no_more_rows_than_the_setting():
    client = pets_client(max_page=4)
    assert len(client.get("/range/?per_page=4").get_json()) == 4
    found = problem(client.get("/range/?per_page=5"))
    assert (found["type"], found["loc"]) == ("too_many_rows", ["query", "per_page"])
    assert found["msg"] == "per_page: one answer holds at most 4 rows, not 5"
    assert problem(client.post("/range/", json={"per_page": 5}))["loc"] == ["body", "per_page"]


def test_an_answer_without_pages_has_no_more_rows_than_the_setting():
    client = pets_client(max_page=4)
    assert len(client.get("/range/?kind=cat").get_json()) == 3
    for answer in (client.get("/range/"), client.post("/range/", json={})):
        assert "6 rows and one answer holds at most 4" in problem(answer)["msg"]
    assert len(pets_client(max_page=6).get("/range/").get_json()) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_has_no_more_rows_than_the_setting(kind):
    client = pets_client(max_export=4)
    for answer in (ask(client, f"/export.{kind}"), client.post(f"/export.{kind}", json={})):
        assert "hold 6 rows and one holds at most 4" in problem(answer)["msg"]
    assert ask(client, f"/export.{kind}?kind=cat").status_code == 200
    assert ask(client, f"/export.{kind}?per_page=4").status_code == 200
    assert ask(client, f"/export.{kind}?per_page=5").status_code == 422
    assert ask(client, f"/export/means.{kind}").status_code == 200
