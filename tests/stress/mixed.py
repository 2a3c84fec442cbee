"""Sixty-four connections that ask everything at once."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from contextlib import ExitStack

from stress.load import Answer, Known, Load, failed, known_answers, percentile, reasons
from stress.questions import Question, callback_questions, flower_questions, page_questions
from stress.rows import in_one_of
from stress.targets import Fleet
from stress.wrk import NEW, Figures, Wrk

CONNECTIONS = 64
MOST_RATIO = 10
WARM_UP = 3
"""Seconds in which each replica makes its assets small, once, and nginx keeps them."""

PAUSE = 0.02
"""Seconds between two questions of a witness, so that it does not take the processor."""


def load(
    fleet: Fleet, seconds: int = 60, most: float = MOST_RATIO, tries: int = 1
) -> tuple[str, bool]:
    """Ask each kind of question in turn; compare the slowest with the usual answer.

    First the questions are ones that nobody has asked before, as of sliders and scripts, so that
    replicas answer them; then the same few hundred again and again, of which nginx has most.
    Beside wrk one connection per kind asks that kind alone, and holds each answer against the
    right one.
    """
    known = [*flower_questions(fleet.url), *page_questions(fleet.url)]
    random.Random(5).shuffle(known)
    right = known_answers(fleet.url, known)
    Wrk(fleet.url, known, CONNECTIONS, WARM_UP).figures()

    def measure(turn: int) -> tuple[str, bool, bool]:
        number = round(NEW + turn / 10, 7)  # further off than the questions of one try
        new = _new_questions(fleet.url, known, number)
        known_answers(fleet.url, new)
        said, holds, slowest = _asked(fleet, right, seconds, new, number)
        said_again, holds_again, slowest_again = _asked(fleet, right, seconds)
        ratio = slowest.percentile(0.99) / slowest.percentile(0.5)
        no_slower = slowest_again.percentile(0.99) <= slowest.percentile(0.99)
        return (
            f"new questions: {said}, {ratio:.1f} ×; known ones: {said_again}",
            holds and holds_again,
            ratio <= most and no_slower,
        )

    return in_one_of(tries, measure)


def _new_questions(url: str, known: Sequence[Question], number: float) -> list[Question]:
    """Return one question of each kind with the number in it, or without one a known one."""
    low = f"sepal_length={number}.."
    return [
        Question("rows", f"/range/?{low}&sort=-petal_width"),
        Question("rows", "/range/", json.dumps({"lower": {"sepal_length": number}}).encode()),
        Question("means", f"/stats/mean/?{low}"),
        Question("summary", f"/stats/summary/?{low}"),
        Question("diagnosis", f"/diagnose/?species=setosa&{low}"),
        Question("file", f"/export.csv?{low}"),
        *callback_questions(url, [[number, 7.9]]),
        next(question for question in known if question.kind == "page"),
        next(question for question in known if question.kind == "asset"),
    ]


def _asked(
    fleet: Fleet,
    right: Known,
    seconds: int,
    new: Sequence[Question] = (),
    number: float | None = None,
) -> tuple[str, bool, Figures]:
    """Ask for some seconds, the new questions if there are any; return what is to be said of it."""
    known = list(right)
    with ExitStack() as stack:
        witnesses = {}
        for kind in sorted({question.kind for question in known}):
            of_kind = {question: right[question] for question in known if question.kind == kind}
            witnesses[kind] = stack.enter_context(Load(fleet.url, of_kind, 1, PAUSE))
        connections = CONNECTIONS - len(witnesses)
        found = Wrk(fleet.url, new or known, connections, seconds, number).figures()
    seen = [answer for witness in witnesses.values() for answer in witness.answers]
    errors = found.refused + found.broken + len(failed(seen))
    by_kind = ", ".join(f"{kind} {_times(one.answers)}" for kind, one in witnesses.items())
    said = (
        f"{found.requests + len(seen):,} requests, {errors} errors, p50 "
        f"{found.percentile(0.5):.0f} ms, p99 {found.percentile(0.99):.0f} ms (p50/p99 of a "
        f"witness by kind: {by_kind})"
    )
    why = reasons(seen)
    return f"{said} ({why})" if why else said, errors == 0, found


def _times(answers: Sequence[Answer]) -> str:
    times = [1000 * (answer.ended - answer.began) for answer in answers]
    return f"{percentile(times, 0.5):.0f}/{percentile(times, 0.99):.0f}"
