"""Below a path that a proxy serves it at: whatever it says of its own addresses has that path."""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl
import pytest
from envelope import assert_envelope
from flask.testing import FlaskClient

from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

PROXIED = Settings(exports=64, proxies=1, proxy_headers=("for", "proto", "prefix"))
BELOW = {"X-Forwarded-Prefix": "/iris"}

BUFFER = 4_096
"""Bytes that nginx, unless told otherwise, has for the status and the headers of an answer."""


@pytest.fixture(scope="module")
def proxied() -> FlaskClient:
    return create_app(settings=PROXIED).server.test_client()


def asked(client: FlaskClient, path: str, **more: Any):
    return client.get(path, headers=BELOW, **more)


def test_the_page_asks_for_nothing_at_the_root(proxied):
    page = asked(proxied, "/").text
    found = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(found) > 10
    assert [address for address in found if address.startswith("/")] == []
    config = json.loads(re.search(r'id="_dash-config"[^>]*>([^<]+)<', page)[1])
    assert config["requests_pathname_prefix"] == "./"
    layout = asked(proxied, "/_dash-layout").get_data(as_text=True)
    assert re.findall(r'"(?:href|data-export)":"(/[^"]*)"', layout) == []


def test_links_in_headers_and_files_are_below_the_path(proxied):
    pages = asked(proxied, "/range/?species=setosa&page=2&per_page=20").headers["Link"]
    addresses = re.findall("<([^>]+)>", pages)
    assert len(addresses) == 4
    assert {address.partition("?")[0] for address in addresses} == {"/iris/range/"}
    file = asked(proxied, "/export.ndjson?species=setosa")
    assert file.headers["Link"] == '<http://localhost/iris/?species=setosa>; rel="via"'
    sheet = asked(proxied, "/export.arrow?species=setosa").data
    assert b"http://localhost/iris/?species=setosa" in sheet


def test_the_document_names_where_the_routes_are(proxied):
    for headers, path in ((BELOW, "/iris"), ({}, "/"), (BELOW, "/iris")):
        assert proxied.get("/openapi.json", headers=headers).json["servers"] == [{"url": path}]


def test_copied_code_asks_below_the_path(proxied):
    said = {
        "output": "..copy-panel.is_open...copy-forms.children..",
        "outputs": [
            {"id": "copy-panel", "property": "is_open"},
            {"id": "copy-forms", "property": "children"},
        ],
        "inputs": [{"id": "copy-as", "property": "n_clicks", "value": 1}],
        "state": [{"id": "answered", "property": "data", "value": {"rows": "species=setosa"}}],
        "changedPropIds": ["copy-as.n_clicks"],
    }
    answer = proxied.post("/_dash-update-component", json=said, headers=BELOW).json
    assert "curl -s 'http://localhost/iris/range/?species=setosa'" in str(answer)


def test_what_a_person_reads_of_an_address_can_be_asked_there(proxied):
    detail = assert_envelope(asked(proxied, "/nothing"), 404)
    assert "/iris/nothing" in detail
    assert "/iris/docs/" in detail
    assert "/iris/range/" in assert_envelope(proxied.put("/range/", headers=BELOW), 405)
    assert asked(proxied, "/docs?a=b").headers["Location"] == "/iris/docs/"
    long = pl.DataFrame({"n": range(30)})
    client = create_app(long, PROXIED.model_copy(update={"max_page": 10})).server.test_client()
    [problem] = assert_envelope(asked(client, "/range/"), 422)
    assert problem["msg"].endswith("/iris/export.csv")


def test_the_nearest_proxy_that_names_a_path_counts_however_many_there_are():
    two = PROXIED.model_copy(update={"proxies": 2})
    client = create_app(settings=two).server.test_client()
    for said in ("/iris", "/evil, /iris"):
        answer = client.get("/range/?page=1", headers={"X-Forwarded-Prefix": said})
        assert answer.headers["Link"].startswith("</iris/range/?")
    assert client.get("/range/?page=1").headers["Link"].startswith("</range/?")


# --- No header outgrows a proxy's buffer


@pytest.fixture(scope="module")
def wordy() -> FlaskClient:
    """A table of 50 values that are long each, so that a query of them is."""
    words = [f"{n:02}{'x' * 100}" for n in range(50)]
    frame = pl.DataFrame({"word": words * 3, "height": [1.5, 2.5, 3.5] * 50})
    return create_app(frame, PROXIED).server.test_client()


@pytest.mark.parametrize("values", [1, 3, 4, 6, 8, 9, 12, 18, 20, 25])
@pytest.mark.parametrize("path", ["/range/", "/export.csv", "/export/means.csv", "/docs", "/"])
def test_the_headers_of_an_answer_fit_into_a_proxys_buffer(wordy, path, values):
    query = [("word", f"{n:02}{'x' * 100}") for n in range(values)]
    paged = [("page", "2"), ("per_page", "1")] if path == "/range/" else []
    answer = asked(wordy, path, query_string=query + paged)
    assert answer.status_code in (200, 308)
    size = len(answer.status) + sum(len(name) + len(text) + 4 for name, text in answer.headers)
    assert size + len("HTTP/1.1 \r\n\r\nServer: granian\r\n") < BUFFER
    if path in ("/range/", "/export.csv"):
        assert ("Link" in answer.headers) == (values <= {"/range/": 4, "/export.csv": 9}[path])
