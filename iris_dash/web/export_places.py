"""How many files are written at once: each holds a place from its first to its last byte."""

from __future__ import annotations

from collections.abc import Iterator
from threading import BoundedSemaphore

from flask import Response, after_this_request, current_app, request
from werkzeug.exceptions import TooManyRequests

from iris_dash.config.settings import Settings
from iris_dash.core.deadline import within

RETRY_SECONDS = 5
"""When to ask again for a file, where too many are being written."""

CUT = b'"This file is incomplete: its server could not go on'
"""The end of a file that fails: a quote that is not closed, on a line of its own, is no CSV; nor is
it JSON or the next message of an Arrow stream."""


def take_place(places: BoundedSemaphore, settings: Settings) -> None:
    """Take a place among the files that are written; the answer gives it back, or its last piece.

    So many may be written at once that other questions find a thread.
    """
    if not places.acquire(blocking=False):
        raise TooManyRequests(
            f"{settings.exports} files are being written now, as many as may be at once; "
            "Retry-After says when to ask again",
            retry_after=RETRY_SECONDS,
        )
    place = _Place(places)

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

    def __init__(self, places: BoundedSemaphore) -> None:
        self._places: BoundedSemaphore | None = places

    def give_back(self) -> None:
        places, self._places = self._places, None
        if places is not None:
            places.release()

    __del__ = give_back


class _Held(Iterator[bytes]):
    """A file's pieces, each with the time of an answer; its place is given back at its end.

    That is after the last piece, where one fails, or where the server closes it since its client
    is gone. A file that fails says so at its end, in words that are of no format, and then raises:
    Granian (2.8) ends an answer that fails as if it were whole.
    """

    def __init__(self, pieces: Iterator[bytes], place: _Place, seconds: float) -> None:
        self._pieces = pieces
        self._place = place
        self._seconds = seconds
        self._first: bytes | None = None
        self._error: Exception | None = None

    def begin(self) -> None:
        """Make the first piece, within the time of the answer, or raise what prevents it."""
        try:
            self._first = next(self._pieces, b"")
        except Exception:
            self.close()
            raise

    def __next__(self) -> bytes:
        if self._first is not None:
            piece, self._first = self._first, None
            return piece
        if self._error is not None:
            raise self._error
        try:
            with within(self._seconds):
                return next(self._pieces)
        except StopIteration:
            self.close()
            raise
        except Exception as error:
            self.close()
            self._error = error
            return CUT

    def close(self) -> None:
        """End the file, however far it is."""
        try:
            getattr(self._pieces, "close", lambda: None)()
        finally:
            self._place.give_back()
