"""Threads that live as long as their process go on whatever happens to them."""

from __future__ import annotations

import os
import sys
import threading

import polars as pl
import pytest
from opening_here import tables_here
from waiting import PATIENCE, answer, wait_for

from iris_dash.core.json_lines import tell
from iris_dash.server.run_folder import RunFolder
from iris_dash.server.starting import Starting

FAULTS = (OSError(5, "Input/output error"), KeyError("a"), pl.exceptions.PanicException("a panic"))


def kind(fault: BaseException) -> str:
    return type(fault).__name__


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A run of one table, which is looked after every moment."""
    monkeypatch.setattr("iris_dash.server.table_replacement.TIDY_SECONDS", 0.02)
    (tmp_path / "run").mkdir()
    path = tmp_path / "pots.csv"
    path.write_text("kiln,height\na,1\n")
    run = RunFolder(tmp_path / "run")
    with tables_here(run, path) as tables:
        wait_for(lambda: run.generation == 1)
        yield path, run, tables


def replace(path, tables, height):
    path.write_text(f"kiln,height\na,{height}\n")
    tables.reopen()


def test_a_signal_is_heard_while_another_user_has_a_dead_workers_number(served, monkeypatch):
    """It used to be the last one heard."""
    path, run, tables = served
    theirs, met = 1_234_567_890, threading.Event()

    def kill(process, number, kill=os.kill):
        if process == theirs:
            met.set()
            raise PermissionError(1, "Operation not permitted")
        kill(process, number)

    monkeypatch.setattr(os, "kill", kill)
    (run.path / f"worker-{theirs}.1").touch()
    assert met.wait(PATIENCE)
    replace(path, tables, 2)
    wait_for(lambda: run.generation == 2)


@pytest.mark.parametrize("fault", FAULTS, ids=kind)
@pytest.mark.parametrize("place", ["tidy", "publish"])
def test_a_signal_is_heard_after_any_fault(served, monkeypatch, capsys, place, fault):
    path, run, tables = served
    fails, met = threading.Event(), threading.Event()
    whole = getattr(run, place)

    def broken(*given):
        if fails.is_set():
            met.set()
            raise fault
        whole(*given)

    monkeypatch.setattr(run, place, broken)
    fails.set()
    replace(path, tables, 2)
    assert met.wait(PATIENCE)
    fails.clear()
    replace(path, tables, 3)
    wait_for(lambda: "1 rows from now on" in capsys.readouterr().err)


def test_what_cannot_be_tidied_is_said_once(served, monkeypatch, capsys):
    _, run, _ = served
    tries = []

    def tidy():
        tries.append(1)
        raise KeyError("a")

    monkeypatch.setattr(run, "tidy", tidy)
    wait_for(lambda: len(tries) > 3)
    said = capsys.readouterr().err
    assert said.startswith("iris-dash: KeyError: 'a' (test_long_threads.py:")
    assert said.endswith("); the table served before stays\n")
    assert said.count("\n") == 1


@pytest.mark.parametrize("fault", FAULTS, ids=kind)
def test_a_worker_follows_after_any_fault(tmp_path, monkeypatch, capsys, fault):
    monkeypatch.setattr("iris_dash.server.starting.RETRY_SECONDS", 0.02)
    faults = [fault]

    def make(generation):
        if generation == 2 and faults:
            raise faults.pop()
        return lambda environ, start_response: [str(generation).encode()]

    run = RunFolder(tmp_path)
    run.publish(1)
    app = Starting(make, run)
    wait_for(lambda: answer(app) == b"1")
    run.publish(2)
    wait_for(lambda: answer(app) == b"2")
    said = capsys.readouterr().err
    assert said.startswith(f"iris-dash: {kind(fault)}: ")
    assert said.endswith("; trying again\n")


def test_a_worker_whose_run_folder_is_gone_keeps_what_it_serves(tmp_path):
    """What tidies the place for temporary files may take it; then there is no generation."""
    made = []

    def make(generation):
        made.append(generation)
        return lambda environ, start_response: [b"made"]

    run = RunFolder(tmp_path)
    run.publish(1)
    app = Starting(make, run)
    wait_for(lambda: answer(app) == b"made")
    looked = threading.Event()

    class Gone(RunFolder):
        @property
        def generation(self) -> int:
            looked.set()
            return 0

    app._run = Gone(tmp_path)
    assert looked.wait(PATIENCE)
    assert not looked.clear()
    assert looked.wait(PATIENCE)  # it has looked twice: the first look has had its effect
    assert made == [1]


@pytest.mark.parametrize("log", ["json", "text"])
def test_what_is_told_to_a_log_that_is_gone_raises_nothing(monkeypatch, log):
    class Gone:
        def write(self, text):
            raise BrokenPipeError(32, "Broken pipe")

        def isatty(self):
            return False

    monkeypatch.setattr(sys, "stderr", Gone())
    tell("the kiln is hot", log)


def test_a_spark_application_that_cannot_be_watched_is_stopped(monkeypatch):
    pytest.importorskip("pyspark")
    from iris_dash.engines import spark_tables

    stopped = []

    class Held(spark_tables._Held):
        def works(self):
            raise RuntimeError("no answer that is known")

        def stop(self):
            stopped.append(1)

    monkeypatch.setattr(spark_tables, "_answers", lambda master: True)
    with pytest.raises(RuntimeError):
        Held(None, "spark://a:1").watch()
    assert stopped == [1]
