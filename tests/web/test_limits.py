"""Every limit, crossed: one clear answer, and the next client is answered as before."""

from __future__ import annotations

import gc
import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from asking import answered, client_of
from envelope import assert_envelope
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from iris_dash import Explorer
from iris_dash.config.readers import PROXY_HEADERS
from iris_dash.config.settings import Settings
from iris_dash.core.errors import EngineAway
from iris_dash.files import FORMATS
from iris_dash.tables.long_dataset import LongDataset
from iris_dash.web import counts, export_places
from iris_dash.web.api.openapi import openapi_document
from iris_dash.web.app import create_app
from iris_dash.web.endpoints import ALIVE, COSTS, FILES
from iris_dash.web.limits import LONGEST, _wrong, wrong_header
from iris_dash.web.pieces import PIECE

LONG = pl.DataFrame({"n": range(300_000), "text": ["." * 40] * 300_000})


# --- Sizes


def test_a_body_that_is_too_large_is_refused():
    client = client_of(Settings(max_body=1_000))
    for path in ("/range/", "/_dash-update-component"):
        answer = client.post(path, data=b" " * 1_001, content_type="application/json")
        assert "at most 1000 bytes" in assert_envelope(answer, 413)
    assert client.post("/range/", data=b"{}" + b" " * 998, content_type="application/json").json


def test_an_address_that_is_too_long_is_refused_and_the_same_query_is_answered_by_post():
    client = client_of(Settings(max_url=200))
    long = "sepal_length=0" + "0" * 181 + "5..6"  # with the path and ? 207 bytes
    assert "at most 200 bytes" in assert_envelope(client.get(f"/range/?{long}"), 414)
    assert_envelope(client.get("/" + "a" * 200), 414)
    assert client.get("/range/?" + "species=setosa&" * 12 + "page=1").status_code == 200  # 194
    assert client.post("/range/", json={"species": ["setosa"] * 50}).status_code == 200


# --- One spelling

SPELLINGS = [
    "//export.csv",
    "///export.csv",
    "/./export.csv",
    "/docs/../export.csv",
    "/export.csv/..",
    "/range//",
    "//healthz",
    "/stats//mean/",
    "/assets/x/../theme.js",
    "/assets/../app.py",
    "/_dash-component-suites/dash/../dash/dcc/async-graph.js",
    "/range\\",
    "/range/\0",
    "/range/\r\nX-A: b",
    "range/",
]


@pytest.mark.parametrize("path", SPELLINGS)
def test_an_address_that_is_spelled_otherwise_is_nothing(path, caplog):
    """`//export.csv` wrote the file and took none of the few places for files."""
    client = client_of(Settings())
    answer = client.get("/x", environ_overrides={"PATH_INFO": path})
    assert "no address here has a double slash" in assert_envelope(answer, 404)
    assert not [record for record in caplog.records if record.exc_info]


def test_every_route_that_writes_a_file_is_known_as_one():
    server: Flask = create_app(settings=Settings()).server
    rules = {rule.rule: rule.endpoint for rule in server.url_map.iter_rules()}
    files = {endpoint for rule, endpoint in rules.items() if rule.startswith("/export")}
    assert len(files) == 3 * len(FORMATS)
    assert files == FILES
    assert rules["/healthz"] == ALIVE
    assert set(COSTS) <= set(rules.values())


# --- Who asks, through proxies


def said(settings: Settings, **headers: str) -> tuple[str | None, str]:
    """Which client and which address of the page the server believes in."""
    server: Flask = create_app(settings=settings).server

    @server.get("/said")
    def say() -> str:
        from flask import request

        return f"{request.remote_addr} {request.url_root}"

    given = {name.replace("_", "-"): value for name, value in headers.items()}
    client, root = server.test_client().get("/said", headers=given).text.split()
    return client, root


def test_without_trusted_proxies_nobody_is_believed():
    assert said(Settings(), X_Forwarded_For="192.0.2.1", X_Forwarded_Host="evil.example") == (
        "127.0.0.1",
        "http://localhost/",
    )
    client = client_of(Settings())
    headers = {"X-Forwarded-For": "rubbish", "X-Forwarded-Prefix": "//evil.example"}
    assert client.get("/range/?page=1", headers=headers).headers["Link"].startswith("</range/")


