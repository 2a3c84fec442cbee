"""What SQLite lacks: the variance of a sample, and small letters beyond ASCII."""

from __future__ import annotations

import sqlite3
from typing import Any


class SampleVariance:
    """An aggregate of SQLite: the variance with n - 1 in its divisor; missing of fewer than two.

    Source: B. P. Welford, Technometrics 4 (1962) 419.
    """

    def __init__(self) -> None:
        self._count = 0
        self._mean = self._squares = 0.0

    def step(self, value: float | None) -> None:
        """Take a value into account."""
        if value is not None:
            self._count += 1
            delta = value - self._mean
            self._mean += delta / self._count
            self._squares += delta * (value - self._mean)

    def finalize(self) -> float | None:
        """Return the variance of the values taken."""
        return self._squares / (self._count - 1) if self._count > 1 else None


def small(text: Any) -> Any:
    """Return text with small letters; any other value as it is."""
    return text.lower() if isinstance(text, str) else text


def add_functions(connection: sqlite3.Connection) -> None:
    """Put them in the place of those that Ibis asks for by name.

    Its own variance fails of a single value.
    """
    # Typeshed knows aggregates of whole numbers alone.
    made: Any = SampleVariance
    connection.create_aggregate("_ibis_var_sample", 1, made)
    connection.create_function("lower", 1, small, deterministic=True)
