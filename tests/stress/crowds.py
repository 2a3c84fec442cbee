"""Clients that take connections and give nothing, and a table that wants to be run."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

from sample_tables import ROOT

from stress.load import Answer, Load, failed, known_answers, percentile, reasons
from stress.questions import flower_questions
from stress.rows import in_one_of
from stress.targets import Fleet

MOST_SECONDS = 2
SLOW, HALF, IDLE = 200, 200, 1_000
ADDRESSES = 20
HOSTILE_TESTS = "tests/browser/test_security.py"


def others_beside(
    fleet: Fleet,
    seconds: float = 20,
    tries: int = 1,
    slow: int = SLOW,
    half: int = HALF,
    idle: int = IDLE,
    addresses: int = ADDRESSES,
) -> tuple[str, bool]:
    """Ask on few connections, quietly and then beside the crowd."""
    known = known_answers(fleet.url, flower_questions(fleet.url))
    with Load(fleet.url, known, 4, pause=0.01) as quiet:
        time.sleep(seconds)

    def measure(_: int) -> tuple[str, bool, bool]:
        with (
            crowd(fleet.url, slow, half, idle, addresses) as count,
            Load(fleet.url, known, 4, pause=0.01) as beside,
        ):
            time.sleep(seconds)
        slowest = max(answer.ended - answer.began for answer in beside.answers)
        lost = failed(beside.answers)
        measured = (
            f"{len(lost)} of {len(beside.answers):,} failed beside {count:,} connections; p99 "
            f"{_p99(beside.answers):.0f} ms beside {_p99(quiet.answers):.0f} ms in quiet, the "
            f"slowest {slowest:.2f} s"
        )
        why = reasons(beside.answers)
        said = f"{measured} ({why})" if why else measured
        return said, not lost, slowest <= MOST_SECONDS

    return in_one_of(tries, measure)


def others_beside_half_sent(fleet: Fleet, seconds: float = 20, tries: int = 1) -> tuple[str, bool]:
    """The same where no nginx holds a crowd off."""
    return others_beside(fleet, seconds, tries, slow=0, half=48, idle=500)


def others_beside_one_client(fleet: Fleet, seconds: float = 20, tries: int = 1) -> tuple[str, bool]:
    """The same beside one client that has more half-sent bodies than a worker waits for."""
    return others_beside(fleet, seconds, tries, slow=0, half=200, idle=0, addresses=1)


def others_beside_idle(fleet: Fleet, seconds: float = 20, tries: int = 1) -> tuple[str, bool]:
    """The same beside more connections without a word than Granian's own bound."""
    return others_beside(fleet, seconds, tries, slow=0, half=0, idle=1_100)


def _p99(answers: list[Answer]) -> float:
    return 1000 * percentile([answer.ended - answer.began for answer in answers], 0.99)


@contextmanager
def crowd(url: str, slow: int, half: int, idle: int, addresses: int) -> Iterator[int]:
    """Hold connections open: slow ones send a header's byte a second, half ones half a body."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    assert port is not None
    opened: list[socket.socket] = []
    ended = Event()
    header = b"X-Slow: " + b"a" * 10_000

    def drip(sockets: list[socket.socket]) -> None:
        for byte in header:
            for one in sockets:
                # The server may have had enough of it.
                with suppress(OSError):
                    one.sendall(bytes([byte]))
            if ended.wait(1):
                return

    try:
        for number in range(slow + half + idle):
            # From some addresses that nobody else has: one client may not have that many.
            source = (f"127.0.0.{100 + number % addresses}", 0)
            one = socket.create_connection((host, port), timeout=5, source_address=source)
            opened.append(one)
            if number < slow:
                one.sendall(b"GET /range/ HTTP/1.1\r\nHost: slow\r\n")
            elif number < slow + half:
                one.sendall(
                    b"POST /range/ HTTP/1.1\r\nHost: half\r\nContent-Type: application/json\r\n"
                    b'Content-Length: 1000\r\n\r\n{"species": '
                )
        dripping = Thread(target=drip, args=(opened[:slow],))
        dripping.start()
        yield len(opened)
        ended.set()
        dripping.join()
    finally:
        ended.set()
        for one in opened:
            one.close()


def hostile_table(_: None) -> tuple[str, bool]:
    """Run the browser's tests of a table made to do harm."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", HOSTILE_TESTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stdout.strip().splitlines()[-1].strip("= ") if run.stdout.strip() else run.stderr
    return f"{said} ({HOSTILE_TESTS})", run.returncode == 0
