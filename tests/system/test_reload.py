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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import polars as pl
import psutil
import pytest
from processes import SERVE, running
from waiting import Askers, answer, get, wait_for

from iris_dash import open_dataset
from iris_dash.config.settings import Settings
from iris_dash.core.errors import DatasetError
from iris_dash.server.run_folder import OwnRun, RunFolder, remove_abandoned
from iris_dash.server.shared_table import kept
from iris_dash.server.starting import Starting
from iris_dash.server.workers import Tables

PAGE = "/range/?kiln=0&page=1&per_page=3"
LONG = 25_000


def pots(generation: int, rows: int = 4) -> pl.DataFrame:
    """Rows that each say which generation they are of."""
    place = pl.int_range(rows, eager=True)
    return pl.DataFrame({"kiln": place % 3, "height": place * 0 + generation, "place": place})


def put(path: Path, frame: pl.DataFrame) -> None:
    """Put a file in the place of another one, as an owner does: at once."""
    frame.write_csv(path.with_suffix(".part"))
    path.with_suffix(".part").rename(path)


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
        assert server.process.wait(30) == 0
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
        client.settimeout(30)
        client.sendall(head.encode())
        # It says so when it begins to read the body.
        assert client.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(body[:1])
        server.process.terminate()
        time.sleep(0.5)
        client.sendall(body[1:])
        assert client.recv(1_000).startswith(b"HTTP/1.1 200 OK")
        assert server.process.wait(30) == 0


def test_what_a_killed_run_leaves_goes_at_the_next_start(tmp_path):
    more = {"TMPDIR": str(tmp_path), "WEB_CONCURRENCY": "2"}
    with running(more=more) as server:
        workers = server.workers()
        (left,) = tmp_path.glob("iris_dash-*")
        remove_abandoned(tmp_path)
        assert left.exists()  # its run lives
        server.process.kill()
        server.process.wait(20)
        psutil.wait_procs(workers, 20)
        assert not [worker for worker in workers if worker.is_running()]
        assert left.exists()
        server.start()
        assert not left.exists()


# --- Its parts


@contextmanager
def run_in(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with OwnRun() as run:
        yield run


def test_a_run_without_a_place_for_files_says_so(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(Exception, match=r"^TMPDIR: no folder can be made for temporary files: No"):
        OwnRun()


def test_only_this_users_abandoned_folders_are_removed(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "lock").touch()
    (tmp_path / "iris_dash-link").symlink_to(tmp_path / "elsewhere")
    for name in ("iris_dash-left", "iris_dash-without", "other-left"):
        (tmp_path / name).mkdir()
    (tmp_path / "iris_dash-left" / "lock").touch()
    (tmp_path / "other-left" / "lock").touch()
    with run_in(tmp_path, monkeypatch) as run:
        remove_abandoned(tmp_path)
        assert run.path.exists()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"elsewhere", "iris_dash-link", "iris_dash-without", "other-left"}


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


def test_a_generation_that_cannot_be_made_is_tried_again_and_the_old_one_answers(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("iris_dash.server.starting.RETRY_SECONDS", 0.1)
    fails, go_on = ["pots: away"], Event()

    def make(generation):
        if generation == 2 and fails:
            raise DatasetError(fails.pop())
        assert generation == 1 or go_on.wait(20)
        return lambda environ, start_response: [str(generation).encode()]

    run = RunFolder(tmp_path)
    app = Starting(make, run)
    assert b"loading" in answer(app)
    run.publish(1)
    wait_for(lambda: answer(app) == b"1")
    run.publish(2)
    wait_for(lambda: not fails)
    assert answer(app) == b"1"
    go_on.set()
    wait_for(lambda: answer(app) == b"2")
    assert capsys.readouterr().err == "iris-dash: pots: away; trying again\n"


def test_twenty_tables_one_after_another_leave_one(tmp_path, monkeypatch):
    path = tmp_path / "pots.csv"
    put(path, pots(0, 5_000))
    with run_in(tmp_path, monkeypatch) as run:
        tables = Tables(run, Settings(data=str(path), log="none"))
        tables.begin([open_dataset(path)], str)
        run.note(0)
        for generation in range(1, 21):
            put(path, pots(generation, 5_000))
            tables.reopen()
            wait_for(lambda wanted=generation + 1: run.generation == wanted)
            explorer = kept(run.table(run.generation))
            assert explorer.dataset.frame["height"][0] == generation
            run.note(run.generation)
        wait_for(lambda: len(list(run.path.glob("table.*"))) == 1)
