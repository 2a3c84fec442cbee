"""Parts that are killed or restarted while people ask: what they notice."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import psutil
from processes import START_SECONDS

from stress.load import Answer, Load, failed, known_answers, reasons
from stress.questions import NOBODY, Question, flower_questions
from stress.targets import Fleet, await_ready

RECOVERY = 3
"""Seconds after which all answers are right again."""

SEND = 0.02
"""Seconds that a request, begun before a kill by the clock here, may need to be there."""


def kill_worker(fleet: Fleet, seconds: float = 20) -> tuple[str, bool]:
    """Kill a worker of the first replica; it is to have as many as before again."""
    server = fleet.replicas[0]
    workers = server.workers()
    measured, holds = _lost_by(fleet, workers[0].kill, seconds)
    deadline = time.monotonic() + START_SECONDS
    while True:
        there = [worker for worker in server.workers() if worker != workers[0]]
        if len(there) == len(workers) or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    again = len(there) == len(workers)
    return f"{measured}; {len(there)} of {len(workers)} workers there again", holds and again


def kill_replica(fleet: Fleet, seconds: float = 20) -> tuple[str, bool]:
    """Kill a replica with its workers, and start it again under the same load."""
    server = fleet.replicas[0]
    assert server.process is not None
    kill = partial(os.killpg, server.process.pid, signal.SIGKILL)

    def start() -> None:
        server.stop()
        server.start()
        await_ready(server)

    return _lost_by(fleet, kill, seconds, start)


def kill_redis(fleet: Fleet, seconds: float = 10) -> tuple[str, bool]:
    """Kill Redis, start it again, empty: speed alone may suffer."""
    assert fleet.redis is not None
    known = known_answers(fleet.url, flower_questions(fleet.url))
    with Load(fleet.url, known) as load:
        time.sleep(seconds)
        fleet.redis.stop()
        away = time.monotonic()
        time.sleep(seconds)
        fleet.redis.start()
        back = time.monotonic()
        time.sleep(seconds)
    answers = load.answers
    slowest = max(a.ended - a.began for a in answers if a.ended > away and a.began < back)
    lost = failed(answers)
    measured = f"{len(lost)} of {len(answers):,} failed, the slowest without it {slowest:.2f} s"
    return _with_reasons(measured, answers), not lost


def kill_postgres(fleet: Fleet, seconds: float = 10) -> tuple[str, bool]:
    """Kill PostgreSQL with its children, start it again."""
    database = fleet.database
    assert database is not None
    assert database.process is not None
    known = known_answers(fleet.url, _engine_questions())
    with Load(fleet.url, known) as load:
        time.sleep(seconds)
        parent = psutil.Process(database.process.pid)
        processes = (parent, *parent.children())
        before = time.monotonic()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        after = time.monotonic()
        database.stop()
        time.sleep(seconds)
        database.start()
        back = time.monotonic()
        time.sleep(RECOVERY + seconds)
    answers = load.answers
    lost = failed(answers)
    away = [a for a in lost if a.status == 503]
    cut = [a for a in lost if a.status == NOBODY]
    others = [a for a in lost if a.status not in (NOBODY, 503)]
    not_in_flight = [a for a in cut if not _in_flight(a, before, after)]
    late = _late(lost, back)
    wrong = sum(a.wrong for a in answers)
    measured = (
        f"{len(away):,} × 503 in {back - before:.1f} s without it, {len(cut)} files cut that were "
        f"in flight, {wrong} wrong of {len(answers):,}, right again "
        f"{_last(lost, back):.1f} s after its return"
    )
    holds = bool(away) and not others and not not_in_flight and not late
    return _with_reasons(measured, others + not_in_flight + late), holds


def rolling_restart(fleet: Fleet, rounds: int = 3) -> tuple[str, bool]:
    """Stop and start one replica after the other, as a deployment does."""
    known = known_answers(fleet.url, flower_questions(fleet.url))
    with Load(fleet.url, known) as load:
        time.sleep(1)
        for server in [*fleet.replicas] * rounds:
            server.stop()
            server.start()
            await_ready(server)
    answers = load.answers
    lost = failed(answers)
    measured = f"{len(lost)} of {len(answers):,} failed in {rounds * len(fleet.replicas)} restarts"
    return _with_reasons(measured, answers), not lost


def _engine_questions() -> list[Question]:
    """Return questions whose answers nobody keeps: files asked by POST; and one of the others."""
    files: list[tuple[str, dict[str, Any]]] = [
        ("/export.csv", {"sort": "sepal_length"}),
        ("/export.ndjson", {"species": ["virginica"]}),
        ("/export.csv", {"species": ["setosa"], "lower": {"petal_length": 1.5}}),
    ]
    return [
        *(Question("file", path, json.dumps(asked).encode()) for path, asked in files),
        Question("means", "/stats/mean/"),
    ]


def _lost_by(
    fleet: Fleet, kill: Callable[[], None], seconds: float, then: Callable[[], None] = lambda: None
) -> tuple[str, bool]:
    """Return what was lost by a kill under load: only what was in flight may be."""
    known = known_answers(fleet.url, flower_questions(fleet.url))
    with Load(fleet.url, known) as load:
        time.sleep(min(seconds, 2))
        before = time.monotonic()
        kill()
        after = time.monotonic()
        time.sleep(seconds)
        then()
        time.sleep(seconds)
    return judge(load.answers, before, after)


def judge(answers: Sequence[Answer], before: float, after: float) -> tuple[str, bool]:
    """Return what answers around a kill say, and whether only what was in flight is lost."""
    lost = failed(answers)
    others = [a for a in lost if not _in_flight(a, before, after)]
    wrong = sum(a.wrong for a in answers)
    measured = (
        f"{len(lost) - len(others)} in flight and {len(others)} others lost, {wrong} wrong, "
        f"of {len(answers):,}; last failure after {_last(lost, after):.1f} s"
    )
    holds = not others and not wrong and not _late(lost, after)
    return _with_reasons(measured, answers), holds


def _in_flight(answer: Answer, before: float, after: float) -> bool:
    """Whether a request may have been on its way at a kill between these times."""
    return answer.began <= after + SEND and answer.ended >= before


def _late(lost: Sequence[Answer], since: float) -> list[Answer]:
    """Return those that were lost too late."""
    return [a for a in lost if a.ended > since + RECOVERY]


def _last(lost: Sequence[Answer], since: float) -> float:
    return max([0.0, *(a.ended - since for a in lost)])


def _with_reasons(measured: str, answers: Sequence[Answer]) -> str:
    why = reasons(answers)
    return f"{measured} ({why})" if why else measured
