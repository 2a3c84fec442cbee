"""What real workers tell: metrics added up over all of them, and lines of files that are cut."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import polars as pl
from metric_text import parsed
from processes import running
from sample_tables import ROOT
from waiting import PATIENCE

from iris_dash.web.observing.metrics import live_workers

# --- real workers


def read(address: str) -> tuple[int, Message, str]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def test_two_workers_are_counted_as_one_and_a_killed_one_is_not_forgotten(tmp_path):
    folder = tmp_path / "metrics"
    folder.mkdir()
    more = {
        "WEB_CONCURRENCY": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "IRIS_DASH_LOG": "json",
        "IRIS_DASH_DATA": str(ROOT / "data" / "iris.csv"),
    }
    means = ("iris_dash_requests_total", "/stats/mean/", "GET", "2xx")

    def told():
        return parsed(read(f"{server.url}/metrics")[2])

    with running(more=more) as server:
        deadline = time.monotonic() + PATIENCE
        while read(f"{server.url}/readyz")[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        answers = [read(f"{server.url}/stats/mean/") for _ in range(40)]
        assert {status for status, _, _ in answers} == {200}, server.printed()
        ids = {headers["X-Request-Id"] for _, headers, _ in answers}
        assert len(ids) == 40
        assert {told()[means] for _ in range(10)} == {40}
        assert told()[("iris_dash_workers",)] == 2
        assert told()[("iris_dash_table_rows",)] == 150

        killed = next(iter(live_workers(folder)))
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if killed not in live_workers(folder) and told()[("iris_dash_workers",)] == 2:
                    break
            except OSError:
                pass
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert read(f"{server.url}/stats/mean/")[0] == 200
        assert told()[means] == 41
        assert not list(folder.glob(f"gauge_live*_{killed}.db"))
        logged = [
            json.loads(line) for line in server.printed().splitlines() if line.startswith("{")
        ]
    assert ids <= {line["request_id"] for line in logged}


def test_a_file_cut_by_its_client_is_logged_by_a_real_server(tmp_path):
    table = tmp_path / "numbers.parquet"
    # 450 MB of CSV, which no buffer on the way holds.
    rows = pl.DataFrame({"a": range(300_000), "b": ["." * 145] * 300_000})
    pl.concat([rows] * 10).write_parquet(table)
    with running(more={"IRIS_DASH_DATA": str(table), "IRIS_DASH_LOG": "json"}) as server:
        with urllib.request.urlopen(f"{server.url}/export.csv", timeout=PATIENCE) as answer:
            answer.read(1_000)
            number = answer.headers["X-Request-Id"]
        deadline, found = time.monotonic() + PATIENCE, []
        while not found and time.monotonic() < deadline:
            time.sleep(0.1)
            found = [
                json.loads(line)
                for line in Path(server.log.name).read_text().splitlines()
                if line.startswith("{") and number in line
            ]
        assert found[0]["cut"] is True
        told = parsed(read(f"{server.url}/metrics")[2])
        assert told[("iris_dash_exports_in_progress",)] == 0
