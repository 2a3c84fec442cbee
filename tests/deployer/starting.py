"""How it starts: at once, at any address, and with one line where it cannot."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from engine_servers import postgres
from full_disk import in_small_folder
from processes import SERVE, START_SECONDS, Server, running
from sample_tables import ROOT
from waiting import wait_for

from deployer.plain import PROGRAM, ask, one_line, run

LONG_ROWS = 1_500_000


def a_long_start_answers() -> str:
    """The port opens at once: /healthz 200, all else 503 with what is awaited, then the table."""
    with tempfile.TemporaryDirectory(prefix="deployer") as folder:
        table = Path(folder) / "long.csv"
        line = b"%d,%d.5,2024-01-%02d,a text that is no number\n"
        with table.open("wb") as file:
            file.write(b"number,half,day,words\n")
            file.writelines(line % (n, n % 1000, 1 + n % 28) for n in range(LONG_ROWS))
        server = Server([*SERVE, str(table)])
        try:
            server.launch()
            begun = time.monotonic()
            wait_for(lambda: _listens(server.port), START_SECONDS)
            opened = time.monotonic() - begun
            assert ask(f"{server.url}/healthz").status == 200
            said: list[str] = []
            while (waiting := ask(f"{server.url}/range/?page=1&per_page=1")).status != 200:
                assert waiting.status == 503, waiting
                assert int(waiting.headers["Retry-After"]) > 0
                said.append(waiting.json["detail"])
                time.sleep(0.1)
            ready = time.monotonic() - begun
        finally:
            server.stop()
            server.log.close()
    of_table = [sentence for sentence in said if "long.csv" in sentence]
    assert of_table, set(said)
    return f"open after {opened:.1f} s, ready after {ready:.1f} s; such as: {of_table[-1]}"


def what_cannot_be_opened_ends_it() -> str:
    """A table that cannot be opened ends the start with one line and exit code 2; a FIFO too."""
    with tempfile.TemporaryDirectory(prefix="deployer") as folder:
        picture, fifo = Path(folder) / "picture.csv", Path(folder) / "fifo.csv"
        picture.write_bytes(b"\x89PNG\0\0")
        os.mkfifo(fifo)
        lines = [one_line(run([*SERVE, str(path)])) for path in (picture, fifo)]
    return "; ".join(line.replace(folder, "") for line in lines)


def every_kind_of_address_is_served() -> str:
    """HOST may be localhost, a host's name, IPv4 or IPv6; one that resolves to none is one line."""
    served = []
    hosts = {"localhost": "localhost", "127.0.0.1": "127.0.0.1"}
    if _has_ipv6():
        hosts |= {"::1": "[::1]", "::": "[::1]"}
    if _resolves(socket.gethostname()):
        hosts[socket.gethostname()] = socket.gethostname()
    for host, asked in hosts.items():
        with at(host, asked) as address:
            assert len(ask(f"{address}/range/").json) == 150
        served.append(host)
    line = one_line(run(HOST="no.such.host.invalid"))
    return f"served at {', '.join(served)}; {line}"


@contextmanager
def at(host: str, asked: str) -> Iterator[str]:
    """Run a server at a host for the length of a block."""
    server = Server(more={"HOST": host})
    address = f"http://{asked}:{server.port}"
    try:
        server.launch()
        wait_for(lambda: _is_ready(address, server), START_SECONDS)
        yield address
    finally:
        server.stop()
        assert "Traceback" not in server.printed()
        server.log.close()


def _is_ready(address: str, server: Server) -> bool:
    assert server.process is not None
    assert server.process.poll() is None, server.printed()
    try:
        return ask(f"{address}/readyz").status == 200
    except OSError:
        return False


def a_full_temporary_folder_is_said() -> str:
    """Without room for temporary files two workers serve or end, and one line says why."""
    with tempfile.TemporaryDirectory(prefix="deployer") as folder:
        small = Path(folder) / "small"
        small.mkdir()
        iris, long = ROOT / "data" / "iris.csv", Path(folder) / "long.parquet"
        pl.select(n=pl.int_range(300_000) / 8, m=pl.int_range(300_000) / 4).write_parquet(long)
        saw = []
        for table, size, ends in ((iris, "1m", True), (long, "4m", False)):
            more = {"TMPDIR": str(small), "WEB_CONCURRENCY": "2"}
            server = Server(in_small_folder([*SERVE, str(table)], size), more)
            try:
                server.launch()
                assert server.process is not None
                if ends:
                    assert server.process.wait(START_SECONDS) == 2, server.printed()
                else:
                    server.await_ready()
                    assert len(ask(f"{server.url}/range/?page=1&per_page=7").json) == 7
                    assert len(server.workers()) == 2
                lines = [line for line in server.printed().splitlines() if "no room" in line]
                assert len(lines) == 1, server.printed()
            finally:
                server.stop()
                server.log.close()
            saw.append(lines[0].replace(str(small), "TMPDIR"))
    return "; ".join(saw)


def the_procfile_starts_it() -> str:
    """The Procfile's line serves at $PORT, and warns that everyone may come in."""
    line = (ROOT / "Procfile").read_text().strip().removeprefix("web: ")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with running(["sh", "-c", f"exec {line}"], {"PATH": path}) as server:
        assert len(ask(f"{server.url}/range/").json) == 150
        said = server.printed().splitlines()
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(START_SECONDS) == 0
    return said[-1]


def an_attached_database_is_served() -> str:
    """A file loaded into PostgreSQL is served by DATABASE_URL alone, as platforms give it."""
    with postgres() as database:
        address = database.url.replace("postgresql://", "postgres://", 1)
        loaded = run([*PROGRAM, "load", str(ROOT / "data" / "iris.csv"), f"{database.url}/iris"])
        assert loaded.returncode == 0, loaded.stderr
        with running(more={"DATABASE_URL": address, "WEB_CONCURRENCY": "2"}) as server:
            means = ask(f"{server.url}/stats/mean/?species=setosa").json
            rows = len(ask(f"{server.url}/range/").json)
    assert (rows, round(means[0]["mean_petal_length"], 3)) == (150, 1.462)
    return f"{rows} rows; the mean petal of setosa is 1.462 cm, as Fisher's table has it"


def granian_alone_serves_it() -> str:
    """`granian --interface wsgi app:server` serves it too."""
    granian = Path(sys.executable).parent / "granian"
    line = f'exec {granian} --interface wsgi --port "$PORT" app:server'
    with running(["sh", "-c", line]) as server:
        assert len(ask(f"{server.url}/range/").json) == 150
    return "150 rows"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _resolves(name: str) -> bool:
    try:
        socket.getaddrinfo(name, 80)
    except OSError:
        return False
    return True


CHECKS = (
    the_procfile_starts_it,
    a_long_start_answers,
    what_cannot_be_opened_ends_it,
    every_kind_of_address_is_served,
    a_full_temporary_folder_is_said,
    an_attached_database_is_served,
    granian_alone_serves_it,
)
