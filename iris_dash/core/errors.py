"""The errors that the package raises; each names the bad value and lists the valid ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Any


class IrisDashError(Exception):
    """Base of every error that the package raises on purpose."""


class DatasetError(IrisDashError):
    """A source cannot be opened as a table; the message is one line naming it and the reason."""


class NoTableError(DatasetError):
    """A source names a table, file or folder that is not there; the message says what is."""


class EngineAway(IrisDashError):  # noqa: N818 -- it says what happened
    """The engine that holds the table cannot be reached or asked now; it may be again later."""


class NoRoom(IrisDashError):  # noqa: N818 -- it says what happened
    """There is no room for temporary files; the message names the folder and what is needed."""


class QueryTooLong(IrisDashError):  # noqa: N818 -- it says what happened
    """An answer was given up, since it took longer than an answer may."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the answer takes longer than {seconds:g} s, so it was given up")


class AnswerFailed(Exception):  # noqa: N818 -- it says what happened
    """A question of the page was one, and its answer failed unexpectedly; the cause says why."""


class SettingsError(IrisDashError):
    """A setting has a value that it cannot have; the message names key, value and what may be."""


class StartFailed(IrisDashError):  # noqa: N818 -- it says what happened
    """No worker can serve; the message is one line that says what prevents it."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a query: what kind, where it stood, in words, and the value given."""

    type: str
    loc: tuple[str | int, ...]
    msg: str
    input: Any = None


class QueryError(IrisDashError):
    """A query cannot be asked of this table; `problems` holds every reason, `str()` says them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.msg for problem in self.problems))


def list_names(names: Iterable[object], most: int = 20) -> str:
    """Return names as a readable list, cut after `most`.

    >>> list_names(["a", "b", "c"], most=2)
    'a, b … (3 in all)'
    """
    texts = [str(name) for name in names]
    if len(texts) > most:
        return f"{', '.join(texts[:most])} … ({len(texts)} in all)"
    return ", ".join(texts) if texts else "none"


@contextmanager
def naming(what: str | None) -> Iterator[None]:
    """Say in front of a DatasetError's reason what it is about, if that has a name.

    >>> with naming("IRIS_DASH_DATA"):
    ...     raise DatasetError("a.csv: there is no such file")
    Traceback (most recent call last):
    iris_dash.core.errors.DatasetError: IRIS_DASH_DATA: a.csv: there is no such file
    """
    try:
        yield
    except DatasetError as error:
        raise DatasetError(f"{what}: {error}" if what else str(error)) from None


def first_line(error: BaseException) -> str:
    """Return the first line of what another library says of its error."""
    return (str(error).strip().splitlines() or ["unreadable"])[0]


def in_one_line(error: BaseException) -> str:
    """Return an error as one line; an unexpected one says its kind and where it was raised, too.

    >>> in_one_line(DatasetError("a.csv: there is no such file")), in_one_line(KeyError("a"))
    ('a.csv: there is no such file', "KeyError: 'a'")
    """
    words = first_line(error)
    if isinstance(error, IrisDashError):
        return words
    frames = extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {words}{place}"


def unknown_name(kind: str, name: object, valid: Iterable[object], plural: str = "") -> str:
    """Return a sentence for an unknown name, with the valid ones and the nearest of them.

    >>> unknown_name("column", "sepal_lenght", ["sepal_length", "species"])
    "unknown column 'sepal_lenght'; columns are sepal_length, species; did you mean 'sepal_length'?"
    """
    texts = [str(item) for item in valid]
    near = difflib.get_close_matches(str(name), texts, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown {kind} {name!r}; {plural or kind + 's'} are {list_names(texts)}{hint}"
