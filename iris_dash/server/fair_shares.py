"""Shares of what a worker has few of: no client takes all, and who has least is next."""

from __future__ import annotations

from threading import Lock
from time import monotonic

LATELY_SECONDS = 10
"""For how long it is remembered that several clients asked."""


class FairShare:
    """So many of something at once, at most half of them for one client."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._each = max(1, total // 2)
        self._held: dict[str, int] = {}
        self._lock = Lock()

    def take(self, client: str) -> bool:
        """Take one for a client, if there is one for it; return whether there was."""
        with self._lock:
            held = self._held.get(client, 0)
            if not self._free or held >= self._each:
                return False
            self._free -= 1
            self._held[client] = held + 1
            return True

    def give(self, client: str) -> None:
        """Give one back."""
        with self._lock:
            self._free += 1
            _drop(self._held, client)


class FairPlaces:
    """Places to work in, for which one waits; half of them at most for one client.

    Of an odd number the one in the middle too, while no other asks: what is dear slows all others
    down, and what has been begun is not taken back.
    Of the clients that wait, the one that holds fewest is next, of these whoever waits longest:
    Python's own semaphore lets others in before.
    """

    def __init__(self, places: int) -> None:
        self._total = places
        self._free = places
        self._held: dict[str, int] = {}
        self._waiting: list[tuple[str, Lock]] = []
        self._last: str | None = None
        self._several_until = 0.0
        self._lock = Lock()

    def held(self, client: str) -> Held:
        """Return a block that holds a place, once there is one for this client."""
        return Held(self, client)

    def take(self, client: str) -> None:
        """Take a place for a client; wait until there is one for it."""
        with self._lock:
            if self._last not in (client, None):
                self._several_until = monotonic() + LATELY_SECONDS
            self._last = client
            if self._free and self._held.get(client, 0) < self._each():
                self._hold(client)
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append((client, turn))
        turn.acquire()

    def give(self, client: str) -> None:
        """Give a place back, to whoever is next."""
        with self._lock:
            self._free += 1
            _drop(self._held, client)
            if not self._waiting:
                return
            each, held = self._each(), self._held
            while self._free:
                able = [one for one in self._waiting if held.get(one[0], 0) < each]
                if not able:
                    return
                following = min(able, key=lambda one: held.get(one[0], 0))
                self._waiting.remove(following)
                self._hold(following[0])
                following[1].release()

    def _hold(self, client: str) -> None:
        self._free -= 1
        self._held[client] = self._held.get(client, 0) + 1

    def _each(self) -> int:
        """Return how many one client may hold now."""
        several = monotonic() < self._several_until
        return max(1, (self._total + (not several)) // 2)


class Held:
    """A block that holds a place; what it gives is how many seconds it waited."""

    __slots__ = ("_client", "_places")

    def __init__(self, places: FairPlaces, client: str) -> None:
        self._places, self._client = places, client

    def __enter__(self) -> float:
        came = monotonic()
        self._places.take(self._client)
        return monotonic() - came

    def __exit__(self, *reason: object) -> None:
        self._places.give(self._client)


def _drop(held: dict[str, int], client: str) -> None:
    left = held[client] - 1
    if left:
        held[client] = left
    else:
        del held[client]
