"""Who may come in: every route asks, wrong credentials are limited, nothing tells a secret."""

from __future__ import annotations

import hmac
import io
import json
import logging
import re
import socket
import subprocess
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import pbkdf2_hmac, sha256
from urllib.parse import parse_qs, unquote, urlsplit

import polars as pl
import pytest
import requests
from envelope import assert_envelope
from flask import Flask, g
from identity_provider import ANN, CLIENT, KEY, OTHER_KEY, SECRET, identity_provider
from processes import running
from sample_tables import PETS, ROOT
from service_servers import redis_server

from iris_dash.commands.cli import main
from iris_dash.config.settings import Settings, read_settings
from iris_dash.core.errors import SettingsError
from iris_dash.tables.dataset import Dataset, open_dataset
from iris_dash.web import redis as shared
from iris_dash.web.app import create_app
from iris_dash.web.auth import (
    ask_who,
    attempts,
    credentials,
    hashes,
    print_hash,
    warning_of_open_door,
)
from iris_dash.web.auth import provider as provider_module
from iris_dash.web.auth import sign_in as sign_in_module

PASSWORD = "correct horse"
TOKENS = {"nightly": "t" * 43, "weekly": "u" * 43}


def hash_of(password: str) -> str:
    """A hash in werkzeug's form, of few rounds, made without it."""
    digest = pbkdf2_hmac("sha256", password.encode(), b"salt", 1_000)
    return f"pbkdf2:sha256:1000$salt${digest.hex()}"


LOGINS = {"ann": hash_of(PASSWORD), "Zoë": hash_of("pässwörd"), "bo": hash_of("a:b:c:d:e")}
ASKING = Settings(
    logins=LOGINS,
    tokens={name: f"sha256:{sha256(t.encode()).hexdigest()}" for name, t in TOKENS.items()},
)


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


RIGHT = basic("ann", PASSWORD)
HTML = {"Accept": "text/html,*/*;q=0.8"}


def address(last: object) -> dict[str, str]:
    return {"REMOTE_ADDR": f"203.0.113.{last}"}


def small_server(settings: Settings) -> Flask:
    """A server of two routes that asks who comes, without a table and its page."""
    server = Flask("asking")
    ask_who(server, settings)
    server.add_url_rule("/healthz", "healthz", lambda: {"status": "alive"})
    server.add_url_rule("/", "who", lambda: {"who": g.get("who")}, methods=["GET", "POST"])
    return server


@pytest.fixture(scope="module")
def table() -> Dataset:
    return open_dataset(pl.DataFrame(PETS))


@pytest.fixture(scope="module")
def asking(table) -> Flask:
    """The whole product, asking for logins and tokens."""
    return create_app(table, ASKING).server


@pytest.fixture
def client():
    return small_server(ASKING).test_client()


def assert_asks(answer, *challenges: str) -> None:
    assert_envelope(answer, 401)
    assert answer.headers["Cache-Control"] == "no-store"
    assert [c.split(" ")[0] for c in answer.headers.getlist("WWW-Authenticate")] == [*challenges]


def paths_of(server: Flask) -> list[tuple[str, str]]:
    """Every method and address that a server answers, a file's name in the place of a variable."""
    return sorted(
        (method, re.sub(r"<[^>]*>", "dashboard.js", rule.rule))
        for rule in server.url_map.iter_rules()
        for method in rule.methods or ()
    )


# --- Every route asks.


def test_every_route_asks(asking):
    strangers = asking.test_client()
    seen = {path for _, path in paths_of(asking)}
    assert {"/", "/range/", "/openapi.json", "/docs/", "/_dash-layout", "/readyz"} <= seen
    assert {"/_dash-update-component", "/assets/dashboard.js", "/export.csv"} <= seen
    for method, path in paths_of(asking):
        if path == "/healthz" and method in ("GET", "HEAD"):
            assert strangers.open(path, method=method).status_code == 200
        else:
            answer = strangers.open(path, method=method)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/assets/nothing.js",
        "//healthz",
        "/healthz/",
        "/healthz/../range/",
        "/HEALTHZ",
        "/range",
        "/%2e%2e/range/",
        "/login/",
        "/login/callback",
        "/logout",
        "/metrics",
        "/static/x",
    ],
)
def test_an_unknown_path_asks_too(asking, path):
    assert_asks(asking.test_client().get(path), "Basic", "Bearer")


def test_a_callback_asks_and_the_page_is_whole_for_who_is_in(asking):
    people = asking.test_client()
    assert_asks(people.post("/_dash-update-component", json={"output": "x"}), "Basic", "Bearer")
    page = people.get("/", headers={**HTML, **RIGHT})
    assert page.status_code == 200
    assert "_dash-renderer" in page.text
    layout = people.get("/_dash-layout", headers=RIGHT)
    assert layout.status_code == 200
    assert people.get("/range/?kind=dog", headers=RIGHT).get_json()[0]["name"] == "Rex"


def test_a_browser_shows_its_own_dialogue(asking):
    answer = asking.test_client().get("/", headers=HTML)
    assert answer.headers.getlist("WWW-Authenticate") == [
        'Basic realm="iris-dash", charset="UTF-8"',
        'Bearer realm="iris-dash"',
    ]


def test_nobody_is_asked_without_logins():
    people = small_server(Settings()).test_client()
    assert people.get("/").get_json() == {"who": None}
    assert people.get("/").headers.get("Cache-Control") is None


