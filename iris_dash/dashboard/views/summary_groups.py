"""The answer of the Summarise view: figures of groups as people read them and as they are drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from iris_dash.analysis.comparison import SMALL
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.views.sentence import (
    Sentence,
    decimals_shown,
    key_words,
    statistic_words,
)
from iris_dash.dashboard.views.summary_asking import Figure, SummaryAsking
from iris_dash.dashboard.views.summary_filters import (
    figure_pairs,
    group_pairs,
    replaced_keys,
    unit_argument,
)
from iris_dash.dashboard.views.summary_order import MOST_COLUMNS, MOST_ROWS
from iris_dash.explorer import Explorer
from iris_dash.query.calendar import PARTS
from iris_dash.query.group_keys import GroupKey, UnitKey, ValueKey
from iris_dash.query.locale import number_read, time_read
from iris_dash.query.moments import period_of
from iris_dash.query.numbers import from_to, rounded_text, with_minus
from iris_dash.query.query import Query
from iris_dash.query.schema import MOST_COLOURS, Facet, Measure, Schema
from iris_dash.query.value_text import value_name

Head = tuple[str, list[tuple[str, str]]]
"""What a group is called, and the arguments that let in its rows."""

EPOCH = datetime(1970, 1, 1)
FEW_ROWS = 8
"""More groups of no known order stand by their figures."""

WHOLE = ("count", "missing", "distinct")
DIGITS, DIGITS_APART = 3, 2
LARGEST = 1e12


def summary(
    explorer: Explorer, query: Query, asked: Sentence, state: DashboardState
) -> dict[str, Any]:
    """Return what the page's script draws of a sentence, of the rows that a query selects.

    `rows` and `columns`: a name and the arguments that let in its rows; `cells`: per row a figure
    per column, then that of the row; `foot`: those of the columns, then of all. A figure is null
    where there are no rows, else its text, its value as a number, n, and of a mean the ends of the
    interval. `more`: groups that are not shown; `places`: where the times of rows or of columns
    (`times` says which) lie, in days. Errors: QueryError where there are too many.
    """
    schema = explorer.schema
    ask = SummaryAsking(explorer, query, asked)
    lines = ask.groups((asked.rows,), page=MOST_ROWS)
    all_rows = lines.figures.pop((), None)
    names = [place for (place,) in lines.figures]
    heads: list[Any] = []
    cells: Mapping[tuple[Any, ...], Figure] = {}
    foot: list[Figure | None] = []
    hidden = 0
    if asked.columns is not None:
        across = ask.groups((asked.columns,), page=MOST_COLUMNS)
        across.figures.pop((), None)
        heads, hidden = [place for (place,) in across.figures], across.total - len(across.figures)
        cells = ask.groups((asked.rows, asked.columns)).figures
        foot = list(across.figures.values())
    table = [[*(cells.get((row, head)) for head in heads), lines.figures[row,]] for row in names]
    say = _Wording(asked, [one for line in table for one in line if one])
    across_names = [_group(schema, query, asked.columns, h) for h in heads if asked.columns]
    year, across_names = _months(asked.columns, across_names)
    ordered = stands_by_figures(asked, len(names))
    keys = (asked.rows, *((asked.columns,) if asked.columns else ()))
    return {
        "title": _title(schema, asked),
        "unit": _unit(asked),
        "by": key_words(asked.rows),
        "across": key_words(asked.columns) + year if asked.columns else "",
        "value": statistic_words(asked.statistic),
        "noun": schema.rows,
        "rows": [_group(schema, query, asked.rows, name) for name in names],
        "columns": across_names,
        "drop": [key for one in keys for key in replaced_keys(one)],
        "dropRows": replaced_keys(asked.rows),
        "dropColumns": replaced_keys(asked.columns) if asked.columns else [],
        "own": figure_pairs(asked.column, asked.statistic),
        "cells": [[say(one) for one in line] for line in table],
        "foot": [say(one) for one in (*foot, all_rows)],
        "times": _times(asked),
        "places": _places(asked, names, heads),
        "ranks": _ranks(asked, names, heads),
        "small": SMALL,
        "scale": _scale(asked, [one for line in table for one in line[: len(heads) or 1] if one]),
        "ordered": ordered,
        "ends": asked.statistic == "mean",
        "more": [lines.total - len(names), hidden],
        "asked": ask.text(keys, state, ordered),
        "missing": _without(asked, all_rows, explorer.count(query)),
    }


def stands_by_figures(asked: Sentence, rows: int) -> bool:
    """Return whether so many rows stand by their figures where nothing is said."""
    return isinstance(asked.rows, ValueKey) and rows > FEW_ROWS


def _times(asked: Sentence) -> str:
    """Return whether the rows, or the columns, are times in order; nothing where neither is."""
    if isinstance(asked.columns, UnitKey):
        return "across"
    return "rows" if isinstance(asked.rows, UnitKey) else ""


def _ranks(asked: Sentence, rows: list[Any], columns: list[Any]) -> list[int | None]:
    """Return which colours the lines over time have that are of a facet's values."""
    key, values = (asked.rows, rows) if _times(asked) == "across" else (asked.columns, columns)
    if not isinstance(key, ValueKey) or not isinstance(key.column, Facet):
        return []
    most = len(key.column.coloured) or MOST_COLOURS
    found = map(key.column.rank, values)
    return [rank if rank < most else None for rank in found]


