"""Strangers at the door: wrong passwords, wrong tokens, and every path without any."""

from __future__ import annotations

import json
import random
import statistics
import string
import time
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from stress.questions import Client, Question, ask, callback_questions, page_questions
from stress.schema_fuzz import OPEN_TO_ALL
from stress.targets import BEARER, PASSWORD, TOKEN, Fleet, basic

SHUT = (401, 429)
GUESS = "not-the-pass"
"""What every wrong password begins with."""


def every_door(fleet: Fleet) -> tuple[str, bool]:
    """Ask for each path that there is, with each kind of credentials that is no good."""
    questions = [
        *(Question("route", path) for path in asked_paths(fleet)),
        *page_questions(fleet.url, BEARER),
        *callback_questions(fleet.url, [[5.0, 6.0]], BEARER),
    ]
    strangers = [
        {},
        basic("ada", GUESS),
        basic("nobody", PASSWORD),
        basic("", ""),
        basic("ada", ""),
        basic("script", TOKEN[:-1]),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN} {TOKEN}"},
        {"Authorization": f"Token {TOKEN}"},
        {"Cookie": f"session={TOKEN}"},
        {"X-Forwarded-User": "ada", "Remote-User": "ada"},
    ]
    answered = Counter(
        f"{question.path[:60]} {reply.status}"
        for number, headers in enumerate(strangers)
        for question in questions
        if (reply := ask(fleet.url, question, _from(number, headers))).status not in SHUT
        and not question.path.startswith(OPEN_TO_ALL)
    )
    let_in = sum(
        ask(fleet.url, q, _from(99, headers)).status == 200
        for q in questions
        for headers in (BEARER, basic("ada", PASSWORD))
    )
    measured = (
        f"{len(questions)} paths × {len(strangers)}: {sum(answered.values())} answered; with "
        f"the right ones {let_in} of {2 * len(questions)}"
    )
    if answered:
        measured += f" ({', '.join(list(answered)[:3])})"
    return measured, not answered and let_in == 2 * len(questions)


def guess_passwords(fleet: Fleet, tries: int = 1_000) -> tuple[str, bool]:
    """Try many passwords from one address."""
    client = Client(fleet.url)
    statuses: Counter[int] = Counter()
    waits = set()
    for number in range(tries):
        client.headers = _from(5_000, basic("grace", f"{GUESS}{number}"))
        reply = client.ask(Question("guess", "/range/"))
        statuses[reply.status] += 1
        if reply.status == 429:
            waits.add("retry-after" in reply.headers)
    client.close()
    elsewhere = ask(fleet.url, Question("guess", "/range/"), _from(5_001, basic("grace", PASSWORD)))
    told = GUESS in fleet.replicas[0].printed()
    measured = (
        f"{_counted(statuses)}; from elsewhere {elsewhere.status}; "
        f"{'a password' if told else 'no password'} in the log"
    )
    holds = set(statuses) == set(SHUT) and statuses[429] > tries / 2 and waits == {True}
    return measured, holds and elsewhere.status == 200 and not told


def guess_tokens(fleet: Fleet, tries: int = 1_000) -> tuple[str, bool]:
    """Try tokens of two kinds in turn, each from another address; time them, for the record."""
    choose = random.Random(5)
    client = Client(fleet.url)
    statuses: Counter[int] = Counter()
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(tries):
        like = number % 2 == 0
        wrong = "".join(choose.choices(string.ascii_letters, k=len(TOKEN)))
        guess = f"{TOKEN[:-1]}!" if like else wrong
        client.headers = _from(number, {"Authorization": f"Bearer {guess}"})
        began = time.perf_counter()
        reply = client.ask(Question("guess", "/range/"))
        taken[like].append(time.perf_counter() - began)
        statuses[reply.status] += 1
    client.close()
    ratio = statistics.median(taken[True]) / statistics.median(taken[False])
    right = ask(fleet.url, Question("guess", "/range/"), _from(tries, BEARER)).status
    measured = (
        f"{_counted(statuses)}; the right one {right}; time of a token that lacks the last letter "
        f"to that of another: {ratio:.2f}"
    )
    return measured, set(statuses) <= set(SHUT) and right == 200


def _from(number: int, headers: dict[str, str]) -> dict[str, str]:
    """Return headers as a trusted proxy passes them on from another address."""
    return headers | {"X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}


def paths_of(fleet: Fleet) -> list[str]:
    """Return the paths of the routes."""
    return [*_described(fleet), "/openapi.json", "/docs/", "/docs/docs.js"]


def asked_paths(fleet: Fleet) -> list[str]:
    """Return the same, each with the arguments that it cannot do without."""
    described = _described(fleet)
    found = []
    for path in paths_of(fleet):
        given = described.get(path, {}).get("get", {}).get("parameters", [])
        needed = {
            one["name"]: one["example"] for one in given if one.get("required") and "example" in one
        }
        found.append(f"{path}?{urlencode(needed)}" if needed else path)
    return found


def _described(fleet: Fleet) -> dict[str, Any]:
    """Return what the OpenAPI document says of each path."""
    found = json.loads(ask(fleet.url, Question("openapi", "/openapi.json"), BEARER).body)["paths"]
    assert isinstance(found, dict)
    return found


def _counted(statuses: Counter[int]) -> str:
    return ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
