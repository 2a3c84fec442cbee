"""What was made last, kept for the questions that need the same again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from iris_dash.core.deadline import check


class Recent:
    """The values used last, for several threads; one that two make at once is made twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Any] = {}
        self._lock = Lock()

    def get_or_make(
        self,
        key: Hashable,
        make: Callable[[], Any],
        is_kept: Callable[[Any], bool] = lambda _: True,
    ) -> Any:
        """Return what is kept under the key, or make and return it; keep it unless it is too much.

        `is_kept` says of what was made whether it is kept.
        """
        with self._lock:
            if key in self._values:
                # The one used last stands last.
                value = self._values[key] = self._values.pop(key)
                return value
        check()
        value = make()
        if not is_kept(value):
            return value
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._most:
                del self._values[next(iter(self._values))]
        return value
