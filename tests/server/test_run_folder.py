"""A run's folder and its generations: old ones go, a new one is tried until it is made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from weakref import WeakSet

import pytest
from generations import pots, put
from opening_here import tables_here
from waiting import PATIENCE, answer, wait_for

from iris_dash.core.errors import DatasetError
from iris_dash.server.run_folder import OwnRun, RunFolder, remove_abandoned
from iris_dash.server.shared_table import kept
from iris_dash.server.starting import Starting

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


def test_a_generation_that_cannot_be_made_is_tried_again_and_the_old_one_answers(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("iris_dash.server.starting.RETRY_SECONDS", 0.1)
    fails, go_on = ["pots: away"], Event()

    def make(generation):
        if generation == 2 and fails:
            raise DatasetError(fails.pop())
        assert generation == 1 or go_on.wait(PATIENCE)
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


def test_the_collector_leaves_out_what_stays_and_finds_what_is_replaced(tmp_path):
    made = WeakSet()

    class App:
        def __init__(self, generation):
            self.itself, self.body = self, str(generation).encode()
            made.add(self)

        def __call__(self, environ, start_response):
            return [self.body]

    run = RunFolder(tmp_path)
    gc.unfreeze()
    app = Starting(App, run)
    try:
        run.publish(1)
        wait_for(lambda: answer(app) == b"1" and gc.get_freeze_count())
        assert not any(one is app for one in gc.get_objects())
        run.publish(2)
        wait_for(lambda: [one.body for one in made] == [b"2"])
    finally:
        gc.freeze()


def test_twenty_tables_one_after_another_leave_one(tmp_path, monkeypatch):
    path = tmp_path / "pots.csv"
    put(path, pots(0, 5_000))
    with run_in(tmp_path, monkeypatch) as run, tables_here(run, path) as tables:
        wait_for(lambda: run.generation == 1)
        run.note(0)
        for generation in range(1, 21):
            put(path, pots(generation, 5_000))
            tables.reopen()
            wait_for(lambda wanted=generation + 1: run.generation == wanted)
            explorer = kept(run.table(run.generation))
            assert explorer.dataset.frame["height"][0] == generation
            run.note(run.generation)
        wait_for(lambda: len(list(run.path.glob("table.*"))) == 1)
