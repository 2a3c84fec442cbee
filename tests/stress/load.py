"""Threads that ask known questions again and again and hold every answer against the right one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Thread

import orjson

from stress.questions import NOBODY, Client, Question, Reply, ask

Known = Mapping[Question, Collection[bytes]]
"""The right answers to each question."""


@dataclass(frozen=True)
class Answer:
    """One answer under load, in seconds of the monotonic clock."""

    question: Question
    began: float
    ended: float
    status: int
    right: bool
    said: str

    @property
    def wrong(self) -> bool:
        """Whether it claims to be an answer, and is another one than the right one."""
        return self.status == 200 and not self.right


def known_answers(url: str, questions: Sequence[Question]) -> dict[Question, list[bytes]]:
    """Return what a quiet server answers, all of it with 200 and the same when asked again."""
    known = {}
    for question in questions:
        first, again = ask(url, question), ask(url, question)
        asked = f"{question.method} {question.path}"
        for reply in (first, again):
            assert reply.status == 200, f"{asked}: {reply.status} {reply.body[:200]!r}"
        assert same(question, first.body, again.body), f"{asked} is not answered alike twice"
        known[question] = [first.body]
    return known


def same(question: Question, one: bytes, other: bytes) -> bool:
    """Return whether two answers say the same.

    Dash puts a new number into each page, and writes a component's keys in any order.
    """
    if one == other or question.path == "/":
        return True
    return (
        question.path.startswith("/_dash-")
        and question.kind != "asset"
        and orjson.loads(one) == orjson.loads(other)
    )


class Load:
    """Connections that ask until the block ends; `answers` is then what each of them got."""

    def __init__(self, url: str, known: Known, connections: int = 16, pause: float = 0.0) -> None:
        self.url = url
        self.known = known
        self.pause = pause
        self._ended = Event()
        self._kept: list[list[Answer]] = [[] for _ in range(connections)]
        self._threads = [
            Thread(target=self._ask, args=(place, kept)) for place, kept in enumerate(self._kept)
        ]

    def _ask(self, place: int, kept: list[Answer]) -> None:
        client = Client(self.url)
        questions = list(self.known)
        turn = place * len(questions) // len(self._threads)
        while not self._ended.is_set():
            question = questions[turn % len(questions)]
            turn += 1
            began = time.monotonic()
            reply = client.ask(question)
            kept.append(self._judged(question, began, reply))
            if reply.status == NOBODY or self.pause:
                self._ended.wait(self.pause or 0.02)
        client.close()

    def _judged(self, question: Question, began: float, reply: Reply) -> Answer:
        right = reply.status == 200 and any(
            same(question, reply.body, known) for known in self.known[question]
        )
        said = "" if right else reply.body[:200].decode(errors="replace")
        return Answer(question, began, time.monotonic(), reply.status, right, said)

    @property
    def answers(self) -> list[Answer]:
        """All answers so far."""
        return [answer for kept in self._kept for answer in list(kept)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()


def failed(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers that are not the right ones."""
    return [answer for answer in answers if not answer.right]


def reasons(answers: Sequence[Answer]) -> str:
    """Return how the failed ones failed, the most frequent first."""
    ways = Counter(
        f"{answer.question.kind} {answer.status or 'no answer'} {answer.said[:80]}"
        for answer in failed(answers)
    )
    return "; ".join(f"{count} × {way}" for way, count in ways.most_common(3))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that the share of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
