"""Answers kept in a real Redis: shared by servers, never needed, never believed blindly."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import pbkdf2_hmac
from itertools import count
from threading import Event

import polars as pl
import pytest
from sample_tables import PETS
from service_servers import SECRET_KEY, Redis, redis_commands, redis_server
from timings import found
from waiting import wait_for

from iris_dash.config.settings import Settings
from iris_dash.core.errors import SettingsError
from iris_dash.explorer import Explorer
from iris_dash.web import cache
from iris_dash.web import redis as shared
from iris_dash.web.app import create_app

PATIENCE = shared.PATIENCE
ROUTES = ("/range/", "/stats/mean/", "/stats/summary/", "/diagnose/")
CATS = 3  # rows of PETS, counted by hand


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with redis_server() as running:
        yield running


@pytest.fixture
def redis(server, monkeypatch) -> Redis:
    """The module's server, running and empty; on a busy machine it may take its time."""
    monkeypatch.setattr(shared, "PATIENCE", 20)
    if server.process is None:
        server.start()
    with server.client() as client:
        client.flushall()
    return server


@pytest.fixture
def asked(redis, monkeypatch) -> list[str]:
    """The commands that Redis is asked; it is never asked again after it failed."""
    return redis_commands(monkeypatch)


def pets(redis: Redis, table=PETS, **settings):
    """Return a client of an application of its own, as another process would have it."""
    said = Settings(**{**redis.settings, "log": "none", **settings})
    return create_app(pl.DataFrame(table), said).server.test_client()


def forbid_answers(monkeypatch):
    def fail(*_, **__):
        raise AssertionError("it was made anew")

    for name in ("record_pieces", "mean_records", "comparison_record", "diagnosis_record"):
        monkeypatch.setattr(Explorer, name, fail)


def entries(redis: Redis) -> list[bytes]:
    with redis.client() as client:
        return client.keys("*")


@pytest.mark.parametrize("path", ROUTES)
def test_another_server_answers_from_what_one_has_kept(redis, monkeypatch, path):
    asked = f"{path}?kind=cat&page=1&per_page=2"
    first = pets(redis).get(asked)
    assert first.status_code == 200
    forbid_answers(monkeypatch)
    other = pets(redis)
    again = other.get(asked)
    assert (again.status_code, again.data) == (200, first.data)
    for name in ("X-Total-Count", "Link", "ETag"):
        assert again.headers.get(name) == first.headers.get(name)
    assert other.get(f"{path}?kind=dog").status_code == 500


def test_what_came_from_redis_is_kept_nearer(redis):
    pets(redis).get("/range/?kind=cat")
    client = pets(redis)
    assert found(client, "/range/?kind=dog") == "miss"
    assert found(client, "/range/?kind=cat") == "hit redis"
    assert found(client, "/range/?kind=cat") == "hit memory"


def test_another_table_or_release_or_secret_is_not_answered_from_it(redis, monkeypatch):
    pets(redis).get("/range/?kind=cat")
    other = pets(redis, PETS | {"legs": [4, 4, 3, 4, 4, 5]})
    assert found(other, "/range/?kind=cat") == "miss"
    assert found(pets(redis, secret_key="x"), "/range/?kind=cat") == "miss"
    monkeypatch.setattr(cache, "release", lambda: "another")
    assert found(pets(redis), "/range/?kind=cat") == "miss"


def test_an_answer_goes_after_a_day(redis):
    pets(redis).get("/range/")
    with redis.client() as client:
        (name,) = client.keys("*")
        assert 86_000 < client.ttl(name) <= 86_400


def test_a_long_answer_is_not_kept(redis, monkeypatch):
    monkeypatch.setattr(cache, "MOST_SHARED", 100)
    client = pets(redis)
    assert len(client.get("/range/").data) > 100
    assert entries(redis) == []
    assert found(client, "/range/") == "hit memory"
    assert len(client.get("/range/?kind=cat&legs=3..3").data) < 100
    assert len(entries(redis)) == 1


