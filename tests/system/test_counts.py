"""Counts in this process and in Redis agree, and no clock makes anyone wait longer than a limit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from service_servers import redis_server

from iris_dash.web.counts import Counter, Limit, OwnCounter, RedisCounter, Spent

THREE = Limit("three", 3, 60)
TWO_DAYS = 2 * 86_400


@pytest.fixture(scope="module")
def server() -> Iterator[redis.Redis]:
    with redis_server() as found, found.client() as client:
        yield client


@pytest.fixture(params=["here", "in Redis"])
def counter(request, server) -> Counter:
    server.flushall()
    return OwnCounter() if request.param == "here" else RedisCounter(server)


def test_a_window_begins_with_the_first_and_adds_what_each_costs(counter):
    first = counter.spend(THREE, "a")
    assert first.used == 1
    assert first.left == pytest.approx(60, abs=1)
    assert [counter.spend(THREE, "a", cost).used for cost in (1, 20)] == [2, 22]
    assert counter.spend(THREE, "b").used == 1
    assert counter.spend(Limit("other", 3, 60), "a").used == 1
    assert 0 < counter.spend(THREE, "a").left <= first.left


def test_one_waits_until_fewer_than_the_amount_are_left(counter):
    assert counter.wait(THREE, "a") == 0
    for _ in range(2):
        counter.note(THREE, "a")
    assert counter.wait(THREE, "a") == 0
    counter.note(THREE, "a")
    assert 50 < counter.wait(THREE, "a") <= 60
    assert counter.wait(THREE, "b") == 0


def test_time_that_passes_ends_a_window_and_a_wait_in_redis(server):
    server.flushall()
    counter = RedisCounter(server)
    counter.spend(THREE, "a", 5)
    server.pexpire("iris_dash:three:a", 7_000)
    spent = counter.spend(THREE, "a")
    assert spent.used == 6
    assert spent.left == pytest.approx(7, abs=1)
    server.delete("iris_dash:three:a")
    seconds, _ = server.time()
    server.rpush("iris_dash:three:b", *((seconds - ago) * 1_000 for ago in (0, 20, 40)))
    assert counter.wait(THREE, "b") == pytest.approx(20, abs=2)
    counter.note(THREE, "b")
    assert counter.wait(THREE, "b") == pytest.approx(40, abs=2)
    assert server.ttl("iris_dash:three:b") <= 60


def test_a_clock_that_was_set_back_makes_nobody_wait_longer_in_redis(server):
    """Redis keeps the moment at which a key ends: after a step back that is days away."""
    server.flushall()
    counter = RedisCounter(server)
    counter.spend(THREE, "a", 9)
    server.expire("iris_dash:three:a", TWO_DAYS)
    assert counter.spend(THREE, "a") == Spent(1, 60)
    seconds, _ = server.time()
    server.rpush("iris_dash:three:b", *[(seconds + TWO_DAYS) * 1_000] * 3)
    assert counter.wait(THREE, "b") == 0
    for _ in range(3):
        counter.note(THREE, "b")
    assert 50 < counter.wait(THREE, "b") <= 60


def test_what_others_left_without_an_end_ends(server):
    server.flushall()
    server.set("iris_dash:three:a", 10**6)
    assert RedisCounter(server).spend(THREE, "a") == Spent(1, 60)
