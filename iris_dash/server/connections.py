"""The connections of a worker: how many there may be, and which end since nobody reads them."""

from __future__ import annotations

import fcntl
import os
import resource
import socket
import stat
import struct
import sys
import termios
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from math import inf
from threading import Thread

from iris_dash.config.settings import Settings
from iris_dash.web.auth import is_loopback
from iris_dash.web.clients import client_of

CONNECTIONS = 4_096
"""Most connections of one worker. An idle one costs it some kilobytes."""

PER_CLIENT = CONNECTIONS // 4
"""Most of one client, where no proxy in front has them all."""

OTHER_FILES = 512
"""How many files a worker may have open beside its connections."""

LEAST_RATE = 8_000
"""Bytes per second that who is answered has to read."""

GRACE_SECONDS = 20
"""How long that is measured for, each time, before a connection ends."""

LOOK_SECONDS = 2

SEES_CONNECTIONS = sys.platform == "linux"
"""Whether the system says how much of what was written has been read."""


def room_for_connections() -> int:
    """Return how many connections a worker may have, after letting it open as many files.

    Workers inherit that from this process; its hard limit stays.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(OTHER_FILES // 4, min(CONNECTIONS, soft - OTHER_FILES))


def warning_without_proxy(settings: Settings, connections: int) -> str | None:
    """Return a line that asks for a proxy in front, where strangers could keep all others away.

    >>> warning_without_proxy(Settings(host="0.0.0.0", proxies=1), 200)
    >>> warning_without_proxy(Settings(host="0.0.0.0"), CONNECTIONS)
    >>> warning_without_proxy(Settings(host="0.0.0.0"), 200)
    'each worker may have only 200 connections (ulimit -n): have a proxy such as nginx in front'
    """
    if settings.proxies or is_loopback(settings.host):
        return None
    if not SEES_CONNECTIONS:
        return "this system does not tell who reads slowly: have a proxy such as nginx in front"
    if connections >= PER_CLIENT:
        return None
    few = f"each worker may have only {connections:,} connections (ulimit -n)"
    return f"{few}: have a proxy such as nginx in front"


@dataclass(frozen=True)
class Connection:
    """One connection as the system sees it now.

    `number` is its own for as long as it lives; `waiting` are bytes written that its client has
    not read, `read` those it has; `silent` seconds have passed since the client sent something,
    `unanswered` since something was sent to it.
    """

    number: int
    address: str
    waiting: int
    read: int
    silent: float
    unanswered: float
    socket: socket.socket

    def end(self) -> None:
        """End it, with what is still to be read; whoever writes to it hears of that."""
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.socket.shutdown(socket.SHUT_RDWR)


def open_connections(port: int) -> Iterator[Connection]:
    """Yield this process's connections at a port of its own, each through a handle that is closed.

    Granian tells neither which connection a request came by nor how much of it is read; the system
    knows both. The handle is a duplicate: a number that is given to another file meanwhile does no
    harm.
    """
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            handle = os.dup(int(name))
            status = os.fstat(handle)
            if not stat.S_ISSOCK(status.st_mode):
                os.close(handle)
                continue
            with closing(socket.socket(fileno=handle)) as one:
                if one.family in FAMILIES and one.getsockname()[1] == port:
                    yield _seen(one, status.st_ino)


FAMILIES = (socket.AF_INET, socket.AF_INET6)

FACTS = struct.Struct("@44x I 4x I 64x Q")
"""Of Linux's `struct tcp_info`, which only grows at its end: the milliseconds since data was sent
and since some came, and the bytes that were acknowledged."""


def _seen(one: socket.socket, number: int) -> Connection:
    address = one.getpeername()[0]  # who listens has none: an OSError
    facts = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    waiting = struct.unpack("i", fcntl.ioctl(one.fileno(), termios.TIOCOUTQ, bytes(4)))[0]
    sent, came, read = FACTS.unpack_from(facts)
    return Connection(number, address, waiting, read, came / 1_000, sent / 1_000, one)


class ConnectionGuard:
    """Ends connections whose clients read too slowly, and those of a client that has too many.

    `connections` are asked each time; `tell` hears of each that is ended for what it reads or does
    not send. `each`: most of one client; of more, those that have been silent for longest end.
    `late_bodies` tells of peers whose bodies are late, and how long they take: which connection a
    request came by nobody knows, so that all of theirs end which have waited as long.
    """

    def __init__(
        self,
        connections: Callable[[], Iterator[Connection]],
        tell: Callable[[str], None],
        each: int | None = None,
        late_bodies: Callable[[float], dict[str, float]] = lambda _: {},
    ) -> None:
        self._late_bodies = late_bodies
        self._connections = connections
        self._tell = tell
        self._each = each
        self._began: dict[int, tuple[float, int]] = {}

    def watch(self) -> None:
        """Look every few seconds, in a thread of its own, for as long as the process lives."""
        if SEES_CONNECTIONS:
            Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        """Look at all of them once."""
        began, self._began = self._began, {}
        late = self._late_bodies(now)
        silent: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for one in self._connections():
            if one.unanswered >= late.get(one.address, inf) - 1:
                one.end()
                self._tell(f"ended a connection of {one.address}: a request's body did not come")
                continue
            silent[client_of(one.address)].append((one.silent, one.number))
            since, read = began.get(one.number, (now, one.read))
            if not one.waiting:
                since, read = now, one.read
            elif now - since >= GRACE_SECONDS:
                if one.read - read < LEAST_RATE * (now - since):
                    one.end()
                    self._tell(_too_slow(one, one.read - read, now - since))
                    continue
                since, read = now, one.read
            self._began[one.number] = (since, read)
        self._end_some(silent)

    def _end_some(self, silent: dict[str, list[tuple[float, int]]]) -> None:
        each = self._each
        if each is None:
            return
        much = {
            number
            for found in silent.values()
            if len(found) > each
            for _, number in sorted(found, reverse=True)[: len(found) - each]
        }
        if much:
            for one in self._connections():
                if one.number in much:
                    one.end()


def _too_slow(one: Connection, read: int, seconds: float) -> str:
    return (
        f"ended a connection of {one.address}: it read {read / 1_000:.1f} kB in {seconds:.0f} s of "
        f"an answer; {LEAST_RATE / 1_000:.0f} kB/s are the least"
    )
