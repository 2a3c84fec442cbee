"""Long files of a real server: memory does not grow with them, and none is left behind."""

from __future__ import annotations

import os
import socket
import urllib.request
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import polars as pl
import psutil
import pytest
from processes import SERVE, running
from waiting import PATIENCE

from iris_dash.files import FORMATS

KINDS = [known.suffix for known in FORMATS]


ROWS, WIDTH = 2_000_000, 6
RAW = ROWS * WIDTH * 8
"""What the numbers of the table below take as a whole, in bytes: 92 MB."""


@pytest.fixture(scope="module")
def long_server(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("long") / "long.arrow"
    folder = tmp_path_factory.mktemp("temporary")
    n = pl.int_range(ROWS, eager=True)
    noise = {f"x{i}": n.hash(seed=i) % 1_000_003 / 8 for i in range(WIDTH - 1)}
    pl.DataFrame({"n": n, **noise}).write_ipc(path)
    # One worker: what was written before by it has made its memory as large as it gets by itself.
    # A spreadsheet of all these rows may take a busy machine longer than an answer may.
    more = {"TMPDIR": str(folder), "WEB_CONCURRENCY": "1", "IRIS_DASH_QUERY_SECONDS": "600"}
    with running((*SERVE, str(path)), more) as server:
        yield server, folder


def workers(server) -> list[psutil.Process]:
    parent = psutil.Process(server.process.pid)
    return [parent, *parent.children(recursive=True)]


def own_memory(server) -> int:
    """The memory of the server's processes, without the table's file that they map."""
    found = [process.memory_info() for process in workers(server)]
    return sum(memory.rss - memory.shared for memory in found)


def take(url: str) -> int:
    size = 0
    with urllib.request.urlopen(url) as answer:
        while chunk := answer.read(1 << 20):
            size += len(chunk)
    return size


@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow_with_the_file(long_server, kind):
    """While rows of 92 MB and more go out, the server grows by less than half as much."""
    server, _ = long_server
    # A spreadsheet is written slowly, and its cells as objects would take many times the numbers.
    most = 300_000 if kind == "xlsx" else ROWS
    url = f"{server.url}/export.{kind}?n=..{{}}"
    # What is needed once, and what the allocator keeps, is there before; so is what it takes to
    # find the rows, which grows with the table, whatever becomes of them.
    for _ in range(3):
        take(url.format(most // 4))
    take(f"{server.url}/range/?n=..{most - 1}&per_page=1")
    before, peaks, done = own_memory(server), [0], Event()

    def watch() -> None:
        while not done.wait(0.02):
            peaks.append(own_memory(server))

    watching = Thread(target=watch)
    watching.start()
    try:
        assert take(url.format(most - 1)) > RAW / 4 * most / ROWS
    finally:
        done.set()
        watching.join()
    assert max(peaks) - before < RAW / 2


def open_deleted(server, folder: Path) -> list[str]:
    """The temporary files of the server that have a name, or are held open without one.

    Copies that are kept for who asks again are none: those that are finished, in a folder `files`.
    """
    named = [p for p in folder.rglob("*") if p.is_file()]
    found = [str(p) for p in named if p.parent.name != "files" or p.suffix == ".part"]
    for process in workers(server):
        for link in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                target = os.readlink(link)
            except OSError:
                continue
            if target.startswith(str(folder)):
                found.append(target)
    return found


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_a_client_that_goes_away_leaves_no_temporary_file(long_server, kind):
    server, folder = long_server
    kept = set(open_deleted(server, folder))
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        most = 99_999 if kind == "xlsx" else 999_999
        client.sendall(f"GET /export.{kind}?n=..{most} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        # Before the answer begins: a short file may be sent whole at once.
        deadline = monotonic() + PATIENCE
        while not set(open_deleted(server, folder)) - kept:
            assert monotonic() < deadline
            sleep(0.01)
    deadline = monotonic() + PATIENCE
    while left := set(open_deleted(server, folder)) - kept:
        assert monotonic() < deadline, left
        sleep(0.1)
