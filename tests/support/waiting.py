"""Waits for what another process does, and asks it meanwhile."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Callable

from iris_dash.server.starting import Starting

PATIENCE = 120
"""Seconds after which what a test waits for will never come, on a busy machine too."""


def wait_for(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def get(address: str, timeout: float = PATIENCE) -> tuple[bytes, str | None]:
    with urllib.request.urlopen(address, timeout=timeout) as answer:
        return answer.read(), answer.headers["ETag"]


class Askers:
    """Threads that ask an address again and again; they keep each answer once, and each failure."""

    def __init__(self, address: str, threads: int = 4) -> None:
        self.address = address
        self.answers: set[bytes] = set()
        self.failures: list[str] = []
        self.count = 0
        self.last = ""
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(threads)]

    def _ask(self) -> None:
        while not self._ended.is_set():
            try:
                self.answers.add(get(self.address)[0])
                self.count += 1
            except OSError as error:
                self.failures.append(repr(error))
                time.sleep(0.02)

    def __enter__(self) -> Askers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def have_heard(self, answer: bytes) -> bool:
        """Whether that was an answer."""
        return answer in self.answers

    def some_more(self, count: int = 20) -> None:
        """Return when so many more have been answered."""
        wanted = self.count + count
        wait_for(lambda: self.count >= wanted)


def answer(app: Starting) -> bytes:
    environ = {"PATH_INFO": "/", "REQUEST_METHOD": "GET"}
    return b"".join(app(environ, lambda status, headers: None))
