"""While it runs: new data, data that is broken, workers that die, and the end."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin

from processes import SERVE, START_SECONDS, running
from sample_tables import ROOT
from waiting import Askers, wait_for

from deployer.plain import ask


def new_data_needs_no_restart() -> str:
    """SIGHUP serves a file put in another's place; broken data is a line and changes nothing."""
    with tempfile.TemporaryDirectory(prefix="deployer") as folder:
        table, new = Path(folder) / "iris.csv", Path(folder) / "new.csv"
        shutil.copy(ROOT / "data" / "iris.csv", table)
        with running([*SERVE, str(table)], {"WEB_CONCURRENCY": "2"}) as server:
            assert server.process is not None
            with Askers(f"{server.url}/stats/mean/") as askers:
                askers.some_more()
                new.write_bytes(b"\x89PNG\0\0")
                new.rename(table)
                server.process.send_signal(signal.SIGHUP)
                wait_for(lambda: "iris.csv" in _complaint(server.printed()))
                askers.some_more()
                assert len(askers.answers) == 1
                lines = (ROOT / "data" / "iris.csv").read_text().splitlines(keepends=True)
                new.write_text("".join(lines[:101]))
                new.rename(table)
                server.process.send_signal(signal.SIGHUP)
                wait_for(lambda: len(ask(f"{server.url}/range/").json) == 100)
                askers.some_more(40)
            assert askers.failures == []
            assert len(askers.answers) == 2
            line = _complaint(server.printed()).replace(folder, "")
    return f"{askers.count} answers meanwhile, all of the old table or the new; {line}"


def _complaint(printed: str) -> str:
    return next((line for line in printed.splitlines() if "not a text table" in line), "")


def a_worker_that_dies_is_replaced() -> str:
    """A worker that is killed is replaced, and the other one answers meanwhile."""
    with running(more={"WEB_CONCURRENCY": "2"}) as server:
        wait_for(lambda: len(server.workers()) == 2)
        [killed, other] = server.workers()
        killed.kill()
        wait_for(lambda: {w.pid for w in server.workers()} - {killed.pid, other.pid})
        wait_for(lambda: ask(f"{server.url}/readyz").status == 200)
        assert len(ask(f"{server.url}/range/").json) == 150
    return "killed one of 2, then again 2, ready"


def the_end_waits_for_what_has_begun() -> str:
    """SIGTERM ends it with exit code 0; a file under way is finished first, no folder is left."""
    with (
        tempfile.TemporaryDirectory(prefix="deployer") as folder,
        running(more={"TMPDIR": folder}) as server,
        socket.create_connection(("127.0.0.1", server.port), START_SECONDS) as client,
    ):
        assert server.process is not None
        client.sendall(b"GET /export.csv HTTP/1.0\r\nHost: a\r\n\r\n")
        received = client.recv(1)
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        while more := client.recv(65_536):
            received += more
        code = server.process.wait(START_SECONDS)
        seconds = time.monotonic() - begun
        rows = received.partition(b"\r\n\r\n")[2].count(b"\n")
        assert (code, rows) == (0, 151), (code, rows)
        assert [*Path(folder).iterdir()] == []
    return f"exit code {code} after {seconds:.1f} s; all {rows - 1} rows; nothing is left in TMPDIR"


def pages_lead_to_the_end() -> str:
    """The `Link` headers of pages lead from the first to the last, every row once."""
    with running() as server:
        rows, page, pages = [], f"{server.url}/range/?page=1&per_page=40", 0
        while page:
            answer = ask(page)
            rows += answer.json
            pages += 1
            following = re.search(r'<([^>]*)>; rel="next"', answer.headers["Link"] or "")
            page = urljoin(page, following[1]) if following else ""
        whole = ask(f"{server.url}/range/").json
    assert rows == whole
    assert answer.headers["X-Total-Count"] == "150"
    return f"{len(rows)} rows on {pages} pages"


def a_log_of_json_is_all_json() -> str:
    """With IRIS_DASH_LOG=json each line on standard error is JSON, of warnings and failures too."""
    with tempfile.TemporaryDirectory(prefix="deployer") as folder:
        table = Path(folder) / "iris.csv"
        shutil.copy(ROOT / "data" / "iris.csv", table)
        more = {"HOST": "0.0.0.0", "IRIS_DASH_LOG": "json", "WEB_CONCURRENCY": "2"}
        with running([*SERVE, str(table)], more) as server:
            assert server.process is not None
            ask(f"{server.url}/range/?species=none")
            ask(f"{server.url}/export.csv")
            server.workers()[0].kill()
            table.write_text("no rows\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "no rows" in server.printed())
            wait_for(lambda: len(server.workers()) == 2)
            lines = server.printed().splitlines()
    # The greeting is for people, on standard output.
    said = [json.loads(line) for line in lines if " at http:" not in line]
    levels = Counter(line["level"] for line in said)
    assert {"warning", "error"} <= {*levels}, levels
    return f"{len(said)} lines: {', '.join(f'{n} of {level}' for level, n in levels.items())}"


CHECKS = (
    pages_lead_to_the_end,
    a_log_of_json_is_all_json,
    new_data_needs_no_restart,
    a_worker_that_dies_is_replaced,
    the_end_waits_for_what_has_begun,
)
