"""A long table is made ready once and shared by the workers; until then a server says it loads."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import psutil
import pytest
from polars.testing import assert_frame_equal
from processes import SERVE, Server, free_port
from sample_tables import ROOT

from iris_dash import Explorer, open_dataset
from iris_dash.config.settings import Settings
from iris_dash.core.errors import DatasetError, EngineAway
from iris_dash.server.run_folder import OwnRun, RunFolder
from iris_dash.server.shared_table import keep, kept, share
from iris_dash.server.starting import PAGE, Starting
from iris_dash.server.workers import READY, Tables
from iris_dash.tables.dataset import EngineDataset
from iris_dash.web.app import create_app

LONG = 30_000
BIG = 3_000_000


def table(rows: int = LONG) -> pl.DataFrame:
    """Columns of every plain kind, most of them with gaps."""
    place = pl.Series("place", np.arange(rows))
    height = np.round(np.random.default_rng(7).uniform(1, 9, rows), 1)
    frame = place.to_frame().select(
        kiln=pl.col("place") % 3,
        height=height,
        gappy=height,
        glaze=(pl.col("place") % 4).replace_strict([0, 1, 2, 3], ["blue", "green", "ash", "rust"]),
        whole=pl.col("place") % 2 == 0,
        day=pl.date(2020, 1, 1) + pl.duration(days=pl.col("place") % 900),
        name=pl.format("pot number {} of a long row", "place"),
    )
    known = pl.Series(np.arange(rows) % 97 > 0)
    return frame.with_columns(
        pl.when(known).then(pl.col(name))
        for name in frame.columns
        if name not in ("kiln", "height")
    )


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


def ask(address: str, **headers: str):
    """Status, headers and text of what stands at an address; status 0 while nobody listens."""
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()
    except OSError:
        return 0, {}, ""


# --- What is kept


@pytest.mark.parametrize("rolled_up", [True, False])
def test_what_is_kept_answers_as_what_was_opened(tmp_path, rolled_up):
    frame = table() if rolled_up else table().with_columns(height=pl.col("height").cum_sum())
    opened = Explorer.open(frame)
    keep(opened, tmp_path)
    again = kept(tmp_path)
    assert again.dataset.fingerprint == opened.dataset.fingerprint
    assert again.schema.columns == opened.schema.columns
    assert_frame_equal(again.dataset.frame.to_native(), opened.dataset.frame.to_native())
    assert (again.rollup.n is not None) == rolled_up == (opened.rollup.n is not None)
    for filters in (
        {},
        {"glaze": ["blue", None], "lower": {"gappy": 3}},
        {"upper": {"height": 4.5}, "sort": "-gappy,glaze", "by": "whole"},
    ):
        query, asked = again.query(**filters), opened.query(**filters)
        assert again.count(query) == opened.count(asked)
        # The order in which Polars adds up is not always the same.
        pd.testing.assert_frame_equal(again.summary(query), opened.summary(asked), rtol=1e-12)
        page = again.records(query.on_page(2, 20))
        assert page == opened.records(asked.on_page(2, 20))
        assert b"".join(again.csv(query)) == b"".join(opened.csv(asked))


def test_nothing_of_what_is_kept_is_copied(tmp_path):
    """Every array of the rollup and every number of the table stands in the mapped files."""
    keep(Explorer.open(table()), tmp_path)
    again = kept(tmp_path)
    again.dataset.frame["height"].sum()
    rollup = again.rollup
    arrays = [rollup.n, *rollup.facets.values(), *rollup.cells.values(), *rollup.bins.values()]
    for array in [*arrays, *rollup.sums.values(), *rollup.squares.values()]:
        assert not array.flags.owndata
        assert not array.flags.writeable
    maps = Path("/proc/self/maps").read_text()
    assert str(tmp_path / "rows.arrow") in maps
    assert str(tmp_path / "0.npy") in maps
    starts = again.dataset.frame.to_native()["height"].to_numpy(allow_copy=False)
    assert any(
        int(low, 16) <= starts.ctypes.data < int(high, 16)
        for line in maps.splitlines()
        if line.endswith("rows.arrow")
        for low, high in [line.split()[0].split("-")]
    )


@pytest.mark.parametrize("rows", [100, LONG])
def test_a_table_is_shared_and_gone_afterwards(tmp_path, monkeypatch, rows):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said = []
    with OwnRun() as run:
        assert run.path.parent == tmp_path
        assert run.path.stat().st_mode & 0o077 == 0
        opened = [open_dataset(table(rows))]
        Tables(run, Settings(log="none")).begin(opened, said.append)
        wait_for(lambda: READY in said)
        assert opened == []
        assert run.generation == 1
        assert len(kept(run.table(1)).dataset) == rows
    assert said == ["summing up", "sharing", READY]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_kept_of_a_table_that_stays_on_its_engine(tmp_path):
    dataset = open_dataset(table(100))
    share(EngineDataset(dataset.schema, "abc", None, 100, (), ()), tmp_path / "table.1")
    assert kept(tmp_path / "table.1") is None


def test_what_was_opened_stays_when_its_folder_goes(tmp_path):
    share(open_dataset(table()), tmp_path / "table.1")
    explorer = kept(tmp_path / "table.1")
    shutil.rmtree(tmp_path / "table.1")
    assert explorer.count(explorer.query(lower={"kiln": 1}, upper={"kiln": 1})) == LONG // 3
    assert explorer.dataset.frame["height"].sum() == pytest.approx(table()["height"].sum())


def test_a_worker_is_ready_when_all_of_them_answer(tmp_path):
    run = RunFolder(tmp_path)
    run.note(1)
    run.note(2)
    assert not run.all_answer(2)
    (tmp_path / "worker-1.1").touch()
    assert run.all_answer(2)


def test_without_room_each_worker_opens_the_table(tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_ipc", full)
    run = tmp_path / "iris_dash-x"
    run.mkdir()
    share(open_dataset(table()), run / "table.1")
    assert list(run.iterdir()) == []
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(tmp_path) in said
    assert "No space left on device; each worker opens the table itself" in said


def wait_for(holds, seconds=20):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


# --- While it loads


def call(app, path, **headers):
    answer = {}

    def start_response(status, headers):
        answer.update(status=status, headers=dict(headers))

    body = b"".join(app({"PATH_INFO": path, "REQUEST_METHOD": "GET", **headers}, start_response))
    return answer["status"], answer["headers"], body


def test_a_worker_says_that_it_loads_and_then_hands_over(tmp_path):
    go_on = threading.Event()

    def make(generation):
        go_on.wait(20)
        return lambda environ, start_response: [start_response("200 OK", []) or b"made"]

    run = RunFolder(tmp_path)
    run.publish(1)
    app = Starting(make, run)
    assert call(app, "/healthz")[::2] == ("200 OK", b'{"status":"alive"}')
    for path in ("/readyz", "/range/", "/"):
        status, headers, body = call(app, path)
        assert status == "503 Service Unavailable"
        assert headers["Retry-After"] == "2"
        assert headers["Cache-Control"] == "no-store"
        assert json.loads(body)["detail"].startswith("loading")
    html = {"HTTP_ACCEPT": "text/html,*/*"}
    status, headers, body = call(app, "/", **html)
    assert (status[:3], body) == ("503", PAGE)
    assert headers["Content-Type"].startswith("text/html")
    assert b'http-equiv="refresh"' in body
    assert json.loads(call(app, "/readyz", **html)[2])
    go_on.set()
    wait_for(lambda: call(app, "/")[2] == b"made")
    assert call(app, "/healthz")[2] == b"made"


def test_why_a_first_worker_cannot_begin_is_told(tmp_path):
    def make(generation):
        raise DatasetError("no table")

    run = RunFolder(tmp_path)
    run.publish(1)
    app = Starting(make, run)
    wait_for(lambda: run.failure)
    assert run.failure == "no table"
    assert call(app, "/readyz")[0].startswith("503")


def test_a_fault_in_a_first_worker_ends_it(tmp_path):
    program = (
        "import time\nfrom pathlib import Path\nfrom iris_dash.server.run_folder import RunFolder\n"
        "from iris_dash.server.starting import Starting\n"
        f"run = RunFolder(Path({str(tmp_path)!r}))\nrun.publish(1)\n"
        "Starting(lambda generation: 1 / 0, run)\ntime.sleep(60)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "ZeroDivisionError" in run.stderr


def test_a_worker_that_comes_later_answers_from_the_first_moment(tmp_path):
    run = RunFolder(tmp_path)
    run.publish(1)
    (tmp_path / "worker-1.1").touch()
    app = Starting(lambda generation: lambda environ, start_response: [b"made"], run)
    assert b"".join(app({"PATH_INFO": "/"}, str)) == b"made"


def test_ready_says_what_is_served(client, explorer):
    assert client.get("/healthz").get_json() == {"status": "alive"}
    ready = {"status": "ready", "rows": 150, "fingerprint": explorer.dataset.fingerprint}
    assert client.get("/readyz").get_json() == ready


def test_an_engine_that_is_away_is_not_ready():
    class Away:
        name = title = "pots"
        gone = False

        def table(self):
            return Explorer.open(table(100)).dataset.rows()

        def collect(self, rows):
            if self.gone:
                raise EngineAway("pots: the cable is out")
            return rows.collect().to_native()

    engine, dataset = Away(), open_dataset(table(100))
    asked = EngineDataset(dataset.schema, "abc", engine, 100, (), ())
    object.__setattr__(asked, "rows", engine.table)
    client = create_app(asked, Settings()).server.test_client()
    assert client.get("/readyz").get_json() == {
        "status": "ready",
        "rows": 100,
        "fingerprint": "abc",
    }
    engine.gone = True
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "the cable is out" in answer.get_json()["detail"]
    assert answer.headers["Retry-After"]
    assert client.get("/healthz").status_code == 200


# --- Real servers


def folders(place: Path) -> list[Path]:
    return list(place.glob("iris_dash-*"))


@contextlib.contextmanager
def starting(path: Path, place: Path, command=SERVE, **more: str):
    """A server that has only been started; its files go into `place`."""
    server = Server([*command, str(path)], {"TMPDIR": str(place), **more})
    try:
        server.launch()
        yield server
    finally:
        server.stop()
        server.log.close()


SERVE_WHEN_TOLD = """
import sys, time
from pathlib import Path
from iris_dash.commands import cli
from iris_dash.server import workers as serving

