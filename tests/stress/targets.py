"""The servers under stress: one, or two replicas behind nginx with Redis beside them."""

from __future__ import annotations

import base64
import csv
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from engine_servers import Postgres, postgres
from identity_provider import CLIENT, SECRET, identity_provider
from processes import SERVE, START_SECONDS, Server, running
from sample_tables import ROOT
from service_servers import Redis, nginx_server, redis_server
from werkzeug.security import generate_password_hash

from stress.questions import Question, ask

IRIS = ROOT / "data" / "iris.csv"
PENGUINS = ROOT / "data" / "penguins.csv"
PLAIN = {"IRIS_DASH_LOG": "none", "IRIS_DASH_EXPORTS": "64"}
"""Without a line per request, and with as many files at once as these few clients ask for."""

TWO_WORKERS = {"WEB_CONCURRENCY": "2"}

PASSWORD = "a horse, a battery and a staple"
TOKEN = "Zx0" + "9aB" * 12
ACCOUNTS = {
    "IRIS_DASH_LOGINS": " ".join(
        f"{name}:{generate_password_hash(PASSWORD, 'pbkdf2:sha256:1000')}"
        for name in ("ada", "grace")
    ),
    "IRIS_DASH_TOKENS": f"script:sha256:{hashlib.sha256(TOKEN.encode()).hexdigest()}",
}
READY = Question("state", "/readyz")
BEARER = {"Authorization": f"Bearer {TOKEN}"}

NASTY_ROWS = (
    ("kind of thing", "naïve ☃", 'quo"ted \'name\'', "dunder__name", "a,b;c&d=e", "n", "mean_n"),
    ("a b", "ä", "=1+1", "1", "1.5", "1", "0.1"),
    ("", "☃", "<script>alert(1)</script>", "2", "-2.5", "2", "1e300"),
    ("~none", "שלום", "'; DROP TABLE x; --", "3", "", "3", "-1e300"),
    ("..", "\u202eabc", "@SUM(1)", "2", "0", "4", ""),
    ("a,b", "~missing", "{{7*7}}", "1", "1e-300", "5", "3"),
    ("a b", "%00", "../../etc/passwd", "", "7", "6", "4"),
) * 3  # fmt: skip
"""A table whose names and values are words of a grammar somewhere."""


WORDS = [f"{n:02}{'x' * 100}" for n in range(40)]
"""Values so long that a query of a few of them fits into no header."""


@dataclass(frozen=True)
class Fleet:
    """Where to ask, and what stands behind it."""

    url: str
    replicas: Sequence[Server]
    redis: Redis | None = None
    database: Postgres | None = None
    folder: Path = field(default_factory=Path)


@contextmanager
def one(
    data: Path = IRIS, more: Mapping[str, str] | None = None, workers: int = 2
) -> Iterator[Fleet]:
    """Run one server of a table, with two workers."""
    with ready(data, {"WEB_CONCURRENCY": str(workers)} | dict(more or {})) as server:
        yield Fleet(server.url, [server])


@contextmanager
def behind_nginx() -> Iterator[Fleet]:
    """Run two replicas of two workers each, nginx in front of them, Redis beside them."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        more = TWO_WORKERS | redis.environment | {"IRIS_DASH_PROXIES": "1"}
        replicas = [stack.enter_context(ready(IRIS, more)) for _ in range(2)]
        front = stack.enter_context(nginx_server([replica.port for replica in replicas]))
        yield Fleet(front.url, replicas, redis)


@contextmanager
def wordy_behind_nginx() -> Iterator[Fleet]:
    """Run nginx in front of a server of long words that believes all that a proxy may say."""
    more = {
        "IRIS_DASH_LOG": "json",
        "IRIS_DASH_PROXIES": "1",
        "IRIS_DASH_PROXY_HEADERS": "for proto host prefix",
    }
    with tempfile.TemporaryDirectory(prefix="wordy") as folder:
        path = Path(folder) / "words.csv"
        path.write_text("".join(f"{line}\n" for line in ("word,n", *(f"{w},1" for w in WORDS * 3))))
        with ready(path, more) as server, nginx_server([server.port]) as front:
            yield Fleet(front.url, [server])


@contextmanager
def signing_in() -> Iterator[Fleet]:
    """Run two replicas of two workers each that share a Redis; a provider signs people in."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        provider = stack.enter_context(identity_provider())
        of_provider = {
            "IRIS_DASH_OIDC_ISSUER": provider.url,
            "IRIS_DASH_OIDC_CLIENT": CLIENT,
            "IRIS_DASH_OIDC_SECRET": SECRET,
            "IRIS_DASH_TOKENS": ACCOUNTS["IRIS_DASH_TOKENS"],
        }
        more = TWO_WORKERS | redis.environment | of_provider
        replicas = [stack.enter_context(ready(IRIS, more)) for _ in range(2)]
        yield Fleet(replicas[0].url, replicas, redis)


@contextmanager
def on_postgres() -> Iterator[Fleet]:
    """Run one server of the flowers in a PostgreSQL of its own."""
    with postgres() as database:
        table = f"{database.url}/flowers"
        subprocess.run(
            [sys.executable, "-m", "iris_dash", "load", str(IRIS), table],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        with ready(table, TWO_WORKERS) as server:
            yield Fleet(server.url, [server], database=database)


@contextmanager
def own_copy() -> Iterator[Fleet]:
    """Run one server of a file that may be replaced."""
    with tempfile.TemporaryDirectory(prefix="replaced") as folder:
        path = Path(folder) / "flowers.csv"
        path.write_bytes(IRIS.read_bytes())
        with one(path) as fleet:
            yield Fleet(fleet.url, fleet.replicas, folder=Path(folder))


@contextmanager
def long_table() -> Iterator[Fleet]:
    """Run one worker of three million rows, whose CSV has 140 MB, with two files at once."""
    with tempfile.TemporaryDirectory(prefix="long") as folder:
        path = Path(folder) / "long.parquet"
        pl.select(n=pl.int_range(3_000_000) % 1_000, text=pl.lit("." * 40)).write_parquet(path)
        with one(path, {"IRIS_DASH_EXPORTS": "2"}, workers=1) as fleet:
            yield fleet


@contextmanager
def nothing() -> Iterator[None]:
    """Run nothing: the check runs what it needs."""
    yield None


@contextmanager
def three_tables(more: Mapping[str, str] | None = None) -> Iterator[list[Fleet]]:
    """Run a server each of the flowers, the penguins, and a table of nasty names and values."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nasty")))
        with (folder / "nasty.csv").open("w", newline="") as file:
            csv.writer(file).writerows(NASTY_ROWS)
        tables = (IRIS, PENGUINS, folder / "nasty.csv")
        yield [stack.enter_context(one(table, more, workers=1)) for table in tables]


def await_ready(server: Server) -> None:
    """Return once all workers of a server answer; the first does when it has started."""
    deadline = time.monotonic() + START_SECONDS
    while ask(server.url, READY, BEARER).status != 200:
        assert time.monotonic() < deadline, f"{server.url} is not ready:\n{server.printed()}"
        time.sleep(0.05)


@contextmanager
def ready(source: str | Path, more: Mapping[str, str]) -> Iterator[Server]:
    """Run a server of a table, all its workers ready."""
    with running([*SERVE, str(source)], PLAIN | dict(more)) as server:
        await_ready(server)
        yield server


def basic(name: str, password: str) -> dict[str, str]:
    """Return the header of a login by password."""
    given = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {given}"}
