"""How far a start is, as a bar on a terminal."""

from __future__ import annotations

from tqdm import tqdm

STEPS = 5
"""What the bar of a start counts: reading, hashing, looking at columns, summing up, sharing."""

READY = "ready"
"""What is reported in the end, when nothing more is begun."""


class Steps:
    """The bar of a start, on standard error while that takes, if it is a terminal."""

    def __init__(self) -> None:
        form = "{desc:<20} {bar:30} {n}/{total} {elapsed}"
        self._bar = tqdm(total=STEPS, leave=False, disable=None, bar_format=form)
        self._begun = -1

    def __call__(self, begun: str) -> None:
        """Show what has begun; the last of it is that the table is ready."""
        self._begun += 1
        self._bar.n = self._begun
        self._bar.set_description_str(begun)
        if begun == READY:
            self.close()

    def print(self, line: str) -> None:
        """Print a line on standard output, above the bar."""
        self._bar.clear()
        print(line, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()
