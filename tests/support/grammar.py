"""Any query of the whole grammar, drawn with what it means: a plain loop over plain rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from iris_dash.tables.description import TableDescription

Row = dict[str, Any]
Holds = Callable[[Any], bool]

FACET, TEXT, REAL, WHOLE, DAY, MOMENT, NUMBER = "page", "_a=b", "x..y", "^*$ ü", "da y", "at", "n"
"""Columns of every kind, of names that mean something elsewhere."""

KINDS = {FACET: "facet", TEXT: "text", DAY: "time", MOMENT: "time"}
KINDS |= dict.fromkeys((REAL, WHOLE, NUMBER), "measure")
SAID = TableDescription(columns={name: {"kind": kind} for name, kind in KINDS.items()})
VALUES = ["", "~odd", "a,b", "A&B", "é"]
LETTERS = ["a", "B", "~", "&", "é", ","]
FIRST = datetime(2012, 12, 30)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass
class Asked:
    """What is asked of one column: as an address, as `where` has it, and what that lets in."""

    column: str
    arguments: list[str]
    said: Any
    holds: Holds
    of: str = ""
    """The column that the values are of; a part of a time is on another."""


@dataclass
class Question:
    """Filters on columns, and a search."""

    filters: list[Asked] = field(default_factory=list)
    search: str = ""

    @property
    def where(self) -> dict[str, Any]:
        return {one.column: one.said for one in self.filters}

    @property
    def arguments(self) -> list[tuple[str, str]]:
        def key(name: str) -> str:
            return f".{name}" if name in (FACET, TEXT) else name

        pairs = [(key(one.column), text) for one in self.filters for text in one.arguments]
        return pairs + [("search", self.search)] * bool(self.search)

    def selects(self, row: Row, but: str | None = None) -> bool:
        """Whether a row passes every filter, `but` that of one column."""
        return all(
            one.holds(row[one.of or one.column]) for one in self.filters if one.column != but
        ) and (but == "" or self._found(row))

    def _found(self, row: Row) -> bool:
        part = self.search.lower()
        return not part or any(part in (row[name] or "").lower() for name in (FACET, TEXT))


def spelled(value: str | None) -> str:
    """Return a value as an address has it."""
    return "~missing" if value is None else "~" + value if value.startswith("~") else value


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Draw rows with every kind of column, missing values in each."""
    count = draw(st.integers(8, 24))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(st.none() | values, min_size=count, max_size=count))

    hours = st.integers(0, 100).map(lambda n: FIRST + timedelta(hours=n * 7))
    columns = {
        FACET: column(st.sampled_from(VALUES[1:])),
        TEXT: column(st.sampled_from(VALUES)),
        REAL: column(st.integers(-6, 6).map(lambda n: n / 2)),
        WHOLE: column(st.integers(-3, 3)),
        DAY: column(hours.map(datetime.date)),
        MOMENT: column(hours),
    }
    # Each column has two values at least, and so a kind.
    ends = {FACET: VALUES[1:3], TEXT: VALUES[:2], REAL: [-9.5, 9.5], WHOLE: [-9, 9]}
    ends |= {DAY: [date(2012, 6, 1), date(2013, 6, 1)]}
    ends |= {MOMENT: [datetime(2012, 6, 1), datetime(2013, 6, 1, 12)]}
    for name, pair in ends.items():
        columns[name] += pair
    return [
        {name: values[n] for name, values in columns.items()} | {NUMBER: n}
        for n in range(count + 2)
    ]


def frame_of(rows: list[Row]) -> pl.DataFrame:
    types = {FACET: pl.String, TEXT: pl.String, REAL: pl.Float64, WHOLE: pl.Int64}
    types |= {DAY: pl.Date, MOMENT: pl.Datetime("us"), NUMBER: pl.Int64}
    return pl.DataFrame(rows, schema=types)


@st.composite
def choices(draw: st.DrawFn, column: str, values: list[str | None]) -> Asked:
    """Draw what is asked of a facet or a text."""
    arguments: list[str] = []
    said: dict[str, Any] = {}
    chosen = draw(st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=3))
    out = chosen is not None and draw(st.booleans()) and None not in chosen
    if chosen is not None:
        said["not" if out else "any"] = chosen
        arguments += [("~not:" if out else "") + spelled(value) for value in chosen]
    for key, mark in (("has", "~has:"), ("starts", "~starts:")):
        if draw(st.integers(0, 3)) == 0:
            said[key] = [draw(st.sampled_from(LETTERS))]
            arguments += [mark + part for part in said[key]]
    if draw(st.integers(0, 3)) == 0 or not said:
        said["present"] = True
        arguments.append("~present")

    def holds(text: str | None) -> bool:
        if "any" in said and text not in said["any"]:
            return False
        if text in said.get("not", ()) or ("present" in said and text is None):
            return False
        parts = [*said.get("has", ()), *said.get("starts", ())]
        if text is None:
            return not parts
        small = text.lower()
        return all(part.lower() in small for part in said.get("has", ())) and all(
            small.startswith(part.lower()) for part in said.get("starts", ())
        )

    return Asked(column, arguments, said, holds)


