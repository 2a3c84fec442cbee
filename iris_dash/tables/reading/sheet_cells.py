"""Cells of a sheet below its header: a column of several kinds is text, each cell as it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from iris_dash.tables.libraries.moments import moment_texts
from iris_dash.tables.reading.text_types import NO_VALUE

Load = Callable[..., Any]
"""Reads a sheet, or some of its rows."""

Mend = Callable[[pl.DataFrame], pl.DataFrame]
"""Puts right what the reader has otherwise than it is written."""

Spans = Callable[[pl.DataFrame], dict[str, pl.Series]]
"""Tells of each column which cells show durations."""

TIMES_DAY = date(1899, 12, 31)
"""The day of a time without one: a sheet counts days from here, and a time is a part of one."""

DAY = 24 * 60 * 60 * 10**9

MOMENT = r"^-?\d+-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$"
"""How the reader writes dates, times and durations as text."""

WRITTEN = r"^-?[0-9]+(\.[0-9]+)?$"
"""How the reader writes numbers as text: no more than nine digits behind the point."""

AS_TEXT = {
    "float": r"^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$",
    "boolean": "^(true|false)$",
    "datetime": MOMENT,
    "duration": MOMENT,
}
"""How the reader writes all cells of a kind as text."""

NUMBER, WORDS = r"^(-?[0-9][0-9.]*|true|false)$", r"\p{L}{2}|^\p{L}$"


def cells_below(
    load: Load,
    skip: int,
    sample: pl.DataFrame,
    mend: Mend,
    spans: Spans,
    has_errors: bool = False,
) -> tuple[pl.DataFrame, bool]:
    """Return the rows below so many, and whether the reader alone makes the same of them.

    `sample` is some of them as text: what they tell need not be found by reading again. With
    `has_errors` there are some for which the reader tells no kind of the column.
    """
    guessed = [] if has_errors else _texts_among(sample)
    rows, kinds = _by_texts(load, skip) if has_errors else _by_kinds(load, skip, guessed)
    if with_moments := [name for name in guessed if _is_moment(rows[name]).any()]:
        guessed = [name for name in guessed if name not in with_moments]
        rows, kinds = _by_kinds(load, skip, guessed)
    given, rows = rows, mend(rows)
    is_plain = rows is given and all("String" in found for found in kinds.values())
    if exact := _with_all_digits(load, skip, rows.select(*guessed, *kinds)):
        rows, is_plain = rows.with_columns(exact), False
    both = [name for name, found in kinds.items() if "DateTime" in found and "Duration" in found]
    is_span = spans(rows) if both else {}
    for kind in ("DateTime", "Duration"):
        odd = [name for name, found in kinds.items() if kind in found]
        if odd:
            types = dict.fromkeys(rows.columns, "string") | dict.fromkeys(odd, kind.lower())
            typed = load(skip_rows=skip, schema_sample_rows=None, dtypes=types).to_polars()
            typed = mend(typed)
            shown = [_as_shown(rows[name], typed[name]) for name in odd]
            if kind == "DateTime":  # as which a duration can be read, too
                shown = [
                    c.zip_with(~is_span[c.name], rows[c.name]) if c.name in is_span else c
                    for c in shown
                ]
            rows = rows.with_columns(shown)
            is_plain = False
    clocks = [column for column in rows if _has_clocks_and_days(column)]
    return rows.with_columns(map(_moment_texts, clocks)), is_plain and not clocks


def _with_all_digits(load: Load, skip: int, texts: pl.DataFrame) -> list[pl.Series]:
    """Return those columns whose numbers have more digits than their texts, with all of them."""
    names = [column.name for column in texts if column.str.contains(WRITTEN).any()]
    if not names:
        return []
    how = {"use_columns": names, "dtypes": dict.fromkeys(names, "float")}
    found = []
    for numbers in load(skip_rows=skip, schema_sample_rows=None, **how).to_polars():
        written = texts[numbers.name]
        said = written.str.extract(f"({WRITTEN})").cast(pl.Float64)
        is_short = (said != numbers).fill_null(False)
        if is_short.any():
            found.append(numbers.cast(pl.String).zip_with(is_short, written))
    return found


def _texts_among(sample: pl.DataFrame) -> list[str]:
    """Return the columns that hold words beside numbers."""
    return [
        column.name
        for column in sample
        if (like := column.str.contains(NUMBER)).any()
        and (column.str.contains(WORDS) & ~like & ~_is_no_value(column)).any()
    ]


def _is_no_value(texts: pl.Series) -> pl.Series:
    """Return which texts mean "no value" beside numbers."""
    return texts.str.strip_chars().str.to_lowercase().is_in(NO_VALUE)


def _by_kinds(load: Load, skip: int, texts: list[str]) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return rows whose columns of several kinds are text, and what kinds; not of these texts."""
    from fastexcel import UnsupportedColumnTypeCombinationError  # no other file needs it

    kinds: dict[str, str] = {}
    while True:
        types = dict.fromkeys([*texts, *kinds], "string")
        how = {"schema_sample_rows": None, "dtypes": types or None, "dtype_coercion": "strict"}
        try:
            return load(skip_rows=skip, **how).to_polars(), kinds
        except UnsupportedColumnTypeCombinationError as error:
            found = re.search(r"\{(.*)\}[^{}]*(__UNNAMED__\d+)", str(error), re.DOTALL)
            if not found or found[2] in types:
                raise
            kinds[found[2]] = found[1]