@pytest.mark.parametrize(
    ("said", "then"),
    [
        (None, "private"),
        ("no-cache", "private, no-cache"),
        ("public, max-age=5, immutable", "private, max-age=5, immutable"),
        ("public, max-age=0, s-maxage=1", "private, max-age=0, s-maxage=1"),
        ("private, max-age=5", "private, max-age=5"),
        ("no-store", "no-store"),
    ],
)
def test_whatever_a_route_says_no_cache_in_between_keeps_it(said, then):
    server = small_server(ASKING)
    headers = {"Cache-Control": said} if said else {}
    server.add_url_rule("/file", "file", lambda: ("text", headers))
    answer = server.test_client().get("/file", headers=RIGHT)
    assert answer.headers["Cache-Control"] == then


def test_a_preflight_is_answered_where_other_sites_may_ask_and_says_nothing(table):
    settings = replace(ASKING, cors_origins=("https://friend.example",))
    people = create_app(table, settings).server.test_client()
    asks = {"Origin": "https://friend.example", "Access-Control-Request-Method": "GET"}
    more = {"Access-Control-Request-Headers": "authorization"}
    allowed = people.options("/range/", headers=asks | more)
    assert (allowed.status_code, allowed.data) == (204, b"")
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert "authorization" in allowed.headers["Access-Control-Allow-Headers"].lower()
    for path in ("/", "/nothing"):
        answer = people.options(path, headers=asks)
        assert (answer.status_code, answer.data) == (204, b"")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert (
        people.options("/range/", headers={"Origin": "https://friend.example"}).status_code == 401
    )
    assert people.get("/range/", headers=asks).status_code == 401
    closed = small_server(ASKING).test_client()
    assert closed.options("/", headers=asks).status_code == 401


def test_no_cache_in_between_keeps_what_was_asked_for(asking):
    people = asking.test_client()
    layout = people.get("/_dash-layout", headers=RIGHT)
    script = re.search(r"assets/dashboard\.js\?v=\w+", people.get("/", headers=RIGHT).text)
    assert script
    asset = people.get(f"/{script[0]}", headers=RIGHT)
    for answer in (layout, asset, people.get("/range/", headers=RIGHT)):
        assert answer.status_code == 200
        said = answer.headers["Cache-Control"]
        assert "private" in said or "no-store" in said
        assert "public" not in said
    assert "immutable" in asset.headers["Cache-Control"]


# --- Right and wrong headers.


@pytest.mark.parametrize(
    ("headers", "who"),
    [
        (RIGHT, "ann"),
        (basic("Zoë", "pässwörd"), "Zoë"),
        (basic("bo", "a:b:c:d:e"), "bo"),
        ({"Authorization": RIGHT["Authorization"].replace("Basic", "bASIC")}, "ann"),
        (bearer(TOKENS["nightly"]), "nightly"),
        (bearer(TOKENS["weekly"]), "weekly"),
        ({"Authorization": f"bearer  {TOKENS['weekly']} "}, "weekly"),
    ],
)
def test_who_is_right_comes_in_under_the_name(client, headers, who):
    for _ in range(2):
        answer = client.get("/", headers=headers)
        assert answer.get_json() == {"who": who}
    assert client.post("/", headers=headers).get_json() == {"who": who}


