"""Notes about a column: short words that are true of it, or are not there.

Each threshold stands here with its reason. What is asked of the rows for them: `evidence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iris_dash.analysis.profile.figures import ColumnFigures
from iris_dash.query.schema import Column, Measure, Text

MOSTLY = 0.5
"""More than half of the rows without a value: a typical row has none."""

DOMINATES = 0.9
"""A value in nine of ten rows: a chart of the column shows it alone. Of columns whose values are
not counted it is known where the 5th percentile is the 95th."""

LOPSIDED = 3.0
"""How many times as long the longer tail is, from the median to the 5th or 95th percentile. A
normal distribution has 1, an exponential one 3.6, a log-normal one (σ = 1) 5.2; few rows of an even
or normal distribution rarely reach 3."""

FAR = 5.0
"""Interquartile ranges beyond a quartile. Tukey calls 3 far out, where a normal distribution has
one row of 400,000, so that a long table always has some; beyond 5 it has one of 10¹³."""

FEW = 10
"""Fewer rows than this are in order, or far from each other, by chance."""

ALL_DIFFER = 20
"""Fewer rows than this have different texts by chance."""

NUMBER = re.compile(
    r"[$€£¥]?\s?[-+−]?\s?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[,' \u00a0\u202f]\d{3})+)(?:[.,]\d+)?"
    r"(?:[eE][-+]?\d{1,3})?\s?[%$€£¥]?"
)
"""A number as people write it; one that begins with a nought is a label, as a postcode is."""

DAY, CLOCK = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}", r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
ZONE = r"(?:Z|[-+]\d{2}:?\d{2})?"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
DATE = re.compile(
    rf"{DAY}(?:[T ]{CLOCK}{ZONE})?|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}\.? {MONTH},? \d{{4}}|{MONTH} \d{{1,2}},? \d{{4}}"
)


@dataclass(frozen=True)
class Evidence:
    """What notes are made of beside a column's figures, over the whole table.

    `texts`: its different values, where they are text and not too many; `is_sorted`: whether its
    rows stand in its order, either way; `same_as`: the label of a column before it that has the
    same values in the same rows.
    """

    texts: tuple[str, ...] = ()
    is_sorted: bool = False
    same_as: str | None = None


def notes_of(column: Column, figures: ColumnFigures, evidence: Evidence) -> tuple[str, ...]:
    """Return what is worth knowing of a column, the weightiest first.

    `figures` are the whole table's, with percentiles.
    """
    if not figures.known:
        return ("no value",) if figures.count else ()
    found = {
        "constant": figures.distinct == 1 and figures.known > 1,
        "identifier": column.role == "identifier",
        "all different": _all_differ(column, figures),
        "mostly missing": figures.missing > MOSTLY * figures.count,
        "one value dominates": _dominates(figures),
        "skewed": is_skewed(figures),
        "outliers": not is_skewed(figures) and _has_outliers(figures),
        "several spellings": bool(spelled_alike(evidence.texts)),
        "number as text": _all_match(NUMBER, column, evidence.texts),
        "date as text": _all_match(DATE, column, evidence.texts),
        "sorted": evidence.is_sorted and figures.distinct > 1 and figures.count >= FEW,
    }
    notes = [note for note, holds in found.items() if holds]
    return (*notes, *([f"same as {evidence.same_as}"] if evidence.same_as is not None else []))


def _all_differ(column: Column, figures: ColumnFigures) -> bool:
    is_label = isinstance(column, Text) or (isinstance(column, Measure) and column.role == "code")
    return (
        is_label and column.role != "identifier" and figures.distinct == figures.count >= ALL_DIFFER
    )


def _dominates(figures: ColumnFigures) -> bool:
    if figures.distinct == 1:
        return False
    if figures.top:
        return figures.top[0].count >= DOMINATES * figures.known and figures.known >= FEW
    low, high = _outer(figures)
    return low is not None and low == high and figures.known >= FEW


def is_skewed(figures: ColumnFigures) -> bool:
    """Return whether one tail of a distribution is far longer than the other."""
    low, high = _outer(figures)
    if low is None or high is None or figures.median is None or figures.known < ALL_DIFFER:
        return False
    below, above = figures.median - low, high - figures.median
    shorter, longer = sorted((below, above))
    # Of few values, as yes and no written 1 and 0, a tail may be without length.
    return longer >= LOPSIDED * shorter and (shorter > 0 or (longer > 0 and _has_many(figures)))


def _has_many(figures: ColumnFigures) -> bool:
    return figures.distinct >= ALL_DIFFER


def _has_outliers(figures: ColumnFigures) -> bool:
    if len(figures.percentiles) < 4 or figures.min is None or figures.max is None:
        return False
    _, q1, q3, _ = figures.percentiles
    if q1 is None or q3 is None or q3 <= q1 or figures.known < FEW:
        return False
    return bool(max(q1 - figures.min, figures.max - q3) > FAR * (q3 - q1))


def _outer(figures: ColumnFigures) -> tuple[float | None, float | None]:
    """Return the 5th and the 95th percentile."""
    return (figures.percentiles[0], figures.percentiles[-1]) if figures.percentiles else (None,) * 2


def spelled_alike(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the first values that differ in capitals or blanks alone; none without such.

    >>> spelled_alike(["NY", "LA", "ny "]), spelled_alike(["NY", "N Y"])
    (('NY', 'ny '), ())
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        found.setdefault(" ".join(text.split()).casefold(), []).append(text)
    return next((tuple(alike) for alike in found.values() if len(alike) > 1), ())


def _all_match(form: re.Pattern[str], column: Column, texts: tuple[str, ...]) -> bool:
    some = [text for text in texts if text.strip()]
    return column.role == "plain" and bool(some) and all(form.fullmatch(t.strip()) for t in some)
