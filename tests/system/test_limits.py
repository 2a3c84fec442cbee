"""Every limit, crossed: one clear answer, and the next client is answered as before."""

from __future__ import annotations

import gc
import http.client
import io
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa
import pytest
from engine_servers import Postgres, postgres
from envelope import assert_envelope
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from processes import SERVE, Server, running
from service_servers import redis_server

from iris_dash import Explorer
from iris_dash.config.settings import PROXY_HEADERS, Settings
from iris_dash.core.errors import EngineAway, QueryTooLong
from iris_dash.tables.dataset import FrameDataset
from iris_dash.web.api.openapi import openapi_document
from iris_dash.web.app import create_app
from iris_dash.web.limits import wrong_header

SECONDS = 30
LONG = pl.DataFrame({"n": range(300_000), "text": ["." * 40] * 300_000})


def client_of(settings: Settings, table: Any = None) -> FlaskClient:
    server: Flask = create_app(table, settings).server
    return server.test_client()


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


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """A real server with small limits."""
    more = {"IRIS_DASH_MAX_BODY": "1000", "IRIS_DASH_MAX_URL": "2000"}
    with running(more=more) as server:
        yield server


def sent(server: Server, *pieces: bytes) -> http.client.HTTPResponse:
    """What a server answers to bytes as they are; it may close before all of them are sent."""
    with socket.create_connection(("127.0.0.1", server.port), SECONDS) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer


POST = (
    b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


@pytest.mark.parametrize("path", [b"/range/", b"/_dash-update-component"])
@pytest.mark.parametrize("more", [b" " * 999, b" " * 5_000])
def test_a_body_without_a_length_is_held_to_the_limit_too(small, path, more):
    """It was cut at the limit and read as if it were whole."""
    answer = sent(small, POST % path, chunk(b"{}" + more), b"0\r\n\r\n")
    assert answer.status == 413
    assert "at most 1000 bytes" in json.loads(answer.body)["detail"]


def test_a_body_without_a_length_is_read_to_the_limit(small):
    pieces = (chunk(b"{"), chunk(b'"species":"setosa"}'), chunk(b" " * 980), b"0\r\n\r\n")
    answer = sent(small, POST % b"/range/", *pieces)
    assert answer.status == 200
    assert len(json.loads(answer.body)) == 50


def test_a_body_without_an_end_is_not_read_for_ever(small):
    answer = sent(small, POST % b"/range/", *[chunk(b" " * 10_000)] * 1_000)
    assert answer.status == 413


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /range/?x=%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"a" * 3_000), 414),
        (b"GET /range/?x=%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"a" * 100_000), 414),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: %s\r\n\r\n" % (b"a" * 1_000_000), 431),
        (b"POST /range/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n{}", 400),
        (b"POST /range/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
    ids=["long", "longer", "headers", "no number", "negative", "nonsense"],
)
def test_a_request_that_cannot_be_is_refused_before_it_is_read(small, head, status):
    assert sent(small, head).status == status
    assert small.answers()


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


# --- How often


