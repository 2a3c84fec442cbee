"""A table that is piped into a start is read once and kept for as long as the run lasts."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from full_disk import in_small_folder
from ports import free_port
from processes import SERVE, running
from sample_tables import ROOT
from waiting import PATIENCE, wait_for
from waiting_client import ask

PIPED = ("bash", "-c", 'exec "$@" < <(cat "$TABLE")', "bash")
"""Run a command whose standard input is a pipe that gives the file $TABLE."""


def piped(place: Path, content: bytes) -> dict[str, str]:
    """The environment of a command that a table is piped into, with a folder of its own."""
    (place / "table").write_bytes(content)
    (place / "temporary").mkdir()
    return {"TABLE": str(place / "table"), "TMPDIR": str(place / "temporary")}


def left(place: Path) -> list[str]:
    return os.listdir(place / "temporary")


def test_what_is_piped_in_is_served_by_all_workers_and_again(tmp_path):
    more = piped(tmp_path, gzip.compress(b"a,b\n1,2\n"))
    with running([*PIPED, *SERVE, "-"], more | {"WEB_CONCURRENCY": "2"}) as server:
        assert json.loads(ask(f"{server.url}/range/")[2]) == [{"a": 1, "b": 2}]
        assert server.printed().startswith("Standard input: 1 rows at ")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "the table is the same as before" in server.printed())
    assert left(tmp_path) == []


def test_without_room_for_the_copy_each_worker_reads_what_was_piped_in(tmp_path):
    more = piped(tmp_path, b"a,b\n" + b"1,2\n" * 400_000)
    command = in_small_folder([*PIPED, *SERVE, "-"], "7m")
    with running(command, more | {"WEB_CONCURRENCY": "2"}) as server:
        wait_for(lambda: "each worker opens the table itself" in server.printed())
        assert json.loads(ask(f"{server.url}/readyz")[2])["rows"] == 400_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "iris-dash: standard input: is empty\n"),
        (b"\x89PNG\r\n\x1a\n\0\0", "iris-dash: standard input: is not a text table "),
    ],
)
def test_what_is_piped_in_and_no_table_is_one_line_and_leaves_nothing(tmp_path, content, words):
    ended = ended_start(tmp_path, piped(tmp_path, content), [*PIPED, *SERVE, "/dev/stdin"])
    assert ended.startswith(words)
    assert ended.count("\n") == 1
    assert left(tmp_path) == []


def test_a_standard_input_that_is_closed_is_one_line(tmp_path):
    command = ["bash", "-c", 'exec "$@" <&-', "bash", *SERVE, "-"]
    said = ended_start(tmp_path, piped(tmp_path, b""), command)
    assert said == "iris-dash: standard input: is closed\n"
    assert left(tmp_path) == []


def test_what_is_piped_in_can_be_loaded_and_verified_but_not_read_anew(tmp_path):
    more = piped(tmp_path, b"a,b\n1,2\n")
    iris = (*PIPED, sys.executable, "-m", "iris_dash")
    environment = os.environ | more
    loading = [*iris, "load", "-", f"duckdb:///{tmp_path}/pots.duckdb/pots"]
    done = subprocess.run(
        loading, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("1 rows written\n")
    anew = ended_start(tmp_path, more, [*PIPED, *SERVE, "-", "--reload"])
    assert anew == "iris-dash: --reload cannot read standard input anew; name a file\n"


def ended_start(place: Path, more: dict[str, str], command: list[str]) -> str:
    """What a start says that ends with exit code 2."""
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PORT": str(free_port()), "IRIS_DASH_LOG": "none"} | more,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    return ended.stderr
