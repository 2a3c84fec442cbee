"""Random long inputs of every argument: twice the length may not take four times as long."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import log2
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from stress.questions import CALLBACK, NOBODY, Client, Question, payloads
from stress.targets import Fleet, one

MOST_URL, MOST_BODY = 58_000, 990_000
"""Bytes of the longer of two inputs; those of `LIMITS` are a little more."""

LIMITS = {"IRIS_DASH_MAX_URL": "60000", "IRIS_DASH_LOG": "none"}

HARMLESS = 0.5
"""Seconds of the worker's processor: what takes less for the longest input needs no look."""

GROWTH = 3
"""Twice the length takes twice as long, or four times where the work is quadratic; a little less
than that, as there is linear work beside it. Lengths are four times apart, where 4 and 16 are
further from each other than any busy machine brings them."""

APART = 4

PATIENCE = 300
"""Seconds in which an answer comes on a busy machine too; what is measured is what it costs."""

LOOKS = 3
"""How often a suspicion is looked at, with other lengths; the least of each counts."""

ROUTES = (
    "/range",
    "/stats/mean",
    "/stats/summary",
    "/diagnose",
    "/export.csv",
    "/export/means.json",
)
PARTS = (
    "facets",
    "ranges",
    "sort",
    "by",
    "page",
    "per_page",
    "axes",
    "choices",
    "log",
    "open",
    "n",
)

Build = Callable[[int], Question]
"""Makes a question of about so many bytes: the same one each time, longer or shorter."""

PIECES = (
    "a", "Z", "7", "0", ".", "..", ",", "-", "\\", "\\,", "~", "~~", "_", "=", "&", "+", "%", "%2",
    "/", " ", '"', "'", "[", "]", "{", "}", "<", ":", ";", "|", "\t", "\n", "\x00", "é", "☃", "1e",
    "setosa", "null", "NaN", "measure_01", "kind_1", "page", "..9",
)  # fmt: skip
"""What long inputs are made of: all that some grammar reads as a word of its own."""


@contextmanager
def two_tables() -> Iterator[list[Fleet]]:
    """Run one worker over the flowers, and one over many columns, one of them of many values."""
    names = [f"kind_{n}" for n in range(6)] + [f"measure_{n:02d}" for n in range(24)]
    rows = [
        [f"v{(row * (n + 1)) % (150 if n == 0 else 5)}" for n in range(6)]
        + [f"{(row * 7 + n) % 50 / 10}" for n in range(24)]
        for row in range(150)
    ]
    with TemporaryDirectory(prefix="wide") as folder:
        table = Path(folder) / "wide.csv"
        table.write_text("\n".join(",".join(row) for row in [names, *rows]) + "\n")
        with one(more=LIMITS, workers=1) as flowers, one(table, LIMITS, workers=1) as columns:
            yield [flowers, columns]


def grows_no_faster(fleets: list[Fleet], questions: int = 1_500, seed: int = 5) -> tuple[str, bool]:
    """Ask long questions; where one takes its time, ask it in less of its length too.

    The page's own are asked of the flowers.
    """
    workers = [fleet.replicas[0].workers()[0] for fleet in fleets]
    real = payloads(fleets[0].url)
    statuses: Counter[int] = Counter()
    bad: list[str] = []
    turn = 0

    def cost(question: Question) -> float:
        at = 0 if question.kind == "callback" else turn % 2
        before = workers[at].cpu_times()
        # On a connection of its own: an idle one ends while the next question is made.
        client = Client(fleets[at].url, timeout=PATIENCE)
        reply = client.ask(question)
        client.close()
        after = workers[at].cpu_times()
        statuses[reply.status] += 1
        if reply.status == NOBODY or reply.status >= 500:
            bad.append(f"{question.path[:60]}: {reply.status} {reply.body[:100]!r}")
        return after.user + after.system - before.user - before.system

    choose = random.Random(seed)
    slowest = 0.0
    for number in range(questions):
        turn = number
        kind, build, most = long_question(choose, real)
        taken, growth = judge(build, most, cost)
        slowest = max(slowest, taken)
        if growth >= GROWTH:
            bad.append(f"{kind}: {growth:.1f} × for twice the length, {taken:.2f} s")
    counted = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    dearest = f"the dearest took {slowest:.2f} s of a processor"
    measured = f"{counted}; {len(bad)} failed or grew faster, {dearest}"
    if bad:
        measured += f" ({'; '.join(bad[:3])})"
    unread = statuses[413] + statuses[414]
    return measured, not bad and unread <= questions / 100


