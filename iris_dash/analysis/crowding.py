"""Whether points lie on so few places that nobody sees how many they are."""

from __future__ import annotations

from collections.abc import Callable

MANY_POINTS = 1_000
"""Of fewer points each is drawn."""

MOST_ON_ONE = 8
"""So many share a place, on average, before they hide each other: as answers from 0 to 10 do."""


def hide_each_other(points: int, places: Callable[[], int]) -> bool:
    """Return whether points hide each other; `places`: on how many they lie, asked of many.

    >>> hide_each_other(1_900, lambda: 66), hide_each_other(999, lambda: 1)
    (True, False)
    """
    return points >= MANY_POINTS and places() * MOST_ON_ONE < points
