"""How many files are written at once: each holds a place from its first to its last byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Lock
from time import monotonic

from flask import Response, after_this_request, current_app, request
from werkzeug.exceptions import TooManyRequests

from iris_dash.config.settings import Settings
from iris_dash.core.deadline import within
from iris_dash.core.errors import panics_as_errors
from iris_dash.web.clients import client_of
from iris_dash.web.pieces import in_small_pieces

RETRY_SECONDS = 5
"""When to ask again for a file, where too many are being written."""

CUT = b'"This file is incomplete: its server could not go on'
"""The end of a file that fails: a quote that is not closed, on a line of its own, is no CSV; nor is
it JSON or the next message of an Arrow stream."""


WANTED_SECONDS = 2 * RETRY_SECONDS
"""How long a place is wanted after somebody was refused one: who asks again does so sooner."""

CROWDED_RATE = 128_000
"""Bytes per second that who holds a place has to read while others want one."""

MEASURED_SECONDS = 20
"""For how long a client is waited for, each time, before it is said how fast it reads."""


class FilePlaces:
    """Places for files that are written: so many that other questions find a thread.

    `each` is how many of them one client may have.
    """

    def __init__(self, places: int, each: int) -> None:
        self.total = places
        self.each = each
        self._free = places
        self._held: Counter[str] = Counter()
        self._wanted_until = 0.0
        self._lock = Lock()

    def take(self, client: str) -> str | None:
        """Take a place for a client; return whose are all taken, in words, if there is none.

        It is known then that one is wanted.
        """
        with self._lock:
            if not self._free:
                self._wanted_until = monotonic() + WANTED_SECONDS
                return f"{self.total} files are"
            if self._held[client] >= self.each:
                return f"{self.each} of your files are" if self.each > 1 else "a file of yours is"
            self._free -= 1
            self._held[client] += 1
            return None

    def give(self, client: str) -> None:
        """Give one back."""
        with self._lock:
            self._free += 1
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]

    @property
    def wanted(self) -> bool:
        """Whether somebody was refused one lately."""
        return monotonic() < self._wanted_until


def take_place(places: FilePlaces, settings: Settings) -> None:
    """Take a place among the files that are written; the answer gives it back, or its last piece.

    Who reads slowly loses it to others: the file ends as one that fails.
    """
    client = client_of(request.remote_addr)
    taken = places.take(client)
    if taken is not None:
        raise TooManyRequests(
            f"{taken} being written now, as many as may be at once; "
            "Retry-After says when to ask again",
            retry_after=RETRY_SECONDS,
        )
    place = _Place(places, client)

    @after_this_request
    def keep(answer: Response) -> Response:
        if answer.status_code != 200 or not answer.is_streamed or request.method == "HEAD":
            place.give_back()
            return answer
        pieces = _Held(iter(answer.iter_encoded()), place, settings.query_seconds)
        answer.response = pieces
        try:
            # Before the headers leave, so that what fails at once has a status of its own.
            pieces.begin()
        except Exception as error:
            return current_app.make_response(current_app.handle_user_exception(error))
        return answer


class _Place:
    """A place that is taken, and given back once: when nobody holds it any more at the latest."""

    def __init__(self, places: FilePlaces, client: str) -> None:
        self._places: FilePlaces | None = places
        self._client = client

    @property
    def wanted(self) -> bool:
        """Whether others want it."""
        return self._places is not None and self._places.wanted

    def give_back(self) -> None:
        places, self._places = self._places, None
        if places is not None:
            places.give(self._client)

    __del__ = give_back


class _Held(Iterator[bytes]):
    """A file's pieces, each with the time of an answer; its place is given back at its end.

    That is after the last piece, where one fails, or where the server closes it since its client
    is gone. A file that fails says so at its end, in words that are of no format, and then raises:
    Granian (2.8) ends an answer that fails as if it were whole.
    """

    def __init__(self, pieces: Iterator[bytes], place: _Place, seconds: float) -> None:
        self._pieces = in_small_pieces(pieces)
        self._made = pieces
        self._place = place
        self._seconds = seconds
        self._reading = _Reading()
        self._first: bytes | None = None
        self._error: Exception | None = None

    def begin(self) -> None:
        """Make the first piece, within the time of the answer, or raise what prevents it."""
        try:
            with panics_as_errors():
                self._first = next(self._pieces, b"")
        except Exception:
            self.close()
            raise

    def __next__(self) -> bytes:
        if self._error is not None:
            raise self._error
        rate = self._reading.asked()
        if rate is not None and rate < CROWDED_RATE and self._place.wanted:
            return self._cut(SlowReader(f"it was read at {rate / 1_000:.0f} kB/s, others wait"))
        piece = self._next()
        self._reading.handed(len(piece))
        return piece

    def _next(self) -> bytes:
        if self._first is not None:
            piece, self._first = self._first, None
            return piece
        try:
            with within(self._seconds), panics_as_errors():
                return next(self._pieces)
        except StopIteration:
            self.close()
            raise
        except Exception as error:
            return self._cut(error)

    def _cut(self, error: Exception) -> bytes:
        self.close()
        self._error = error
        return CUT

    def close(self) -> None:
        """End the file, however far it is."""
        try:
            getattr(self._made, "close", lambda: None)()
        finally:
            self._place.give_back()


class SlowReader(Exception):  # noqa: N818 -- it says who it was
    """A file whose reader was too slow for those who wait; the message says how slow."""


class _Reading:
    """How fast a file is read: measured over the time in which its client is waited for."""

    def __init__(self) -> None:
        self._handed_at: float | None = None
        self._seconds = 0.0
        self._bytes = 0
        self._rate: float | None = None

    def handed(self, size: int) -> None:
        """Note that a piece goes to the client."""
        self._handed_at = monotonic()
        self._bytes += size

    def asked(self) -> float | None:
        """Note that there is room for the next; return bytes per second, None: not known yet."""
        if self._handed_at is not None:
            self._seconds += monotonic() - self._handed_at
        if self._seconds >= MEASURED_SECONDS:
            self._rate = self._bytes / self._seconds
            self._seconds, self._bytes = 0.0, 0
        return self._rate
