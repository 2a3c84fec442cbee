"""Several tasks at once, where each of them takes longer than a thread, or the next one ahead."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import polars as pl

Item = TypeVar("Item")
Found = TypeVar("Found")

LONG = 100_000
"""Rows of a column from which on looking at it takes longer than a thread."""


def side_by_side(task: Callable[[Item], Found], items: Iterable[Item], rows: int) -> list[Found]:
    """Return what a task gives of each item, in their order; each is a column of so many rows."""
    if rows < LONG:
        return list(map(task, items))
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return list(pool.map(task, items))


def one_ahead(task: Callable[[Item], Found], items: Iterable[Item]) -> Generator[Found]:
    """Yield what a task gives of each item, in their order; the next is made while one is used.

    >>> list(one_ahead(str, range(3)))
    ['0', '1', '2']
    """
    with ThreadPoolExecutor(1) as other:
        made: Future[Found] | None = None
        for item in items:
            following = other.submit(task, item)
            if made is not None:
                yield made.result()
            made = following
        if made is not None:
            yield made.result()
