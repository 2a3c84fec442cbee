"""A long table is kept for the workers and mapped by them; until then a worker says it loads."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import threading
from collections import namedtuple
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from opening_here import tables_here
from polars.testing import assert_frame_equal
from pots import LONG, table
from waiting import PATIENCE, wait_for

from iris_dash import Explorer, open_dataset
from iris_dash.commands.load import load_table, target_of
from iris_dash.config.settings import Settings
from iris_dash.core.errors import DatasetError, EngineAway, NoRoom
from iris_dash.engines.base import OneTable
from iris_dash.engines.duckdb_tables import DuckdbTable
from iris_dash.server import shared_table
from iris_dash.server.notes import Note
from iris_dash.server.run_folder import OwnRun, RunFolder
from iris_dash.server.shared_table import keep, kept, share
from iris_dash.server.starting import Starting
from iris_dash.tables.engine_dataset import EngineDataset
from iris_dash.web.app import create_app

Usage = namedtuple("Usage", "total used free")

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


def test_the_rollups_rows_by_time_are_kept_too(tmp_path):
    days = [datetime(2013, 1, 1) + timedelta(days=n % 10) for n in range(len(table()))]
    opened = Explorer.open(table().with_columns(day=pl.Series(days)))
    keep(opened, tmp_path)
    again = kept(tmp_path)
    query, asked = (one.query(lower={"day": "2013-01-04"}) for one in (again, opened))
    assert again.aggregates(query) is not again.rollup
    assert again.aggregates(query).answers(query)
    assert again.count(query) == opened.count(asked) == sum(d.day >= 4 for d in days)
    index = again.time_index
    assert not any(array.flags.owndata for array in (index.rows, index.begins, index.known[1]))


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
def test_a_table_is_shared_and_gone_afterwards(tmp_path, monkeypatch, capsys, rows):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    table(rows).write_parquet(tmp_path / "pots.parquet")
    said = []
    monkeypatch.setattr(Note, "write", lambda note, text: said.append(text))
    with OwnRun() as run:
        assert run.path.parent == place
        assert run.path.stat().st_mode & 0o077 == 0
        with tables_here(run, tmp_path / "pots.parquet"):
            wait_for(lambda: run.generation == 1)
        assert len(kept(run.table(1)).dataset) == rows
    steps = ["reading pots.parquet", "hashing", "hashing, 100 %"]
    assert said == [*steps, "looking at columns", "summing up", "sharing"]
    assert list(place.iterdir()) == []
    assert capsys.readouterr().out == f"Pots: {rows:,} rows at http://127.0.0.1:8050\n"


@pytest.fixture
def in_duckdb(tmp_path):
    """The address of the table in a file of DuckDB."""
    url = f"duckdb://{tmp_path}/pots.duckdb/pots"
    load_table(table(), target_of(url))
    return url


def test_what_an_engine_was_asked_is_kept_and_asked_no_more(tmp_path, in_duckdb, monkeypatch):
    asked = []

    def counted(engine, rows, collect=DuckdbTable.collect):
        asked.append(rows)
        return collect(engine, rows)

    opened = Explorer.open(in_duckdb)
    keep(opened, tmp_path)
    monkeypatch.setattr(DuckdbTable, "collect", counted)
    again = kept(tmp_path, in_duckdb)
    create_app(again, Settings(log="none"))
    assert asked == []
    assert again.dataset.fingerprint == opened.dataset.fingerprint
    assert (len(again.dataset), again.schema.columns) == (LONG, opened.schema.columns)
    assert again.rollup.n is not None
    query = again.query(glaze=["blue", None], lower={"gappy": 3}, sort="-gappy,glaze")
    pd.testing.assert_frame_equal(again.summary(query), opened.summary(query), rtol=1e-12)
    page = query.on_page(2, 20)
    assert again.records(page) == opened.records(page)


def test_an_engine_that_goes_away_while_it_is_asked_ends_the_start(
    tmp_path, in_duckdb, monkeypatch, capsys
):
    def away(engine, rows):
        raise EngineAway("pots: the cable is out")

    opened = open_dataset(in_duckdb)
    monkeypatch.setattr(DuckdbTable, "collect", away)
    with pytest.raises(EngineAway, match="the cable is out"):
        share(opened, tmp_path / "table.1")
    assert not (tmp_path / "table.1").exists()
    assert capsys.readouterr().err == ""


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


@pytest.mark.parametrize(("workers", "fits"), [(3, True), (4, False)])
def test_without_room_there_is_memory_for_each_workers_table_or_none_is_served(
    tmp_path, monkeypatch, capsys, workers, fits
):
    """One worker's takes the place of the opening process, which ends."""
    dataset = open_dataset(table())
    size = dataset.in_memory().estimated_size()
    monkeypatch.setattr(shared_table, "free_memory", lambda: 2 * size + 1)
    monkeypatch.setattr(shared_table.shutil, "disk_usage", lambda path: Usage(9, 0, 1_000))
    run = tmp_path / "iris_dash-x"
    run.mkdir()
    line = (
        rf"^{tmp_path} has no room for the table that workers share: \d\.\d MB are needed, 0.1 MB"
    )
    if fits:
        share(dataset, run / "table.1", workers=workers)
        assert re.match(line.replace("^", "^iris-dash: "), capsys.readouterr().err)
    else:
        with pytest.raises(
            NoRoom, match=line + r" are free; 4 workers need \d\.\d MB of memory for"
        ):
            share(dataset, run / "table.1", workers=workers)
    assert list(run.iterdir()) == []


