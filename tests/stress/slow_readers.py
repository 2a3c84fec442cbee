"""Clients that ask for much and read two kilobytes a second of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from iris_dash.server.connections import GRACE_SECONDS, LOOK_SECONDS
from stress.load import Load, failed, known_answers, reasons
from stress.questions import Question, ask
from stress.rows import in_one_of
from stress.targets import Fleet

READERS = 64
MOST_SECONDS = 2
MOST_GROWN = 100_000_000
AGAIN_SECONDS = GRACE_SECONDS + LOOK_SECONDS + 8
"""When a place for a file has to be free again; with some seconds for what the kernel has taken."""

SLOWLY = ("/export.csv", "//export.csv", "/range/?page=1&per_page=10000", "/export.ndjson")

FILE = Question("file", "/export.csv?n=..9")


def others_beside_slow_readers(
    fleet: Fleet, seconds: float = 20, tries: int = 1
) -> tuple[str, bool]:
    """Ask beside slow readers that hold every place for files, until one is free again."""
    questions = [Question("rows", f"/range/?page=1&per_page=5&n={low}..") for low in range(50)]
    questions += [Question("means", f"/stats/mean/?n={low}..") for low in range(20)]
    known = known_answers(fleet.url, questions)

    def measure(_: int) -> tuple[str, bool, bool]:
        (worker,) = fleet.replicas[0].workers()
        before = most = worker.memory_info().rss
        with slow_readers(fleet.url), Load(fleet.url, known, 4, pause=0.01) as beside:
            began = time.monotonic()
            again, ended = 0.0, 0
            while not (again and ended) or time.monotonic() < began + seconds:
                most = max(most, worker.memory_info().rss)
                if not again and ask(fleet.url, FILE).status == 200:
                    again = time.monotonic() - began
                # One of them may not hold all places, so that a file is written at once; what it
                # does hold it loses later.
                ended = fleet.replicas[0].printed().count("ended a connection of 127.0.0.100")
                assert time.monotonic() < began + 10 * AGAIN_SECONDS, (
                    "slow readers hold what is left"
                )
                time.sleep(0.2)
        lost = failed(beside.answers)
        slowest = max(answer.ended - answer.began for answer in beside.answers)
        measured = (
            f"{len(lost)} of {len(beside.answers):,} failed, the slowest {slowest:.2f} s; memory "
            f"+{(most - before) / 1e6:.0f} MB; {ended} ended, files written again after "
            f"{again:.0f} s"
        )
        why = reasons(beside.answers)
        right = not lost and most - before <= MOST_GROWN and ended > 0
        quick = slowest <= MOST_SECONDS and again <= AGAIN_SECONDS
        return f"{measured} ({why})" if why else measured, right, quick

    return in_one_of(tries, measure)


@contextmanager
def slow_readers(url: str, count: int = READERS) -> Iterator[None]:
    """Hold so many connections of one client that each reads very slowly."""
    host, _, port = url.partition("//")[2].partition(":")
    opened: list[socket.socket] = []
    ended = Event()

    def read() -> None:
        while not ended.wait(1):
            for one in opened:
                with suppress(OSError):
                    one.recv(2_000)

    reading = Thread(target=read)
    try:
        for number in range(count):
            one = socket.socket()
            opened.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            one.settimeout(5)
            one.bind(("127.0.0.100", 0))
            one.connect((host, int(port)))
            path = SLOWLY[number % len(SLOWLY)]
            one.sendall(f"GET {path} HTTP/1.1\r\nHost: slow\r\n\r\n".encode())
            one.setblocking(False)
        reading.start()
        yield
    finally:
        ended.set()
        if reading.ident:
            reading.join()
        for one in opened:
            one.close()
