"""The table is replaced while it is served; workers die; killed runs leave nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import polars as pl
import psutil
import pytest
from generations import pots, put
from own_copy import COMMAND, change, copy_sources
from processes import SERVE, running
from waiting import PATIENCE, Askers, get, wait_for

from iris_dash.server.run_folder import RunFolder, remove_abandoned

PAGE = "/range/?kiln=0&page=1&per_page=3"
LONG = 25_000


def test_what_a_server_says_beside_its_answers_is_json_too(tmp_path):
    path = tmp_path / "pots.csv"
    put(path, pots(1, 10))
    more = {"WEB_CONCURRENCY": "1", "IRIS_DASH_LOG": "json", "TMPDIR": str(tmp_path)}
    with running([*SERVE, str(path), "--facets", "kiln"], more) as server:
        path.write_text("kiln,height\n")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "the table served before stays" in server.printed())
        put(path, pots(2, 10))
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "from now on" in server.printed())
        server.workers()[0].kill()
        wait_for(lambda: "Unexpected exit" in server.printed())
        _, *said = server.printed().splitlines()
        lines = [json.loads(line) for line in said]
    found = {
        line["message"]: (line["level"], line["logger"]) for line in lines if "message" in line
    }
    broken, new, gone = (
        next(kind for message, kind in found.items() if words in message)
        for words in ("the table served before stays", "10 rows from now on", "Unexpected exit")
    )
    assert broken == ("error", "iris_dash")
    assert new == ("info", "iris_dash")
    assert gone == ("error", "_granian")


def rows_of(generation: int) -> bytes:
    """What the page of a generation is, by hand."""
    row = '{{"kiln":0,"height":{},"place":{}}}'
    return f"[{','.join(row.format(generation, place) for place in (0, 3, 6))}]".encode()


# --- In a real server


@pytest.mark.parametrize(("rows", "workers"), [(10, "1"), (LONG, "2")])
def test_a_replaced_file_is_served_wholly_and_no_request_is_lost(tmp_path, rows, workers):
    path = tmp_path / "pots.csv"
    put(path, pots(1, rows))
    command = [*SERVE, str(path), "--facets", "kiln"]
    more = {"TMPDIR": str(tmp_path), "WEB_CONCURRENCY": workers}
    with running(command, more) as server:
        before = get(f"{server.url}{PAGE}")
        assert before[0] == rows_of(1)
        with Askers(f"{server.url}{PAGE}") as askers:
            askers.some_more()
            for generation in (2, 3):
                put(path, pots(generation, rows))
                server.process.send_signal(signal.SIGHUP)
                wait_for(partial(askers.have_heard, rows_of(generation)))
                askers.some_more()
        assert askers.failures == []
        assert askers.answers == {rows_of(1), rows_of(2), rows_of(3)}
        # A table goes when no worker serves it any more.
        wait_for(lambda: [t.name for t in tmp_path.glob("iris_dash-*/table.*")] == ["table.3"])
        after = {get(f"{server.url}{PAGE}") for _ in range(20)}
        assert {body for body, _ in after} == {rows_of(3)}  # of both workers
        assert before[1] is None or before[1] not in {etag for _, etag in after}
        path.write_text("kiln,height\n")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "no rows; the table served before stays" in server.printed())
        assert "IRIS_DASH_DATA" not in server.printed()  # the command named the file
        assert get(f"{server.url}{PAGE}")[0] == rows_of(3)
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert list(tmp_path.glob("iris_dash-*")) == []
        assert "Traceback" not in server.printed()


def load(file: Path, frame: pl.DataFrame) -> None:
    """Put a frame in the place of the table of a SQLite file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute("BEGIN")
        base.execute("DROP TABLE IF EXISTS pots")
        base.execute("CREATE TABLE pots (kiln INTEGER, height INTEGER, place INTEGER)")
        base.executemany("INSERT INTO pots VALUES (?, ?, ?)", frame.rows())
        base.execute("COMMIT")


