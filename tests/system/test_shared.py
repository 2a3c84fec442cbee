"""What the workers of a run share is begun once, and ended after the last who uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import psutil
import pytest
from sample_tables import ROOT
from shared import shared, shared_server
from waiting import get, wait_for

USERS = 8
DIES = """
import os, sys
from pathlib import Path
from shared import shared

with shared(Path(sys.argv[1]), "thing", lambda: "of a dead one", print):
    os._exit(0)
"""


def test_the_first_begins_it_and_the_last_ends_it(tmp_path: Path) -> None:
    """Each user opens the locks for itself, so that threads stand for workers here."""
    notes: list[str] = []
    all_there = Barrier(USERS)

    def begin() -> list[int]:
        notes.append("begun")
        return [7]

    def use(_: int) -> None:
        with shared(tmp_path, "thing", begin, lambda made: notes.append(f"ended {made}")) as made:
            all_there.wait(60)
            notes.append(f"used {made}")

    with ThreadPoolExecutor(USERS) as workers:
        list(workers.map(use, range(USERS)))
        assert notes == ["begun", *["used [7]"] * USERS, "ended [7]"]
        list(workers.map(use, range(USERS)))
    assert notes == ["begun", *["used [7]"] * USERS, "ended [7]"] * 2


def test_who_dies_uses_it_no_longer(tmp_path: Path) -> None:
    ended: list[str] = []
    with shared(tmp_path, "thing", lambda: "of the living", ended.append) as made:
        environment = os.environ | {"PYTHONPATH": str(ROOT / "tests" / "support")}
        subprocess.run([sys.executable, "-c", DIES, tmp_path], env=environment, check=True)
        assert made == "of the living"
    assert ended == ["of the living"]


def test_a_server_is_the_same_for_all_and_gone_after_the_last(tmp_path: Path) -> None:
    def children() -> set[psutil.Process]:
        found = set()
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.add(process)
        return found

    more, before = {"WEB_CONCURRENCY": "1"}, children()
    with shared_server(tmp_path, more) as one:
        with shared_server(tmp_path, more) as same:
            assert same == one
        assert get(f"{one}/healthz")[0] == b'{"status":"alive"}'
        assert len(children() - before) >= 2
    wait_for(lambda: not children() - before)
    with pytest.raises(OSError, match="refused"):
        get(f"{one}/healthz")