def judge(
    build: Build, most: int, cost: Callable[[Question], float], harmless: float = HARMLESS
) -> tuple[float, float]:
    """Return what the longest form of a question costs, and how many times as much per doubling."""
    taken = cost(fitted(build, most))
    if taken < harmless:
        return taken, 0.0
    # Of other lengths each time, so that nothing is known of it already.
    lengths = [most - 50 * look for look in range(1, LOOKS + 1)]
    short = min(cost(fitted(build, length // APART)) for length in lengths)
    taken = min(cost(fitted(build, length)) for length in lengths)
    growth = (taken / max(short, 1e-9)) ** (1 / log2(APART))
    return taken, growth if taken >= harmless else 0.0


def fitted(build: Build, most: int) -> Question:
    """Return a question of about so many bytes, and no more."""
    length = most
    while True:
        question = build(length)
        size = len(question.path) + len(question.body or b"")
        if size <= most:
            return question
        length = min(length - 1, int(length * most / size * 0.999))


def long_question(choose: random.Random, real: dict[str, dict[str, Any]]) -> tuple[str, Build, int]:
    """Return what a random question is, how it is made, and its greatest length."""
    columns = ["species", "sepal_length", "kind_0", "kind_1", "measure_01"]
    keys = [*columns, "sort", "by", "page", "per_page", "_log", "_x", "_view", "other"]
    way, key, route = choose.randrange(4), choose.choice(keys), choose.choice(ROUTES)
    if way == 0:
        said = _arguments(choose, key)
        page = choose.random() < 0.2
        path = f"/_dash-layout?search={quote('?', safe='')}" if page else f"{route}?"
        again = quote if page else str
        return f"GET {path}{key}", lambda n: Question("get", path + again(said(n))), MOST_URL
    if way == 1:
        where = choose.choice(("lower", "upper", "", ""))
        value = _value(choose, columns)

        def post(n: int) -> Question:
            body = {where: {key: value(n)}} if where else {key: value(n)}
            return Question("post", route, json.dumps(body).encode())

        return f"POST {route} {where} {key}", post, MOST_BODY
    if way == 2:
        body = _text(choose)
        wrap = choose.choice((b"%s", b'{"a":NaN,"b":"%s"}', b'{"page":%s}', b'{"%s":1}'))
        return (
            f"POST {route} {wrap!r}",
            lambda n: Question("raw", route, wrap % body(n).encode()),
            MOST_BODY,
        )
    return _callback(choose, real, key)


def _callback(
    choose: random.Random, real: dict[str, dict[str, Any]], key: str
) -> tuple[str, Build, int]:
    part = choose.choice((*PARTS, "address", "rows"))
    payload = {"address": "notices", "rows": "copy-panel"}.get(part, "answered")
    names = list(real["answered"]["inputs"][0]["value"]["ranges"])
    said, value = _arguments(choose, key), _value(choose, names)
    inside = choose.random() < 0.5 and part in ("facets", "ranges", "choices")

    def post(n: int) -> Question:
        body = copy.deepcopy(real[payload])
        if part == "address":
            body["inputs"][0]["value"]["search"] = "?" + said(n)
        elif part == "rows":
            body["state"][0]["value"]["rows"] = said(n)
        else:
            body["inputs"][0]["value"][part] = {key: value(n)} if inside else value(n)
        return Question("callback", CALLBACK, json.dumps(body).encode())

    return f"callback {part}", post, MOST_BODY


def _arguments(choose: random.Random, key: str) -> Callable[[int], str]:
    """Return what makes URL arguments: one long value, one long key, or very many of either."""
    text, several = _text(choose), _texts(choose)
    other = choose.choice(("v1", "1..2", "..", "a", "~none", ""))
    return choose.choice(
        (
            lambda n: f"{key}={quote(text(n))}",
            lambda n: f"{quote(text(n))}={other}",
            lambda n: "&".join(f"{key}={quote(one)}" for one in several(n)),
            lambda n: "&".join(f"{quote(one)}={other}" for one in several(n)),
            lambda n: "&".join([f"{key}={other}"] * (n // (len(key) + len(other) + 2))),
            lambda n: quote(text(n), safe="=&+%;,.~:/-_"),
        )
    )


def _value(choose: random.Random, names: Sequence[str]) -> Callable[[int], Any]:
    """Return what makes a JSON value: long, or many, or deep."""
    text, several = _text(choose), _texts(choose)
    one = choose.choice((*names, "v1", None, 1, 1.5, True, [], {}, "", [[]], {"column_id": "a"}))
    deep: Any = 1
    for _ in range(choose.choice((5, 200))):
        deep = [deep] if choose.random() < 0.7 else {"a": deep}
    depth = len(json.dumps(deep)) + 2
    return choose.choice(
        (
            text,
            several,
            lambda n: dict.fromkeys(several(n), one),
            lambda n: [one] * (n // (len(json.dumps(one)) + 2)),
            lambda n: [deep] * (n // depth),
            lambda n: list(range(n // 8)),
        )
    )


def _text(choose: random.Random) -> Callable[[int], str]:
    """Return what makes a text: a few pieces again and again."""
    pieces = choose.choices(PIECES, k=choose.choice((1, 2, 3)))
    unit = "".join(choose.choices(pieces, k=choose.randrange(1, 9)))
    return lambda n: (unit * (n // len(unit) + 1))[:n]


def _texts(choose: random.Random) -> Callable[[int], list[str]]:
    """Return what makes many short texts, each another one."""
    unit = _text(choose)(choose.choice((1, 4, 20)))
    return lambda n: [f"{unit}{number}" for number in range(n // (len(unit) + 9))]