def _by_texts(load: Load, skip: int) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the same rows and kinds by what all texts of a column are; errors are missing."""
    read = partial(load, skip_rows=skip, schema_sample_rows=None)
    texts = read(dtypes="string").to_polars()
    types = dict.fromkeys(texts.columns, "string")
    for kind, pattern in AS_TEXT.items():
        typed = read(dtypes=kind).to_polars()
        for name, text in zip(texts.columns, texts, strict=True):
            is_kind = (text.str.contains(pattern) & typed[name].is_not_null()) | text.is_null()
            if types[name] == "string" and text.count() and is_kind.all():
                types[name] = kind
    kinds = {name: "String, DateTime, Duration" for name, kind in types.items() if kind == "string"}
    return read(dtypes=types).to_polars(), kinds


def _is_moment(texts: pl.Series) -> pl.Series:
    return texts.str.contains(MOMENT)


def _as_shown(texts: pl.Series, moments: pl.Series) -> pl.Series:
    """Return texts of which those that are moments are as they show.

    A text that looks like one is no moment; in ODS a duration is no text.
    """
    is_moment = moments.is_not_null() & _is_moment(texts).fill_null(True)
    return _moment_texts(moments).zip_with(is_moment, texts)


def is_clock(column: pl.Series) -> pl.Series:
    """Return which moments have no day, and so are times of day."""
    return column.dt.date() == TIMES_DAY


def _has_clocks_and_days(column: pl.Series) -> bool:
    """Return whether times of day stand beside other moments; a lone midnight may be a day 0."""
    if not isinstance(column.dtype, pl.Datetime) or column.is_empty():
        return False
    clock = is_clock(column)
    return not clock.all() and bool((clock & (column.dt.truncate("1d") != column)).any())


def _moment_texts(column: pl.Series) -> pl.Series:
    """Return moments as a sheet shows them: days, times of day, both, or hours."""
    if column.dtype == pl.Duration:
        return span_texts(column)
    days, clocks = moment_texts(column.dt.date()), moment_texts(column.dt.time())
    both = moment_texts(column.cast(pl.Datetime("us")))
    midnight = column.dt.truncate("1d") == column
    shown = days.zip_with(midnight.fill_null(False), both)
    return clocks.zip_with(is_clock(column).fill_null(False), shown)


def span_texts(spans: pl.Series) -> pl.Series:
    """Return durations as hours, minutes and seconds.

    >>> from datetime import timedelta
    >>> span_texts(pl.Series([timedelta(hours=30), timedelta(seconds=-1.5)])).to_list()
    ['30:00:00', '-00:00:01.500000']
    """
    length = spans.dt.total_nanoseconds().abs()
    hour = DAY // 24
    parts = {
        "sign": pl.select(pl.when(spans.to_physical() < 0).then(pl.lit("-")).otherwise(pl.lit("")))
        .to_series()
        .set(spans.is_null(), None),
        "hours": (length // hour).cast(pl.String).str.zfill(2),
        "rest": moment_texts((length % hour).cast(pl.Time)).str.slice(2),
    }
    return pl.DataFrame(parts).select(pl.concat_str(pl.all()).alias(spans.name)).to_series()