def share(*given, share=serving.share):
    while not Path(sys.argv[1]).exists():
        time.sleep(0.02)
    share(*given)

serving.share = share
sys.exit(cli.main(["serve", sys.argv[2]]))
"""


def test_two_workers_share_one_table_that_is_gone_after_the_end(big_file, tmp_path):
    told = tmp_path / "told"
    held = [sys.executable, "-c", SERVE_WHEN_TOLD, str(told)]
    with starting(big_file, tmp_path, held, WEB_CONCURRENCY="2") as server:
        seen = []

        def ready():
            seen.append(ask(f"{server.url}/readyz"))
            if seen[-1][0] == 503:
                told.touch()
            return seen[-1][0] == 200

        wait_for(ready, 60)
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
        server.process.wait(20)
        assert folders(tmp_path) == []
        assert server.printed().count("\n") == 1  # the greeting, and no bar in a log


@pytest.mark.parametrize("moment", ["opening", "sharing"])
def test_nothing_is_left_after_a_termination_while_it_starts(big_file, tmp_path, moment):
    with starting(big_file, tmp_path) as server:
        if moment == "sharing":
            wait_for(lambda: list(tmp_path.glob("iris_dash-*/table.*")))
        else:
            time.sleep(1)
        server.process.terminate()
        assert server.process.wait(20) in (0, 143, -15)
        assert folders(tmp_path) == []


def test_on_a_full_disk_each_worker_opens_the_table(big_file, tmp_path):
    limited = ["sh", "-c", 'ulimit -f 2000; exec "$@"', "sh", *SERVE]
    with starting(big_file, tmp_path, limited) as server:
        wait_for(lambda: ask(f"{server.url}/readyz")[0] == 200, 60)
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
        until = time.monotonic() + 30
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
