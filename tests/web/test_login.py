"""Who may come in: every route asks, wrong credentials are limited, nothing tells a secret."""

from __future__ import annotations

import hmac
import io
import logging
import re
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import polars as pl
import pytest
from flask import Flask
from logins import (
    ASKING,
    HTML,
    LOGINS,
    PASSWORD,
    RIGHT,
    TOKENS,
    address,
    assert_asks,
    assert_limited,
    basic,
    bearer,
    paths_of,
    small_server,
)
from sample_tables import PETS

from iris_dash.commands.cli import main
from iris_dash.config.environment import read_settings
from iris_dash.config.settings import Settings
from iris_dash.core.errors import SettingsError
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.opening import open_dataset
from iris_dash.web import counts
from iris_dash.web.app import create_app
from iris_dash.web.auth import credentials, hashes, print_hash, warning_without_login


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


# --- Every route asks.


def test_every_route_asks(asking):
    strangers = asking.test_client()
    seen = {path for _, path in paths_of(asking)}
    assert {"/", "/range/", "/openapi.json", "/docs/", "/_dash-layout", "/readyz"} <= seen
    assert {"/_dash-update-component", "/assets/theme.js", "/export.csv"} <= seen
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
    settings = ASKING.model_copy(update={"cors_origins": ("https://friend.example",)})
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
    script = re.search(r"assets/page\.min\.mjs\?v=\w+", people.get("/", headers=RIGHT).text)
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
    now = time.monotonic()
    monkeypatch.setattr(counts, "monotonic", lambda: now + 61)
    assert client.get("/", headers=RIGHT, environ_base=address(1)).status_code == 200


def test_a_clock_that_is_set_back_makes_nobody_wait_longer(client, monkeypatch):
    """A step of two days back made a client wait for two days."""
    for turn in range(10):
        wrong = basic("ann", f"guess {turn}")
        assert client.get("/", headers=wrong, environ_base=address(1)).status_code == 401
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 2 * 86_400)
    assert_limited(client.get("/", headers=RIGHT, environ_base=address(1)))  # at most a minute
    later = time.monotonic() + 61
    monkeypatch.setattr(counts, "monotonic", lambda: later)
    assert client.get("/", headers=RIGHT, environ_base=address(1)).status_code == 200


@pytest.mark.usefixtures("one_moment")
def test_a_customer_with_many_networks_guesses_four_times_as_often_as_one_client(client):
    def guess(host: str) -> int:
        where = {"REMOTE_ADDR": host}
        return client.get("/", headers=basic("bo", "guess"), environ_base=where).status_code

    first = [guess(f"2001:db8:0:aa00::{turn:x}") for turn in range(12)]
    assert first == [401] * 10 + [429] * 2
    others = [guess(f"2001:db8:0:aa{1 + turn:02x}::1") for turn in range(40)]
    assert others == [401] * 30 + [429] * 10
    assert guess("2001:db8:0:ab00::1") == 401


@pytest.fixture
def one_moment(monkeypatch):
    """No time passes, however long the guesses take: after a minute the first is forgotten."""
    now = time.monotonic()
    monkeypatch.setattr(counts, "monotonic", lambda: now)


@pytest.mark.usefixtures("one_moment")
def test_a_thousand_wrong_logins_from_one_client(client):
    seen = [
        client.get("/", headers=basic("ann", f"guess {turn}"), environ_base=address(1)).status_code
        for turn in range(1_000)
    ]
    assert seen[:11] == [401] * 10 + [429]
    assert seen.count(429) == 990


@pytest.mark.usefixtures("one_moment")
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


@pytest.mark.usefixtures("one_moment")
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


def test_a_network_of_ipv6_is_one_client(client):
    for turn in range(10):
        where = {"REMOTE_ADDR": f"2001:db8:1:2::{turn:x}"}
        assert client.get("/", headers=bearer("wrong"), environ_base=where).status_code == 401
    mates = {"REMOTE_ADDR": "2001:db8:1:2:ffff::1"}
    assert_limited(client.get("/", headers=RIGHT, environ_base=mates))
    others = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert client.get("/", headers=RIGHT, environ_base=others).status_code == 200


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
    line = warning_without_login(Settings(host=host))
    assert line
    assert f"HOST={host}" in line
    assert "\n" not in line
    assert warning_without_login(Settings(host=host, logins=LOGINS)) is None
    assert warning_without_login(Settings(host=host, tokens=ASKING.tokens)) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_loopback_is_no_open_door(host):
    assert warning_without_login(Settings(host=host)) is None