Span = tuple[str, str, Holds]
"""Two ends as texts, empty where it is open, and what lies between them."""


@st.composite
def spans(draw: st.DrawFn, column: str, one: st.SearchStrategy[Span], number: Any) -> Asked:
    """Draw what is asked of a measure or a time: some spans, the missing value, or any at all."""
    drawn = draw(st.lists(one, max_size=3))
    missing, present = draw(st.booleans()), draw(st.integers(0, 3)) == 0
    missing = missing or not (drawn or present)
    arguments = [f"{low}..{high}" for low, high, _ in drawn]
    arguments += ["~missing"] * missing + ["~present"] * present
    some: list[Any] = [
        {key: number(end) for key, end in (("from", low), ("to", high)) if end}
        for low, high, _ in drawn
    ]
    some += [None] * missing
    said: Any = some
    if present:
        said = {"any": some, "present": True} if some else {"present": True}

    def holds(value: Any) -> bool:
        if value is None:
            return missing and not present
        return any(inside(value) for _, _, inside in drawn) or (present and not some)

    return Asked(column, arguments, said, holds)


def _ordered(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    low, high = pair
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def number_spans(scale: float) -> st.SearchStrategy[Span]:
    """Draw an interval of numbers, or one that is open at an end."""

    def span(pair: tuple[int | None, int | None]) -> Span:
        low, high = _ordered(pair)
        texts = ["" if end is None else f"{end * scale:g}" for end in (low, high)]

        def inside(value: float) -> bool:
            above = low is None or value >= low * scale
            return above and (high is None or value <= high * scale)

        return texts[0], texts[1], inside

    ends = st.tuples(st.none() | st.integers(-8, 8), st.none() | st.integers(-8, 8))
    return ends.filter(lambda pair: pair != (None, None)).map(span)


FORMS = {"%Y": 4, "%Y-%m": 7, "%Y-%m-%d": 10, "%Y-%m-%dT%H": 13}


def time_spans(is_date: bool) -> st.SearchStrategy[Span]:
    """Draw a period, each end as coarse as a year or as fine as a day, or an hour."""
    forms = list(FORMS)[: 3 if is_date else 4]
    hours = st.integers(-200, 900).map(lambda n: FIRST + timedelta(hours=n))

    def span(drawn: tuple[datetime | None, datetime | None, str, str]) -> Span | None:
        low, high = _ordered(drawn[:2])
        texts = [
            "" if end is None else end.strftime(form)
            for end, form in zip((low, high), drawn[2:], strict=True)
        ]
        lengths = [len(text) for text in texts]
        least = min(filter(None, lengths))
        if texts[0] and texts[1] and texts[0][:least] > texts[1][:least]:
            return None

        def inside(value: Any) -> bool:
            # A text in ISO 8601 names what begins with it.
            own = value.isoformat()
            return (not texts[0] or own[: lengths[0]] >= texts[0]) and (
                not texts[1] or own[: lengths[1]] <= texts[1]
            )

        return texts[0], texts[1], inside

    form = st.sampled_from(forms)
    drawn = st.tuples(st.none() | hours, st.none() | hours, form, form)
    kept = drawn.filter(lambda one: one[:2] != (None, None)).map(span)
    return kept.filter(lambda one: one is not None)


@st.composite
def weekdays(draw: st.DrawFn, column: str) -> Asked:
    """Draw what is asked of the weekday of a time."""
    days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True))
    out = draw(st.booleans())
    said = {"not": days} if out else days
    arguments = [("~not:" if out else "") + day for day in days]

    def holds(value: date | None) -> bool:
        if value is None:
            return out
        return (WEEKDAYS[value.weekday()] in days) != out

    return Asked(f"{column}:weekday", arguments, said, holds, of=column)


@st.composite
def questions(draw: st.DrawFn, rows: list[Row]) -> Question:
    """Draw a question of such rows; at most one filter on each column."""
    facet = list(dict.fromkeys(row[FACET] for row in rows))
    asked = {
        FACET: choices(FACET, facet),
        TEXT: choices(TEXT, [*VALUES, None, "none has it"]),
        REAL: spans(REAL, number_spans(0.5), float),
        WHOLE: spans(WHOLE, number_spans(1), int),
        DAY: spans(DAY, time_spans(is_date=True), str),
        MOMENT: spans(MOMENT, time_spans(is_date=False), str),
        f"{DAY}:weekday": weekdays(DAY),
        f"{MOMENT}:weekday": weekdays(MOMENT),
    }
    names = draw(st.lists(st.sampled_from(list(asked)), max_size=4, unique=True))
    search = draw(st.sampled_from(["", "", "", "A", "~o"]))
    return Question([draw(asked[name]) for name in names], search)
