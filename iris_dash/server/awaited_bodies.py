"""The bodies that a worker waits for: how many there may be, and which of them are late."""

from __future__ import annotations

from time import monotonic

from iris_dash.server.fair_shares import FairShare

BODY_SECONDS = 60
BODY_RATE = 8_000
"""How long a body may take, and the bytes per second that a long one has to have."""


class AwaitedBodies:
    """Room for so many bodies that are awaited, half of it at most for one client."""

    def __init__(self, room: int) -> None:
        self._share = FairShare(room)
        self._due: dict[object, tuple[str, float, float]] = {}

    def begin(self, client: str, peer: str, length: int) -> object | None:
        """Begin to await a client's body of so many bytes from a peer; None: there is no room."""
        if not self._share.take(client):
            return None
        now, wait = monotonic(), object()
        self._due[wait] = (peer, now, now + BODY_SECONDS + length / BODY_RATE)
        return wait

    def end(self, client: str, wait: object) -> None:
        """End what was begun."""
        del self._due[wait]
        self._share.give(client)

    def late(self, now: float) -> dict[str, float]:
        """Return the peers whose bodies are late, and how long the longest of each has taken.

        A body has BODY_SECONDS, and the time that it takes at BODY_RATE. `now` is a time of the
        monotonic clock.
        """
        late: dict[str, float] = {}
        for peer, began, due in list(self._due.values()):
            if now > due:
                late[peer] = max(now - began, late.get(peer, 0.0))
        return late
