"""A long table is made ready once and shared by a real server's workers, which say they load."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import numpy as np
import polars as pl
import psutil
import pytest
from ports import free_port
from pots import table
from processes import SERVE, Server
from sample_tables import ROOT
from slow_addresses import slow_address
from waiting import PATIENCE, wait_for
from waiting_client import ask

BIG = 3_000_000


@pytest.fixture(scope="module")
def long_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("long") / "pots.arrow"
    table().write_ipc(path)
    return path


@pytest.fixture(scope="module")
def big_file(tmp_path_factory) -> Path:
    """48 MB of numbers."""
    path = tmp_path_factory.mktemp("big") / "pots.arrow"
    random = np.random.default_rng(7)
    numbers = {name: np.round(random.uniform(1, 9, BIG), 1) for name in ("height", "width")}
    pl.DataFrame(numbers | {"kiln": np.array(["a", "b", "c"])[np.arange(BIG) % 3]}).write_ipc(path)
    return path


# --- Real servers


def folders(place: Path) -> list[Path]:
    return list(place.glob("iris_dash-*"))


@contextlib.contextmanager
def starting(source: object, place: Path, command=SERVE, **more: str):
    """A server that has only been started; its files go into `place`."""
    server = Server([*command, str(source)], {"TMPDIR": str(place), **more})
    try:
        server.launch()
        yield server
    finally:
        server.stop()
        server.log.close()


def test_two_workers_share_one_table_that_is_gone_after_the_end(big_file, tmp_path):
    with (
        slow_address(big_file.read_bytes(), "pots.arrow") as table,
        starting(table.url, tmp_path, WEB_CONCURRENCY="2") as server,
    ):
        seen = []

        def ready():
            seen.append(ask(f"{server.url}/readyz"))
            if seen[-1][0] == 503:
                table.go_on()
            return seen[-1][0] == 200

        wait_for(ready)
        for status, headers, body in seen[:-1]:
            if status:
                assert status == 503
                assert headers["Retry-After"]
                assert json.loads(body)["detail"].startswith("loading")
        assert any(status == 503 for status, *_ in seen)
        assert json.loads(seen[-1][2])["rows"] == BIG
        assert {ask(f"{server.url}/readyz")[0] for _ in range(30)} == {200}  # of both
        folder = folders(tmp_path)[0] / "table.1"
        workers = psutil.Process(server.process.pid).children()

        def mapped(worker):
            return any(m.path == str(folder / "rows.arrow") for m in worker.memory_maps())

        wait_for(lambda: sum(map(mapped, workers)) == 2)
        for page in range(20):
            assert ask(f"{server.url}/range/?sort=-height&page={page + 1}&per_page=5")[0] == 200
        for worker in filter(mapped, workers):
            assert worker.memory_full_info().uss < 300e6
        server.process.terminate()
        server.process.wait(PATIENCE)
        assert folders(tmp_path) == []
        assert server.printed().count("\n") == 1  # the greeting, and no bar in a log


@pytest.mark.parametrize("moment", ["opening", "sharing"])
def test_nothing_is_left_after_a_termination_while_it_starts(big_file, tmp_path, moment):
    with starting(big_file, tmp_path) as server:
        if moment == "sharing":
            wait_for(lambda: list(tmp_path.glob("iris_dash-*/table.*")))
        else:
            wait_for(lambda: folders(tmp_path))
        server.process.terminate()
        assert server.process.wait(PATIENCE) in (0, 143, -15)
        assert folders(tmp_path) == []


IMPORTING = """
import os, sys
class Signals:
    def find_spec(self, name, *more):
        if name == "granian.server":
            os.kill(os.getpid(), SIGNAL)
sys.meta_path.insert(0, Signals())
from iris_dash.commands.cli import main
sys.argv = ["iris-dash", "serve", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_within_an_import_ends_the_start(tmp_path, number):
    """What a signal raises there may be swallowed, and the import's lock be held for ever."""
    command = [sys.executable, "-c", IMPORTING.replace("SIGNAL", str(int(number)))]
    with starting(ROOT / "data" / "iris.csv", tmp_path, command) as server:
        assert server.process.wait(PATIENCE) == 128 + number
        assert "Traceback" not in server.printed()
        assert folders(tmp_path) == []


def test_on_a_full_disk_each_worker_opens_the_table(big_file, tmp_path):
    limited = ["sh", "-c", 'ulimit -f 8000; exec "$@"', "sh", *SERVE]
    with starting(big_file, tmp_path, limited) as server:
        wait_for(lambda: ask(f"{server.url}/readyz")[0] == 200)
        assert json.loads(ask(f"{server.url}/range/?page=1&per_page=2")[2])[0]["kiln"] == "a"
        assert not list(tmp_path.glob("*/table.*"))
        greeting, said = server.printed().splitlines()
        assert "each worker opens the table itself" in said + greeting
        assert str(tmp_path) in said + greeting


def test_a_terminal_sees_how_far_a_start_is(long_file):
    child, terminal = pty.fork()
    if not child:
        os.chdir(ROOT)
        os.environ["PORT"] = str(free_port())
        os.execv(sys.executable, [*SERVE, str(long_file)])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    said = ""
    try:
        until = time.monotonic() + PATIENCE
        while "sharing" not in said and time.monotonic() < until:
            with contextlib.suppress(OSError):
                said += os.read(terminal, 10_000).decode(errors="ignore")
    finally:
        os.kill(child, 15)
        with contextlib.suppress(OSError):
            while os.read(terminal, 10_000):
                pass
        os.waitpid(child, 0)
        os.close(terminal)
    steps = ["reading", "hashing", "looking at columns", "summing up", "sharing"]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert "pots at" not in said or "4/5" in said