def test_a_client_that_asks_too_often_is_told_when_to_ask_again():
    client = client_of(Settings(rate="3 per minute"))
    for path in ("/range/", "/nothing", "/"):
        assert client.get(path).status_code in (200, 404)
    answer = client.get("/stats/mean/")
    assert "3 per minute" in assert_envelope(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert answer.headers["X-RateLimit-Limit"] == "3"
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert_envelope(client.get("/nothing"), 429)
    assert_envelope(client.post("/_dash-update-component", json={}), 429)
    other = {"REMOTE_ADDR": "192.0.2.9"}
    assert client.get("/range/", environ_overrides=other).status_code == 200


def test_what_watches_the_server_and_the_pages_files_are_not_counted():
    client = client_of(Settings(rate="1 per minute"))
    page = client.get("/").text
    script = next(part for part in page.split('"') if part.startswith("assets/"))
    suite = next(part for part in page.split('"') if part.startswith("/_dash-component-suites/"))
    for path in ("/healthz", f"/{script}", suite, "/docs/"):
        for _ in range(2):
            with client.get(path) as answer:
                assert answer.status_code == 200
    assert_envelope(client.get("/range/"), 429)


def test_behind_a_proxy_each_client_has_its_own_count():
    client = client_of(Settings(rate="1 per minute", proxies=1))
    for number in range(3):
        headers = {"X-Forwarded-For": f"203.0.113.5, 192.0.2.{number}"}
        assert client.get("/range/", headers=headers).status_code == 200
        assert_envelope(client.get("/range/", headers=headers), 429)


def test_replicas_count_together_in_redis_and_alone_without_it(monkeypatch):
    monkeypatch.setattr("iris_dash.web.redis.PATIENCE", 20)
    with redis_server() as redis:
        settings = Settings(rate="4 per minute", redis_url=redis.url)
        one, other = client_of(settings), client_of(settings)
        for client in (one, other, one, other):
            assert client.get("/range/").status_code == 200
        assert_envelope(one.get("/range/"), 429)
        assert_envelope(other.get("/range/"), 429)
        redis.stop()
        begun = time.monotonic()
        codes = [client.get("/range/").status_code for client in (one, other)]
        assert codes == [200, 200]
        for _ in range(3):
            assert one.get("/range/").status_code == 200
        assert_envelope(one.get("/range/"), 429)
        assert time.monotonic() - begun < SECONDS


def test_redis_that_was_never_there_prevents_no_answer():
    client = client_of(Settings(rate="2 per minute", redis_url="redis://127.0.0.1:1/0"))
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

    monkeypatch.setattr("iris_dash.explorer.row_slices", fail)
    for name, read in CUT_IS_NO_FILE.items():
        pieces = []
        with client.get(f"/export.{name}") as answer, pytest.raises(EngineAway, match="gone"):
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

    monkeypatch.setattr("iris_dash.explorer.row_slices", fail)
    for name in ("csv", "json", "parquet"):
        answer = client.get(f"/export.{name}")
        assert "gone" in assert_envelope(answer, 503)
        assert "Content-Disposition" not in answer.headers
    monkeypatch.undo()
    held(client).close()


def test_a_file_that_nobody_holds_any_more_gives_its_place_back():
    client = client_of(Settings(exports=1), LONG)
    for _ in range(3):
        answer = held(client)
        del answer
        gc.collect()


def test_a_client_that_goes_away_gives_its_place_back(tmp_path):
    file = tmp_path / "long.parquet"
    # 140 MB of CSV: the kernel's buffers and the server's would hold the 14 of the short one.
    pl.concat([LONG] * 10).write_parquet(file)
    with running((*SERVE, str(file)), more={"IRIS_DASH_EXPORTS": "1"}) as server:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            slow.settimeout(SECONDS)
            slow.connect(("127.0.0.1", server.port))
            slow.sendall(b"GET /export.csv HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert slow.recv(12) == b"HTTP/1.1 200"
            assert status(server, "/export.csv") == 429
            assert status(server, "/range/?page=1") == 200
        end = time.monotonic() + SECONDS
        while status(server, "/export.csv") != 200:
            assert time.monotonic() < end
            time.sleep(0.1)


def status(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        with connection.getresponse() as answer:
            return answer.status
    finally:
        connection.close()


# --- How long


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """A table whose rows take as long each as the table `pace` says."""
    with postgres() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute(
                "CREATE TABLE plain AS SELECT n AS _row, n % 7 + 0.0 AS n, n % 3 = 0 AS odd "
                "FROM generate_series(0, 99) n; CREATE TABLE pace AS SELECT 0.0 AS seconds;"
                "CREATE VIEW slow AS SELECT _row, n, odd, CASE WHEN seconds > 0 "
                "THEN pg_sleep(seconds)::text || 'x' ELSE 'x' END AS pause FROM plain, pace"
            )
        yield server


@pytest.fixture
def pace(database: Postgres) -> Iterator[Any]:
    def each_row(seconds: float) -> None:
        with psycopg.connect(database.url) as connection:
            connection.execute("UPDATE pace SET seconds = %s", [seconds])

    yield each_row
    each_row(0)


def sleeping(database: Postgres) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    with psycopg.connect(database.url) as connection:
        count: int = connection.execute(asked).fetchone()[0]  # type: ignore[index]
        return count


def answered(client: FlaskClient, address: str) -> bytes:
    """An answer that is there in time, as soon as a busy machine lets it be."""
    end = time.monotonic() + SECONDS
    while True:
        with client.get(address) as answer, suppress(QueryTooLong):
            if answer.status_code == 200:
                return answer.data
            assert "longer than 1 s" in assert_envelope(answer, 503)
        assert time.monotonic() < end


def test_a_query_that_takes_too_long_is_ended_in_the_database_and_said(database, pace):
    client = client_of(Settings(query_seconds=1), f"{database.url}/slow")
    address = "/range/?sort=-n&page=1&per_page=100"
    assert answered(client, f"{address}&n=1..")
    pace(0.5)
    begun = time.monotonic()
    answer = client.get(address)
    detail = assert_envelope(answer, 503)
    assert time.monotonic() - begun < 25  # it would take 50
    assert "longer than 1 s" in detail
    assert "narrow the query" in detail
    assert "Retry-After" not in answer.headers  # it would take as long again
    end = time.monotonic() + 10
    while sleeping(database):
        assert time.monotonic() < end
        time.sleep(0.05)
    pace(0)
    assert answered(client, address)


def test_a_file_that_cannot_be_begun_in_time_is_a_503(database, pace):
    client = client_of(Settings(query_seconds=1, exports=1), f"{database.url}/slow")
    pace(0.5)
    for name in ("csv", "xlsx", "parquet", "json"):  # Arrow begins without a row
        assert "longer than 1 s" in assert_envelope(client.get(f"/export.{name}"), 503)
    pace(0)
    assert answered(client, "/export.csv").count(b"\n") == 101


def test_the_page_is_told_too(monkeypatch):
    client = client_of(Settings(query_seconds=1), LONG)
    collect = FrameDataset.collect

    def slow(dataset: FrameDataset, rows: Any) -> Any:
        time.sleep(1.2)
        return collect(dataset, rows)

    monkeypatch.setattr(FrameDataset, "collect", slow)
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
            wanted = {"200", "400", "414", "500"}
            if path not in ("/healthz", "/metrics"):
                wanted |= {"429", "503"}
            if path not in ("/healthz", "/metrics", "/readyz"):
                wanted |= {"422"} | ({"304"} if method == "get" else {"413", "415"})
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
