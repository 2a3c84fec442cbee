"""A table's file that is replaced while people ask it."""

from __future__ import annotations

import os
import signal
import time
from itertools import pairwise, takewhile
from pathlib import Path

from stress.load import Load, failed, known_answers, reasons
from stress.questions import Question, ask
from stress.targets import IRIS, Fleet, one

SECONDS = 60
"""Within which a new table is served."""

QUESTIONS = (
    Question("rows", "/range/?sort=-sepal_length"),
    Question("rows", "/range/?species=setosa"),
    Question("means", "/stats/mean/"),
    Question("summary", "/stats/summary/"),
    Question("diagnosis", "/diagnose/?species=setosa"),
    Question("file", "/export.csv"),
    Question("file", "/export.json?species=virginica"),
)


def replace_file(fleet: Fleet, rounds: int = 4) -> tuple[str, bool]:
    """Put another table in the file's place, and the first again, under load."""
    path, server = fleet.folder / "flowers.csv", fleet.replicas[0]
    old, new = IRIS.read_bytes(), _changed(IRIS)
    answers = known_answers(fleet.url, QUESTIONS)
    for question, right in _answers_of(new, fleet.folder).items():
        assert right not in answers[question], f"{question} does not tell the tables apart"
        answers[question].append(right)
    tags = [ask(fleet.url, QUESTIONS[0]).headers.get("etag")]
    slowest = 0.0
    with Load(fleet.url, answers) as load:
        time.sleep(1)
        for turn in range(rounds):
            content, place = ((new, 1), (old, 0))[turn % 2]
            beside = path.with_suffix(".part")
            beside.write_bytes(content)
            os.replace(beside, path)
            began = time.monotonic()
            assert server.process is not None
            server.process.send_signal(signal.SIGHUP)
            tags.append(_awaited_tag(fleet, answers[QUESTIONS[0]][place]))
            slowest = max(slowest, time.monotonic() - began)
    lost = failed(load.answers)
    changed = None not in tags and all(a != b for a, b in pairwise(tags))
    measured = (
        f"{len(lost)} of {len(load.answers):,} failed or mixed in {rounds} replacements, the new "
        f"table served after {slowest:.1f} s, ETag {'changes' if changed else f'{tags}'}"
    )
    why = reasons(load.answers)
    return f"{measured} ({why})" if why else measured, not lost and changed


def _changed(path: Path) -> bytes:
    """Return the flowers with every sepal a millimetre longer, the first one left out."""
    head, _, *rows = path.read_text().splitlines()
    longer = [f"{float(row.split(',')[0]) + 0.1:.1f},{row.split(',', 1)[1]}" for row in rows]
    return ("\n".join([head, *longer]) + "\n").encode()


def _answers_of(content: bytes, folder: Path) -> dict[Question, bytes]:
    """Return what a server of its own says of a table of that name."""
    (folder / "beside").mkdir()
    path = folder / "beside" / "flowers.csv"
    path.write_bytes(content)
    with one(path) as fleet:
        return {q: right[0] for q, right in known_answers(fleet.url, QUESTIONS).items()}


def _awaited_tag(fleet: Fleet, right: bytes) -> str | None:
    """Return the tag of the right answer once it is given every time."""
    deadline = time.monotonic() + SECONDS
    while True:
        # Each time over another connection, which any of the workers may take.
        replies = (ask(fleet.url, QUESTIONS[0]) for _ in range(20))
        found = list(takewhile(lambda reply: reply.body == right, replies))
        if len(found) == 20:
            return found[-1].headers.get("etag")
        assert time.monotonic() < deadline, "the new table is not served"
        time.sleep(0.05)
