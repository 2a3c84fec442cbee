"""Where there is no room for temporary files: one line that names the folder, and what goes on."""

from __future__ import annotations

import gzip
import json
import signal
import urllib.error
import urllib.request
from pathlib import Path

import polars as pl
import pytest
from full_disk import fill, in_small_folder
from processes import SERVE, Server, running
from slow_addresses import slow_address
from waiting import PATIENCE, wait_for

ROWS = 300_000
"""7.2 MB of numbers."""


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    place = pl.int_range(ROWS, eager=True)
    return pl.DataFrame({"kiln": place % 3, "height": place / 8, "width": place / 4})


def failed_start(place: Path, source: object, size: str, workers: str = "2") -> str:
    """What a start says that ends with exit code 2."""
    command = in_small_folder([*SERVE, str(source)], size)
    server = Server(command, {"TMPDIR": str(place), "WEB_CONCURRENCY": workers})
    try:
        server.launch()
        assert server.process.wait(PATIENCE) == 2
        return server.printed()
    finally:
        server.stop()
        server.log.close()


def ask(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_what_workers_write_has_room_or_the_start_ends_in_one_line(tmp_path):
    """Without it they were killed one after the other, without end and without a reason."""
    said = failed_start(tmp_path, "data/iris.csv", "1m")
    assert said == (
        f"iris-dash: TMPDIR: {tmp_path} has no room for what workers write: "
        "2.9 MB are needed, 1.0 MB are free\n"
    )


def test_without_room_for_the_copy_each_worker_opens_the_table(tmp_path, frame):
    frame.write_parquet(tmp_path / "pots.parquet")
    (tmp_path / "small").mkdir()
    command = in_small_folder([*SERVE, str(tmp_path / "pots.parquet")], "4m")
    more = {"TMPDIR": str(tmp_path / "small"), "WEB_CONCURRENCY": "2"}
    with running(command, more) as server:
        wait_for(lambda: server.printed().count("\n") == 2)
        line = next(line for line in server.printed().splitlines() if "iris-dash" in line)
        place = f"iris-dash: {tmp_path}/small has no room for the table that workers share: "
        assert line.startswith(place)
        assert line.endswith(" MB are free; each worker opens the table itself")
        assert json.loads(ask(f"{server.url}/readyz")[1])["rows"] == ROWS


def test_what_is_unpacked_or_fetched_has_room_or_the_start_ends_in_one_line(tmp_path, frame):
    text = frame.write_csv().encode()
    path = tmp_path / "pots.csv.gz"
    path.write_bytes(gzip.compress(text, 1))
    place = tmp_path / "small"
    place.mkdir()
    needed = f"{len(text) / 1e6:,.1f} MB are needed, "
    said = failed_start(place, path, "3m", "1")
    assert said.startswith(f"iris-dash: {place} has no room for pots.csv.gz, unpacked: {needed}")
    assert said.count("\n") == 1
    with slow_address(text, "pots.csv", 1) as table:
        said = failed_start(place, table.url, "3m", "1")
    assert said.startswith(f"iris-dash: {place} has no room for pots.csv: {needed}")
    assert said.count("\n") == 1


def test_a_folder_that_fills_up_later_ends_nothing(tmp_path):
    path, place = tmp_path / "pots.csv", tmp_path / "small"
    place.mkdir()
    path.write_text("kiln,height\n" + "a,1\nb,2\n" * 50_000)
    command = in_small_folder([*SERVE, str(path)], "12m")
    more = {"TMPDIR": str(place), "WEB_CONCURRENCY": "1"}
    with running(command, more) as server:
        (before,) = server.workers()
        fill(before.pid, place)
        # Each is counted under other labels than before.
        for asked in (
            "/range/?kiln=c",
            "/range/?kiln=none",
            "/stats/mean/",
            "/not/there",
            "/docs/",
        ):
            assert ask(f"{server.url}{asked}")[0] in (200, 404, 422)
        status, body = ask(f"{server.url}/export.xlsx")
        assert status == 503
        assert "the server has no room for this file now" in json.loads(body)["detail"]
        assert ask(f"{server.url}/export.csv")[0] == 200
        assert "iris_dash_requests_total" in ask(f"{server.url}/metrics")[1]
        path.write_text("kiln,height\n" + "a,1\nb,3\n" * 50_000)
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "from now on" in server.printed())
        assert "has no room for the table that workers share" in server.printed()
        wait_for(lambda: '"height":3' in ask(f"{server.url}/range/?page=1&per_page=2")[1])
        inside = Path(f"/proc/{before.pid}/root{place}")
        wait_for(lambda: not list(inside.glob("iris_dash-*/table.*")))
        fill(before.pid, place)
        before.kill()
        before.wait(PATIENCE)
        wait_for(server.answers)
        assert '"height":3' in ask(f"{server.url}/range/?page=1&per_page=2")[1]
        assert "No space left on device; a worker counts for itself alone" in server.printed()
        assert "iris_dash_requests_total" in ask(f"{server.url}/metrics")[1]
