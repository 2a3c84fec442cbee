"""Parts that are killed or restarted while people ask: what they notice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil

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
    before = len(server.workers())

    def kill() -> None:
        server.workers()[0].kill()

    measured, holds = _lost_by(fleet, kill, seconds)
    after = len(server.workers())
    return f"{measured}; {after} of {before} workers there again", holds and after == before


def kill_replica(fleet: Fleet, seconds: float = 20) -> tuple[str, bool]:
    """Kill a replica with its workers, and start it again under the same load."""
    server = fleet.replicas[0]

    def kill() -> None:
        assert server.process is not None
        os.killpg(server.process.pid, signal.SIGKILL)

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
        killed = time.monotonic()
        parent = psutil.Process(database.process.pid)
        for process in (parent, *parent.children()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
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
    not_in_flight = [a for a in cut if a.began > killed + SEND]
    recovery = max(a.ended for a in lost) - back if lost else 0.0
    wrong = sum(a.wrong for a in answers)
    measured = (
        f"{len(away):,} × 503 in {back - killed:.1f} s without it, {len(cut)} files cut that were "
        f"in flight, {wrong} wrong of {len(answers):,}, right again "
        f"{max(recovery, 0):.1f} s after its return"
    )
    holds = bool(away) and not others and not not_in_flight and recovery <= RECOVERY
    return _with_reasons(measured, others + not_in_flight), holds


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
    """Return questions whose answers no cache keeps: files, and one that it does."""
    return [
        Question("file", "/export.csv?sort=sepal_length"),
        Question("file", "/export.ndjson?species=virginica"),
        Question("file", "/export.csv?species=setosa&petal_length=1.5.."),
        Question("means", "/stats/mean/"),
    ]


def _lost_by(
    fleet: Fleet, kill: Callable[[], None], seconds: float, then: Callable[[], None] = lambda: None
) -> tuple[str, bool]:
    """Return what was lost by a kill under load: only what was in flight may be."""
    known = known_answers(fleet.url, flower_questions(fleet.url))
    with Load(fleet.url, known) as load:
        time.sleep(min(seconds, 2))
        killed = time.monotonic()
        kill()
        time.sleep(seconds)
        then()
        time.sleep(seconds)
    return judge(load.answers, killed)


def judge(answers: Sequence[Answer], killed: float) -> tuple[str, bool]:
    """Return what answers around a kill say, and whether only what was in flight is lost."""
    lost = failed(answers)
    in_flight = [a for a in lost if a.began <= killed + SEND <= a.ended + SEND]
    others = [a for a in lost if a not in in_flight]
    wrong = sum(a.wrong for a in answers)
    recovery = max((a.ended for a in lost), default=killed) - killed
    measured = (
        f"{len(in_flight)} in flight and {len(others)} others lost, {wrong} wrong, "
        f"of {len(answers):,}; last failure after {recovery:.1f} s"
    )
    return _with_reasons(measured, answers), not others and not wrong and recovery <= RECOVERY


def _with_reasons(measured: str, answers: Sequence[Answer]) -> str:
    why = reasons(answers)
    return f"{measured} ({why})" if why else measured
