"""Limits of real servers and engines, crossed: one clear answer, and the next is answered."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import polars as pl
import psycopg
import pytest
from asking import answered, client_of
from engine_servers import Postgres, postgres
from envelope import assert_envelope
from processes import SERVE, Server, running
from service_servers import redis_commands, redis_server
from waiting import PATIENCE, get, wait_for

from iris_dash.config.settings import Settings

LONG = pl.DataFrame({"n": range(300_000), "text": ["." * 40] * 300_000})


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """A real server with small limits."""
    more = {"IRIS_DASH_MAX_BODY": "1000", "IRIS_DASH_MAX_URL": "2000"}
    with running(more=more) as server:
        yield server


def sent(server: Server, *pieces: bytes) -> http.client.HTTPResponse:
    """What a server answers to bytes as they are; it may close before all of them are sent."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
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


def test_http_2_without_tls_is_not_spoken(small):
    """Where it might be, a connection that sends nothing is waited for without an end."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    with socket.create_connection(("127.0.0.1", small.port), PATIENCE) as connection:
        connection.sendall(preface)
        with suppress(ConnectionResetError):
            assert connection.recv(9) in (b"", b"HTTP/1.1 ")
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    answer = sent(small, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + upgrade + b"\r\n")
    assert answer.status == 200
    assert json.loads(answer.body) == {"status": "alive"}


def test_a_connection_that_sends_nothing_ends(small):
    with socket.create_connection(("127.0.0.1", small.port), PATIENCE) as connection:
        assert connection.recv(1) == b""


def test_replicas_count_together_in_redis_and_alone_without_it(monkeypatch):
    monkeypatch.setattr("iris_dash.web.redis.PATIENCE", 20)
    with redis_server() as redis:
        settings = Settings(rate="4 per minute", **redis.settings)
        one, other = client_of(settings), client_of(settings)
        for client in (one, other, one, other):
            assert client.get("/range/").status_code == 200
        assert_envelope(one.get("/range/"), 429)
        assert_envelope(other.get("/range/"), 429)
        redis.stop()
        asked = redis_commands(monkeypatch)
        codes = [client.get("/range/").status_code for client in (one, other)]
        assert codes == [200, 200]
        for _ in range(3):
            assert one.get("/range/").status_code == 200
        assert_envelope(one.get("/range/"), 429)
        assert len(asked) == 2  # once by each, which then count alone


def test_a_client_that_goes_away_gives_its_place_back(tmp_path):
    file = tmp_path / "long.parquet"
    # 140 MB of CSV: the kernel's buffers and the server's would hold the 14 of the short one.
    pl.concat([LONG] * 10).write_parquet(file)
    with running((*SERVE, str(file)), more={"IRIS_DASH_EXPORTS": "1"}) as server:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            slow.settimeout(PATIENCE)
            slow.connect(("127.0.0.1", server.port))
            slow.sendall(b"GET /export.csv HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert slow.recv(12) == b"HTTP/1.1 200"
            assert status(server, "/export.csv") == 429
            assert status(server, "/range/?page=1") == 200
        wait_for(lambda: status(server, "/export.csv") == 200)


def test_who_goes_away_while_a_spreadsheet_is_written_ends_it(tmp_path):
    """Two that hung up after a second held both places for the minute that it took."""
    file = tmp_path / "long.parquet"
    pl.concat([LONG] * 2).write_parquet(file)
    with running((*SERVE, str(file)), {"IRIS_DASH_LOG": "json"}) as server:

        def written() -> bool:
            return b"exports_in_progress 1.0" in get(f"{server.url}/metrics")[0]

        with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as gone:
            gone.sendall(b"GET /export.xlsx HTTP/1.1\r\nHost: localhost\r\n\r\n")
            wait_for(written)
        wait_for(lambda: not written())
        said = [line for line in server.printed().splitlines() if line.startswith("{")]
        lines = map(json.loads, said)
        (line,) = [line for line in lines if line.get("route") == "/export.xlsx"]
        assert (line["status"], line["cut"], line["bytes"]) == (200, True, 0)


def status(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
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


def test_a_query_that_takes_too_long_is_ended_in_the_database_and_said(database, pace):
    client = client_of(Settings(query_seconds=1), f"{database.url}/slow")
    address = "/range/?sort=-n&page=1&per_page=100"
    assert answered(client, f"{address}&n=1..")
    pace(3)
    begun = time.monotonic()
    answer = client.get(address)
    detail = assert_envelope(answer, 503)
    assert time.monotonic() - begun < 150  # it would take 300
    assert "longer than 1 s" in detail
    assert "narrow the query" in detail
    assert "Retry-After" not in answer.headers  # it would take as long again
    wait_for(lambda: not sleeping(database))
    pace(0)
    assert answered(client, address)


def test_a_file_that_cannot_be_begun_in_time_is_a_503(database, pace):
    client = client_of(Settings(query_seconds=1, exports=1), f"{database.url}/slow")
    pace(0.5)
    for name in ("csv", "xlsx", "parquet", "json"):  # Arrow begins without a row
        assert "longer than 1 s" in assert_envelope(client.get(f"/export.{name}"), 503)
    pace(0)
    assert answered(client, "/export.csv").count(b"\n") == 101
