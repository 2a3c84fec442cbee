"""The rate limit of wrong credentials: counted in this process, and in Redis with all others."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv6Address, ip_network
from math import ceil
from time import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from iris_dash.web.counts import Counts
from iris_dash.web.redis import SharedRedis

WRONG_PER_CLIENT = RateLimitItemPerMinute(10, namespace="wrong-client")

WRONG_PER_NAME = RateLimitItemPerMinute(100, namespace="wrong-name")
"""From all clients together: against guesses that are spread over many addresses."""

CAME_IN = RateLimitItemPerHour(1, namespace="came-in")
"""A name's limit does not hold for the clients that came in with it during the last hour."""


class WrongCredentials:
    """Wrong credentials per client and per name.

    What is wrong here counts here and in Redis; while Redis is away, here alone.
    """

    def __init__(self, redis: SharedRedis | None) -> None:
        self._counts = Counts(MovingWindowRateLimiter, redis)

    def wait_here(self, client: str) -> int:
        """Return how many seconds this process makes a client wait, 0 if it need not."""
        return _wait(self._counts.own, WRONG_PER_CLIENT, client)

    def wait(self, client: str, name: str) -> int:
        """Return how many seconds a client has to wait before it may try a name, 0 if none."""
        hashed = _hashed(name)

        def seconds(limiter: MovingWindowRateLimiter) -> int:
            wait = _wait(limiter, WRONG_PER_CLIENT, client)
            if wait or not limiter.test(CAME_IN, client, hashed):
                return wait
            return _wait(limiter, WRONG_PER_NAME, hashed)

        return self._counts.ask(seconds)

    def count_wrong(self, client: str, name: str = "") -> None:
        """Count a wrong attempt of a client, at a name if it gave one."""

        def count(limiter: MovingWindowRateLimiter) -> None:
            limiter.hit(WRONG_PER_CLIENT, client)
            if name:
                limiter.hit(WRONG_PER_NAME, _hashed(name))

        self._counts.tell(count)

    def count_right(self, client: str, name: str) -> None:
        """Keep in mind that a client came in with a name."""
        hashed = _hashed(name)
        self._counts.tell(lambda limiter: limiter.hit(CAME_IN, client, hashed))


def _wait(limiter: MovingWindowRateLimiter, item: RateLimitItem, whose: str) -> int:
    window = limiter.get_window_stats(item, whose)
    return 0 if window.remaining > 0 else max(1, ceil(window.reset_time - time()))


def _hashed(name: str) -> str:
    """Return what stands for a name, which may be of any length."""
    return sha256(name.encode()).hexdigest()[:32]


@lru_cache(maxsize=4_096)
def client_of(address: str | None) -> str:
    """Return what one client is known by: its address; of IPv6 the network, which is all its own.

    >>> client_of("203.0.113.9"), client_of("2001:db8::1:2:3:4"), client_of(None)
    ('203.0.113.9', '2001:db8::', 'unknown')
    >>> client_of("::ffff:203.0.113.9")
    '203.0.113.9'
    """
    if not address or ":" not in address:
        return address or "unknown"
    try:
        whole = IPv6Address(address)
    except ValueError:
        return address
    return str(whole.ipv4_mapped or ip_network((int(whole), 64), strict=False).network_address)