def test_each_trusted_proxy_is_counted_from_the_near_end():
    """What a client says itself stands before what the proxies add, and is not believed."""
    chain = "203.0.113.66, 192.0.2.1, 198.51.100.9"
    assert said(Settings(proxies=1), X_Forwarded_For=chain)[0] == "198.51.100.9"
    assert said(Settings(proxies=2), X_Forwarded_For=chain)[0] == "192.0.2.1"
    # Fewer than are trusted: it has not come through them.
    assert said(Settings(proxies=2), X_Forwarded_For="192.0.2.1")[0] == "127.0.0.1"
    one = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "iris.example"}
    all_said = one | {"X_Forwarded_Prefix": "/a"}
    trusting = Settings(proxies=1, proxy_headers=PROXY_HEADERS)
    assert said(trusting, **all_said)[1] == "https://iris.example/a/"
    # Some proxies pass on what a client says in these two.
    assert said(Settings(proxies=1), **all_said)[1] == "https://localhost/"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("X-Forwarded-For", "rubbish", "IP addresses"),
        ("X-Forwarded-For", "1" * 100_000, "IP addresses"),
        ("X-Forwarded-Host", "a b", "a host"),
        ("X-Forwarded-Host", "a" * 100_000, "a host"),
        ("X-Forwarded-Host", "iris.example/evil", "a host"),
        ("X-Forwarded-Host", "[::1", "a host"),
        ("X-Forwarded-Proto", "javascript", "http or https"),
        ("X-Forwarded-Prefix", "//evil.example", "a path"),
        ("X-Forwarded-Prefix", "/../up", "a path"),
        ("X-Forwarded-Prefix", "iris", "a path"),
        ("Host", "a b", "a host"),
    ],
)
def test_a_broken_header_of_a_proxy_is_a_400_that_names_it(name, value, told):
    client = client_of(Settings(proxies=1, proxy_headers=PROXY_HEADERS))
    for path in ("/range/?page=1", "/export.csv", "/", "/nothing", "/docs"):
        detail = assert_envelope(client.get(path, headers={name: value}), 400)
        assert name in detail
        assert told in detail
        assert len(detail) < 200
    assert client.get("/range/").status_code == 200


def test_what_proxies_really_say_is_believed():
    for host in ("iris.example", "127.0.0.1:8050", "[2001:db8::1]:80", "web_1:8050", ""):
        for prefix in ("", "/", "/iris", "/a/b-c_d/", "/~me/x.y"):
            for client in ("192.0.2.7", "2001:db8::7"):
                assert wrong_header(host, "https", prefix, client) is None


def test_what_is_kept_of_headers_is_short():
    """Each of a thousand hosts of 100 kB was kept."""
    _wrong.cache_clear()
    for number in range(20):
        assert wrong_header(f"{number}" * 50_000, "https", "", "")
        assert wrong_header("iris.example", "https", f"/{number}" * 50_000, "")
    assert _wrong.cache_info().currsize == 2
    assert wrong_header("a" * LONGEST, "https", "", "") is None


# --- How often


