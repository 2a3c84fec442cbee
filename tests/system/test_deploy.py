"""What is deployed: two replicas behind nginx, with Redis, as plain processes."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from image import COMPOSE, dockerfile, image_command, image_environment
from own_copy import COMMAND, copy_sources
from processes import SERVE, Server, running
from sample_tables import ROOT
from service_servers import NGINX, Nginx, nginx_server, redis_server
from waiting import PATIENCE, Askers, wait_for

from iris_dash.config.settings import Settings

LOOPBACK = ip_address("127.0.0.1")


# --- As plain processes


@dataclass
class Deployed:
    """nginx and the two replicas behind it."""

    nginx: Nginx
    replicas: list[Server]

    @property
    def url(self) -> str:
        return self.nginx.url


def compose_proxying() -> dict[str, str]:
    """What compose.yaml tells its replicas of the proxy in front, unless .env says otherwise."""
    said = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["web-1"]["environment"]
    names = ("IRIS_DASH_PROXIES", "IRIS_DASH_PROXY_HEADERS")
    return {name: said[name].removesuffix("}").partition(":-")[2] for name in names}


@contextmanager
def deployed() -> Iterator[Deployed]:
    """What Compose starts: the image's own command twice, one Redis, nginx with its own file."""
    environment = image_environment() | {"HOST": "127.0.0.1"} | compose_proxying()
    del environment["PATH"], environment["PORT"]
    program, *arguments = image_command()
    assert program == "python"
    with ExitStack() as stack:
        environment |= stack.enter_context(redis_server()).environment
        replicas = [Server([sys.executable, *arguments], environment) for _ in range(2)]
        for replica in replicas:
            stack.callback(replica.log.close)
            stack.callback(replica.stop)
            replica.launch()
        for replica in replicas:
            replica.await_ready()
        nginx = stack.enter_context(nginx_server([replica.port for replica in replicas]))
        yield Deployed(nginx, replicas)


@pytest.fixture(scope="module")
def site() -> Iterator[Deployed]:
    with deployed() as found:
        yield found


