"""Free loopback ports, which no other worker of the tests is given."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from random import randrange


def free_port() -> int:
    """Return a loopback port that nothing listens on now, and that nobody else is given.

    The system gives the higher ones to whoever asks for any, perhaps before a server has this one.
    """
    return next(port for port in PORTS if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _ports(each: int = 1_000) -> Iterator[int]:
    """Yield the ports of this process of the tests, again and again, from any of them on."""
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw"))
    place = randrange(each)
    while True:
        yield 20_000 + own * each + place
        place = (place + 1) % each


PORTS = _ports()
