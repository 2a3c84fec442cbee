"""What a long day adds to the memory of the workers."""

from __future__ import annotations

import random
import time

from stress.questions import Question, callback_questions, flower_questions
from stress.targets import Fleet
from stress.wrk import Wrk

CHUNK = 5
"""Seconds that wrk asks before its requests are counted."""

REST = 2
"""Seconds in which what was asked last is done with."""

SILENT = 5
"""Runs of wrk one after the other without an answer that are too many."""


def growth(
    fleet: Fleet,
    requests: int = 200_000,
    callbacks: int = 20_000,
    warm_up: float = 0.1,
    most: float = 0.05,
) -> tuple[str, bool]:
    """Ask very many questions, most of them never asked before; weigh the workers."""
    routes = [q for q in flower_questions(fleet.url) if q.kind != "callback"]
    routes += [_new_question(n) for n in range(20_000)]
    random.Random(5).shuffle(routes)
    ends = [[4.3 + n / 10_000, 7.9] for n in range(10_000)]
    drags = callback_questions(fleet.url, ends)
    errors = 0

    def ask(share: float) -> tuple[int, int]:
        nonlocal errors
        done = []
        for questions, count in ((routes, requests * share), (drags, callbacks * share)):
            asked = silent = 0
            while asked < count:
                turned = asked % len(questions)
                seconds = CHUNK if count > 5_000 else 1
                figures = Wrk(
                    fleet.url, questions[turned:] + questions[:turned], 16, seconds
                ).figures()
                asked += figures.requests
                errors += figures.refused + figures.broken
                silent = 0 if figures.requests else silent + 1
                assert silent < SILENT, "nothing is answered"
            done.append(asked)
        time.sleep(REST)
        return done[0], done[1]

    ask(warm_up)
    before = _resident(fleet)
    asked, dragged = ask(1)
    after = _resident(fleet)
    grown = after / before - 1
    measured = (
        f"{grown:+.1%} after {asked:,} requests and {dragged:,} callbacks "
        f"({before / 2**20:.0f} → {after / 2**20:.0f} MB in {len(fleet.replicas[0].workers())} "
        f"workers), {errors} errors"
    )
    return measured, grown <= most and errors == 0


def _new_question(number: int) -> Question:
    path = ("/range/", "/stats/mean/", "/stats/summary/", "/diagnose/")[number % 4]
    return Question("new", f"{path}?sepal_length={4.3 + number / 10_000:.4f}..")


def _resident(fleet: Fleet) -> int:
    return sum(worker.memory_info().rss for server in fleet.replicas for worker in server.workers())
