"""Clients that say they are others: forged headers, spelled in every way, and long queries."""

from __future__ import annotations

import random
from collections import Counter
from urllib.parse import urlencode

from stress.questions import Client, Question
from stress.targets import WORDS, Fleet

FORGED = {
    "X-Forwarded-For": "203.0.113.66",
    "X-Real-IP": "203.0.113.66",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "gopher",
    "X-Request-Id": "evil-203.0.113.66",
    "Forwarded": "for=203.0.113.66;host=evil.example",
}
"""What may be in no answer and in no log."""

BUFFER = 4_096
"""Bytes that nginx, unless told otherwise, has for the headers of an answer."""

PATHS = ("/", "/range/", "/stats/mean/", "/export.csv", "/export/means.json", "/openapi.json")


def believed_by_nobody(fleet: Fleet, requests: int = 5_000) -> tuple[str, bool]:
    """Ask with forged headers, their names with underscores or not, and queries of any length."""
    rng = random.Random(8)
    client = Client(fleet.url)
    wrong: Counter[str] = Counter()
    largest = 0
    for _ in range(requests):
        client.headers = {
            "".join(rng.choice("-_") if sign == "-" else sign for sign in name): text
            for name, text in FORGED.items()
            if rng.random() < 0.5
        }
        path = rng.choice(PATHS)
        values = rng.sample(WORDS, rng.randint(0, len(WORDS) - 1))
        query = [("word", value) for value in values]
        if path == "/range/":
            query += [("page", "2"), ("per_page", "1")]
        asked = path if path == "/openapi.json" else f"{path}?{urlencode(query)}"
        reply = client.ask(Question("forged", asked))
        said = repr(reply.headers)
        size = sum(len(name) + len(text) + 4 for name, text in reply.headers.items())
        largest = max(largest, size)
        if reply.status != 200:
            wrong[f"{path} {reply.status}"] += 1
        if "evil" in said or "gopher" in said or b"evil" in reply.body:
            wrong[f"{path} believes it"] += 1
    client.close()
    logs = "".join(replica.printed() for replica in fleet.replicas)
    lines = logs.count('"client":')
    forged = sum("203.0.113.66" in line for line in logs.splitlines())
    measured = (
        f"{requests:,} requests, {wrong.total()} answered otherwise, {forged} of {lines:,} lines "
        f"of the log with a forged one; {largest:,} bytes of headers at most"
    )
    if wrong:
        measured += f" ({', '.join(f'{what}: {n}' for what, n in wrong.most_common(3))})"
    return measured, not wrong and not forged and lines > 0 and largest < BUFFER
