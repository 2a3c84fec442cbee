"""Who may come in, at real servers and with counts in a real Redis."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
import requests
from logins import LOGINS, PASSWORD, RIGHT, address, assert_limited, basic, small_server
from processes import running
from sample_tables import ROOT
from service_servers import redis_commands, redis_server
from waiting import PATIENCE

from iris_dash.config.settings import Settings
from iris_dash.web import redis as shared


@pytest.fixture
def patient(monkeypatch):
    """Redis may take its time, as on a busy machine; it is not asked again after it failed."""
    monkeypatch.setattr(shared, "PATIENCE", 20)
    monkeypatch.setattr(shared, "SILENCE", 1_000)


def test_a_limited_name_lets_its_own_clients_in_at_workers_that_do_not_know_them(patient):
    with redis_server() as redis:
        one, other = (
            small_server(Settings(logins=LOGINS, **redis.settings)).test_client() for _ in range(2)
        )
        assert one.get("/", headers=RIGHT, environ_base=address(200)).status_code == 200
        for turn in range(100):
            wrong = basic("ann", f"guess {turn}")
            assert one.get("/", headers=wrong, environ_base=address(turn % 20)).status_code == 401
        assert other.get("/", headers=RIGHT, environ_base=address(200)).status_code == 200
        stranger = small_server(Settings(logins=LOGINS, **redis.settings)).test_client()
        assert_limited(stranger.get("/", headers=RIGHT, environ_base=address(201)))


def test_workers_count_together_in_redis_and_alone_without_it(patient, caplog, monkeypatch):
    with redis_server() as redis:
        settings = Settings(logins=LOGINS, **redis.settings)
        one, other = (small_server(settings).test_client() for _ in range(2))
        for turn in range(10):
            wrong = basic("ann", f"guess {turn}")
            worker = one if turn % 2 else other
            assert worker.get("/", headers=wrong, environ_base=address(1)).status_code == 401
        assert_limited(one.get("/", headers=RIGHT, environ_base=address(1)))
        assert_limited(other.get("/", headers=RIGHT, environ_base=address(1)))
        redis.stop()
        asked = redis_commands(monkeypatch)
        for worker in (one, other):
            assert worker.get("/", headers=RIGHT, environ_base=address(2)).status_code == 200
            for turn in range(10):
                wrong = basic("bo", f"guess {turn}")
                assert worker.get("/", headers=wrong, environ_base=address(3)).status_code == 401
            assert_limited(worker.get("/", headers=RIGHT, environ_base=address(3)))
        # One question that failed per worker, not one per login.
        assert caplog.text.count("Redis is away") == 2
        assert len(asked) == 2


def raw(port: int, request: bytes) -> bytes:
    """What a server answers to bytes that no client's library would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
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
            answer = requests.get(f"{server.url}/range/", headers=headers, timeout=PATIENCE)
            assert len(answer.json()) == 150
        assert requests.get(f"{server.url}/healthz", timeout=PATIENCE).json() == {"status": "alive"}
        assert "refused 127.0.0.1 as '': wrong credentials" in server.printed()
        assert "Traceback" not in server.printed()


def test_what_the_command_prints_stands_in_single_quotes_in_a_shell():
    """In double quotes the shell reads `$` as the beginning of a name."""
    python = f"{sys.executable} -m iris_dash"

    def shell(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True)

    made = shell(f"echo {PASSWORD!r} | {python} hash ann").stdout.strip()
    assert made.startswith("ann:scrypt:")
    right = shell(f"IRIS_DASH_LOGINS='{made}' {python} settings")
    assert "(set: ann)" in right.stdout, right.stderr
    wrong = shell(f'IRIS_DASH_LOGINS="{made}" {python} settings')
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "in single quotes in a shell" in wrong.stderr


def test_the_command_refuses_in_one_line():
    run = subprocess.run(
        [sys.executable, "-m", "iris_dash", "hash", "ann"],
        cwd=ROOT,
        input=b"short\n",
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, b"")
    assert run.stderr == b"iris-dash: expected a password of at least 8 characters\n"
