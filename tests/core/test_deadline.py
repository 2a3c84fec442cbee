"""How long an answer may take: a block, each piece of a file, and what ends them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from clock import Clock
from slow_engines import PATIENCE

from iris_dash.core.deadline import at_most, check, each, ended_by, left, renew, within
from iris_dash.core.errors import QueryTooLong


def test_without_a_deadline_nothing_is_too_long():
    check()
    renew()
    assert left() is None
    assert at_most(3) == 3


def test_the_time_of_a_block_is_over_after_it_and_an_outer_one_goes_on(clock: Clock):
    with within(60):
        with within(0.5):
            assert at_most(3) == 0.5
            clock.sleep(0.25)
            assert (at_most(3), at_most(0.125)) == (0.25, 0.125)
            check()
            clock.sleep(0.5)
            assert (at_most(3), left()) == (0, -0.25)
            with pytest.raises(QueryTooLong, match=r"longer than 0\.5 s"):
                check()
        check()
        assert left() == 59.25
    assert left() is None


def test_other_threads_have_no_part_in_it():
    seen: list[float | None] = []
    with within(60):
        thread = threading.Thread(target=lambda: seen.append(left()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_each_piece_has_the_whole_time(clock: Clock):
    def slow() -> Iterator[int]:
        for number in range(4):
            clock.sleep(0.4)
            yield number

    with within(0.5):
        assert list(each(slow())) == [0, 1, 2, 3]

    def slower() -> Iterator[int]:
        yield 0
        clock.sleep(0.3)
        yield 1

    with within(0.2):
        pieces = each(slower())
        assert next(pieces) == 0
        with pytest.raises(QueryTooLong):
            next(pieces)
        assert next(pieces, None) is None


def test_a_piece_that_is_dropped_closes_what_makes_them():
    closed = []

    def made() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    pieces = each(made())
    assert next(pieces) == 1
    pieces.close()
    assert closed == [True]


def test_a_block_is_ended_at_the_deadline_and_never_after_it(monkeypatch: pytest.MonkeyPatch):
    cancelled = threading.Event()

    def interrupted() -> None:
        assert cancelled.wait(PATIENCE)
        raise RuntimeError("as an engine says")

    with within(0.05), pytest.raises(QueryTooLong), ended_by(cancelled.set):
        interrupted()
    other = threading.Event()
    with within(60), pytest.raises(RuntimeError), ended_by(other.set):
        raise RuntimeError("its own error stays")
    timer = Mock()
    monkeypatch.setattr("iris_dash.core.deadline.Timer", timer)
    with within(60), ended_by(other.set):
        pass
    seconds, end = timer.call_args.args
    end()  # as a timer does that was about to
    assert 50 < seconds <= 60
    assert not other.is_set()


def test_a_cancel_that_fails_is_no_error_of_its_own():
    called = threading.Event()

    def fail() -> None:
        called.set()
        raise OSError("the connection is lost")

    with within(0.05), pytest.raises(QueryTooLong), ended_by(fail):
        assert called.wait(PATIENCE)
