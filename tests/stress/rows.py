"""What a check measured as a row of one Markdown table, beside the machine's facts."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

Target = Callable[[], AbstractContextManager[Any]]
"""What starts servers for the length of a block."""


@dataclass(frozen=True)
class Row:
    """One line of the table; `holds`: whether what was measured is what it must show."""

    test: str
    must: str
    measured: str
    holds: bool

    def __str__(self) -> str:
        cells = (self.test, self.must, self.measured if self.holds else f"**{self.measured}**")
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


@dataclass(frozen=True)
class Check:
    """A row still to be measured: what runs, what measures it, and the counts of a short run."""

    test: str
    must: str
    target: Target
    measure: Callable[..., tuple[str, bool]]
    short: Mapping[str, Any] | None = field(default_factory=dict)
    """None: the check has no short form."""

    def row(self, target: Any, short: bool = False) -> Row:
        """Measure what runs; what prevents it is a row that does not hold."""
        try:
            measured, holds = self.measure(target, **(self.short or {} if short else {}))
        except Exception as error:
            return self.failed(error)
        return Row(self.test, self.must, measured, holds)

    def failed(self, error: Exception) -> Row:
        """Return the row of a check that could not be measured."""
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return Row(self.test, self.must, f"not measured: {reason}", False)


def in_one_of(tries: int, measure: Callable[[int], tuple[str, bool, bool]]) -> tuple[str, bool]:
    """Measure up to so many times until it was quick; what is lost or wrong ends it at once.

    `measure` is given the number of the try and returns what it measured, whether all answers were
    right, and whether they were quick: on a busy machine all may have to wait for a moment.
    """
    said = []
    for turn in range(tries):
        measured, right, quick = measure(turn)
        said.append(measured)
        if quick or not right:
            break
    return "; once more: ".join(said), right and quick


def print_table(checks: Iterable[Check], short: bool) -> bool:
    """Measure and print row by row, each of something started anew; return whether all hold."""
    print(f"{machine()}\n\n| test | must show | measured |\n|---|---|---|", flush=True)
    held = True
    for check in checks:
        try:
            with check.target() as target:
                row = check.row(target, short)
        except Exception as error:
            row = check.failed(error)
        print(row, flush=True)
        held = held and row.holds
    return held


@contextmanager
def started_once() -> Iterator[Callable[[Target], Any]]:
    """Give what starts a target, the same one for every check that names it."""
    with ExitStack() as stack:
        yield cache(lambda target: stack.enter_context(target()))


def machine() -> str:
    """Return the day and the facts of the machine that measures."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    facts = f"{date.today()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    return f"{facts}, {cpu[1] if cpu else platform.machine()}"
