"""How far a start is: a bar on a terminal, and a note that workers tell those who ask them."""

from __future__ import annotations

from contextlib import suppress
from threading import RLock

from tqdm import tqdm

from iris_dash.server.notes import Note

STEPS = 5
"""How many a start has most often: reading, hashing, looking at columns, summing up, sharing."""


class Steps:
    """Hears how far a start is.

    It notes that, and shows a bar on standard error while that takes, if it is a terminal.
    """

    def __init__(self, awaited: Note) -> None:
        # Its own one is a semaphore of several processes, which is left where one is killed.
        tqdm.set_lock(RLock())
        form = "{desc:<30} {bar:30} {n:.0f}/{total} {elapsed}"
        self._bar = tqdm(total=STEPS, leave=False, disable=None, bar_format=form)
        self._awaited = awaited
        self._begun: list[str] = []
        self._noted = ""

    def __call__(self, begun: str, share: float | None = None, /) -> None:
        """Show what has begun, and how much of it is done."""
        if begun not in self._begun:
            self._begun.append(begun)
        noted = begun if share is None else f"{begun}, {share * 100:.0f} %"
        if noted == self._noted:
            return
        self._noted = noted
        self._awaited.write(noted)
        self._bar.total = max(STEPS, len(self._begun))
        self._bar.n = len(self._begun) - 1 + (share or 0)
        self._bar.set_description_str(noted)

    def print(self, line: str) -> None:
        """Print a line on standard output, above the bar."""
        self._bar.clear()
        # Who reads it may have gone; the start goes on all the same.
        with suppress(OSError):
            print(line, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()