BROKEN = {
    "cut": lambda value: value[:-1],
    "empty": lambda value: b"",
    "longer": lambda value: value + b"]",
    "another answer": lambda value: value.replace(b"Tom", b"Tim"),
    "another count": lambda value: value[:23] + b"\x09" + value[24:],
    "short": lambda value: value[:20],
    "a pickle": lambda value: b"!cos\nsystem\n(S'exit 1'\ntR.",
    "huge": lambda value: b"x" * 5_000_000,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_damaged_answer_is_no_answer(redis, broken):
    right = pets(redis).get("/range/?kind=cat")
    assert b"Tom" in right.data
    (name,) = entries(redis)
    with redis.client() as client:
        value = client.get(name)
        client.set(name, BROKEN[broken](value))
        asked = pets(redis)
        answer = asked.get("/range/?kind=cat")
        assert (answer.data, answer.headers["X-Total-Count"]) == (right.data, str(CATS))
        assert "miss" in answer.headers["Server-Timing"]
        assert client.get(name) == value  # and is mended


def test_a_thing_of_another_type_is_no_answer_and_no_outage(redis, caplog):
    pets(redis).get("/range/?kind=cat")
    (name,) = entries(redis)
    with redis.client() as client:
        client.delete(name)
        client.lpush(name, "a", "b")
    assert found(pets(redis), "/range/?kind=cat") == "miss"
    assert found(pets(redis), "/range/?kind=cat") == "hit redis"
    assert caplog.messages == []


def test_what_is_written_without_the_key_is_not_believed(redis):
    """Without a key anything in Redis was: all that a page showed could be anyone's."""
    name, value = cache._name("key"), (1, b"[]")
    for frame in (cache.Frame(b""), cache.Frame(b"another's")):
        with redis.client() as client:
            client.set(name, frame.write(name, value))
        assert cache.SharedCache(shared.SharedRedis(redis.url), SECRET_KEY).get("key") is None
    cache.SharedCache(shared.SharedRedis(redis.url), SECRET_KEY).set("key", value)
    assert cache.SharedCache(shared.SharedRedis(redis.url), SECRET_KEY).get("key") == value
    with pytest.raises(SettingsError, match=r"^REDIS_URL needs IRIS_DASH_SECRET_KEY too$"):
        Settings(redis_url=redis.url)


def test_answers_are_right_while_redis_goes_and_comes(redis, monkeypatch, caplog):
    """Under load: 4 threads ask while it is killed, is away, and is back."""
    monkeypatch.setattr(shared, "PATIENCE", PATIENCE)
    monkeypatch.setattr(shared, "SILENCE", 0.3)
    client, ended, wrong = pets(redis), Event(), []
    counts, legs = [0] * 4, count(4)

    def ask(thread: int) -> None:
        while not ended.is_set():
            # Another query each time, so that the nearer cache has no answer.
            answer = client.application.test_client().get(f"/range/?kind=cat&legs=..{next(legs)}")
            if answer.status_code != 200 or len(answer.get_json()) != CATS:
                wrong.append(answer)
            counts[thread] += 1

    def said() -> list[str]:
        return [message.split(",")[0] for message in caplog.messages]

    def each_asks_more() -> None:
        most = max(counts)
        wait_for(lambda: min(counts) > most + 10)

    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask, thread) for thread in range(4)]
        try:
            wait_for(lambda: entries(redis))
            redis.stop()
            each_asks_more()
            assert said()[-1] == "Redis is away"
            before = len(said())
            redis.start()
            wait_for(lambda: entries(redis) and "Redis is back" in said()[before:])
            each_asks_more()
        finally:
            ended.set()
        for each in asking:
            each.result()
    assert wrong == []
    # On a busy machine it can be too slow for a moment too; whatever happens is said once.
    assert set(said()[::2]) == {"Redis is away"}
    assert set(said()[1::2]) == {"Redis is back"}


def test_redis_may_be_away_at_the_start(redis, asked, caplog):
    redis.stop()
    client = pets(redis)
    asked.clear()
    for n in range(50):
        answer = client.get(f"/range/?kind=cat&legs=..{4 + n}")
        assert len(answer.get_json()) == CATS
    assert len(asked) == 1
    (message,) = caplog.messages
    assert "Connection refused" in message


def test_what_one_found_away_the_others_do_not_ask_for(redis, asked, caplog):
    """Cache, rate limit and logins each asked, waited and said so for themselves."""
    redis.stop()
    hashed = pbkdf2_hmac("sha256", b"hush", b"salt", 1_000).hex()
    client = pets(redis, rate="10 per minute", logins={"ann": f"pbkdf2:sha256:1000$salt${hashed}"})
    asked.clear()
    for n in range(10):
        answer = client.get(f"/range/?kind=cat&legs=..{4 + n}", auth=("ann", "hush"))
        assert len(answer.get_json()) == CATS
    assert client.get("/range/", auth=("ann", "hush")).status_code == 429
    assert len(asked) == 1
    assert len(caplog.messages) == 1


def test_a_redis_that_hangs_is_waited_for_once(redis, asked, monkeypatch, caplog):
    monkeypatch.setattr(shared, "PATIENCE", 3)
    client = pets(redis)
    assert client.get("/range/").status_code == 200
    assert len(entries(redis)) == 1
    redis.process.send_signal(19)  # SIGSTOP
    try:
        asked.clear()
        for n in range(20):
            answer = client.get(f"/range/?kind=cat&legs=..{4 + n}")
            assert len(answer.get_json()) == CATS
        assert len(asked) == 1
    finally:
        redis.process.send_signal(18)
    (message,) = caplog.messages
    assert "Timeout" in message