def _places(asked: Sentence, rows: list[Any], columns: list[Any]) -> list[float | None]:
    """Return where the times lie, in days; none of those that no calendar has."""
    key, names = (asked.columns, columns) if _times(asked) == "across" else (asked.rows, rows)
    if not isinstance(key, UnitKey):
        return []
    units = [None if name is None else unit_argument(name, key.suffix) for name in names]
    found = [None if unit is None else period_of(unit.split("..")[0]) for unit in units]
    return [None if one is None else (one[0] - EPOCH) / timedelta(days=1) for one in found]


def _group(schema: Schema, query: Query, key: GroupKey, value: Any) -> Head:
    return value_name(value), group_pairs(schema, query, key, value)


def _months(key: GroupKey | None, groups: list[Head]) -> tuple[str, list[Head]]:
    """Return the year that all months are of, and their short names; else nothing, and the same."""
    if not isinstance(key, UnitKey) or key.suffix != "month":
        return "", groups
    years = {name.rpartition("-")[0] for name, _ in groups if name[-2:].isdigit()}
    if len(years) != 1:
        return "", groups
    names = PARTS["month_of_year"]
    short = [
        (str(names[int(name[-2:]) - 1]) if name[-2:].isdigit() else name, pairs)
        for name, pairs in groups
    ]
    return f" of {years.pop()}", short


def _title(schema: Schema, asked: Sentence) -> str:
    words = statistic_words(asked.statistic)
    of = asked.column.inner_label if asked.column else schema.rows
    join = " " if asked.statistic in ("mean", "median") else " of "
    return f"{words[0].upper()}{words[1:]}{join}{of}"


def _unit(asked: Sentence) -> str:
    has_unit = isinstance(asked.column, Measure) and asked.statistic not in WHOLE
    return asked.column.unit if has_unit and isinstance(asked.column, Measure) else ""


def _without(asked: Sentence, all_rows: Figure | None, count: int) -> int:
    is_apart = asked.column is None or asked.statistic in ("missing", "distinct")
    return 0 if is_apart or all_rows is None else count - all_rows.n


def _numbers(figures: Iterable[Figure]) -> list[float]:
    return [float(f.value) for f in figures if isinstance(f.value, int | float)]


def _scale(asked: Sentence, figures: list[Figure]) -> list[float] | None:
    """Return where the heat begins and ends: at zero, or near the least where all lie far from it.

    Of groups that are large enough, if there are any.
    """
    numbers = _numbers(f for f in figures if f.n >= SMALL) or _numbers(figures)
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)
    if low > high / 2 > 0:
        return [low - (high - low) / 4, high]
    most = max(-low, high)
    return [0.0, most] if most else None


class _Wording:
    """Says figures with as many decimals as tell them apart, all of them with the same."""

    def __init__(self, asked: Sentence, figures: list[Figure]) -> None:
        self._share = asked.statistic == "share"
        numbers = _numbers(figures)
        sizes = [abs(value) for value in numbers if value]
        size = median(sizes) if sizes else 1.0
        most = 1 if self._share else decimals_shown(asked)
        whole = asked.statistic in WHOLE or all(isinstance(f.value, int) for f in figures)
        times = 100 if self._share else 1
        wanted = DIGITS - 1 - math.floor(math.log10(size * times))
        apart = max(numbers, default=0.0) - min(numbers, default=0.0)
        if 0 < apart < math.inf:
            wanted = max(wanted, DIGITS_APART - 1 - math.floor(math.log10(apart * times)))
        self._decimals = 0 if whole else max(0, min(wanted, most))
        self._is_plain = size < LARGEST and (whole or size >= 10.0**-most)

    def __call__(self, one: Figure | None) -> list[Any] | None:
        """Return a figure as its text, number, n and the ends of its interval with their text."""
        if one is None:
            return None
        number = one.value if isinstance(one.value, int | float) else None
        found = [self.text(one.value), number, one.n]
        if one.low is None or one.high is None:
            return found
        return [*found, one.low, one.high, from_to(self.text(one.low), self.text(one.high))]

    def text(self, value: Any) -> str:
        """Return a value as people read it."""
        match value:
            case None:
                return "–"
            case datetime():
                return time_read(value.isoformat(" ", "minutes").removesuffix(" 00:00"))
            case date():
                return time_read(value.isoformat())
            case int() | float() if self._share:
                return number_read(f"{100 * value:.{self._decimals}f} %")
            case int() | float() if self._is_plain and abs(value) < LARGEST:
                text = number_read(with_minus(f"{value:,.{self._decimals}f}"))
                return text.removeprefix("−") if not text.strip("−0.,") else text
            case int() | float():
                return rounded_text(value)
            case _:
                return str(value)
