"""What stands beside the product in production, for tests: real servers on free loopback ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from ports import free_port
from processes import START_SECONDS, STOP_SECONDS
from sample_tables import ROOT

SECRET_KEY = "a key of the tests' own"


class Redis:
    """A new Redis server that keeps nothing on disk, always on the same port."""

    def __init__(self, folder: Path) -> None:
        self.program = program("redis-server", "redis-server")
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of who shares it with others."""
        return {"redis_url": self.url, "secret_key": SECRET_KEY}

    @property
    def environment(self) -> dict[str, str]:
        """The same as variables."""
        return {"REDIS_URL": self.url, "IRIS_DASH_SECRET_KEY": SECRET_KEY}

    def client(self, seconds: float = 30) -> redis.Redis:
        """Return a client of the server; it connects when it is asked, and waits so long."""
        return redis.Redis(port=self.port, socket_timeout=seconds)

    def start(self) -> None:
        """Start the server, empty, and return once it answers."""
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self.process = launch([self.program, *options, "--appendonly", "no"], self.folder)
        await_answer(self.process, self.answers, self.folder)

    def answers(self) -> bool:
        """Whether the server answers now."""
        with self.client(2) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def stop(self) -> None:
        """Kill the server, as a crash would."""
        end(self.process)
        self.process = None


@contextmanager
def redis_server() -> Iterator[Redis]:
    """Run a new Redis server for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        server = Redis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def redis_commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of the commands that Redis is asked from now on in this process.

    Who found it away does not ask again, however long the test takes.
    """
    commands: list[str] = []
    execute = redis.Redis.execute_command

    def counted(client: redis.Redis, *command: Any, **options: Any) -> Any:
        commands.append(command[0])
        return execute(client, *command, **options)

    monkeypatch.setattr(redis.Redis, "execute_command", counted)
    monkeypatch.setattr("iris_dash.web.redis.SILENCE", 1_000)
    return commands


NGINX = ROOT / "deploy" / "nginx.conf"


class Nginx:
    """nginx as deploy/nginx.conf sets it up, before replicas at these ports, not as root.

    With a certificate and its key (PEM) it has the listen.conf for TLS, too, at `tls_port`; with a
    path, what path.conf says of one.
    """

    def __init__(
        self,
        folder: Path,
        replicas: Sequence[int],
        tls: tuple[bytes, bytes] | None = None,
        path: str = "",
    ) -> None:
        self.folder = folder
        self.path = path
        self.port, self.tls_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        servers = " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in replicas)
        kept = "keepalive 32; keepalive_timeout 10s;"
        (folder / "nginx.conf").write_bytes(NGINX.read_bytes())
        (folder / "replicas.conf").write_text(f"upstream replicas {{ {servers} {kept} }}\n")
        name = "listen.tls.conf" if tls else "listen.conf"
        listening = NGINX.with_name(name).read_text()
        for theirs, ours in (("8080", self.port), ("8443", self.tls_port)):
            listening = listening.replace(f"listen {theirs}", f"listen 127.0.0.1:{ours}")
        (folder / "listen.conf").write_text(listening)
        if tls:
            (folder / "tls").mkdir()
            (folder / "tls" / "cert.pem").write_bytes(tls[0])
            (folder / "tls" / "key.pem").write_bytes(tls[1])
        (folder / "path.conf").write_text(path_conf(path))
        (folder / "log").touch()

    @property
    def url(self) -> str:
        """Where the product is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def start(self) -> None:
        """Start it and return once it listens."""
        user: dict[str, str] = {}
        if os.getuid() == 0:
            user = {"user": "nobody", "group": "nogroup"}
            for path in [self.folder, *self.folder.iterdir()]:
                shutil.chown(path, **user)
        options = ["-p", f"{self.folder}/", "-c", str(self.folder / "nginx.conf")]
        command = [program("nginx", "nginx"), *options, "-g", "daemon off;"]
        self.process = launch(command, self.folder, **user)
        await_answer(self.process, self.answers, self.folder)

    def answers(self) -> bool:
        """Whether it listens now."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """End it with its workers."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(START_SECONDS)
            self.process = None


OPERATIONS = ROOT / "docs" / "operations.md"

BARE = """
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body_temp;
    proxy_temp_path proxy_temp;
    fastcgi_temp_path fastcgi_temp;
    uwsgi_temp_path uwsgi_temp;
    scgi_temp_path scgi_temp;
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""


class DocumentedNginx(Nginx):
    """nginx as it comes, with what docs/operations.md says of a server below /iris."""

    def __init__(self, folder: Path, replica: int) -> None:
        self.folder = folder
        self.port = free_port()
        self.path = "/iris"
        self.process = None
        said = OPERATIONS.read_text().split("```nginx\n")[1].split("```")[0]
        assert "127.0.0.1:8050" in said
        location = said.replace("127.0.0.1:8050", f"127.0.0.1:{replica}")
        (folder / "nginx.conf").write_text(BARE.format(port=self.port, location=location))
        (folder / "log").touch()


@contextmanager
def documented_nginx(replica: int) -> Iterator[Nginx]:
    """Run the documentation's nginx before a server for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="nginx") as folder:
        server = DocumentedNginx(Path(folder), replica)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def path_conf(path: str) -> str:
    """Return deploy/path.conf; with a path, the lines that it offers for one."""
    text = NGINX.with_name("path.conf").read_text()
    if not path:
        return text
    offered = [line[4:] for line in text.splitlines() if line.startswith("#   ")]
    return "\n".join(offered).replace("/iris", path)


@contextmanager
def nginx_server(
    replicas: Sequence[int], tls: tuple[bytes, bytes] | None = None, path: str = ""
) -> Iterator[Nginx]:
    """Run nginx before replicas at these ports for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="nginx") as folder:
        server = Nginx(Path(folder), replicas, tls, path)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def program(name: str, package: str) -> str:
    """Return a program's path, or fail with the line that installs it."""
    # Debian keeps servers where only root's PATH looks.
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    assert found, f"{name} is missing: install it with 'apt-get install {package}' as root"
    return found


def launch(command: Sequence[str], folder: Path, **user: str) -> subprocess.Popen[bytes]:
    """Start a server in its folder; what it prints goes into the file `log` there."""
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **user)


def await_answer(
    process: subprocess.Popen[bytes], answers: Callable[[], bool], folder: Path
) -> None:
    """Return once a server answers; fail with what it printed if it does not."""
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            end(process)
            raise AssertionError(f"{process.args} is not there:\n{(folder / 'log').read_text()}")
        time.sleep(0.05)


def end(process: subprocess.Popen[bytes] | None) -> None:
    """Kill a server that this test started, if it still runs."""
    if process is not None:
        process.kill()
        process.wait(STOP_SECONDS)
