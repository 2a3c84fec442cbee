"""How long an answer may take: known wherever it is made, and what ends its queries then."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar, Token
from dataclasses import dataclass
from threading import Lock, Timer
from typing import TypeVar

from iris_dash.core.errors import QueryTooLong

Piece = TypeVar("Piece")


@dataclass
class _Deadline:
    seconds: float
    end: float


_current: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


class within:  # noqa: N801 -- reads as the word that it is, and is entered once per request
    """A block that has so many seconds; QueryTooLong where it looks after them.

    >>> with within(60):
    ...     0 < left() <= 60
    True
    >>> left() is None
    True
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        end = time.monotonic() + self._seconds
        self._token: Token[_Deadline | None] = _current.set(_Deadline(self._seconds, end))

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def at_most(seconds: float) -> float:
    """Return so many seconds, or what is left where that is less; never less than none."""
    rest = left()
    return seconds if rest is None else max(0.0, min(seconds, rest))


def left() -> float | None:
    """Return how many seconds are left, perhaps none and less; None where there is no deadline."""
    deadline = _current.get()
    return None if deadline is None else deadline.end - time.monotonic()


def check() -> None:
    """Raise QueryTooLong if no time is left."""
    rest = left()
    if rest is not None and rest <= 0:
        raise QueryTooLong(_seconds())


def _seconds() -> float:
    deadline = _current.get()
    assert deadline is not None
    return deadline.seconds


def renew() -> None:
    """Give what comes next the whole time, as each piece of a file has."""
    deadline = _current.get()
    if deadline is not None:
        deadline.end = time.monotonic() + deadline.seconds


def as_it_is() -> Callable[[], None]:
    """Return what checks as `check` does, against the deadline as it is now, renewed or not."""
    deadline = _current.get()
    if deadline is None:
        return lambda: None
    seconds, end = deadline.seconds, deadline.end

    def check() -> None:
        if time.monotonic() >= end:
            raise QueryTooLong(seconds)

    return check


@contextmanager
def ended_by(cancel: Callable[[], object] | None) -> Iterator[None]:
    """Run a block that `cancel`, called by another thread, ends at the deadline.

    It is never called once the block is left. None: nothing ends the block; it is looked at the
    time around it. Errors: QueryTooLong where time is up, whatever the block raised or found.
    """
    check()
    seconds = left()
    if seconds is None or cancel is None:
        yield
        check()
        return
    ending = _Ending(cancel)
    timer = Timer(seconds, ending.end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if ending.leave():
            raise QueryTooLong(_seconds()) from None


class _Ending:
    """What happens once: the block is left, or its end is called and then it is left."""

    def __init__(self, cancel: Callable[[], object]) -> None:
        self._cancel = cancel
        self._lock = Lock()
        self._left = self._late = False

    def end(self) -> None:
        with self._lock:
            if not self._left:
                self._late = True
                with suppress(Exception):  # the connection may be lost meanwhile
                    self._cancel()

    def leave(self) -> bool:
        """Return whether the end was called; it has returned by then, so that the connection's
        next query does not hear it.
        """
        with self._lock:
            self._left = True
            return self._late


def each(pieces: Generator[Piece], cancel: Callable[[], object] | None = None) -> Generator[Piece]:
    """Yield pieces, each of which has the whole time anew and is ended by `cancel` after it."""
    with closing(pieces):
        while True:
            renew()
            with ended_by(cancel):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece
