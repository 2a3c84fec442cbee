"""Connections end whose clients do not read, and those of a client that has too many."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import pytest
from waiting import PATIENCE, wait_for

from iris_dash.server import connections
from iris_dash.server.connections import (
    CONNECTIONS,
    GRACE_SECONDS,
    LEAST_RATE,
    OTHER_FILES,
    ConnectionGuard,
    open_connections,
    room_for_connections,
)

pytestmark = pytest.mark.skipif(
    not connections.SEES_CONNECTIONS, reason="only Linux tells what is read"
)


class Served:
    """A port that listens, and what has connected to it: both ends."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.ends: list[socket.socket] = []

    def connect(self, address: str = "127.0.0.1") -> tuple[socket.socket, socket.socket]:
        """Return the client's end, which reads little at once, and the server's."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.settimeout(PATIENCE)
        client.bind((address, 0))
        client.connect(("127.0.0.1", self.port))
        server = self.listening.accept()[0]
        server.setblocking(False)
        self.ends += [client, server]
        return client, server

    def close(self) -> None:
        for one in (self.listening, *self.ends):
            one.close()


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    yield served
    served.close()


@pytest.fixture
def said() -> list[str]:
    return []


def guard_of(served: Served, said: list[str], each: int | None = None) -> ConnectionGuard:
    return ConnectionGuard(partial(open_connections, served.port), said.append, each)


def fill(server: socket.socket) -> None:
    """Write until there is no more room."""
    with suppress(BlockingIOError):
        while True:
            server.send(bytes(65_536))


def read_all(client: socket.socket) -> None:
    """Read to the end."""
    while client.recv(65_536):
        pass


def is_open(client: socket.socket) -> bool:
    """Whether a client that has read all could hear more."""
    client.setblocking(False)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


def test_the_connections_at_a_port_are_seen_and_no_others(served):
    other = Served()
    other.connect()
    client, server = served.connect("127.0.0.5")
    served.connect("127.0.0.6")
    server.send(b"12345")
    client.recv(5)

    def seen():
        return {one.address: one for one in open_connections(served.port)}

    wait_for(lambda: seen()["127.0.0.5"].waiting == 0)
    assert set(seen()) == {"127.0.0.5", "127.0.0.6"}
    assert seen()["127.0.0.5"].read == 5
    fill(server)
    assert seen()["127.0.0.5"].waiting > 10_000
    assert seen()["127.0.0.6"].waiting == 0
    other.close()


def test_who_does_not_read_loses_the_connection_after_a_grace(served, said):
    slow, writing = served.connect("127.0.0.5")
    idle, _ = served.connect()
    fill(writing)
    guard = guard_of(served, said)
    guard.look(100)
    guard.look(100 + GRACE_SECONDS - 1)
    assert said == []
    guard.look(100 + GRACE_SECONDS)
    (line,) = said
    assert line.startswith("ended a connection of 127.0.0.5: it read ")
    assert "8 kB/s are the least" in line
    with pytest.raises(OSError):  # noqa: PT011 -- which one depends on when it is written
        writing.send(b"more")
    writing.close()  # as who writes to it does then
    with pytest.raises(ConnectionResetError):
        read_all(slow)
    guard.look(200 + GRACE_SECONDS)
    assert len(said) == 1
    assert is_open(idle)


def test_who_reads_as_fast_as_is_asked_keeps_it_however_long_it_takes(served, said):
    client, server = served.connect()
    guard = guard_of(served, said)
    for turn in range(3):
        fill(server)
        guard.look(turn * GRACE_SECONDS)
        rest = LEAST_RATE * GRACE_SECONDS * 2
        while rest > 0:
            rest -= len(client.recv(65_536))
    fill(server)
    assert said == []
    # What it read before counts no more.
    guard.look(3 * GRACE_SECONDS)
    guard.look(4 * GRACE_SECONDS)
    assert len(said) == 1


def test_a_server_that_is_slow_itself_is_not_the_clients_fault(served, said):
    client, server = served.connect()
    guard = guard_of(served, said)
    for turn in range(4):
        server.send(b"a")
        assert client.recv(1) == b"a"
        wait_for(lambda: not any(one.waiting for one in open_connections(served.port)))
        guard.look(turn * GRACE_SECONDS)
    assert said == []


def test_of_a_client_that_has_too_many_the_longest_silent_end(served, said):
    guard = guard_of(served, said, each=2)
    first, second, third = (served.connect("127.0.0.5") for _ in range(3))
    others = [served.connect("127.0.0.6") for _ in range(2)]
    for client, server in (first, third):
        # Time that can be told apart from when the others have last sent something.
        wait_for(lambda: all(one.silent > 0.05 for one in open_connections(served.port)))
        client.send(b"GET")
        wait_for(lambda server=server: server.recv(3, socket.MSG_PEEK) == b"GET")
    guard.look(0)
    assert [is_open(client) for client, _ in (first, second, third)] == [True, False, True]
    assert all(is_open(client) for client, _ in others)


def test_a_body_that_is_late_ends_what_waits_as_long_and_is_of_the_same_peer(served, said):
    late, _ = served.connect("127.0.0.5")
    answered, answering = served.connect("127.0.0.5")
    other, _ = served.connect("127.0.0.6")
    wait_for(lambda: all(one.unanswered > 1.5 for one in open_connections(served.port)))
    answering.send(b"a")
    assert answered.recv(1) == b"a"
    guard = ConnectionGuard(
        partial(open_connections, served.port), said.append, late_bodies=lambda _: {"127.0.0.5": 2}
    )
    guard.look(0)
    assert [is_open(client) for client in (late, answered, other)] == [False, True, True]
    assert said == ["ended a connection of 127.0.0.5: a request's body did not come"]


@pytest.mark.parametrize(
    ("soft", "hard", "then", "room"),
    [
        (1_024, 524_288, CONNECTIONS + OTHER_FILES, CONNECTIONS),
        (1_024, 4_096, 4_096, 4_096 - OTHER_FILES),
        (1_024, resource.RLIM_INFINITY, CONNECTIONS + OTHER_FILES, CONNECTIONS),
        (20_000, 20_000, None, CONNECTIONS),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, CONNECTIONS),
        (256, 256, 256, OTHER_FILES // 4),
    ],
)
def test_as_many_files_may_be_open_as_connections_need(monkeypatch, soft, hard, then, room):
    set_to: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: set_to.append(limits))
    assert room_for_connections() == room
    assert set_to == ([] if then is None else [(then, hard)])
