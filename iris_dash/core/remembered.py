"""What a function returned last, kept with what it was given: so many bytes of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import ParamSpec, TypeVar

from cachetools import LRUCache, cached

P = ParamSpec("P")
Made = TypeVar("Made")


def remembered(
    most: int, size: Callable[[Made], int]
) -> Callable[[Callable[P, Made]], Callable[P, Made]]:
    """Keep what a function made last, up to `most` bytes, of which each value has its `size`.

    The size counts what was given too, since that is kept with it; what is larger than all of them
    together is not kept. `functools.lru_cache` counts values: what a client sends may be of any
    length. For several threads; one that two make at once is made twice.

    >>> @remembered(100, len)
    ... def repeated(text):
    ...     print("made")
    ...     return text * 40
    >>> len(repeated("a")), len(repeated("a"))
    made
    (40, 40)
    """
    return cached(LRUCache(most, size), lock=Lock())
