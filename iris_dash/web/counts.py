"""How often something was done lately: counted in this process, and in Redis with all others.

Time is that of a clock that only goes forward: here the process's own, in Redis the time that a key
has left. A wait is never longer than the limit's time, whatever is done to the clocks: what Redis
says of a time that its clock has not reached yet is forgotten.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeVar

from cachetools import LRUCache

from iris_dash.web.redis import SharedRedis

if TYPE_CHECKING:
    import redis

T = TypeVar("T")

PREFIX = "iris_dash"
"""Begins the names of the counts in Redis, where others may count too."""

MOST_KEPT = 50_000
"""Counts that a process keeps, some 200 bytes each; those used last, as clients choose whose."""


@dataclass(frozen=True)
class Limit:
    """How often something may be done in how many seconds; its name is in Redis."""

    name: str
    amount: int
    seconds: int

    def times(self, factor: int) -> Limit:
        """Return the limit that is so many times as wide."""
        return Limit(self.name, self.amount * factor, self.seconds)


@dataclass(frozen=True)
class Spent:
    """How much of a limit is used in a window, and in how many seconds that ends."""

    used: int
    left: float


class Counter(Protocol):
    """Counts in windows, and in moving ones, whose limits hold from any moment on."""

    def spend(self, limit: Limit, whose: str, cost: int = 1) -> Spent:
        """Count something in the window that the first of its things has begun."""

    def note(self, limit: Limit, whose: str) -> None:
        """Keep in mind that something was done now."""

    def wait(self, limit: Limit, whose: str) -> float:
        """Return in how many seconds fewer than the amount were noted in the limit's time."""


class Counts:
    """What is counted here, and in the Redis that servers share.

    `own` counts in this process alone. Without a Redis, and while it is away, only that is asked.
    """

    def __init__(self, redis: SharedRedis | None) -> None:
        self.own: Counter = OwnCounter()
        self._redis = redis

    def ask(self, question: Callable[[Counter], T]) -> T:
        """Return the answer of all counts to a question, else of those here; it is not None."""
        answer = self._ask_all(question)
        return question(self.own) if answer is None else answer

    def tell(self, count: Callable[[Counter], object]) -> None:
        """Count something here and with all others."""
        count(self.own)
        self._ask_all(count)

    def _ask_all(self, question: Callable[[Counter], T]) -> T | None:
        shared = self._redis
        return None if shared is None else shared.ask(lambda redis: question(RedisCounter(redis)))


class OwnCounter:
    """Counts in this process."""

    def __init__(self) -> None:
        self._windows: LRUCache[str, tuple[float, int]] = LRUCache(MOST_KEPT)
        self._noted: LRUCache[str, deque[float]] = LRUCache(MOST_KEPT)
        self._lock = Lock()

    def spend(self, limit: Limit, whose: str, cost: int = 1) -> Spent:
        """See Counter."""
        key, now = _key(limit, whose), monotonic()
        with self._lock:
            began, used = self._windows.get(key, (now, 0))
            if now - began >= limit.seconds:
                began, used = now, 0
            self._windows[key] = (began, used + cost)
        return Spent(used + cost, limit.seconds - (now - began))

    def note(self, limit: Limit, whose: str) -> None:
        """See Counter."""
        key, now = _key(limit, whose), monotonic()
        with self._lock:
            self._noted.setdefault(key, deque(maxlen=limit.amount)).append(now)

    def wait(self, limit: Limit, whose: str) -> float:
        """See Counter."""
        now = monotonic()
        with self._lock:
            noted = self._noted.get(_key(limit, whose))
            if noted is None or len(noted) < limit.amount:
                return 0.0
            return max(0.0, limit.seconds - (now - noted[0]))


class RedisCounter:
    """Counts in Redis, each at once: its script is one command."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def spend(self, limit: Limit, whose: str, cost: int = 1) -> Spent:
        """See Counter."""
        used, left = self._run(SPEND, limit, whose, cost)
        return Spent(used, left / 1_000)

    def note(self, limit: Limit, whose: str) -> None:
        """See Counter."""
        self._run(NOTE, limit, whose)

    def wait(self, limit: Limit, whose: str) -> float:
        """See Counter."""
        (left,) = self._run(WAIT, limit, whose)
        return left / 1_000

    def _run(self, script: str, limit: Limit, whose: str, *more: int) -> list[int]:
        given = (limit.seconds * 1_000, limit.amount, *more)
        found: list[int] = self._client.eval(script, 1, _key(limit, whose), *map(str, given))
        return found


SPEND = """
local left = redis.call('PTTL', KEYS[1])
if left < 0 or left > tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[1])
  return {tonumber(ARGV[3]), tonumber(ARGV[1])}
end
return {redis.call('INCRBY', KEYS[1], ARGV[3]), left}
"""

NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""

NOTE = f"""{NOW}
redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {{}}
"""

WAIT = f"""{NOW}
local first = tonumber(redis.call('LINDEX', KEYS[1], ARGV[2] - 1) or 0)
if first > now + 1000 then
  redis.call('DEL', KEYS[1])
  return {{0}}
end
return {{math.max(0, math.min(first + ARGV[1] - now, tonumber(ARGV[1])))}}
"""


def _key(limit: Limit, whose: str) -> str:
    return f"{PREFIX}:{limit.name}:{whose}"