WRONG = {
    "wrong password": basic("ann", "correct horsf"),
    "empty password": basic("ann", ""),
    "unknown name": basic("eve", PASSWORD),
    "name in capitals": basic("ANN", PASSWORD),
    "empty name": basic("", PASSWORD),
    "other's password": basic("bo", PASSWORD),
    "hash as password": basic("ann", LOGINS["ann"]),
    "token as password": basic("nightly", TOKENS["nightly"]),
    "no colon": {"Authorization": f"Basic {b64encode(b'ann').decode()}"},
    "not UTF-8": {"Authorization": f"Basic {b64encode(b'ann:' + bytes([255, 254])).decode()}"},
    "Latin-1": {"Authorization": f"Basic {b64encode('Zoë:pässwörd'.encode('latin-1')).decode()}"},
    "not base64": {"Authorization": "Basic ann:correct horse"},
    "bytes": {"Authorization": "Basic \xff\xfe\xe9"},
    "no value": {"Authorization": "Basic"},
    "blank value": {"Authorization": "Basic   "},
    "huge": basic("a" * 60_000, "b" * 60_000),
    "zero byte": basic("ann", f"{PASSWORD}\0"),
    "line end": basic("ann", f"{PASSWORD}\n"),
    "wrong token": bearer("t" * 42 + "u"),
    "empty token": bearer(""),
    "token's hash": bearer(ASKING.tokens["nightly"]),
    "bytes as token": bearer("\xff\xfe\xe9" * 10),
    "huge token": bearer("t" * 100_000),
    "two tokens": bearer(f"{TOKENS['nightly']} {TOKENS['weekly']}"),
    "Digest": {"Authorization": 'Digest username="ann", response="0"'},
    "scheme alone": {"Authorization": "x"},
    "blank": {"Authorization": " "},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
def test_who_is_wrong_does_not(client, headers):
    assert_asks(client.get("/", headers=headers), "Basic", "Bearer")
    assert_asks(client.post("/", headers=headers, json={}), "Basic", "Bearer")


def test_an_empty_header_is_no_attempt(client):
    for _ in range(15):
        assert_asks(client.get("/", headers={"Authorization": ""}), "Basic", "Bearer")
    assert client.get("/", headers=RIGHT).status_code == 200


def test_only_what_is_set_is_offered_and_taken():
    tokens = small_server(Settings(tokens=ASKING.tokens)).test_client()
    assert_asks(tokens.get("/"), "Bearer")
    assert_asks(tokens.get("/", headers=RIGHT), "Bearer")
    logins = small_server(Settings(logins=LOGINS)).test_client()
    assert_asks(logins.get("/"), "Basic")
    assert_asks(logins.get("/", headers=bearer(TOKENS["nightly"])), "Basic")


# --- Time tells nothing.


def test_every_token_is_compared_whichever_is_right(client, monkeypatch):
    compared = []
    real = hmac.compare_digest

    def compare(given, kept):
        compared.append((given, kept))
        return real(given, kept)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for token in (TOKENS["nightly"], TOKENS["weekly"], "wrong"):
        compared.clear()
        client.get("/", headers=bearer(token))
        given = f"sha256:{sha256(token.encode()).hexdigest()}"
        assert compared == [(given, kept) for kept in ASKING.tokens.values()]


def test_an_unknown_name_costs_a_check_of_its_own(client, monkeypatch):
    checked = []
    real = credentials.check_password_hash

    def check(hashed, password):
        checked.append(hashed)
        return real(hashed, password)

    monkeypatch.setattr(credentials, "check_password_hash", check)
    for name in ("ann", "eve", "mallory", ""):
        client.get("/", headers=basic(name, "wrong password"))
    assert len(checked) == 4
    assert checked[0] == LOGINS["ann"]
    assert set(checked) <= set(LOGINS.values())
    # Its password lets nobody in under another name.
    for name, password in (("eve", PASSWORD), ("eve", "pässwörd"), ("eve", "a:b:c:d:e")):
        assert client.get("/", headers=basic(name, password)).status_code == 401


def test_what_was_right_is_checked_once_for_a_while(monkeypatch):
    server = small_server(ASKING)
    checked = []
    real = credentials.check_password_hash

    def slow_check(hashed, password):
        checked.append(hashed)
        time.sleep(0.1)
        return real(hashed, password)

    monkeypatch.setattr(credentials, "check_password_hash", slow_check)

    def ask(headers):
        return server.test_client().get("/", headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:  # a page asks for many files at once
        assert [*pool.map(ask, [RIGHT] * 24)] == [200] * 24
    assert len(checked) == 1
    assert ask(basic("ann", "correct horsf")) == 401
    assert ask(RIGHT) == 200
    assert len(checked) == 2


def test_what_was_right_is_not_remembered_for_ever(monkeypatch):
    checked = []
    real = credentials.check_password_hash
    monkeypatch.setattr(credentials, "REMEMBERED_SECONDS", 0)
    monkeypatch.setattr(
        credentials, "check_password_hash", lambda *given: checked.append(1) or real(*given)
    )
    people = small_server(ASKING).test_client()
    for _ in range(3):
        assert people.get("/", headers=RIGHT).status_code == 200
    assert len(checked) == 3


def test_what_is_remembered_is_no_password():
    passwords = credentials.Passwords(LOGINS)
    header = RIGHT["Authorization"]
    assert passwords.right(header, credentials.read_basic(header))
    assert passwords.remembered(header) == "ann"
    kept = repr(vars(passwords))
    assert PASSWORD not in kept
    assert header.split()[1] not in kept
    assert PASSWORD not in repr(credentials.read_basic(header))
    # Another process has another key.
    other = credentials.Passwords(LOGINS)
    assert other.right(header, credentials.read_basic(header))
    assert set(other._remembered) != set(passwords._remembered)


def test_a_hash_that_cannot_be_checked_lets_nobody_in(client):
    odd = {"ann": "pbkdf2:nohash:5$salt$00", "bo": "scrypt:3:8:1$salt$00"}
    people = small_server(Settings(logins=odd)).test_client()
    for name in odd:
        assert_asks(people.get("/", headers=basic(name, PASSWORD)), "Basic")


# --- Wrong credentials are limited.


def assert_limited(answer) -> None:
    assert "too many wrong logins" in assert_envelope(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Cache-Control"] == "no-store"


def test_after_ten_wrong_ones_a_client_waits(client, monkeypatch):
    assert client.get("/", headers=RIGHT, environ_base=address(1)).status_code == 200
    for turn in range(10):
        wrong = basic("ann", f"guess {turn}") if turn % 2 else bearer(f"guess {turn}")
        assert client.get("/", headers=wrong, environ_base=address(1)).status_code == 401
    for headers in (basic("ann", "guess"), RIGHT, bearer("guess"), bearer(TOKENS["nightly"])):
        assert_limited(client.get("/", headers=headers, environ_base=address(1)))
    assert_asks(client.get("/", environ_base=address(1)), "Basic", "Bearer")
    for headers in (RIGHT, basic("bo", "a:b:c:d:e"), bearer(TOKENS["nightly"])):
        assert client.get("/", headers=headers, environ_base=address(2)).status_code == 200
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    monkeypatch.setattr(attempts, "time", lambda: now + 61)
    assert client.get("/", headers=RIGHT, environ_base=address(1)).status_code == 200


def test_a_thousand_wrong_logins_from_one_client(client):
    seen = [
        client.get("/", headers=basic("ann", f"guess {turn}"), environ_base=address(1)).status_code
        for turn in range(1_000)
    ]
    assert seen[:11] == [401] * 10 + [429]
    assert seen.count(429) == 990


def test_guesses_that_come_together_are_limited_alike(monkeypatch):
    server = small_server(ASKING)
    real = credentials.check_password_hash

    def slow_check(hashed, password):
        time.sleep(0.01)
        return real(hashed, password)

    monkeypatch.setattr(credentials, "check_password_hash", slow_check)

    def guess(turn):
        return server.test_client().get("/", headers=basic("ann", f"guess {turn}")).status_code

    with ThreadPoolExecutor(16) as pool:
        seen = [*pool.map(guess, range(64))]
    assert sorted(seen) == [401] * 10 + [429] * 54


def test_a_thousand_wrong_logins_at_one_name_from_a_hundred_clients(client):
    assert client.get("/", headers=RIGHT, environ_base=address(200)).status_code == 200
    seen = [
        client.get("/", headers=basic("ann", f"guess {turn}"), environ_base=address(turn % 150))
        for turn in range(1_000)
    ]
    assert {answer.status_code for answer in seen} == {401, 429}
    assert [answer.status_code for answer in seen].count(401) == 100
    assert_limited(seen[-1])
    # Who is in already stays in; who knows another name is not touched; a stranger waits.
    assert client.get("/", headers=RIGHT, environ_base=address(200)).status_code == 200
    assert client.get("/", headers=RIGHT, environ_base=address(201)).status_code == 200
    bo = basic("bo", "a:b:c:d:e")
    assert client.get("/", headers=bo, environ_base=address(202)).status_code == 200
    other = basic("ann", "correct horsf")
    assert_limited(client.get("/", headers=other, environ_base=address(203)))


@pytest.fixture
def patient(monkeypatch):
    """Redis may take its time, as on a busy machine; it is not asked again after it failed."""
    monkeypatch.setattr(shared, "PATIENCE", 20)
    monkeypatch.setattr(shared, "SILENCE", 1_000)


def test_a_limited_name_lets_its_own_clients_in_at_workers_that_do_not_know_them(patient):
    with redis_server() as redis:
        one, other = (
            small_server(Settings(logins=LOGINS, redis_url=redis.url)).test_client()
            for _ in range(2)
        )
        assert one.get("/", headers=RIGHT, environ_base=address(200)).status_code == 200
        for turn in range(100):
            wrong = basic("ann", f"guess {turn}")
            assert one.get("/", headers=wrong, environ_base=address(turn % 20)).status_code == 401
        assert other.get("/", headers=RIGHT, environ_base=address(200)).status_code == 200
        stranger = small_server(Settings(logins=LOGINS, redis_url=redis.url)).test_client()
        assert_limited(stranger.get("/", headers=RIGHT, environ_base=address(201)))


def test_workers_count_together_in_redis_and_alone_without_it(patient, caplog):
    with redis_server() as redis:
        settings = Settings(logins=LOGINS, redis_url=redis.url)
        one, other = (small_server(settings).test_client() for _ in range(2))
        for turn in range(10):
            wrong = basic("ann", f"guess {turn}")
            worker = one if turn % 2 else other
            assert worker.get("/", headers=wrong, environ_base=address(1)).status_code == 401
        assert_limited(one.get("/", headers=RIGHT, environ_base=address(1)))
        assert_limited(other.get("/", headers=RIGHT, environ_base=address(1)))
        redis.stop()
        started = time.monotonic()
        for worker in (one, other):
            assert worker.get("/", headers=RIGHT, environ_base=address(2)).status_code == 200
            for turn in range(10):
                wrong = basic("bo", f"guess {turn}")
                assert worker.get("/", headers=wrong, environ_base=address(3)).status_code == 401
            assert_limited(worker.get("/", headers=RIGHT, environ_base=address(3)))
        # One question that failed per worker, not one per login.
        assert caplog.text.count("Redis is away") == 2
        assert time.monotonic() - started < 10


def test_a_network_of_ipv6_is_one_client(client):
    for turn in range(10):
        where = {"REMOTE_ADDR": f"2001:db8:1:2::{turn:x}"}
        assert client.get("/", headers=bearer("wrong"), environ_base=where).status_code == 401
    mates = {"REMOTE_ADDR": "2001:db8:1:2:ffff::1"}
    assert_limited(client.get("/", headers=RIGHT, environ_base=mates))
    others = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert client.get("/", headers=RIGHT, environ_base=others).status_code == 200


def raw(port: int, request: bytes) -> bytes:
    """What a server answers to bytes that no client's library would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65_536) or b"\r\n\r\n"
        return received


def test_a_real_server_asks_whatever_bytes_come():
    logins = " ".join(f"{name}:{hashed}" for name, hashed in LOGINS.items())
    with running(more={"IRIS_DASH_LOGINS": logins, "WEB_CONCURRENCY": "1"}) as server:
        for given in (b"Basic \xff\xfe", "Basic Zoë".encode(), b"Bearer \xe9", b"", b"Basic "):
            head = b"GET /range/ HTTP/1.1\r\nHost: x\r\nAuthorization: " + given + b"\r\n\r\n"
            assert raw(server.port, head).startswith(b"HTTP/1.1 401 "), given
        for name, password in (("Zoë", "pässwörd"), ("ann", PASSWORD)):
            headers = basic(name, password)
            answer = requests.get(f"{server.url}/range/", headers=headers, timeout=30)
            assert len(answer.json()) == 150
        assert requests.get(f"{server.url}/healthz", timeout=30).json() == {"status": "alive"}
        assert "refused 127.0.0.1 as '': wrong credentials" in server.printed()
        assert "Traceback" not in server.printed()


# --- The log tells who and where, no secret.


def test_refusals_are_logged_without_a_secret(client, caplog):
    caplog.set_level(logging.DEBUG)
    token = "leaked-token-0123456789"
    tried = [
        basic("ann", "hunter2 secret"),
        basic("eve\r\nrefused nobody", "hunter2 secret"),
        basic("x" * 5_000, "hunter2 secret"),
        {"Authorization": f"Basic {b64encode(b'hunter2 secret').decode()}"},
        bearer(token),
        {"Authorization": "Basic hunter2 secret"},
    ]
    for headers in tried + tried:
        client.get("/", headers=headers, environ_base=address(9))
    records = [record for record in caplog.records if record.name == "iris_dash.access"]
    lines = [record.getMessage() for record in records]
    assert len(lines) == 12
    assert {record.levelname for record in records} == {"WARNING"}
    assert lines[0] == "refused 203.0.113.9 as 'ann': wrong credentials"
    assert lines[1] == "refused 203.0.113.9 as 'eve\\r\\nrefused nobody': wrong credentials"
    assert lines[-1] == "refused 203.0.113.9 as '': wrong too often"
    for line in lines:
        assert "\n" not in line
        assert len(line) < 150
    assert "hunter2" not in caplog.text
    assert token not in caplog.text
    for headers in tried:
        assert headers["Authorization"].split()[1] not in caplog.text


def test_a_refusal_tells_no_secret(client):
    answer = client.get("/", headers=basic("ann", "hunter2"))
    said = answer.get_data(as_text=True) + str(answer.headers)
    assert "hunter2" not in said
    assert "ann" not in said
    assert LOGINS["ann"] not in repr(ASKING)


# --- `iris-dash hash`.


def test_a_printed_hash_is_a_setting_that_lets_its_password_in(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("sesame öffne dich\nmore\n"))
    assert print_hash("ann", token=False) == 0
    printed = capsys.readouterr()
    assert re.fullmatch(r"ann:scrypt:\S+\n", printed.out)
    assert printed.err == ""
    settings = read_settings({"IRIS_DASH_LOGINS": printed.out})
    people = small_server(settings).test_client()
    right = basic("ann", "sesame öffne dich")
    assert people.get("/", headers=right).get_json() == {"who": "ann"}
    assert people.get("/", headers=basic("ann", "sesame")).status_code == 401


def test_a_made_token_is_shown_once_and_lets_its_script_in(capsys):
    assert print_hash("nightly", token=True) == 0
    printed = capsys.readouterr()
    assert re.fullmatch(r"nightly:sha256:[0-9a-f]{64}\n", printed.out)
    [line] = printed.err.splitlines()
    assert "only this once" in line
    token = line.split()[-1]
    assert len(token) == 43
    settings = read_settings({"IRIS_DASH_TOKENS": printed.out})
    people = small_server(settings).test_client()
    assert people.get("/", headers=bearer(token)).get_json() == {"who": "nightly"}
    print_hash("nightly", token=True)
    assert token not in capsys.readouterr().err


def test_a_line_may_end_as_on_windows(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\r\n"))
    assert main(["hash", "ann"]) == 0
    people = small_server(read_settings({"IRIS_DASH_LOGINS": capsys.readouterr().out}))
    answer = people.test_client().get("/", headers=basic("ann", "long enough"))
    assert answer.status_code == 200


def test_a_password_is_never_an_argument(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("long enough\n"))
    with pytest.raises(SystemExit) as end:
        main(["hash", "ann", "long enough"])
    assert end.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ann", "seven 7\n", "at least 8 characters"),
        ("ann", "", "at least 8 characters"),
        ("a:b", "long enough\n", "expected a name"),
        ("a b", "long enough\n", "expected a name"),
        ("a,b", "long enough\n", "expected a name"),
        ("", "long enough\n", "expected a name"),
        ("ann", "long\0enough\n", "control characters"),
        ("ann", "long\tenough\n", "control characters"),
        ("a\x1bb", "long enough\n", "expected a name"),
    ],
)
def test_a_bad_name_or_password_is_one_line(monkeypatch, name, given, said):
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    with pytest.raises(SettingsError) as error:
        print_hash(name, token=False)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert "long enough" not in str(error.value)


def test_the_command_refuses_in_one_line():
    run = subprocess.run(
        [sys.executable, "-m", "iris_dash", "hash", "ann"],
        cwd=ROOT,
        input=b"short\n",
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr == b"iris-dash: expected a password of at least 8 characters\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["long enough", "long enough"], None),
        (["long enough", "long enouhg"], "differ"),
        ([EOFError()], "no password"),
        ([KeyboardInterrupt()], "no password"),
    ],
)
def test_at_a_terminal_it_is_typed_twice_unseen(monkeypatch, capsys, typed, said):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    answers = iter(typed)

    def getpass(prompt):
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(sys, "stdin", Terminal("not read"))
    monkeypatch.setattr(hashes, "getpass", getpass)
    if said is None:
        assert print_hash("ann", token=False) == 0
        assert capsys.readouterr().out.startswith("ann:scrypt:")
    else:
        with pytest.raises(SettingsError, match=said):
            print_hash("ann", token=False)


# --- The open door.


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.org", "2001:db8::1", ""])
def test_an_open_door_is_warned_of(host):
    line = warning_of_open_door(Settings(host=host))
    assert line
    assert f"HOST={host}" in line
    assert "\n" not in line
    assert warning_of_open_door(Settings(host=host, logins=LOGINS)) is None
    assert warning_of_open_door(Settings(host=host, tokens=ASKING.tokens)) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_loopback_is_no_open_door(host):
    assert warning_of_open_door(Settings(host=host)) is None


# --- Signed in by a provider.


@pytest.fixture(scope="module")
def running_provider():
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def provider(running_provider):
    """The provider as it should be, whatever the test before has set."""
    running_provider.person = dict(ANN)
    running_provider.claims = {}
    running_provider.user_information = None
    running_provider.key = KEY
    running_provider.broken = False
    return running_provider


def signing_in(provider, **more) -> Settings:
    return Settings(
        oidc_issuer=provider.url,
        oidc_client=CLIENT,
        oidc_secret=SECRET,
        secret_key="a key of the tests' own",
        **more,
    )


def at_provider(answer) -> str:
    """What the provider sends a browser back to, as a path of this site."""
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=10)
    assert back.status_code == 302
    location = back.headers["Location"]
    assert location.startswith("http://localhost/login/callback?")
    return location.removeprefix("http://localhost")


def sign_in(browser, wanted: str = "/"):
    """Sign someone in, as a browser does; return the answer at the callback."""
    return browser.get(at_provider(browser.get(wanted, headers=HTML)), headers=HTML)


def assert_not_signed_in(browser, answer, said: str, status: int = 403) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert said in answer.text
    assert "<script" not in answer.text
    assert browser.get_cookie("iris_dash_login") is None
    assert browser.get("/").status_code == 401


def test_a_browser_signs_in_and_comes_back_to_what_it_wanted(provider, table):
    server = create_app(table, signing_in(provider)).server
    browser = server.test_client()
    wanted = "/?kind=cat&weight=1.5..&q=%C3%A9%2F%26"
    answer = sign_in(browser, wanted)
    assert answer.status_code == 302
    assert answer.headers["Location"] == wanted
    assert "_dash-renderer" in browser.get(wanted, headers=HTML).text
    assert browser.get("/range/?kind=dog").get_json()[0]["name"] == "Rex"
    strangers = server.test_client()
    assert_asks(strangers.get("/range/"), "Bearer")


def test_every_route_asks_beside_a_provider_too(provider, table):
    server = create_app(table, signing_in(provider)).server
    open_to_all = {"/healthz", "/login/", "/login/callback", "/logout"}
    for method, path in paths_of(server):
        status = server.test_client().open(path, method=method).status_code
        if path not in open_to_all or (path == "/healthz" and method == "OPTIONS"):
            assert status == 401, (method, path)
    assert server.test_client().post("/login/").status_code == 401


def test_what_is_asked_of_the_provider(provider):
    browser = small_server(signing_in(provider)).test_client()
    asked = {
        key: value[0]
        for key, value in parse_qs(
            urlsplit(browser.get("/", headers=HTML).headers["Location"]).query
        ).items()
    }
    again = parse_qs(urlsplit(browser.get("/", headers=HTML).headers["Location"]).query)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost/login/callback"
    for secret in ("state", "nonce", "code_challenge"):
        assert len(asked[secret]) >= 20
        assert again[secret] != [asked[secret]]
    assert SECRET not in str(asked)


def test_the_cookies_are_guarded(provider):
    server = small_server(signing_in(provider))
    browser = server.test_client()
    begun = browser.get("/", headers=HTML)
    back = browser.get(at_provider(begun))
    for answer, name in ((begun, "iris_dash_sign_in_"), (back, "iris_dash_login=")):
        [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(name)][:1]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
    [ended] = [c for c in back.headers.getlist("Set-Cookie") if c.startswith("iris_dash_sign_in_")]
    assert "Max-Age=0" in ended
    assert browser.get("/").headers.getlist("Set-Cookie") == []
    safe = server.test_client().get("/", headers=HTML, base_url="https://localhost")
    assert "Secure" in safe.headers["Set-Cookie"]
    asked = parse_qs(urlsplit(safe.headers["Location"]).query)
    assert asked["redirect_uri"] == ["https://localhost/login/callback"]


def test_a_session_over_tls_has_a_cookie_for_tls_alone(provider):
    browser = small_server(signing_in(provider)).test_client()
    begun = browser.get("/", headers=HTML, base_url="https://localhost")
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10)
    answer = browser.get(
        back.headers["Location"].removeprefix("https://localhost"), base_url="https://localhost"
    )
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if "iris_dash_login=" in c]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie


def test_a_script_of_the_page_is_told_instead_of_sent_away(provider):
    browser = small_server(signing_in(provider, logins=LOGINS)).test_client()
    for headers in ({}, {"Accept": "*/*"}, {**HTML, "Sec-Fetch-Mode": "cors"}):
        answer = browser.get("/", headers=headers)
        # No Basic: at it a browser would ask for a password.
        assert_asks(answer, "Bearer")
        assert "/login/" in answer.get_json()["detail"]
    assert_asks(browser.post("/", headers=HTML), "Bearer")


def test_logins_and_tokens_work_beside_a_provider(provider):
    more = {"logins": LOGINS, "tokens": ASKING.tokens}
    people = small_server(signing_in(provider, **more)).test_client()
    assert people.get("/", headers=RIGHT).get_json() == {"who": "ann"}
    assert people.get("/", headers=bearer(TOKENS["weekly"])).get_json() == {"who": "weekly"}
    assert_asks(people.get("/", headers={**HTML, **basic("ann", "wrong")}), "Bearer")


def test_a_session_ends_after_eight_hours_and_at_logout(provider, monkeypatch):
    browser = small_server(signing_in(provider)).test_client()
    assert sign_in(browser).status_code == 302
    assert browser.get("/").get_json() == {"who": "ann@example.org"}
    now = time.time()
    monkeypatch.setattr(sign_in_module, "time", lambda: now + 8 * 3600 - 60)
    assert browser.get("/").status_code == 200
    # Another begun sign-in does not make it longer.
    browser.get("/login/", headers=HTML)
    monkeypatch.setattr(sign_in_module, "time", lambda: now + 8 * 3600 + 60)
    assert_asks(browser.get("/"), "Bearer")
    monkeypatch.undo()
    for method in ("GET", "POST"):
        browser.delete_cookie("iris_dash_login")
        assert sign_in(browser).status_code == 302
        assert browser.get("/").status_code == 200
        left = browser.open("/logout", method=method, headers=HTML)
        assert left.status_code == 200
        assert 'href="/login/"' in left.text
        assert_asks(browser.get("/"), "Bearer")


def test_a_cookie_of_another_key_lets_nobody_in(provider):
    browser = small_server(signing_in(provider)).test_client()
    sign_in(browser)
    cookie = browser.get_cookie("iris_dash_login")
    assert cookie
    other = small_server(replace(signing_in(provider), secret_key="another key")).test_client()
    for value in (cookie.value, cookie.value[:-1] + "x", "", "x", "eyJ3aG8iOiJhbm4ifQ"):
        other.set_cookie("iris_dash_login", value)
        assert_asks(other.get("/"), "Bearer")


def test_tabs_sign_in_side_by_side(provider):
    browser = small_server(signing_in(provider)).test_client()
    backs = [at_provider(browser.get(f"/?tab={tab}", headers=HTML)) for tab in range(8)]
    for tab in (3, 0, 7, 1, 2, 4, 5, 6):
        assert browser.get(backs[tab]).headers["Location"] == f"/?tab={tab}"


def change_state(back: str, state: str) -> str:
    return re.sub(r"state=\w+", f"state={state}", back)


def test_a_wrong_state_is_refused(provider):
    server = small_server(signing_in(provider))
    browser = server.test_client()
    before = [*provider.exchanged]
    back = at_provider(browser.get("/", headers=HTML))
    said = "not under way in this browser"
    for state in ("", "x" * 30, "%0d%0aSet-Cookie:x", "é", "a;b", "..", "x" * 5_000):
        answer = browser.get(change_state(back, state), headers=HTML)
        assert_not_signed_in(browser, answer, said)
    # In another browser: a link that an attacker sends.
    other = server.test_client()
    assert_not_signed_in(other, other.get(back, headers=HTML), said)
    assert provider.exchanged == before
    assert browser.get(back, headers=HTML).status_code == 302
    # Once.
    signed_out = server.test_client()
    answer = signed_out.get(back, headers=HTML)
    assert_not_signed_in(signed_out, answer, said)


def test_a_state_with_another_tabs_code_is_refused(provider):
    """PKCE: the provider answers a code to none but who asked for it."""
    browser = small_server(signing_in(provider)).test_client()
    one, other = (at_provider(browser.get("/", headers=HTML)) for _ in range(2))
    [state] = parse_qs(urlsplit(other).query)["state"]
    answer = browser.get(change_state(one, state), headers=HTML)
    assert_not_signed_in(browser, answer, "does not hold")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": CLIENT},
        {"aud": [CLIENT, "another client"]},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"aud": None},
        {"iss": "http://evil.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_is_refused(provider, claims):
    provider.claims = claims
    browser = small_server(signing_in(provider)).test_client()
    assert_not_signed_in(browser, sign_in(browser), "does not hold")


def test_a_token_that_another_key_signed_is_refused(provider):
    provider.key = OTHER_KEY
    browser = small_server(signing_in(provider)).test_client()
    assert_not_signed_in(browser, sign_in(browser), "does not hold")


def test_an_unsigned_token_is_refused(provider, monkeypatch):
    def unsigned(nonce):
        now = int(time.time())
        said = {"iss": provider.url, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 60}
        parts = ({"alg": "none", "kid": "one"}, {**said, **ANN})
        return ".".join(
            [*(urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts), ""]
        )

    monkeypatch.setattr(provider, "id_token", unsigned)
    browser = small_server(signing_in(provider)).test_client()
    assert_not_signed_in(browser, sign_in(browser), "does not hold")


@pytest.mark.parametrize(
    ("people", "person", "said"),
    [
        (("ann@example.org",), {}, None),
        (("ANN@EXAMPLE.ORG",), {}, None),
        (("@example.org",), {}, None),
        (("@example.com", "ann@example.org"), {"email": "Ann@Example.org"}, None),
        (("bo@example.org",), {}, "not among them"),
        (("@xample.org", "@org", "@example.or", "ann", "example.org"), {}, "not among them"),
        (("@example.org",), {"email": "ann@sub.example.org"}, "not among them"),
        (("@example.org",), {"email": "ann@example.org.evil.example"}, "not among them"),
        (("@example.org",), {"email": "ann@evil.example@example.org"}, "not among them"),
        (("@example.org",), {"email": "@example.org"}, "not among them"),
        (("mike@example.org",), {"email": "mi\u212ae@example.org"}, "not among them"),
        (("@example.org",), {"email_verified": False}, "not verified"),
        (("@example.org",), {"email_verified": "true"}, "not verified"),
        (("@example.org",), {"email_verified": None}, "not verified"),
        (("@example.org",), {"email": None}, "not verified"),
        (("@example.org",), {"email": ["ann@example.org"]}, "not among them"),
    ],
    ids=str,
)
def test_whom_the_settings_name_comes_in(provider, people, person, said):
    provider.person = {**ANN, **person}
    browser = small_server(signing_in(provider, oidc_users=people)).test_client()
    answer = sign_in(browser)
    if said is None:
        assert answer.status_code == 302
        assert browser.get("/").status_code == 200
    else:
        assert_not_signed_in(browser, answer, said)


def test_who_is_no_longer_named_is_out_although_the_cookie_holds(provider):
    browser = small_server(signing_in(provider)).test_client()
    sign_in(browser)
    cookie = browser.get_cookie("iris_dash_login")
    assert cookie
    later = small_server(signing_in(provider, oidc_users=("bo@example.org",))).test_client()
    later.set_cookie("iris_dash_login", cookie.value)
    assert_asks(later.get("/"), "Bearer")


def test_without_a_list_everyone_comes_in_under_what_is_certain(provider):
    provider.person = {"sub": "4711", "email": "boss@example.org", "email_verified": False}
    browser = small_server(signing_in(provider)).test_client()
    sign_in(browser)
    assert browser.get("/").get_json() == {"who": "4711"}


def test_the_mail_may_stand_in_the_users_information_alone(provider):
    provider.person = {"sub": "4711"}
    provider.user_information = dict(ANN)
    browser = small_server(signing_in(provider, oidc_users=("@example.org",))).test_client()
    assert sign_in(browser).status_code == 302
    provider.user_information = {**ANN, "sub": "another"}
    other = small_server(signing_in(provider, oidc_users=("@example.org",))).test_client()
    assert_not_signed_in(other, sign_in(other), "does not hold")


def test_a_provider_that_says_no_is_heard(provider, caplog):
    browser = small_server(signing_in(provider)).test_client()
    [state] = parse_qs(urlsplit(browser.get("/", headers=HTML).headers["Location"]).query)["state"]
    said = "%3Cscript%3Ealert(1)%3C/script%3E%0Aforged"
    answer = browser.get(f"/login/callback?error={said}&state={state}", headers=HTML)
    assert_not_signed_in(browser, answer, "did not sign you in")
    assert "alert" not in answer.text
    [line] = [r.getMessage() for r in caplog.records if r.name == "iris_dash.access"]
    assert "\n" not in line


def test_wrong_sign_ins_are_limited_too(provider):
    browser = small_server(signing_in(provider, logins=LOGINS)).test_client()
    for _ in range(10):
        assert browser.get("/login/callback?code=x&state=x").status_code == 403
    assert_limited(browser.get("/login/callback?code=x&state=x"))
    assert_limited(browser.get("/", headers=RIGHT))


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "@evil.example",
        ".evil.example",
        "",
        "/%09/evil.example",
        "//[evil",
        "/é\r\nSet-Cookie: x=y",
        "/?" + "x" * 20_000,
    ],
    ids=lambda wanted: wanted[:20],
)
def test_nobody_is_sent_to_another_site(provider, wanted):
    browser = small_server(signing_in(provider)).test_client()
    answer = browser.get(at_provider(browser.get("/login/", query_string={"next": wanted})))
    assert answer.status_code == 302
    # As a browser reads an address: `\\` is `/`, tabs and line ends are nothing.
    location = re.sub(r"[\t\r\n]", "", answer.headers["Location"].replace("\\", "/"))
    assert location.startswith("/")
    assert not location.startswith("//")
    assert location.isascii()
    assert "x=y" not in str([*answer.headers.getlist("Set-Cookie")])


@pytest.mark.parametrize("path", ["//evil.example", "/%2Fevil.example", "/%5Cevil.example"])
def test_a_path_that_reads_as_another_site_is_not_come_back_to(provider, path):
    browser = small_server(signing_in(provider)).test_client()
    environment = {"PATH_INFO": unquote(path), "REQUEST_URI": path, "RAW_URI": path}
    answer = browser.get(at_provider(browser.get("/", headers=HTML, environ_overrides=environment)))
    location = answer.headers["Location"].replace("\\", "/")
    assert location.startswith("/")
    assert not location.startswith("//")


def test_behind_a_proxys_prefix_all_stays_under_it(provider):
    browser = small_server(signing_in(provider)).test_client()
    prefix = {"environ_overrides": {"SCRIPT_NAME": "/flowers"}}
    begun = browser.get("/?a=b", headers=HTML, **prefix)
    assert "Path=/flowers/login/" in begun.headers["Set-Cookie"]
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["redirect_uri"] == ["http://localhost/flowers/login/callback"]
    [sealed] = [c for c in browser._cookies.values() if c.key.startswith("iris_dash_sign_in_")]
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10)
    path = back.headers["Location"].removeprefix("http://localhost/flowers")
    # The test client knows nothing of the prefix.
    browser.set_cookie(sealed.key, sealed.value)
    assert browser.get(path, **prefix).headers["Location"] == "/flowers/?a=b"
    assert 'href="/flowers/login/"' in browser.get("/logout", **prefix).text


def test_bytes_in_an_address_are_no_failure(provider):
    browser = small_server(signing_in(provider)).test_client()
    environment = {"QUERY_STRING": "q=\xff\xfe"}
    assert browser.get("/", headers=HTML, environ_overrides=environment).status_code == 302


def test_a_provider_that_is_away_is_one_clear_line(caplog):
    with identity_provider() as provider:
        settings = signing_in(provider, tokens=ASKING.tokens)
        began = small_server(settings).test_client()
        back = at_provider(began.get("/", headers=HTML))
    away = small_server(settings).test_client()
    for browser, path in ((away, "/"), (began, back), (away, "/login/")):
        page = browser.get(path, headers=HTML)
        assert page.status_code == 503
        assert "The sign-in provider cannot be reached" in page.text
        assert int(page.headers["Retry-After"]) > 0
        assert "Traceback" not in page.text
    assert_envelope(away.get("/login/"), 503)
    assert away.get("/", headers=bearer(TOKENS["weekly"])).status_code == 200
    assert SECRET not in caplog.text
    assert caplog.text.count("is away") == 2  # once per server: then it is left alone for a while


def test_a_provider_that_fails_is_away_too_and_may_come_back(provider, monkeypatch):
    browser = small_server(signing_in(provider)).test_client()
    provider.broken = True
    assert browser.get("/", headers=HTML).status_code == 503
    provider.broken = False
    assert browser.get("/", headers=HTML).status_code == 503
    later = time.monotonic() + 6
    monkeypatch.setattr(provider_module, "monotonic", lambda: later)
    back = at_provider(browser.get("/", headers=HTML))
    provider.broken = True
    assert browser.get(back, headers=HTML).status_code == 503
    provider.broken = False
    monkeypatch.setattr(provider_module, "monotonic", lambda: later + 6)
    # The sign-in is still under way.
    assert browser.get(back, headers=HTML).status_code == 302
