"""Random payloads to the dashboard's callbacks: real ones that went wrong, and plain nonsense."""

from __future__ import annotations

import copy
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from stress.load import known_answers, same
from stress.questions import (
    CALLBACK,
    NOBODY,
    Client,
    Question,
    callback_questions,
    payloads,
)
from stress.targets import Fleet

BATCH = 100
PROMPT = 2
"""Seconds in which the next user is answered."""

TIMES = 3
"""How often that one asks; what keeps a thread or the lock slows each of them."""

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(10**30), 10**400, 1.5, -0.0, 5e-324,
    1e308, -1e308, float("nan"), float("inf"), float("-inf"),
    "", "x", "0", "-1", "NaN", "setosa", "species", "sepal_length", "..", "~none", "\x00",
    "\ud800", "☃", "\u202e", "a" * 20_000, "[]", "__class__", "<script>alert(1)</script>",
    "'; DROP TABLE x; --", "{{7*7}}", "../../etc/passwd", "%s%n",
    [], {}, [[]], [None], [{}], [1, 2, 3], ["a", "b"], ["setosa"], {"a": 1}, {"": None},
    {"__proto__": {}}, [[[[[[]]]]]], list(range(2_000)), {str(n): n for n in range(2_000)},
)  # fmt: skip
"""What stands in the place of something real."""


def answers_nonsense(fleet: Fleet, requests: int = 2_400, seed: int = 5) -> tuple[str, bool]:
    """Post nonsense in batches; ask after each what an ordinary user asks."""
    choose = random.Random(seed)
    real = list(payloads(fleet.url).values())
    ordinary = [
        Question("rows", "/range/?species=setosa&sort=-sepal_length"),
        *callback_questions(fleet.url, [[5.0, 6.0]]),
    ]
    known = known_answers(fleet.url, ordinary)
    client = Client(fleet.url)
    statuses: Counter[int] = Counter()
    bad: list[str] = []
    unlike = 0
    slow = 0.0
    for number in range(requests):
        body = nonsense(choose, real)
        reply = client.ask(Question("nonsense", CALLBACK, body))
        statuses[reply.status] += 1
        if reply.status == NOBODY or reply.status >= 500 or b"Traceback" in reply.body:
            bad.append(f"{reply.status} {body[:100]!r}")
        if number % BATCH == BATCH - 1:
            taken = []
            for _ in range(TIMES):
                began = time.monotonic()
                unlike += sum(not same(q, client.ask(q).body, known[q][0]) for q in ordinary)
                taken.append(time.monotonic() - began)
            slow = max(slow, min(taken))
    client.close()
    logged = fleet.replicas[0].printed().count("Traceback")
    counted = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    measured = (
        f"{counted}; {logged} tracebacks in the log, {unlike} ordinary answers unlike before, "
        f"the slowest pair {1000 * slow:.0f} ms"
    )
    if bad:
        measured += f" ({'; '.join(bad[:2])})"
    return measured, not bad and not logged and not unlike and slow <= PROMPT


def nonsense(choose: random.Random, real: list[dict[str, Any]]) -> bytes:
    """Return a body: nearly a real one more often than not, else any JSON, else any bytes."""
    kind = choose.random()
    if kind < 0.75:
        payload = copy.deepcopy(choose.choice(real))
        for _ in range(choose.choice((1, 1, 1, 2, 5))):
            payload = _spoilt(choose, payload)
        return _json(payload)
    if kind < 0.85:
        return _json(_any_value(choose, 4))
    if kind < 0.90:
        whole = _json(choose.choice(real))
        return whole[: choose.randrange(len(whole))]
    if kind < 0.95:
        depth = choose.choice((10, 1_000, 50_000))
        return choose.choice((b"[", b'{"a":', b'{"inputs":[')) * depth
    return choose.randbytes(choose.randrange(1, 300))


def _spoilt(choose: random.Random, value: Any) -> Any:
    """Return a value with something wrong somewhere in it, anywhere as likely."""
    if not isinstance(value, dict | list) or not value or choose.random() < 0.05:
        return _any_value(choose, 2)
    keys: Sequence[Any] = list(value) if isinstance(value, dict) else range(len(value))
    (key,) = choose.choices(keys, [_size(value[key]) for key in keys])
    way = choose.random()
    if way < 0.80:
        value[key] = _spoilt(choose, value[key])
    elif way < 0.87:
        del value[key]
    elif way < 0.93:
        value[key] = [value[key]]
    elif isinstance(value, dict):
        value[str(_any_value(choose, 0))[:50]] = value.pop(key)
    else:
        value.append(_any_value(choose, 1))
    return value


def _size(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, parts))


def _any_value(choose: random.Random, depth: int) -> Any:
    if depth and choose.random() < 0.4:
        many = range(choose.randrange(4))
        if choose.random() < 0.5:
            return [_any_value(choose, depth - 1) for _ in many]
        return {str(_any_value(choose, 0))[:50]: _any_value(choose, depth - 1) for _ in many}
    return copy.deepcopy(choose.choice(VALUES))


def _json(value: Any) -> bytes:
    """Return JSON as Python writes it: NaN is there, lone surrogates are escaped."""
    return json.dumps(value).encode()