def ask(address: str, body: bytes | None = None, **headers: str):
    """Status, headers and bytes of an answer."""
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(
        address, body, {name.replace("_", "-"): text for name, text in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_the_page_its_assets_and_a_route_come_through(site):
    status, headers, page = ask(f"{site.url}/")
    assert status == 200
    assert b"<title>Iris</title>" in page
    assert headers["Server"] == "nginx"
    script = re.search(rb'src="\./([^"]+\.js[^"]*)"', page)[1].decode()
    status, headers, _ = ask(f"{site.url}/{script}", Accept_Encoding="gzip, br")
    assert (status, headers["Content-Encoding"]) == (200, "br")
    body = ask(f"{site.url}/stats/mean/?species=setosa")[2]
    assert json.loads(body)[0]["mean_sepal_length"] == pytest.approx(5.006)
    posted = ask(f"{site.url}/range/", b'{"species": "setosa", "page": 1, "per_page": 1}')
    assert json.loads(posted[2])[0]["label"] == "setosa"


def test_a_callback_comes_through(site):
    answered = {"rows": "species=setosa"}
    outputs = [("copy-panel", "is_open"), ("copy-forms", "children")]
    said = {
        "output": f"..{'...'.join('.'.join(output) for output in outputs)}..",
        "outputs": [{"id": name, "property": key} for name, key in outputs],
        "inputs": [{"id": "copy-as", "property": "n_clicks", "value": 1}],
        "state": [{"id": "answered", "property": "data", "value": answered}],
        "changedPropIds": ["copy-as.n_clicks"],
    }
    status, _, body = ask(f"{site.url}/_dash-update-component", json.dumps(said).encode())
    assert status == 200
    assert json.loads(body)["response"]["copy-panel"] == {"is_open": True}
    assert b"species=setosa" in body


def test_a_file_streams(site):
    status, headers, body = ask(f"{site.url}/export.csv?species=setosa")
    assert status == 200
    assert body.count(b"\n") == 51
    assert "X-Cache-Status" not in headers


def test_a_repeat_is_answered_by_nginx_or_not_at_all(site):
    address = f"{site.url}/range/?species=virginica&page=1&per_page=2"
    first = ask(address)
    assert first[1]["X-Cache-Status"] == "MISS"
    assert "query;dur=" in first[1]["Server-Timing"]
    # The answer is with the client before nginx has put it away, and another of its processes may
    # be asked next: it is asked until it says so.
    for seen in ("HIT", "STALE", "HIT"):
        # STALE: what it has, while it asks; whoever comes then gets what it learnt.
        wait_for(lambda seen=seen: ask(address)[1]["X-Cache-Status"] == seen)
    repeated = ask(address)[1]
    assert repeated["Server-Timing"] == f'cache;desc="{repeated["X-Cache-Status"]}"'
    assert ask(address)[2] == first[2]
    assert ask(address, If_None_Match=first[1]["ETag"])[0] == 304

    def late() -> str:
        time.sleep(4.1)
        status, headers, body = ask(address)
        assert (status, body) == (200, first[2])
        assert headers["Server-Timing"] == f'cache;desc="{headers["X-Cache-Status"]}"'
        return headers["X-Cache-Status"]

    # What it has got meanwhile may be younger.
    wait_for(lambda: late() == "REVALIDATED")


@pytest.mark.parametrize("length", [1_000, 3_000, 3_500, 4_000, 7_900, 8_100, 15_000])
def test_an_address_is_answered_however_long_it_is(site, length):
    address = f"/range/?page=1&per_page=1&_={'x' * length}"
    wait_for(lambda: ask(f"{site.url}{address}")[1]["X-Cache-Status"] in ("HIT", None))
    status, headers, body = ask(f"{site.url}{address}")
    assert (status, len(json.loads(body))) == (200, 1)
    assert (headers["X-Cache-Status"] is None) == (length > 8_000)


@pytest.mark.parametrize("header", ["Authorization", "Cookie"])
def test_what_one_person_may_see_is_not_kept(site, header):
    address = f"{site.url}/range/?species=setosa&page=1&per_page={len(header)}"
    said = {header: "Bearer abc" if header == "Authorization" else "a=b"}
    for _ in range(2):
        assert ask(address, **said)[1]["X-Cache-Status"] == "BYPASS"
    assert ask(address)[1]["X-Cache-Status"] == "MISS"


def test_encodings_are_kept_apart(site):
    address = f"{site.url}/range/?species=versicolor"
    kinds = {"br": "br", "gzip;q=1.0, deflate": "gzip", "gzip;q=0": None, "identity": None}
    for _ in range(2):
        for accepted, kind in kinds.items():
            assert ask(address, Accept_Encoding=accepted)[1]["Content-Encoding"] == kind


def test_what_nginx_itself_refuses_is_said_as_everything_else(site):
    for address, body, code in [
        ("/range/", b"x" * 1_100_000, 413),
        ("/" + "a" * 70_000, None, 414),
        ("/metrics", None, 404),
    ]:
        status, headers, said = ask(f"{site.url}{address}", body)
        assert status == code
        assert headers["Content-Type"] == "application/json"
        assert list(json.loads(said)) == ["detail"]


def test_a_request_id_comes_back_and_is_in_both_logs(site):
    said = ask(f"{site.url}/range/?page=1&per_page=1&sort=species")[1]["X-Request-Id"]
    assert said
    wait_for(lambda: said in (site.nginx.folder / "log").read_text())
    assert any(said in replica.printed() for replica in site.replicas)


# --- What a client says of itself, and a path


def test_names_with_underscores_are_no_headers_and_a_forged_client_is_not_in_the_log(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.nginx.port, timeout=PATIENCE)
    connection.putrequest("GET", "/export.csv?species=setosa")
    for name in ("X_Forwarded_For", "X_Forwarded-For", "X_Forwarded_Prefix", "X_Forwarded_Proto"):
        connection.putheader(name, "/evil" if "Prefix" in name else "203.0.113.66")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.headers["Link"].startswith(f"<http://127.0.0.1:{site.nginx.port}/?species=")
    said = answer.headers["X-Request-Id"]
    connection.close()
    wait_for(lambda: any(said in replica.printed() for replica in site.replicas))
    logs = [replica.printed() for replica in site.replicas]
    [line] = [line for log in logs for line in log.splitlines() if said in line]
    assert json.loads(line)["client"] == "127.0.0.1"
    assert "203.0.113.66" not in "".join(logs) + (site.nginx.folder / "log").read_text()


def test_a_path_that_a_client_names_reaches_no_replica_and_no_other_client(site):
    address = f"{site.url}/range/?page=1&per_page=3"
    for _ in range(3):
        headers = ask(address, X_Forwarded_Prefix="/evil")[1]
        assert headers["Link"].startswith("</range/?")
    # One answer is kept for all, whatever path they name.
    wait_for(lambda: ask(address, X_Forwarded_Prefix="/other")[1]["X-Cache-Status"] == "HIT")


def test_below_a_path_nginx_itself_is_below_it_too(site):
    with nginx_server([replica.port for replica in site.replicas], path="/iris") as nginx:
        root = nginx.url.removesuffix("/iris")
        headers = ask(f"{nginx.url}/range/?page=1", X_Forwarded_Prefix="/evil")[1]
        assert headers["Link"].startswith("</iris/range/?")
        status, headers, _ = ask(f"{nginx.url}/export.csv?species=setosa")
        assert (status, "X-Cache-Status" in headers) == (200, False)
        assert headers["Link"] == f'<{nginx.url}/?species=setosa>; rel="via"'
        status, _, said = ask(f"{nginx.url}/metrics")
        assert (status, b"each replica" in said) == (404, True)
        # A proxy in front that takes the path off, and the health check.
        assert ask(f"{root}/healthz")[0] == 200
        assert ask(f"{root}/range/?page=1")[1]["Link"].startswith("</iris/range/?")
        assert ask(f"{root}/iriss/range/")[0] == 404
        connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=PATIENCE)
        connection.request("GET", "/iris?a=b")
        assert connection.getresponse().headers["Location"] == "/iris/?a=b"
        connection.close()


def test_nothing_is_written_but_temporary_files(tmp_path):
    """The image's other folders are read-only, and its user has no home."""
    source, home, temporary = (tmp_path / name for name in ("source", "home", "temporary"))
    for folder in (source, home, temporary):
        folder.mkdir()
    copy_sources(source)
    there = {path: path.stat().st_mtime_ns for path in source.rglob("*")}
    more = image_environment() | {"HOME": str(home), "TMPDIR": str(temporary)}
    more = {name: text for name, text in more.items() if name not in ("PATH", "HOST", "PORT")}
    with running(COMMAND, more, source) as server:
        for path in ("/", "/docs/", "/metrics", "/export.xlsx", "/export.parquet"):
            assert ask(f"{server.url}{path}")[0] == 200
    assert {path: path.stat().st_mtime_ns for path in source.rglob("*")} == there
    assert [*home.iterdir()] == [*temporary.iterdir()] == []


# --- While replicas come and go


class Unable(BaseHTTPRequestHandler):
    """A replica that says 503 after a while, and counts how often it was asked."""

    asked: list[str]
    seconds = 1.2

    def do_GET(self) -> None:
        self.asked.append(self.path)
        time.sleep(self.seconds)
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


def test_what_took_too_long_is_not_asked_of_the_other_replica():
    text = NGINX.read_text()
    [timeout] = re.findall(r"proxy_next_upstream_timeout (\d+)s;", text)
    [connecting] = re.findall(r"proxy_connect_timeout (\d+)s;", text)
    # Longer than to see that a replica is away, shorter than an answer may take.
    assert int(connecting) < int(timeout) < Settings().query_seconds
    asked: list[str] = []
    handler = type("Replica", (Unable,), {"asked": asked})
    with ExitStack() as stack:
        replicas = [
            stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler)) for _ in range(2)
        ]
        for replica in replicas:
            threading.Thread(target=replica.serve_forever, args=(0.05,)).start()
            stack.callback(replica.shutdown)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nginx")))
        nginx = Nginx(folder, [replica.server_port for replica in replicas])
        sooner = text.replace(f"timeout {timeout}s", "timeout 1s")
        (folder / "nginx.conf").write_text(sooner)
        nginx.start()
        stack.callback(nginx.stop)
        assert ask(f"{nginx.url}/range/")[0] == 503
        assert asked == ["/range/"]


