"""The errors that the package raises; each names the bad value and lists the valid ones."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ContextDecorator, contextmanager
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from os.path import commonprefix
from pathlib import Path
from traceback import extract_tb
from typing import Any

MOST_PROBLEMS = 20
"""Problems of one question that are told; more of them say nothing new, and each costs time."""

MOST_TOLD = 200
"""Characters of one text that an error quotes."""

MOST_QUOTED = 2_000
"""Characters of what was given that one problem quotes."""

DEEPEST = 10
"""How many lists and objects within each other it quotes."""

LONGEST_MESSAGE = 4_000

MOST_COMPARED = 100
"""Names that are compared with a wrong one, letter by letter, for the one that was meant."""

LONGEST_NAME = 200
"""Nobody means another name by a longer one."""


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
    """One thing wrong with a query: what kind, where it stood, in words, and the value given.

    None of them is long, whatever was given: see `shorten` and `quote`.
    """

    type: str
    loc: tuple[str | int, ...]
    msg: str
    input: Any = None

    def __post_init__(self) -> None:
        loc = tuple(shorten(part) if isinstance(part, str) else part for part in self.loc)
        object.__setattr__(self, "loc", loc)
        object.__setattr__(self, "msg", shorten(self.msg, LONGEST_MESSAGE))
        object.__setattr__(self, "input", quote(self.input))


class QueryError(IrisDashError):
    """A query cannot be asked of this table; `problems` has the reasons, `str()` says them.

    Of more than 20 the first 20, and one that says that there are more; the others are not even
    made. `keys` are all the keys of an address that are wrong, where whoever raises it knows them.
    """

    def __init__(self, problems: Iterable[Problem], keys: Collection[str] = ()) -> None:
        self.problems = first_problems(problems)
        self.keys = frozenset(keys)
        super().__init__("; ".join(problem.msg for problem in self.problems))


def first_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the first 20 problems, and one more that says so if there are others."""
    left = iter(problems)
    first = tuple(islice(left, MOST_PROBLEMS))
    if next(left, None) is None:
        return first
    message = f"there are more problems; these are the first {MOST_PROBLEMS}"
    return (*first, Problem("more_problems", first[0].loc[:1], message))


def shorten(text: str, most: int = MOST_TOLD) -> str:
    """Return a text, cut after so many characters.

    >>> shorten("short"), shorten("longer", most=4)
    ('short', 'long…')
    """
    return text if len(text) <= most else text[:most] + "…"


def quote(value: Any) -> Any:
    """Return what was given, cut where it is long, so that an error can quote it.

    >>> quote([1, "a"]), len(quote("a" * 10**6)), len(quote(list(range(10**6))))
    ([1, 'a'], 201, 2000)
    """
    rest = MOST_QUOTED

    def cut(value: Any, depth: int) -> Any:
        nonlocal rest
        rest -= 1
        if isinstance(value, str):
            rest -= min(len(value), MOST_TOLD)
            return shorten(value)
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return "…" if depth == DEEPEST else within(value, depth + 1)
        return value

    def within(value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            found = {}
            for key, one in value.items():
                if rest <= 0:
                    found["…"] = "…"
                    break
                found[cut(str(key), depth)] = cut(one, depth)
            return found
        several = []
        for one in value:
            if rest <= 0:
                several.append("…")
                break
            several.append(cut(one, depth))
        return several

    return cut(value, 0)


def list_names(names: Iterable[object], most: int = 20) -> str:
    """Return names as a readable list, cut after `most`.

    >>> list_names(["a", "b", "c"], most=2)
    'a, b … (3 in all)'
    """
    texts = [shorten(str(name)) for name in names]
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


class LibraryPanic(Exception):  # noqa: N818 -- the library's own word
    """A library gave up in a way that is no `Exception`, as Polars does in its PanicException."""


class panics_as_errors(ContextDecorator):  # noqa: N801 -- reads as the words that it is
    """Raise a library's panic as an `Exception`, so that whoever handles those handles it too.

    What ends a process or a generator stays what it is.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        if isinstance(error, Exception | KeyboardInterrupt | SystemExit | GeneratorExit):
            return
        raise LibraryPanic(first_line(error)) from error


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
    near = _nearest(str(name), texts)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown {kind} {quote(name)!r}; {plural or kind + 's'} are {list_names(texts)}{hint}"


def _nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return the name that is most like another one, if one is; of many those are looked at that
    have most of their beginning and end in common with it.
    """
    if len(name) > LONGEST_NAME:
        return []

    def in_common(other: str) -> int:
        ends = (name, other), (name[::-1], other[::-1])
        return sum(len(commonprefix(pair)) for pair in ends)  # noqa: RUF071 -- not of paths

    # No other length is near, so that no text is read that is too long.
    likely = [other for other in names if 3 * len(name) <= 7 * len(other) <= 7 * 3 * len(name)]
    if len(likely) > MOST_COMPARED:
        likely = nlargest(MOST_COMPARED, likely, key=in_common)
    return difflib.get_close_matches(name, likely, n=1)
