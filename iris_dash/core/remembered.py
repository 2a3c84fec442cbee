"""What a function returned last, kept with what it was given: so many bytes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """Values by what they were made of, in two halves of at most so many bytes together.

    What is kept goes into the newer half; when that is full, the older one is let go as a whole.
    A value that is larger than a half is not kept. To put a value in its place among all others,
    as `cachetools` does, takes as long as to read a question.
    """

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._newer: dict[object, Made] = {}
        self._older: dict[object, Made] = {}
        self._held, self._held_before = 0, 0

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    @property
    def held(self) -> int:
        """How many bytes they take."""
        return self._held + self._held_before

    def get(self, given: object, size: Callable[[Made], int]) -> Made | None:
        """Return what was made of it, None if that is not kept."""
        found = self._newer.get(given)
        if found is None and (found := self._older.get(given)) is not None:
            self.keep(given, found, size(found))
        return found

    def keep(self, given: object, made: Made, size: int) -> None:
        """Keep what was made, of so many bytes with what it was made of."""
        if size > self._half:
            return
        with self._lock:
            if self._held + size > self._half:
                self._older, self._newer = self._newer, {}
                self._held_before, self._held = self._held, 0
            self._newer[given] = made
            self._held += size


def remembered(
    most: int, size: Callable[[Made], int]
) -> Callable[[Callable[P, Made]], Callable[P, Made]]:
    """Keep what a function made last, up to `most` bytes, of which each value has its `size`.

    The size counts what was given too, since that is kept with it. `functools.lru_cache` counts
    values: what a client sends may be of any length. For several threads; what two make at once is
    made twice. Arguments are given by their places, and None is never made.

    >>> @remembered(200, len)
    ... def repeated(text):
    ...     print("made")
    ...     return text * 40
    >>> len(repeated("a")), len(repeated("a"))
    made
    (40, 40)
    """

    def remembering(function: Callable[P, Made]) -> Callable[P, Made]:
        kept: Remembered[Made] = Remembered(most)

        @wraps(function)
        def answered(*given: P.args, **by_name: P.kwargs) -> Made:
            found = kept.get(given, size)
            if found is None:
                found = function(*given, **by_name)
                kept.keep(given, found, size(found))
            return found

        answered.kept = kept  # type: ignore[attr-defined]
        return answered

    return remembering
