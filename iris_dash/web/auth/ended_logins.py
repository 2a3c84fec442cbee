"""The logins that were ended before their time, so that a cookie that somebody kept is no login."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from time import time
from typing import TYPE_CHECKING

from cachetools import TLRUCache

from iris_dash.web.redis import SharedRedis

if TYPE_CHECKING:
    from redis import Redis

SIGNED_IN_SECONDS = 8 * 3600
"""How long a login lasts that nobody ends."""

MOST_ENDED = 4_096
"""How many are kept: less than a megabyte. Of more, the oldest are forgotten."""

KEY = "iris_dash:ended-logins"
"""What they are called in Redis: one set, asked so often that Redis makes no room of it."""


class EndedLogins:
    """Ended logins, each until it would have ended by itself.

    This process knows those that it ended. The workers of one server share theirs as empty files of
    a folder, which need no room and outlive a table; all servers share theirs in Redis.
    """

    def __init__(self, folder: Path | None, redis: SharedRedis | None) -> None:
        self._own: TLRUCache[str, int] = TLRUCache(MOST_ENDED, lambda _, until, now: until, time)
        self._lock = Lock()
        self._folder = folder
        self._redis = redis

    def end(self, login: str, until: int) -> None:
        """End a login that would have ended at a Unix time by itself."""
        name = _name(login, until)
        with self._lock:
            self._own[name] = until
        if self._folder is not None:
            with suppress(OSError):  # then this process and Redis know it
                _mark(self._folder, name)
        if self._redis is not None:
            self._redis.ask(partial(_add, name=name, until=until))

    def has_ended(self, login: str, until: int) -> bool:
        """Whether a login was ended, here, at another worker or, by Redis, at another server."""
        name = _name(login, until)
        with self._lock:
            if name in self._own:
                return True
        if self._folder is not None and (self._folder / name).exists():
            return True
        if self._redis is None:
            return False
        return self._redis.ask(lambda redis: redis.zscore(KEY, name)) is not None


def _name(login: str, until: int) -> str:
    """Return what stands for a login: names sort by their ends, and give no cookie away."""
    return f"{until:010}-{sha256(login.encode()).hexdigest()[:32]}"


def _add(redis: Redis, name: str, until: int) -> None:
    """Add a name to those in Redis, and take away those that are past or too many."""
    with redis.pipeline() as together:
        together.zadd(KEY, {name: until})
        together.zremrangebyscore(KEY, 0, time())
        together.zremrangebyrank(KEY, 0, -MOST_ENDED - 1)
        together.expire(KEY, SIGNED_IN_SECONDS)
        together.execute()


def _mark(folder: Path, name: str) -> None:
    """Leave a file of a name, and none of those that are past or too many."""
    folder.mkdir(exist_ok=True)
    (folder / name).touch()
    names = sorted(path.name for path in folder.iterdir())
    past = sum(int(other.partition("-")[0]) < time() for other in names)
    for other in names[: max(past, len(names) - MOST_ENDED)]:
        (folder / other).unlink(missing_ok=True)
