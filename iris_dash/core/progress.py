"""How far something long is: what has begun, and how much of that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Share = Callable[[float], object]
"""Hears how much of one thing is done, from 0 to 1."""


class Report(Protocol):
    """Hears what is begun, in a word or two, and where that is known which share of it is done."""

    def __call__(self, begun: str, share: float | None = None, /) -> object:
        """Hear that something has begun; `share`: how much of it is done, from 0 to 1."""


def unheard(begun: str, share: float | None = None, /) -> None:
    """Be told by something long that nobody waits for."""


def nobody(share: float) -> None:
    """Be told how much is done where nobody waits for it."""


def part(share: Share, begin: float, end: float) -> Share:
    """Return what hears of one part of something, which lasts from `begin` to `end` of it.

    >>> part(print, 0.5, 1)(0.5)
    0.75
    """
    return lambda done: share(begin + (end - begin) * done)
