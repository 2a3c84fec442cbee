"""wrk as a client: many connections that ask known kinds of questions for some seconds."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stress.questions import Question

SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Figures:
    """What wrk counted; `times`: the 0.1st to the 100th percentile in milliseconds."""

    requests: int
    refused: int
    broken: int
    times: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """Return the time that a share of the answers did not exceed."""
        return self.times[min(len(self.times) - 1, round(share * 1000) - 1)]


NEW = 4.5555555
"""A number in a question for which wrk may put another one each time."""


class Wrk:
    """A wrk that asks questions in turn, started at once; each has another number for `new`."""

    def __init__(
        self,
        url: str,
        questions: Sequence[Question],
        connections: int,
        seconds: int,
        new: float | None = None,
    ) -> None:
        self.file = tempfile.NamedTemporaryFile("w", suffix=".tsv")  # noqa: SIM115 -- figures
        for question in questions:
            body = (question.body or b"").decode()
            self.file.write(f"{question.method}\t{question.path}\t{body}\n")
        self.file.flush()
        self.process = subprocess.Popen(
            [
                *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"),
                *("-s", str(SCRIPT), url),
            ],
            env={**os.environ, "QUESTIONS": self.file.name} | ({"NEW": str(new)} if new else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def figures(self) -> Figures:
        """Wait for its end and return what it counted."""
        try:
            printed, _ = self.process.communicate()
        finally:
            self.process.kill()
            self.file.close()
        found = [line for line in printed.splitlines() if line.startswith("figures ")]
        assert found, printed
        requests, refused, broken, *times = (float(word) for word in found[0].split()[1:])
        milliseconds = tuple(time / 1000 for time in times)
        return Figures(int(requests), int(refused), int(broken), milliseconds)
