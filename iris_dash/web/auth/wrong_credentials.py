"""The rate limit of wrong credentials: counted in this process, and in Redis with all others."""

from __future__ import annotations

from hashlib import sha256
from math import ceil

from iris_dash.web.clients import client_of, counted_as
from iris_dash.web.counts import Counter, Counts, Limit
from iris_dash.web.redis import SharedRedis

WRONG_PER_CLIENT = Limit("wrong-client", 10, 60)

WRONG_PER_NAME = Limit("wrong-name", 100, 60)
"""From all clients together: against guesses that are spread over many addresses."""

CAME_IN = Limit("came-in", 1, 3_600)
"""A name's limit does not hold for the clients that came in with it during the last hour."""


class WrongCredentials:
    """Wrong credentials per client, which is told by its address, and per name.

    What is wrong here counts here and in Redis; while Redis is away, here alone. Of IPv6 a client
    is a network, and the larger one around it may be wrong a few times as often.
    """

    def __init__(self, redis: SharedRedis | None) -> None:
        self._counts = Counts(redis)

    def wait_here(self, address: str | None) -> int:
        """Return how many seconds this process makes a client wait, 0 if it need not."""
        return ceil(_client_wait(self._counts.own, address))

    def wait(self, address: str | None, name: str) -> int:
        """Return how many seconds a client has to wait before it may try a name, 0 if none."""
        hashed = _hashed(name)

        def seconds(counter: Counter) -> float:
            wait = _client_wait(counter, address)
            if wait or counter.wait(CAME_IN, _came_in(address, hashed)):
                return wait
            return counter.wait(WRONG_PER_NAME, hashed)

        return ceil(self._counts.ask(seconds))

    def count_wrong(self, address: str | None, name: str = "") -> None:
        """Count a wrong attempt of a client, at a name if it gave one."""

        def count(counter: Counter) -> None:
            for whose, factor in counted_as(address):
                counter.note(WRONG_PER_CLIENT.times(factor), whose)
            if name:
                counter.note(WRONG_PER_NAME, _hashed(name))

        self._counts.tell(count)

    def count_right(self, address: str | None, name: str) -> None:
        """Keep in mind that a client came in with a name."""
        whose = _came_in(address, _hashed(name))
        self._counts.tell(lambda counter: counter.note(CAME_IN, whose))


def _client_wait(counter: Counter, address: str | None) -> float:
    return max(
        counter.wait(WRONG_PER_CLIENT.times(factor), whose) for whose, factor in counted_as(address)
    )


def _came_in(address: str | None, hashed: str) -> str:
    return f"{client_of(address)}/{hashed}"


def _hashed(name: str) -> str:
    """Return what stands for a name, which may be of any length."""
    return sha256(name.encode()).hexdigest()[:32]
