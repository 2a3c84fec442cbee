"""Tables that are slow to come: an address that gives a part of a file, and the rest when told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from waiting import PATIENCE


class SlowAddress:
    """An address of a file of which a share has come; `go_on` sends the rest, `cut` ends it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked = 0
        self.whole = True
        self._told = threading.Event()

    def go_on(self) -> None:
        """Send the rest."""
        self._told.set()

    def cut(self) -> None:
        """Send no more, and end the answer."""
        self.whole = False
        self._told.set()

    def wait(self) -> None:
        self._told.wait(PATIENCE)


@contextmanager
def slow_address(content: bytes, name: str, share: float = 0.34) -> Iterator[SlowAddress]:
    """Give content at an address that ends with a name, of which a share comes at once."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            slow.asked += 1
            first = int(len(content) * share)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:first])
            slow.wait()
            if slow.whole:
                self.wfile.write(content[first:])

        def handle(self) -> None:
            with suppress(OSError):  # who asked is gone
                super().handle()

        def log_message(self, *given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    slow = SlowAddress(f"http://127.0.0.1:{server.server_port}/{name}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield slow
    finally:
        slow.cut()
        server.shutdown()
        server.server_close()


@contextmanager
def silent_server() -> Iterator[int]:
    """Listen at a port and never say anything to who connects."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]
