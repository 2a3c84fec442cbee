"""What is learnt of a request on its way: its id, where its time went, what it was about.

Code that knows nothing of the web says it here, and it costs next to nothing while nobody listens.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any


@dataclass(slots=True)
class Trace:
    """What is learnt of one request.

    `spans` are names and seconds, in the order in which they ended; `query` is the canonical text
    of what was asked; `rows` how many rows the answer has; `found` where an answer was kept:
    `memory`, `redis` or `nowhere`; `who` asked; `error` what ended the answer on its way.
    """

    id: str
    spans: list[tuple[str, float]] = field(default_factory=list)
    query: str | None = None
    rows: int | None = None
    found: str | None = None
    who: str | None = None
    error: str | None = None


_listening: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """Return the trace of the request that this code runs for, None outside of one."""
    return _listening.get()


class listening:  # noqa: N801 -- reads as a word of a with statement
    """A block in which a trace hears what is said."""

    __slots__ = ("_before", "_trace")

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def __enter__(self) -> None:
        self._before = _listening.set(self._trace)

    def __exit__(self, *reason: object) -> None:
        _listening.reset(self._before)


def note(**said: Any) -> None:
    """Tell the request's trace some of its fields.

    >>> with listening(Trace("a1")):
    ...     note(rows=3)
    ...     current().rows
    3
    >>> note(rows=3)
    """
    trace = _listening.get()
    if trace is not None:
        for name, value in said.items():
            setattr(trace, name, value)


class span:  # noqa: N801 -- reads as a word of a with statement
    """A block whose time the request's trace hears of.

    >>> with listening(Trace("a1")), span("query"):
    ...     trace = current()
    >>> [name for name, seconds in trace.spans]
    ['query']
    """

    __slots__ = ("_begun", "_name")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._begun = perf_counter()

    def __exit__(self, *reason: object) -> None:
        trace = _listening.get()
        if trace is not None:
            trace.spans.append((self._name, perf_counter() - self._begun))
