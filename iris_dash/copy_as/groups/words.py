"""What the copied texts of all libraries have in common: conditions on outputs, points of bins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.copy_as.conditions import Language
from iris_dash.copy_as.python_text import literal
from iris_dash.query.group_keys import BinKey
from iris_dash.query.schema import Time

COUNT = "_rows"
"""The rows of a group, where only the order asks for them."""

UNITS = {
    "year": "%Y",
    "month": "%Y-%m",
    "week": "%G-W%V",
    "day": "%Y-%m-%d",
    "hour": "%Y-%m-%dT%H",
    "minute": "%Y-%m-%dT%H:%M",
}
"""How the units of a time are written, but for the quarter, for which no library has a sign."""


@dataclass(frozen=True)
class End:
    """An end of what `having` lets in: the output, how it is compared, with what."""

    output: str
    sign: str
    text: str

    def condition(self, column: str) -> str:
        """Return the condition on the output's column."""
        return f"{column} {self.sign} {self.text}"


def having_ends(asked: Aggregation, language: Language) -> Iterator[End]:
    """Yield what the groups of an aggregate have to be, in the words of a language."""
    columns = {output.name: output.column for output in asked.outputs}
    for one in asked.having:
        for end, sign in ((one.low, ">="), (one.high, "<=")):
            if isinstance(end, datetime):
                time = columns[one.output]
                assert isinstance(time, Time)
                moment = end if end.tzinfo is None else end.astimezone(UTC)
                text = language.moment(replace(time, is_date=False), moment)
                yield End(one.output, sign if sign == ">=" else "<", text)
            elif end is not None:
                yield End(one.output, sign, language.number(literal(end)))


def percent_text(name: str) -> str:
    """Return a percentile as a part of 1.

    >>> percent_text("p05"), percent_text("p90")
    ('0.05', '0.9')
    """
    return literal(int(name[1:]) / 100)


def has_whole_bins(key: BinKey) -> bool:
    """Return whether the numbers and the bins' ends are whole."""
    return key.column.whole is not None and key.fraction[1] == 1


def point_text(key: BinKey) -> str:
    """Return the low end of bin `k` as Python and as SQL, the very number that its text reads as.

    >>> from iris_dash.query.schema import Measure
    >>> point_text(BinKey(Measure("x", "X", "x"), "0.5"))
    'k * 5 / 10'
    """
    numerator, divisor = key.fraction
    return "k" + f" * {numerator}" * (numerator > 1) + f" / {divisor}" * (divisor > 1)


def points_text(key: BinKey, behind: int = 0) -> str:
    """Return the low ends of a key's bins as a list in Python, and that of so many more."""
    first, last = key.ends
    return f"[{point_text(key)} for k in range({first}, {last + behind})]"