def test_a_replica_is_killed_and_nobody_notices(site):
    with Askers(f"{site.url}/stats/mean/?species=setosa") as askers:
        askers.some_more()
        os.killpg(site.replicas[0].process.pid, signal.SIGKILL)  # with its workers
        site.replicas[0].process.wait(PATIENCE)
        askers.some_more(100)
        site.replicas[0].start()
        askers.some_more()
    assert askers.failures == []
    assert len(askers.answers) == 1


def test_replicas_are_restarted_one_after_the_other_and_nobody_notices(site):
    ended = threading.Event()
    posts: list[int] = []

    def post() -> None:
        place = 0
        while not ended.is_set():
            place += 1
            body = json.dumps({"page": 1 + place % 100, "per_page": 1}).encode()
            posts.append(ask(f"{site.url}/range/", body)[0])

    poster = threading.Thread(target=post)
    with Askers(f"{site.url}/?_={time.time()}", 2) as askers:
        poster.start()
        for replica in site.replicas:
            askers.some_more()
            replica.process.send_signal(signal.SIGTERM)
            assert replica.process.wait(PATIENCE) == 0
            askers.some_more()
            replica.launch()
            replica.await_ready()
        ended.set()
        poster.join()
    assert askers.failures == []
    assert set(posts) == {200}
    assert len(posts) > 20


