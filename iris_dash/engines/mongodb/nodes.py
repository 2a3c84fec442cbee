"""What Ibis's expressions say: their operators, literals, clauses and columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.operations as ops

COMPARED: dict[type, str] = {
    ops.Equals: "$eq",
    ops.NotEquals: "$ne",
    ops.Less: "$lt",
    ops.LessEqual: "$lte",
    ops.Greater: "$gt",
    ops.GreaterEqual: "$gte",
}
OTHERWISE = {"$eq": "$ne", "$lt": "$gte", "$gt": "$lte"}
OTHERWISE |= {other: operator for operator, other in OTHERWISE.items()}
"""The comparison that holds where one does not, of values that are there."""

NULL_IS_LESS = {"$eq": "l", "$ne": "lr", "$lt": "l", "$lte": "l", "$gt": "r", "$gte": "r"}
"""The sides on which a missing value would make a comparison true: it is less than any other."""

DATE_PARTS: dict[type, str] = {
    ops.ExtractYear: "$year",
    ops.ExtractMonth: "$month",
    ops.ExtractDay: "$dayOfMonth",
    ops.ExtractDayOfYear: "$dayOfYear",
    ops.ExtractHour: "$hour",
    ops.ExtractMinute: "$minute",
    ops.DayOfWeekIndex: "$dayOfWeek",
}
PLAIN: dict[type, str] = {
    ops.Add: "$add",
    ops.Subtract: "$subtract",
    ops.Multiply: "$multiply",
    ops.Abs: "$abs",
    ops.Floor: "$floor",
}
"""Operators that make nothing of a missing value, as Ibis does."""

CONDITIONS = (
    *COMPARED,
    *(ops.And, ops.Or, ops.Not, ops.IsNull, ops.NotNull, ops.Between, ops.InValues),
    *(ops.StringContains, ops.StartsWith),
)
"""What is true, false or neither of a row."""

MILLISECOND = 1_000


def plain_literal(node: Any) -> Any:
    """Return the value of a literal as PyMongo sends it: dates and moments in UTC, without zone."""
    value = node.value
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return float(value) if isinstance(value, Decimal) else value


def bound(value: Any, operator: str) -> Any:
    """Return what selects the same: MongoDB keeps milliseconds and would cut what is finer."""
    if not isinstance(value, datetime) or operator not in ("$gte", "$lt"):
        return value
    return value + timedelta(microseconds=-value.microsecond % MILLISECOND)


def values_in(node: Any) -> list[Any]:
    """Return the values among which one is looked for."""
    return [plain_literal(option) for option in node.options if option.value is not None]


def clauses(node: Any) -> list[Any]:
    """Return the conditions that stand side by side, however they were joined by two."""
    kind, found, waiting = type(node), [], [node]
    while waiting:
        one = waiting.pop()
        if type(one) is kind:
            waiting += [one.right, one.left]
        else:
            found.append(one)
    return found


def constant(node: Any) -> bool | None:
    """Return what a comparison of two literals says; None of anything else."""
    if type(node) in COMPARED and all(isinstance(arg, ops.Literal) for arg in node.args):
        same = node.left.value == node.right.value
        return {"$eq": same, "$ne": not same}.get(COMPARED[type(node)])
    return None


def fields_in(nodes: Iterable[Any]) -> list[str]:
    """Return the names of the columns that values are made of, not those below them."""
    return [one.name for one in _within(nodes) if isinstance(one, ops.Field)]


def reductions_in(nodes: Iterable[Any]) -> list[Any]:
    """Return the aggregates that values are made of."""
    return [one for one in _within(nodes) if isinstance(one, ops.Reduction)]


def _within(nodes: Iterable[Any]) -> list[Any]:
    """Return the values that values are made of, each once."""
    found: dict[Any, None] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node in found or isinstance(node, ops.Relation):
            continue
        found[node] = None
        if isinstance(node, ops.Field):
            continue
        for arg in node.args:
            parts = arg if isinstance(arg, tuple) else (arg,)
            waiting += [part for part in parts if isinstance(part, ops.Node)]
    return list(found)
