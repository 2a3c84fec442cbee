"""Sixty-four connections that ask everything at once."""

from __future__ import annotations

import random
from contextlib import ExitStack

from stress.load import Answer, Load, failed, known_answers, percentile, reasons
from stress.questions import flower_questions, page_questions
from stress.targets import Fleet
from stress.wrk import Wrk

CONNECTIONS = 64
MOST_RATIO = 10
WARM_UP = 3
"""Seconds in which each replica makes its assets small, once, and nginx keeps them."""

PAUSE = 0.02
"""Seconds between two questions of a witness, so that it does not take the processor."""


def load(fleet: Fleet, seconds: int = 60, most: float = MOST_RATIO) -> tuple[str, bool]:
    """Ask all kinds of questions in a random order; compare the slowest with the usual answer.

    Beside wrk one connection per kind asks that kind alone, and holds each answer against the
    right one.
    """
    mixed = [*flower_questions(fleet.url), *page_questions(fleet.url)]
    random.Random(5).shuffle(mixed)
    known = known_answers(fleet.url, mixed)
    Wrk(fleet.url, mixed, CONNECTIONS, WARM_UP).figures()
    with ExitStack() as stack:
        witnesses = {}
        for kind in sorted({question.kind for question in mixed}):
            right = {q: answers for q, answers in known.items() if q.kind == kind}
            witnesses[kind] = stack.enter_context(Load(fleet.url, right, 1, PAUSE))
        found = Wrk(fleet.url, mixed, CONNECTIONS - len(witnesses), seconds).figures()
    seen = [answer for witness in witnesses.values() for answer in witness.answers]
    errors = found.refused + found.broken + len(failed(seen))
    ratio = found.percentile(0.99) / found.percentile(0.5)
    by_kind = ", ".join(f"{kind} {_times(one.answers)}" for kind, one in witnesses.items())
    measured = (
        f"{found.requests + len(seen):,} requests, {errors} errors; p50 "
        f"{found.percentile(0.5):.0f} ms, p99 {found.percentile(0.99):.0f} ms: {ratio:.1f} ×; "
        f"p50/p99 ms by kind: {by_kind}"
    )
    why = reasons(seen)
    return f"{measured} ({why})" if why else measured, errors == 0 and ratio <= most


def _times(answers: list[Answer]) -> str:
    times = [1000 * (answer.ended - answer.began) for answer in answers]
    return f"{percentile(times, 0.5):.0f}/{percentile(times, 0.99):.0f}"
