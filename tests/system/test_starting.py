"""A start answers at once, says what is awaited, and ends when it is told to or has no table."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from processes import SERVE, Server
from sample_tables import ROOT
from slow_addresses import silent_server, slow_address
from waiting import PATIENCE, wait_for
from waiting_client import ask

CSV = b"glaze,height\n" + b"blue,1.5\ngreen,2.5\n" * 10_000
AWAITED = "loading the table: fetching pots.csv, 34 %; ask again in a moment"

HEAVY = ("polars", "pandas", "numpy", "narwhals", "pyarrow", "flask", "dash", "plotly", "ibis")
LIGHT = (
    "import sys, iris_dash.commands.cli, iris_dash.server.supervisor, iris_dash.server.worker\n"
    f"print(*[name for name in {HEAVY} if name in sys.modules])"
)


@contextmanager
def starting(place: Path, arguments: list[str], command=SERVE, **more: str):
    """A server that has only been started; its files go into a place."""
    server = Server([*command, *arguments], {"TMPDIR": str(place), **more})
    try:
        server.launch()
        yield server
    finally:
        server.stop()
        server.log.close()


def await_words(server: Server, words: str) -> None:
    """Return once a server says that it awaits what these words say."""
    wait_for(lambda: words in ask(f"{server.url}/range/")[2])


def test_what_listens_first_loads_no_library_of_tables_or_pages():
    """Else a second or two would pass before anything listens."""
    run = subprocess.run(
        [sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "\n"


@pytest.mark.parametrize("command", [SERVE, (sys.executable, "app.py")], ids=["serve", "app"])
def test_a_start_answers_while_it_waits_and_opens_the_table_once(tmp_path, command):
    with slow_address(CSV, "pots.csv") as table:
        more = {"IRIS_DASH_DATA": table.url, "WEB_CONCURRENCY": "2"}
        with starting(tmp_path, [], command, **more) as server:
            await_words(server, AWAITED)
            assert ask(f"{server.url}/healthz")[::2] == (200, '{"status":"alive"}')
            for path in ("/", "/range/", "/readyz", "/assets/dashboard.css", "/not/there"):
                status, headers, body = ask(f"{server.url}{path}")
                assert (status, headers["Retry-After"]) == (503, "2")
                assert json.loads(body) == {"detail": AWAITED}
            status, headers, page = ask(f"{server.url}/", Accept="text/html")
            assert (status, headers["Retry-After"]) == (503, "2")
            assert '<meta http-equiv="refresh" content="2">' in page
            assert "Fetching pots.csv, 34 %" in page
            assert server.printed() == ""
            table.go_on()
            server.await_ready()
            assert len(json.loads(ask(f"{server.url}/range/?glaze=blue")[2])) == 10_000
            assert table.asked == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_termination_while_it_waits_ends_it(tmp_path, workers):
    with (
        slow_address(CSV, "pots.csv") as table,
        starting(tmp_path, [table.url], WEB_CONCURRENCY=workers) as server,
    ):
        await_words(server, "34 %")
        processes = psutil.Process(server.process.pid).children(recursive=True)
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert psutil.wait_procs(processes, PATIENCE)[1] == []
        assert list(tmp_path.glob("iris_dash-*")) == []
        assert server.printed() == ""


def test_a_table_that_breaks_off_ends_the_start_in_one_line(tmp_path):
    with slow_address(CSV, "pots.csv") as table, starting(tmp_path, [table.url]) as server:
        await_words(server, "34 %")
        table.cut()
        assert server.process.wait(PATIENCE) == 2
        (line,) = server.printed().splitlines()
        assert line.startswith(f"iris-dash: {table.url}: the answer broke off after ")
        assert list(tmp_path.glob("iris_dash-*")) == []


def test_a_killed_opening_ends_the_start_in_one_line(tmp_path):
    """Where there is too little memory, the system kills who takes most of it."""
    with slow_address(CSV, "pots.csv") as table, starting(tmp_path, [table.url]) as server:
        await_words(server, "34 %")
        (opening,) = [
            process
            for process in psutil.Process(server.process.pid).children()
            if any("/temporary/" in file.path for file in process.open_files())
        ]
        opening.kill()
        assert server.process.wait(PATIENCE) == 2
        said = "iris-dash: the process that opens the table was ended by SIGKILL\n"
        assert server.printed() == said
        assert list(tmp_path.glob("iris_dash-*")) == []


def test_an_engine_that_does_not_answer_is_awaited_and_the_start_can_be_ended(tmp_path):
    pytest.importorskip("psycopg")
    with silent_server() as port:
        address = f"postgresql://ann:secret@127.0.0.1:{port}/clay/pots"
        with starting(tmp_path, [address], WEB_CONCURRENCY="2") as server:
            await_words(server, "loading the table: asking for pots; ask again")
            assert ask(f"{server.url}/healthz")[0] == 200
            server.process.terminate()
            assert server.process.wait(PATIENCE) == 0
            assert server.printed() == ""


def test_a_start_that_is_made_anew_answers_while_it_waits(tmp_path):
    with (
        slow_address(CSV, "pots.csv") as table,
        starting(tmp_path, ["--reload", table.url]) as server,
    ):
        await_words(server, AWAITED)
        assert ask(f"{server.url}/healthz")[0] == 200
        processes = psutil.Process(server.process.pid).children(recursive=True)
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert psutil.wait_procs(processes, PATIENCE)[1] == []


def test_what_the_table_is_is_not_said_to_who_has_not_logged_in(tmp_path):
    logins = {"IRIS_DASH_TOKENS": f"nightly:sha256:{'0' * 64}"}
    with (
        slow_address(CSV, "pots.csv") as table,
        starting(tmp_path, [table.url], **logins) as server,
    ):
        await_words(server, "loading the table; ask again in a moment")
        wait_for(lambda: table.asked)
        assert "pots" not in ask(f"{server.url}/", Accept="text/html")[2]