def test_a_client_that_asks_too_often_is_told_when_to_ask_again():
    client = client_of(Settings(rate="3 per minute"))
    for path in ("/range/", "/nothing", "/"):
        assert client.get(path).status_code in (200, 404)
    answer = client.get("/stats/mean/")
    assert "3 per minute" in assert_envelope(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["X-RateLimit-Limit"] == "3"
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert_envelope(client.get("/nothing"), 429)
    assert_envelope(client.post("/_dash-update-component", json={}), 429)
    other = {"REMOTE_ADDR": "192.0.2.9"}
    assert client.get("/range/", environ_overrides=other).status_code == 200


def test_what_watches_the_server_is_not_counted_and_the_pages_files_are():
    client = client_of(Settings(rate="4 per minute"))
    for path in ("/healthz", "/metrics"):
        for _ in range(5):
            assert client.get(path).status_code == 200
    page = client.get("/").text
    script = next(part for part in page.split('"') if part.startswith("assets/"))
    suite = next(part for part in page.split('"') if "_dash-component-suites/" in part)
    for number, path in enumerate((f"/{script}", f"/{suite.lstrip('./')}", "/docs/")):
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert answer.headers["X-RateLimit-Remaining"] == str(2 - number)
    assert_envelope(client.get(f"/{script}"), 429)


def test_what_costs_more_counts_more():
    client = client_of(Settings(rate="100 per minute"))
    left = 100
    for path, cost in (
        ("/range/", 1),
        ("/stats/mean/", 1),
        ("/stats/summary/", 10),
        ("/diagnose", 10),
        ("/columns/", 10),
        ("/export.csv", 20),
        ("/export/means.json", 20),
        ("/nothing", 1),
    ):
        left -= cost
        assert client.get(path).headers["X-RateLimit-Remaining"] == str(left), path
    assert client.post("/stats/summary/", json={}).headers["X-RateLimit-Remaining"] == "17"


def test_what_is_dear_can_be_asked_where_little_is_allowed():
    client = client_of(Settings(rate="2 per minute"))
    assert client.get("/export.csv").status_code == 200
    assert_envelope(client.get("/range/"), 429)


def test_a_server_that_others_reach_has_a_rate_that_nobody_meets_who_looks_at_it():
    assert "X-RateLimit-Limit" not in client_of(Settings()).get("/range/").headers
    client = client_of(Settings(host="0.0.0.0"))
    assert client.get("/range/").headers["X-RateLimit-Limit"] == "6000"
    assert "Retry-After" not in client.get("/range/").headers
    client = client_of(Settings(host="0.0.0.0", rate="none"))
    assert "X-RateLimit-Limit" not in client.get("/range/").headers


def test_a_clock_that_is_set_back_makes_nobody_wait_longer(monkeypatch):
    """A step of two days back made a client wait for two days."""
    client = client_of(Settings(rate="1 per minute"))
    assert client.get("/range/").status_code == 200
    now, later = time.time(), time.monotonic()
    monkeypatch.setattr(time, "time", lambda: now - 2 * 86_400)
    assert 0 < int(client.get("/range/").headers["Retry-After"]) <= 60
    monkeypatch.setattr(counts, "monotonic", lambda: later + 61)
    assert client.get("/range/").status_code == 200


def test_a_customer_with_many_networks_may_ask_four_times_as_often_as_one_client():
    client = client_of(Settings(rate="2 per minute"))

    def ask(host: str) -> Any:
        return client.get("/range/", environ_overrides={"REMOTE_ADDR": host})

    assert [ask(f"2001:db8:0:aa00::{n}").status_code for n in range(3)] == [200, 200, 429]
    # That was counted too: of eight, five are left.
    others = [ask(f"2001:db8:0:aa{1 + n:02x}::1") for n in range(7)]
    assert [one.status_code for one in others] == [200] * 5 + [429] * 2
    assert others[4].headers["X-RateLimit-Remaining"] == "0"
    assert ask("2001:db8:0:ab00::1").status_code == 200


def test_who_comes_through_a_proxy_that_nobody_trusts_is_told_in_the_log_once(caplog):
    client = client_of(Settings(rate="1 per minute"))
    for _ in range(3):
        client.get("/range/", headers={"X-Forwarded-For": "192.0.2.1"})
    assert sum("IRIS_DASH_PROXIES" in record.message for record in caplog.records) == 1


def test_behind_a_proxy_each_client_has_its_own_count():
    client = client_of(Settings(rate="1 per minute", proxies=1))
    for number in range(3):
        headers = {"X-Forwarded-For": f"203.0.113.5, 192.0.2.{number}"}
        assert client.get("/range/", headers=headers).status_code == 200
        assert_envelope(client.get("/range/", headers=headers), 429)


def test_redis_that_was_never_there_prevents_no_answer():
    client = client_of(
        Settings(rate="2 per minute", redis_url="redis://127.0.0.1:1/0", secret_key="k" * 16)
    )
    assert [client.get("/range/").status_code for _ in range(3)] == [200, 200, 429]


# --- Files at once


def held(client: FlaskClient, address: str = "/export.csv") -> Any:
    """A file that is begun and not read to its end."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer


def test_only_so_many_files_are_written_at_once():
    client = client_of(Settings(exports=2), LONG)
    first, second = held(client), held(client, "/export.ndjson")
    for path in ("/export.csv", "/export.parquet", "/export/means.csv"):
        answer = client.get(path)
        assert "2 files are being written" in assert_envelope(answer, 429)
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/range/?page=1").status_code == 200  # other questions are answered
    first.close()
    third = held(client)
    assert_envelope(client.get("/export.csv"), 429)
    assert second.data.count(b"\n") == 300_000  # read to its end, though not closed
    held(client).close()
    third.close()


def test_where_others_ask_one_client_leaves_half_of_the_places_to_them():
    """Two that read a little faster than the slowest may held both, so that nobody had a file."""
    client = client_of(Settings(exports=2, host="0.0.0.0"), LONG)
    other = {"REMOTE_ADDR": "203.0.113.7"}
    first = held(client)
    assert "a file of yours is being written" in assert_envelope(client.get("/export.csv"), 429)
    with client.get("/export.csv", environ_base=other) as answer:
        assert answer.status_code == 200
        assert "2 files are being" in assert_envelope(client.get("/export.csv"), 429)
    first.close()
    held(client).close()


def test_what_is_no_file_keeps_no_place():
    client = client_of(Settings(exports=1), LONG)
    for name in ("csv", "ndjson", "json", "arrow"):
        assert client.head(f"/export.{name}").status_code == 200
    for address in ("/export.csv?n=x", "/export.nothing", "/export.csv?sort=nothing"):
        assert client.get(address).status_code in (404, 422)
    assert client.post("/export.csv", data="[").status_code == 415
    assert client.delete("/export.csv").status_code == 405
    tag = held(client)
    tag.close()
    if "ETag" in tag.headers:
        again = client.get("/export.csv", headers={"If-None-Match": tag.headers["ETag"]})
        assert again.status_code == 304
    held(client).close()


CUT_IS_NO_FILE: dict[str, Callable[[bytes], object]] = {
    "csv": lambda content: pd.read_csv(io.BytesIO(content)),
    "json": json.loads,
    "ndjson": lambda content: [json.loads(line) for line in content.splitlines()],
    "arrow": lambda content: pa.ipc.open_stream(content).read_all(),
}
"""What reads each streamed format, and fails where the file was cut."""


def test_a_file_that_fails_gives_its_place_back(monkeypatch):
    client = client_of(Settings(exports=1), LONG)

    def fail(*_: object) -> Iterator[Any]:
        yield nw.from_native(LONG.head(1), eager_only=True)
        raise EngineAway("gone")

    monkeypatch.setattr(LongDataset, "slices", fail)
    for name, read in CUT_IS_NO_FILE.items():
        pieces = []
        asked = client.post(f"/export.{name}", json={})
        with asked as answer, pytest.raises(EngineAway, match="gone"):
            pieces.extend(answer.iter_encoded())
        content = b"".join(pieces)
        assert content.endswith(b"This file is incomplete: its server could not go on")
        with pytest.raises(Exception):  # noqa: B017, PT011 -- each reader has its own
            read(content)
    assert_envelope(client.get("/export.parquet"), 503)
    monkeypatch.undo()
    held(client).close()


def test_a_file_that_fails_at_once_is_an_error(monkeypatch):
    client = client_of(Settings(exports=1), LONG)

    def fail(*_: object) -> Iterator[Any]:
        raise EngineAway("gone")
        yield

    monkeypatch.setattr(LongDataset, "slices", fail)
    for name in ("csv", "json", "parquet"):
        answer = client.get(f"/export.{name}")
        assert "gone" in assert_envelope(answer, 503)
        assert "Content-Disposition" not in answer.headers
    monkeypatch.undo()
    held(client).close()


@pytest.mark.parametrize(
    ("seconds", "others", "loses"),
    [
        pytest.param(1.0, True, True, id="slow while others wait"),
        pytest.param(1.0, False, False, id="slow, and nobody waits"),
        pytest.param(0.1, True, False, id="fast enough"),
    ],
)
def test_who_reads_a_file_slowly_loses_it_to_others(monkeypatch, seconds, others, loses):
    """Two that read slowly held both places for as long as they liked."""
    now = [0.0]
    monkeypatch.setattr(export_places, "monotonic", lambda: now[0])
    client = client_of(Settings(exports=1), LONG)
    slow = iter(held(client).response)
    pieces = [next(slow)]
    with suppress(export_places.SlowReader):
        for piece in slow:
            pieces.append(piece)
            now[0] += seconds  # for 64 kB
            if others and client.get("/export.csv").status_code == 200:
                break
    cut = pieces[-1].endswith(b"its server could not go on")
    assert cut == loses
    if loses:
        assert 20 <= len(pieces) <= 25
        held(client).close()


def test_a_file_leaves_in_small_pieces():
    client = client_of(Settings(), LONG)
    pieces = list(held(client).response)
    assert max(map(len, pieces)) <= PIECE
    assert b"".join(pieces).count(b"\n") == 300_001


def test_a_file_that_nobody_holds_any_more_gives_its_place_back():
    client = client_of(Settings(exports=1), LONG)
    for _ in range(3):
        answer = held(client)
        del answer
        gc.collect()


def test_the_page_is_told_too(monkeypatch):
    client = client_of(Settings(query_seconds=1), LONG)
    collect = LongDataset.collect

    def slow(dataset: LongDataset, rows: Any) -> Any:
        time.sleep(1.2)
        return collect(dataset, rows)

    monkeypatch.setattr(LongDataset, "collect", slow)
    assert "longer than 1 s" in assert_envelope(client.get("/range/?sort=-n&page=1"), 503)
    monkeypatch.undo()
    assert answered(client, "/range/?sort=-n&page=1")


def test_nothing_of_a_requests_time_is_left_after_it():
    from iris_dash.core.deadline import left

    client = client_of(Settings(query_seconds=60))
    client.get("/range/")
    held(client).close()
    _ = client.get("/export.csv").data
    assert left() is None
    assert io.BytesIO(client.get("/export.parquet").data).read(4) == b"PAR1"


# --- What the document says of all this


def documented(settings: Settings) -> Any:
    document = client_of(settings).get("/openapi.json").json
    validate(document)
    return document


def test_every_status_of_a_limit_is_in_the_document():
    paths = documented(Settings())["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            wanted = {"200", "400", "414", "422", "500"}
            if path not in ("/healthz", "/metrics"):
                wanted |= {"429", "503"}
            if path not in ("/healthz", "/metrics", "/readyz"):
                wanted |= {"304"} if method == "get" else {"413", "415"}
            assert set(operation["responses"]) == wanted
            for answer in operation["responses"].values():
                assert "X-Request-Id" in answer["headers"]
    answers = paths["/range/"]["get"]["responses"]
    assert "Retry-After" in answers["429"]["headers"]
    assert "ETag" in answers["200"]["headers"]
    assert "content" not in answers["304"]


def test_the_document_names_the_ways_to_come_in():
    explorer = Explorer.open(pl.DataFrame({"n": [1, 2]}))
    assert "securitySchemes" not in openapi_document(explorer)["components"]
    settings = Settings(logins={"ann": "x"}, tokens={"bot": "x"}, max_page=50)
    document = openapi_document(explorer, settings)
    validate(document)
    schemes = document["components"]["securitySchemes"]
    assert [scheme["scheme"] for scheme in schemes.values()] == ["basic", "bearer"]
    operation = document["paths"]["/range/"]["post"]
    assert operation["security"] == [{"login": []}, {"token": []}]
    assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
    alive = document["paths"]["/healthz"]["get"]
    assert "security" not in alive
    assert "401" not in alive["responses"]
    parameters = document["paths"]["/range/"]["get"]["parameters"]
    (most,) = [p["schema"]["maximum"] for p in parameters if p["name"] == "per_page"]
    assert most == 50
