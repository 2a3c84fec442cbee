"""How often something was done: counted in this process, and in Redis with all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import RateLimiter

from iris_dash.web.redis import SharedRedis

L = TypeVar("L", bound=RateLimiter)
T = TypeVar("T")


class Counts(Generic[L]):
    """One kind of counting, here and in the Redis that servers share.

    `own` counts in this process alone. Without a Redis, and while it is away, only that is asked.
    """

    def __init__(self, kind: Callable[[Storage], L], redis: SharedRedis | None) -> None:
        self.own = kind(MemoryStorage())
        self._redis = redis
        if redis is not None:
            # The address is not asked for: it is the pool's.
            self._shared = kind(RedisStorage("redis://", connection_pool=redis.pool))

    def ask(self, question: Callable[[L], T]) -> T:
        """Return the answer of all counts to a question, else of those here; it is not None."""
        answer = self._ask_all(question)
        return question(self.own) if answer is None else answer

    def tell(self, count: Callable[[L], object]) -> None:
        """Count something here and with all others."""
        count(self.own)
        self._ask_all(count)

    def _ask_all(self, question: Callable[[L], T]) -> T | None:
        redis = self._redis
        return None if redis is None else redis.ask(lambda _: question(self._shared))