def test_nobody_waits_for_who_sends_half_a_body(site):
    half = b"POST /range/ HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{"
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", site.nginx.port)))
            for _ in range(60)
        ]
        for client in clients:
            client.sendall(half)
        time.sleep(0.5)
        assert ask(f"{site.url}/range/", b'{"page": 1, "per_page": 1}')[0] == 200
        # Not because they were sent away: all of them still send.
        assert select.select(clients, [], [], 0)[0] == []


# --- TLS, and a proxy in front of nginx


def certificate() -> tuple[bytes, bytes]:
    """Return a new certificate of 127.0.0.1, signed by itself, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    found = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    no_password = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    return found.public_bytes(pem), key.private_bytes(pem, form, no_password)


def test_with_tls_nginx_answers_and_the_browser_is_told_to_stay(site):
    tls = certificate()
    with nginx_server([replica.port for replica in site.replicas], tls) as nginx:
        trusting = ssl.create_default_context(cadata=tls[0].decode())
        secure = f"https://127.0.0.1:{nginx.tls_port}/export.csv"
        with urllib.request.urlopen(secure, timeout=PATIENCE, context=trusting) as answer:
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
            assert answer.headers["Link"].startswith(f"<https://127.0.0.1:{nginx.tls_port}/")
        status, _, body = ask(f"http://127.0.0.1:{nginx.tls_port}/range/")
        assert status == 400
        assert json.loads(body) == {"detail": "this port speaks TLS: ask it with https"}
        assert ask(f"http://127.0.0.1:{nginx.port}/healthz")[0] == 200


@pytest.mark.parametrize(
    ("proxies", "client", "scheme"), [("1", "127.0.0.1", "http"), ("2", "192.0.2.7", "https")]
)
def test_what_a_proxy_in_front_of_nginx_says_counts_if_two_are_trusted(proxies, client, scheme):
    more = {"IRIS_DASH_PROXIES": proxies, "IRIS_DASH_LOG": "json"}
    with running([*SERVE, str(ROOT / "data" / "iris.csv")], more) as server:
        server.await_ready()
        with nginx_server([server.port]) as nginx:
            said = {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "https"}
            evil = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil"}
            status, headers, _ = ask(f"{nginx.url}/export.csv", **said, **evil)
            assert status == 200
            assert headers["Link"].startswith(f"<{scheme}://127.0.0.1:{nginx.port}/")
            assert ("Strict-Transport-Security" in headers) == (scheme == "https")
            wait_for(lambda: f'"client":"{client}"' in server.printed())


def test_a_file_that_only_one_replica_knows_is_asked_of_it():
    """While they are of two releases, a page of one asks for files that the other does not have."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.server.server_port)
            self.send_response(200 if self.server is new else 404)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ExitStack() as stack:
        old, new = (
            stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Answer)) for _ in range(2)
        )
        for server in (old, new):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        nginx = stack.enter_context(nginx_server([old.server_port, new.server_port]))
        for number in range(4):
            for path in ("assets/a.js", "_dash-component-suites/dash/a.js"):
                assert ask(f"{nginx.url}/{path}?v={number}")[0] == 200
        assert set(asked) == {old.server_port, new.server_port}


def image_check(port: int) -> int:
    """Return the exit code of the image's own check of what listens at a port."""
    check = dockerfile()["HEALTHCHECK"][0].partition("CMD ")[2]
    _, *arguments = json.loads(check)
    command, where = [sys.executable, *arguments], {"PORT": str(port)}
    return subprocess.run(command, env=where, capture_output=True, check=False).returncode


def test_the_images_own_check_sees_whether_it_is_ready(site):
    assert image_check(site.replicas[0].port) == 0
    assert image_check(1) == 1


@pytest.mark.parametrize(("status", "code"), [(200, 0), (401, 0), (503, 1), (500, 1), (404, 1)])
def test_a_replica_that_asks_who_comes_is_ready_and_one_that_loads_is_not(status, code):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 418)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        assert image_check(server.server_port) == code
        answering.join()


def test_a_linter_finds_nothing_in_the_dockerfile():
    command = [Path(sys.executable).with_name("hadolint"), ROOT / "Dockerfile"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_says_what_its_specification_knows(name):
    schema = ("--builtin-schema", "vendor.compose-spec")
    command = [sys.executable, "-m", "check_jsonschema", *schema, str(ROOT / name)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.skipif(
    subprocess.run(["sh", "-c", "docker compose version"], capture_output=True).returncode != 0,
    reason="no docker compose here",
)
@pytest.mark.parametrize("name", COMPOSE)
@pytest.mark.parametrize("profile", [(), ("--profile", "postgresql")])
def test_compose_itself_reads_its_files(name, profile):
    below = ["-f", str(ROOT / "compose.yaml")] if name == "compose.tls.yaml" else []
    files = [*below, "-f", str(ROOT / name)]
    command = ["docker", "compose", *files, *profile, "config", "--quiet"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
