"""The Redis that servers share: one pool of connections, and one patience for all who ask it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from flask import Flask

from iris_dash.config.settings import Settings
from iris_dash.core.errors import SettingsError, first_line

if TYPE_CHECKING:
    import redis

PATIENCE = 0.15
"""Seconds that Redis has for anything: making most answers anew takes less."""

SILENCE = 5.0
"""Seconds for which Redis is not asked after it failed."""

T = TypeVar("T")

log = logging.getLogger(__name__)


def redis_of(server: Flask, settings: Settings) -> SharedRedis | None:
    """Return the one Redis of a server, the same for all who ask it; None without an address.

    Errors: SettingsError if the address is none.
    """
    if settings.redis_url is None:
        return None
    shared: SharedRedis | None = server.extensions.get(__name__)
    if shared is None:
        shared = server.extensions[__name__] = SharedRedis(settings.redis_url)
    return shared


class SharedRedis:
    """A Redis server that is left alone for a while after it failed, whoever asked it then.

    One line is logged when it goes away and one when it is back. `pool` are its connections.
    """

    def __init__(self, address: str) -> None:
        """Make no connection yet. Errors: SettingsError if the address is none."""
        # Not above: a server without a Redis need not load what asking one takes.
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # A connection that its server closed is opened anew; whoever is slow is not asked twice.
        again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        try:
            self._client = redis.Redis.from_url(
                address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=again
            )
        except ValueError as error:
            raise SettingsError(f"REDIS_URL: {first_line(error)}") from None
        self.pool = self._client.connection_pool
        # Also what no Redis says: something else may listen there.
        self._failures = (redis.RedisError, OSError, ValueError)
        self._lock = Lock()
        self._away = False
        self._asked_again = 0.0

    def ask(self, question: Callable[[redis.Redis], T]) -> T | None:
        """Return the answer to a question; None if the server has none, or is away."""
        if self._away and not self._may_be_back():
            return None
        try:
            answer = question(self._client)
        except self._failures as error:
            if "WRONGTYPE" not in str(error):  # which others have put there
                self._lost(error)
            return None
        if self._away:
            self._found()
        return answer

    def _may_be_back(self) -> bool:
        """Whether it is time to look, which one thread does at a time."""
        with self._lock:
            now = monotonic()
            if now < self._asked_again:
                return False
            self._asked_again = now + SILENCE
            return True

    def _lost(self, error: Exception) -> None:
        with self._lock:
            first, self._away = not self._away, True
            self._asked_again = monotonic() + SILENCE
            if first:
                reason = f"{type(error).__name__}: {first_line(error)}"
                log.warning("Redis is away, answers are made without it: %s", reason)

    def _found(self) -> None:
        with self._lock:
            back, self._away = self._away, False
            if back:
                log.warning("Redis is back")
