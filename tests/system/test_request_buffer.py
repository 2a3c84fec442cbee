"""Half-sent requests to a real server keep nobody from an answer."""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack

from processes import running
from waiting import PATIENCE, get, wait_for

from iris_dash.server.worker import BODIES


def test_half_sent_bodies_keep_nobody_from_an_answer():
    rest = b'"species": ["virginica"]}'
    kind = b"Host: a\r\nContent-Type: application/json\r\nContent-Length: %d" % (1 + len(rest))
    half = b"POST /range/ HTTP/1.1\r\n" + kind + b"\r\n\r\n{"
    with ExitStack() as stack:
        server = stack.enter_context(running(more={"WEB_CONCURRENCY": "1"}))
        wait_for(lambda: get(f"{server.url}/range/"))
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), PATIENCE))
            for _ in range(100)
        ]
        for client in clients:
            client.sendall(half)
        # As many as one client has room for are waited for, the rest are refused.
        held = BODIES // 2

        def heard():
            return select.select(clients, [], [], 1)[0]

        wait_for(lambda: len(heard()) == len(clients) - held)
        for client in heard():
            assert client.recv(1_000).startswith(b"HTTP/1.1 503")
            clients.remove(client)
        answer, _ = get(f"{server.url}/range/?species=setosa")
        assert answer.count(b'"setosa"') == 50
        clients[0].sendall(rest)
        assert clients[0].recv(100).startswith(b"HTTP/1.1 200")
