"""Counts of this process follow a clock that only goes forward, and take little memory."""

from __future__ import annotations

from iris_dash.web import counts
from iris_dash.web.counts import MOST_KEPT, Limit, OwnCounter, Spent

THREE = Limit("three", 3, 60)


def test_time_that_passes_ends_a_window_and_a_wait_here(monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr(counts, "monotonic", lambda: now[0])
    counter = OwnCounter()
    assert counter.spend(THREE, "a") == Spent(1, 60)
    for _ in range(3):
        counter.note(THREE, "a")
        now[0] += 10
    assert counter.spend(THREE, "a") == Spent(2, 30)
    assert counter.wait(THREE, "a") == 30
    now[0] += 30
    assert counter.spend(THREE, "a") == Spent(1, 60)
    assert counter.wait(THREE, "a") == 0
    counter.note(THREE, "a")
    assert counter.wait(THREE, "a") == 10  # the second is now the third last


def test_a_wait_is_never_longer_than_the_limits_time_by_rounding(monkeypatch):
    monkeypatch.setattr(counts, "monotonic", lambda: 4.4)  # 4.4 + 60 - 4.4 is more than 60
    counter = OwnCounter()
    for _ in range(3):
        counter.note(THREE, "a")
    assert counter.spend(THREE, "a").left == counter.wait(THREE, "a") == 60


def test_clients_that_never_end_take_no_more_memory(monkeypatch):
    monkeypatch.setattr(counts, "MOST_KEPT", 100)
    counter = OwnCounter()
    for number in range(1_000):
        counter.spend(THREE, f"a{number}")
        counter.note(THREE, f"b{number}")
    assert len(counter._windows) == len(counter._noted) == 100
    assert MOST_KEPT * 500 < 32_000_000  # of some 200 bytes each