# --- While it loads


def call(app, path, **headers):
    answer = {}

    def start_response(status, headers):
        answer.update(status=status, headers=dict(headers))

    body = b"".join(app({"PATH_INFO": path, "REQUEST_METHOD": "GET", **headers}, start_response))
    return answer["status"], answer["headers"], body


def test_a_worker_says_what_is_awaited_and_then_hands_over(tmp_path):
    prepared, go_on = [], threading.Event()

    def make(generation):
        go_on.wait(PATIENCE)
        return lambda environ, start_response: [start_response("200 OK", []) or b"made"]

    run = RunFolder(tmp_path)
    run.make_notes()
    run.awaited.write("reading <pots>.csv, 34 %")
    app = Starting(make, run, prepare=lambda: prepared.append(1))
    assert call(app, "/healthz")[::2] == ("200 OK", b'{"status":"alive"}')
    wait_for(lambda: prepared)  # before there is a table
    run.publish(1)
    for path in ("/readyz", "/range/", "/"):
        status, headers, body = call(app, path)
        assert status == "503 Service Unavailable"
        assert headers["Retry-After"] == "2"
        assert headers["Cache-Control"] == "no-store"
        said = "loading the table: reading <pots>.csv, 34 %; ask again in a moment"
        assert json.loads(body) == {"detail": said}
    html = {"HTTP_ACCEPT": "text/html,*/*"}
    status, headers, body = call(app, "/", **html)
    assert status[:3] == "503"
    assert headers["Content-Type"].startswith("text/html")
    assert b'http-equiv="refresh"' in body
    assert b"Reading &lt;pots&gt;.csv, 34 %" in body
    assert json.loads(call(app, "/readyz", **html)[2])
    go_on.set()
    wait_for(lambda: call(app, "/")[2] == b"made")
    assert call(app, "/healthz")[2] == b"made"


def test_who_has_not_logged_in_does_not_hear_what_the_table_is(tmp_path):
    run = RunFolder(tmp_path)
    run.make_notes()
    run.awaited.write("reading pots.csv, 34 %")
    app = Starting(lambda generation: lambda *given: [b"made"], run, tells=False)
    assert json.loads(call(app, "/")[2])["detail"] == "loading the table; ask again in a moment"
    assert b"pots" not in call(app, "/", HTTP_ACCEPT="text/html")[2]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DatasetError("no table"), "no table"),
        (ZeroDivisionError("by none"), "ZeroDivisionError: by none (test_shared_table.py:"),
        (pl.exceptions.PanicException("no thread"), "PanicException: no thread (test_shared_"),
        (SystemExit(3), "SystemExit: 3 (test_shared_table.py:"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_why_a_first_worker_cannot_begin_is_told(tmp_path, error, words):
    def make(generation):
        raise error

    run = RunFolder(tmp_path)
    run.make_notes()
    run.publish(1)
    app = Starting(make, run)
    wait_for(lambda: run.failure)
    assert run.failure.startswith(words)
    assert "\n" not in run.failure
    assert call(app, "/readyz")[0].startswith("503")


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
    class Away(OneTable):
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
