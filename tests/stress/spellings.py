"""Addresses that are spelled otherwise than the one way in which there is something."""

from __future__ import annotations

import re
from collections import Counter

from stress.logins import paths_of
from stress.questions import Question, ask, page_questions
from stress.targets import Fleet

SPELLINGS = (
    "/{path}",
    "//{path}",
    "/.{path}",
    "/x/..{path}",
    "/%2e%2e{path}",
    "/%2F{path}",
    "/%5C{path}",
    "{path}/..",
    "{path}/.",
    "{path}//",
    "{path}%2F%2F",
    "{path}%00",
    "{path}%0A",
    "{path}\\",
)
"""How a path is written so that what looks at its beginning or end takes it for another."""

ELSEWHERE = ((r"\.v(\w+)m\d+\.", r".v\1m1."), (r"\?v=\w+", "?v=0"), (r"/v-\w+/", "/v-0/"))
"""How a fingerprint is made up."""


def reach_nothing(fleet: Fleet) -> tuple[str, bool]:
    """Ask for each path that there is in each spelling, and for each file by made-up names."""
    files = page_questions(fleet.url)
    known = [*paths_of(fleet), *(question.path.partition("?")[0] for question in files)]
    asked = [spelling.format(path=path) for path in known for spelling in SPELLINGS]
    for name, other in ELSEWHERE:
        asked += [re.sub(name, other, q.path) for q in files if re.search(name, q.path)]
    statuses = Counter(ask(fleet.url, Question("spelling", path)).status for path in asked)
    traces = fleet.replicas[0].printed().count("Traceback")
    measured = (
        f"{len(known)} paths, {len(asked):,} spellings: "
        f"{', '.join(f'{count:,} × {status}' for status, count in sorted(statuses.items()))}; "
        f"{traces} tracebacks in the log"
    )
    return measured, set(statuses) == {404} and not traces
