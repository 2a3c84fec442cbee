"""A line of the Columns view for each column, as the page's script takes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from iris_dash.analysis.column_values import ValueCount
from iris_dash.analysis.profile.bars import Bars
from iris_dash.analysis.profile.figures import ColumnFigures
from iris_dash.dashboard.page.column_words import kind_word
from iris_dash.query.locale import time_read
from iris_dash.query.numbers import share_text, statistic_text
from iris_dash.query.schema import LABELS, Column, Facet, Measure
from iris_dash.query.value_text import value_text

NAMED = 3
"""Of the commonest values so many are named in a line."""

DAYS = timedelta(days=30)
"""Between times as far apart as this, the day says enough."""

LONGEST = 60
"""Characters of a value that are sent; the line shows as many as it has room for."""


def column_row(
    column: Column, figures: ColumnFigures, notes: tuple[str, ...], bars: Bars | None
) -> dict[str, Any]:
    """Return a column's line: words and numbers, all of them as people read them but counts.

    `ends`: its least, middle and greatest; or `top`: its commonest values with their part of the
    rows that have one; or `only`, its one value.
    """
    row: dict[str, Any] = {
        "name": column.name,
        "label": column.label,
        "unit": column.unit if isinstance(column, Measure) else "",
        "kind": kind_word(column),
        "missing": figures.missing,
        "distinct": figures.distinct,
        "notes": notes,
        "groups": isinstance(column, Facet),
        **_values(column, figures),
    }
    return row if bars is None else {**row, **_bars(bars)}


def _values(column: Column, figures: ColumnFigures) -> Mapping[str, Any]:
    if not figures.known:
        return {}
    if figures.distinct == 1:
        only = figures.top[0].value if figures.top else figures.min
        return {} if only is None else {"only": said(column, only)}
    is_named = not isinstance(column, Measure) or column.role in LABELS
    # Of labels that all differ none is common.
    if is_named and figures.top and figures.top[0].count > 1:
        return {"top": [_part(column, one, figures.known) for one in figures.top[:NAMED]]}
    if figures.min is None and figures.max is None:
        return {}
    found = (figures.min, figures.median, figures.max)
    ends = [said(column, value) for value in found]
    low, high = figures.min, figures.max
    # What Python has no time for is text.
    if isinstance(low, datetime) and isinstance(high, datetime) and high - low >= DAYS:
        ends = [said(column, v.date() if isinstance(v, datetime) else v) for v in found]
    return {"ends": ends}


def _part(column: Column, one: ValueCount, known: int) -> tuple[str, str]:
    return said(column, one.value), share_text(one.count / known)


def _bars(bars: Bars) -> Mapping[str, Any]:
    same = bars.whole == bars.selected
    return {"bars": bars.whole, "cut": bars.cut} | ({} if same else {"selected": bars.selected})


def said(column: Column, value: Any) -> str:
    """Return a column's value as people read it; "–" where there is none.

    >>> said(Measure("x", "X", "x"), 1234.5678), said(Measure("y", "Y", "y", role="year"), 2013)
    ('1,235', '2013')
    >>> said(Column("t", "T", "t"), datetime(2013, 2, 14)), said(Column("t", "T", "t"), None)
    ('2013-02-14', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, datetime) and value.time() != time():
        return time_read(f"{value:%Y-%m-%d %H:%M}")
    if isinstance(value, date):
        return time_read(value.isoformat()[:10])
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(column, Measure) and isinstance(value, int | float):
        return statistic_text(column, value)
    text = value_text(value) if isinstance(value, str | bool | int) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
