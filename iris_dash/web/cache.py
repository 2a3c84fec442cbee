"""The caches behind Flask-Caching: answers asked last, and those that servers share in Redis."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b, sha256
from hmac import compare_digest
from operator import itemgetter
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Flask
from flask_caching.backends.base import BaseCache

from iris_dash.core.release import release
from iris_dash.core.timing import note
from iris_dash.web.redis import SharedRedis

MOST_BYTES = 8_000_000
"""How much one process keeps of answers and their keys; each is far smaller."""

OVERHEAD = 300
"""Bytes that Python and the cache need for one of them."""

MOST_SHARED = 1_000_000
"""The largest answer in bytes that goes into Redis."""

KEPT_SECONDS = 24 * 3600
"""How long Redis keeps an answer."""

NOTHING = (0, None)

DIGEST = 16
TOTAL = 8


class RecentCache(BaseCache):
    """Keeps the answers used last, as they are: bytes, or a number of rows and bytes.

    Flask-Caching's own SimpleCache pickles every value and sorts all of them at each new one
    when it is full, which cost more than the answer itself. Values must not be changed.
    """

    def __init__(self) -> None:
        super().__init__(default_timeout=0)
        self._answers: LRUCache[str, tuple[int, Any]] = LRUCache(MOST_BYTES, itemgetter(0))
        self._lock = Lock()

    @classmethod
    def factory(cls, app: Flask, config: Any, args: Any, kwargs: Any) -> RecentCache:
        """Return a new cache, as Flask-Caching asks for one."""
        return cls()

    def get(self, key: str) -> Any:
        """Return what is kept under the key, or None."""
        with self._lock:
            _, kept = self._answers.get(key, NOTHING)
        note(found="nowhere" if kept is None else "memory")
        return kept

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:
        """Keep a value; those unused for longest make room."""
        body = value if isinstance(value, bytes) else value[1]
        size = len(key) + len(body) + OVERHEAD
        with self._lock:
            if size <= self._answers.maxsize:
                self._answers[key] = (size, value)
        return True

    def delete(self, key: str) -> bool:
        """Forget a key; return whether it was there."""
        with self._lock:
            return self._answers.pop(key, None) is not None

    def clear(self) -> bool:
        """Forget everything."""
        with self._lock:
            self._answers.clear()
        return True


class SharedCache(RecentCache):
    """Keeps the answers used last, and behind them all of a day in Redis, for every server.

    Redis may go and come: without it answers are made here. What it holds could be written by
    others, so nothing is unpickled, as Flask-Caching's RedisCache would: a value is bytes behind a
    digest of its key and of itself, and what is cut, damaged or of another release is no value.
    The digest is signed with a secret, and what is written without it is no value either.
    """

    def __init__(self, redis: SharedRedis, secret: str) -> None:
        super().__init__()
        self._redis = redis
        self._frame = Frame(sha256(secret.encode()).digest())

    @classmethod
    def factory(cls, app: Flask, config: Any, args: Any, kwargs: Any) -> SharedCache:
        """Return a new cache in `CACHE_REDIS`, its digests signed with `CACHE_SECRET`."""
        return cls(config["CACHE_REDIS"], config["CACHE_SECRET"])

    def get(self, key: str) -> Any:
        """Return what is kept under the key, here or in Redis, or None."""
        kept = super().get(key)
        if kept is not None:
            return kept
        name = _name(key)
        # Not all of what is there, which others could make as long as they like.
        most = MOST_SHARED + DIGEST + TOTAL
        found = self._redis.ask(lambda redis: redis.getrange(name, 0, most))
        shared = self._frame.read(name, found) if isinstance(found, bytes) else None
        if shared is not None:
            note(found="redis")
            super().set(key, shared)
        return shared

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:
        """Keep a value here, and in Redis if it is not too long."""
        name = _name(key)
        framed = self._frame.write(name, value)
        if len(framed) <= MOST_SHARED + DIGEST + TOTAL:
            self._redis.ask(lambda redis: redis.set(name, framed, ex=KEPT_SECONDS))
        return super().set(key, value, timeout)


class Frame:
    """How a value stands in Redis: a digest of key and value, a number of rows or -1, its bytes.

    >>> frame = Frame(b"")
    >>> frame.read("a", frame.write("a", (150, b"[]"))), frame.read("a", frame.write("a", b"[]"))
    ((150, b'[]'), b'[]')
    >>> frame.read("a", frame.write("b", b"[]")), frame.read("a", frame.write("a", b"[]")[:-1])
    (None, None)
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, name: str, value: bytes | tuple[int, bytes]) -> bytes:
        """Return a value as bytes."""
        total, body = (-1, value) if isinstance(value, bytes) else value
        content = total.to_bytes(TOTAL, "big", signed=True) + body
        return self._digest(name, content) + content

    def read(self, name: str, framed: bytes) -> bytes | tuple[int, bytes] | None:
        """Return the value that bytes are, None if they are none of this key."""
        content = framed[DIGEST:]
        if len(content) < TOTAL or not compare_digest(framed[:DIGEST], self._digest(name, content)):
            return None
        total, body = int.from_bytes(content[:TOTAL], "big", signed=True), content[TOTAL:]
        return body if total < 0 else (total, body)

    def _digest(self, name: str, content: bytes) -> bytes:
        return blake2b(name.encode() + content, digest_size=DIGEST, key=self._secret).digest()


def _name(key: str) -> str:
    """Return what a key is called in Redis: short, and another one in another release."""
    return f"iris_dash:{blake2b(f'{release()} {key}'.encode(), digest_size=DIGEST).hexdigest()}"