def test_an_engines_table_is_read_anew(tmp_path):
    load(tmp_path / "pots.sqlite", pots(1, 10))
    address = f"sqlite:///{tmp_path}/pots.sqlite/pots"
    with running([*SERVE, address, "--facets", "kiln"]) as server:
        old = get(f"{server.url}/readyz")[0]
        assert get(f"{server.url}{PAGE}")[0] == rows_of(1)
        load(tmp_path / "pots.sqlite", pots(2, 12))
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: get(f"{server.url}/readyz")[0] != old)
        assert b'"rows":12' in get(f"{server.url}/readyz")[0]
        assert get(f"{server.url}{PAGE}")[0] == rows_of(2)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_worker_is_replaced_and_nobody_hears_that_it_loads(tmp_path, workers):
    put(tmp_path / "pots.csv", pots(1, 10))
    more = {"WEB_CONCURRENCY": workers}
    with running([*SERVE, str(tmp_path / "pots.csv"), "--facets", "kiln"], more) as server:
        put(tmp_path / "pots.csv", pots(2, 10))  # not told: the one that comes has the same table
        with Askers(f"{server.url}{PAGE}") as askers:
            askers.some_more()
            killed = server.workers()[0]
            killed.kill()
            wait_for(lambda: len(server.workers()) == int(workers) and not killed.is_running())
            askers.some_more(50)
        assert askers.answers == {rows_of(1)}
        # Who was being answered by it, or found nobody; never a 503.
        assert not [failure for failure in askers.failures if "HTTP Error" in failure]
        if workers == "2":
            assert len(askers.failures) <= 4 * 2


def test_what_has_begun_is_finished_at_the_end():
    body = b'{"page": 1, "per_page": 1}'
    head = f"POST /range/ HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
    head += "Expect: 100-continue\r\nContent-Type: application/json\r\n\r\n"
    with running() as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.settimeout(PATIENCE)
        client.sendall(head.encode())
        # It says so when it begins to read the body.
        assert client.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(body[:1])
        server.process.terminate()
        time.sleep(0.5)
        client.sendall(body[1:])
        assert client.recv(1_000).startswith(b"HTTP/1.1 200 OK")
        assert server.process.wait(PATIENCE) == 0


def test_what_does_not_end_is_ended(tmp_path):
    """After 25 seconds; here after one."""
    supervisor = copy_sources(tmp_path) / "iris_dash" / "server" / "supervisor.py"
    change(supervisor, "\nGRACE_SECONDS = 25\n", "\nGRACE_SECONDS = 1\n")
    head = "POST /range/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    with (
        running(COMMAND, folder=tmp_path) as server,
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        client.settimeout(PATIENCE)
        client.sendall(head.encode())
        assert client.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert "Killing worker-1" in server.printed()


def test_what_a_killed_run_leaves_goes_at_the_next_start(tmp_path):
    more = {"TMPDIR": str(tmp_path), "WEB_CONCURRENCY": "2"}
    with running(more=more) as server:
        workers = server.workers()
        (left,) = tmp_path.glob("iris_dash-*")
        remove_abandoned(tmp_path)
        assert left.exists()  # its run lives
        server.process.kill()
        server.process.wait(PATIENCE)
        psutil.wait_procs(workers, PATIENCE)
        assert not [worker for worker in workers if worker.is_running()]
        assert left.exists()
        server.start()
        assert not left.exists()


def test_old_tables_stay_while_a_living_worker_serves_them(tmp_path):
    run = RunFolder(tmp_path)
    for generation in (1, 2, 3):
        run.table(generation).mkdir()
        run.publish(generation)
    assert run.generation == 3
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f"worker-{gone.pid}.1").touch()
    run.tidy()
    assert sorted(path.name for path in tmp_path.glob("table.*"))[0] == "table.1"  # none has begun
    run.note(2)
    run.tidy()
    assert sorted(path.name for path in tmp_path.glob("table.*")) == ["table.2", "table.3"]
    run.note(3)
    assert run.served() == {gone.pid: 1, os.getpid(): 3}
    run.tidy()
    assert [path.name for path in tmp_path.glob("table.*")] == ["table.3"]
