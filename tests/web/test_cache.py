"""Answers kept in the process; an address of Redis that is none, or where nobody listens."""

from __future__ import annotations

import json

import polars as pl
import pytest
from ports import free_port
from sample_tables import PETS
from timings import found

from iris_dash.config.settings import Settings
from iris_dash.core.errors import SettingsError
from iris_dash.core.timing import Trace, listening
from iris_dash.web import cache
from iris_dash.web import redis as shared
from iris_dash.web.app import create_app


def test_an_outage_is_one_line_without_the_password(caplog):
    away = shared.SharedRedis(f"redis://me:hush@127.0.0.1:{free_port()}/0")
    kept = cache.SharedCache(away, "k" * 16)
    for key in "abc":
        kept.set(key, b"[]")
        assert kept.get(key) == b"[]"
    (message,) = caplog.messages
    assert message.startswith("Redis is away, answers are made without it: ConnectionError")
    assert "hush" not in message


@pytest.mark.parametrize(
    "address", ["redis://127.0.0.1:port/0", "redis://127.0.0.1/0?socket_timeout=x"]
)
def test_an_address_that_is_none_is_one_line(address):
    with pytest.raises(SettingsError, match="REDIS_URL: ") as raised:
        create_app(pl.DataFrame(PETS), Settings(redis_url=address, secret_key="k" * 16, log="none"))
    assert "\n" not in str(raised.value)


def test_without_redis_answers_are_kept_in_the_process():
    client = create_app(pl.DataFrame(PETS), Settings(log="none")).server.test_client()
    assert [found(client, "/stats/summary/") for _ in range(2)] == ["miss", "hit memory"]


def test_what_was_used_last_is_kept_as_far_as_there_is_room(monkeypatch):
    monkeypatch.setattr(cache, "MOST_BYTES", 3_000)
    kept = cache.RecentCache()
    for name in "abc":
        kept.set(name, bytes(600))
    assert kept.get("a")
    kept.set("d", (7, bytes(600)))
    assert [name for name in "abcd" if kept.get(name) is not None] == ["a", "c", "d"]
    # Too large for all of the room: it is not kept, and the others are.
    kept.set("e", bytes(4_000))
    assert [name for name in "acde" if kept.get(name) is not None] == ["a", "c", "d"]


def test_an_answer_without_a_request_is_kept_too():
    kept, asked = cache.RecentCache(), Trace("a1")
    kept.set("a", b"[]")
    with listening(asked):
        assert kept.get("a") == b"[]"
    assert asked.found == "memory"
    assert json.loads(kept.get("a")) == []
