"""The in-process cache behind Flask-Caching: the answers that were asked last."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Flask
from flask_caching.backends.base import BaseCache

MOST_ANSWERS = 1_000


class RecentCache(BaseCache):
    """Keeps the answers used last, as they are.

    Flask-Caching's own SimpleCache pickles every value and sorts all of them at each new one
    when it is full, which cost more than the answer itself. Values must not be changed.
    """

    def __init__(self) -> None:
        super().__init__(default_timeout=0)
        self._answers: LRUCache[str, Any] = LRUCache(MOST_ANSWERS)
        self._lock = Lock()

    @classmethod
    def factory(cls, app: Flask, config: Any, args: Any, kwargs: Any) -> RecentCache:
        """Return a new cache, as Flask-Caching asks for one."""
        return cls()

    def get(self, key: str) -> Any:
        """Return what is kept under the key, or None."""
        with self._lock:
            return self._answers.get(key)

    def set(self, key: str, value: Any, timeout: int | timedelta | None = None) -> bool:
        """Keep a value; the one unused for longest makes room."""
        with self._lock:
            self._answers[key] = value
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
