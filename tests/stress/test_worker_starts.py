"""Workers that cannot start: the server ends, and says why in one line."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from own_copy import COMMAND, change, copy_sources
from ports import free_port
from processes import Server, running
from waiting import PATIENCE, wait_for

CREATE = "    app = OneLayout(\n"
"""Where the application begins to be made, in `web/app.py`."""

SERVED = "    starting = Starting("
"""Where a worker's main thread makes what it serves, in `server/worker.py`."""


def start(folder: Path, port: int, workers: str) -> subprocess.CompletedProcess[str]:
    """Start a copy and return what it said, at its end."""
    server = Server(COMMAND, {"WEB_CONCURRENCY": workers, "TMPDIR": str(folder)}, folder)
    server.log.close()
    return subprocess.run(
        COMMAND,
        cwd=folder,
        env=server.environment | {"PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def assert_one_line(run: subprocess.CompletedProcess[str], words: str) -> None:
    assert run.returncode == 2, run
    assert run.stderr.count("\n") == 1, run.stderr
    assert run.stderr.startswith(f"iris-dash: {words}")
    assert run.stdout.count("\n") <= 1  # the greeting


def raising(what: str):
    """What breaks a copy: these lines, where the application begins to be made."""

    def breaks(folder: Path) -> None:
        change(folder / "iris_dash" / "web" / "app.py", CREATE, f"    {what}\n{CREATE}")

    return breaks


def without_assets(folder: Path) -> None:
    shutil.rmtree(folder / "assets")


def without_a_module(folder: Path) -> None:
    (folder / "iris_dash" / "web" / "headers.py").write_text("import not_there\n")


def a_module_of_no_python(folder: Path) -> None:
    (folder / "iris_dash" / "web" / "headers.py").write_text("def (\n")


def a_worker_that_fails_at_once(folder: Path) -> None:
    worker = folder / "iris_dash" / "server" / "worker.py"
    change(worker, SERVED, f"    raise RuntimeError('no buffer')\n{SERVED}")


def a_table_that_cannot_be_handed_over(folder: Path) -> None:
    change(
        folder / "iris_dash" / "server" / "run_folder.py",
        '(self.path / f"generation.{generation}").touch()',
        'raise OSError(28, "No space left on device")',
    )


FAULTS = [
    (without_assets, "FileNotFoundError: [Errno 2] No such file or directory: "),
    (without_a_module, "ModuleNotFoundError: No module named 'not_there' (headers.py:1)"),
    (a_module_of_no_python, "SyntaxError: "),
    (raising("raise RuntimeError('no\\npage')"), "RuntimeError: no (app.py:"),
    (raising("raise SystemExit(7)"), "SystemExit: 7 (app.py:"),
    (
        raising("import polars; raise polars.exceptions.PanicException('no thread')"),
        "PanicException: no thread (app.py:",
    ),
    (raising("os._exit(0)"), "a worker ended with exit code 0 before it could serve"),
    (raising("os._exit(9)"), "a worker ended with exit code 9 before it could serve"),
    (raising("os.kill(os.getpid(), 9)"), "a worker was ended by SIGKILL before it could serve"),
    (raising("os.abort()"), "a worker was ended by SIGABRT before it could serve"),
    (a_worker_that_fails_at_once, "RuntimeError: no buffer (worker.py:"),
    (a_table_that_cannot_be_handed_over, "OSError: [Errno 28] No space left on device"),
]


@pytest.mark.parametrize(("breaks", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_a_worker_that_cannot_start_ends_the_server_in_one_line(tmp_path, breaks, words):
    breaks(copy_sources(tmp_path))
    assert_one_line(start(tmp_path, free_port(), "2"), words)
    assert list(tmp_path.glob("iris_dash-*")) == []


def test_an_only_worker_that_cannot_start_ends_the_server_in_one_line(tmp_path):
    without_assets(copy_sources(tmp_path))
    words = f"FileNotFoundError: [Errno 2] No such file or directory: '{tmp_path}/assets"
    assert_one_line(start(tmp_path, free_port(), "1"), words)


def test_a_port_that_is_taken_after_it_was_looked_at_is_one_line(tmp_path):
    copy_sources(tmp_path)
    address = tmp_path / "iris_dash" / "server" / "address.py"
    change(address, "                probe.bind(address)\n", "")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = f"HOST=127.0.0.1 PORT={port}: cannot listen there: Address already in use"
        assert_one_line(start(tmp_path, port, "1"), words)


def test_a_worker_that_cannot_be_replaced_ends_the_server_after_three_tries(tmp_path):
    copy_sources(tmp_path)
    more = {"WEB_CONCURRENCY": "1", "TMPDIR": str(tmp_path)}
    with running(COMMAND, more, tmp_path) as server:
        without_assets(tmp_path)
        server.workers()[0].kill()
        assert server.process.wait(PATIENCE) == 2
        said = [line for line in server.printed().splitlines() if "Unexpected exit" not in line]
    _, *tries, last = said
    assert len(tries) == 2
    assert {line.partition(": [")[0] for line in said[1:]} == {"iris-dash: FileNotFoundError"}
    assert all(line.endswith("; trying again") for line in tries)
    assert not last.endswith("; trying again")


def test_a_worker_that_was_replaced_at_the_second_try_is_no_failure(tmp_path):
    copy_sources(tmp_path)
    with running(COMMAND, {"WEB_CONCURRENCY": "1"}, tmp_path) as server:
        (tmp_path / "assets").rename(tmp_path / "away")
        server.workers()[0].kill()
        wait_for(lambda: "; trying again" in server.printed())
        (tmp_path / "away").rename(tmp_path / "assets")
        wait_for(server.answers)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0
        assert server.printed().splitlines()[-1].endswith("; trying again")


SLOW_TO_HEAR = """
import os, sys, time
from iris_dash.commands import cli

def waitpid(*given, waitpid=os.waitpid):
    ended = waitpid(*given)
    time.sleep(0.3)
    return ended

os.waitpid = waitpid
sys.exit(cli.main(["serve"]))
"""


def test_no_worker_is_said_to_be_killed_that_has_ended_by_itself():
    """Granian's two threads used to miss its end where they waited for it at the same time."""
    with running([sys.executable, "-c", SLOW_TO_HEAR], {"WEB_CONCURRENCY": "2"}) as server:
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert "Killing" not in server.printed()
