"""Ibis values and conditions as aggregation expressions of MongoDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.operations as ops

from iris_dash.engines.mongodb.columns import Column, Columns, Expression, literal
from iris_dash.engines.mongodb.patterns import text_pattern

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

MOST_PARTED = 2.0**52
"""Greater floats are whole."""

MILLISECOND = 1_000


@dataclass(frozen=True)
class Expressions:
    """Makes expressions of what is asked of rows with these columns.

    `reduced` are the aggregates that a grouping has made already.
    """

    columns: Columns
    reduced: Mapping[Any, Column] = field(default_factory=dict)

    def value(self, node: Any) -> Expression:
        """Return the expression of a value; a missing one is null.

        Errors: NotImplementedError for what nobody asks.
        """
        kind = type(node)
        if node in self.reduced:
            return self.reduced[node].expression
        if kind is ops.Field:
            return self.columns[node.name].expression
        if kind is ops.Literal:
            return literal(plain_literal(node))
        if kind in PLAIN:
            values = [*map(self.value, _operands(node))]
            return {PLAIN[kind]: values if len(values) > 1 else values[0]}
        if kind in DATE_PARTS:
            return self._date_part(node)
        if kind in CONDITIONS:
            found = self.test(node)
            if self.is_known(node):
                return found
            return _cond(found, literal(True), _cond(self.test(node, False), literal(False), None))
        if kind in MADE:
            return MADE[kind](self, node)
        raise NotImplementedError(f"MongoDB is not asked for {kind.__name__}")

    def test(self, node: Any, wanted: bool = True) -> Expression:
        """Return the expression of whether a condition is true, or is false; never null."""
        kind = type(node)
        if kind in COMPARED:
            return self._comparison(node, wanted)
        if kind in (ops.And, ops.Or):
            every = (kind is ops.And) == wanted
            return {"$and" if every else "$or": [self.test(part, wanted) for part in clauses(node)]}
        if kind is ops.Not:
            return self.test(node.arg, not wanted)
        if kind in (ops.IsNull, ops.NotNull):
            missing = (kind is ops.IsNull) == wanted
            return {"$eq" if missing else "$ne": [self.value(node.arg), None]}
        if kind is ops.Between:
            ends = (
                ops.GreaterEqual(node.arg, node.lower_bound),
                ops.LessEqual(node.arg, node.upper_bound),
            )
            return self.test(ops.And(*ends), wanted)
        if kind is ops.InValues:
            inside = {"$in": [self.value(node.value), literal(values_in(node))]}
            if wanted:
                return inside
            return {"$and": [{"$ne": [self.value(node.value), None]}, {"$not": inside}]}
        if kind in (ops.StringContains, ops.StartsWith):
            return self._text_test(node, wanted)
        if kind is ops.Literal:
            return literal(node.value is wanted)
        if kind is ops.IfElse:
            either = (self.test(one, wanted) for one in (node.true_expr, node.false_null_expr))
            return _cond(self.test(node.bool_expr), *either)
        return {"$eq": [self.value(node), wanted]}

    def is_known(self, node: Any) -> bool:
        """Return whether a value is never missing, as far as its form tells."""
        kind = type(node)
        if node in self.reduced:
            return self.reduced[node].is_known
        if kind is ops.Field:
            return self.columns[node.name].is_known
        if kind is ops.Literal:
            return node.value is not None
        if kind in (ops.IsNull, ops.NotNull):
            return True
        if kind is ops.Coalesce:
            return any(map(self.is_known, node.arg))
        if kind is ops.IfElse:
            return self.is_known(node.true_expr) and self.is_known(node.false_null_expr)
        if kind is ops.SearchedCase:
            return all(map(self.is_known, (*node.results, node.default)))
        if kind in (*PLAIN, *COMPARED, ops.And, ops.Or, ops.Not, ops.Round, ops.Cast):
            return all(self.is_known(arg) for arg in node.args if hasattr(arg, "dtype"))
        return False

    def _comparison(self, node: Any, wanted: bool) -> Expression:
        operator = COMPARED[type(node)]
        operator = operator if wanted else OTHERWISE[operator]
        sides = {"l": node.left, "r": node.right}
        known = {side for side, one in sides.items() if self.is_known(one)}
        guarded = [side for side in NULL_IS_LESS[operator] if side not in known]
        if operator == "$eq" and known:
            guarded = []
        values = {side: self._side(one, operator) for side, one in sides.items()}
        named = {side: values[side] for side in guarded if not isinstance(values[side], str)}
        values |= {side: f"$${side}" for side in named}
        compared = {operator: [values["l"], values["r"]]}
        if not guarded:
            return compared
        present = [{"$ne": [values[side], None]} for side in guarded]
        return _let(named, {"$and": [*present, compared]})

    def _side(self, node: Any, operator: str) -> Expression:
        if isinstance(node, ops.Literal):
            return literal(bound(plain_literal(node), operator))
        return self.value(node)

    def _text_test(self, node: Any, wanted: bool) -> Expression:
        pattern = text_pattern(node)
        if pattern is not None:
            subject = self.value(pattern.subject)
            found: Expression = {
                "$regexMatch": {
                    "input": "$$t",
                    "regex": literal(pattern.regex),
                    "options": pattern.options,
                }
            }
        else:
            subject, needle = map(self.value, node.args)
            place = {"$indexOfCP": ["$$t", needle]}
            starts = isinstance(node, ops.StartsWith)
            found = {"$eq" if starts else "$gte": [place, 0]}
        found = found if wanted else {"$not": found}
        return _let({"t": subject}, _cond({"$eq": ["$$t", None]}, literal(False), found))

    def _date_part(self, node: Any) -> Expression:
        part: Expression = {DATE_PARTS[type(node)]: "$$d"}
        if isinstance(node, ops.DayOfWeekIndex):  # from Monday, 0, and not from Sunday, 1
            part = {"$mod": [{"$add": [part, 5]}, 7]}
        moment = self.value(node.arg)
        return _let({"d": moment}, _cond({"$eq": ["$$d", None]}, None, part))

    def _divide(self, node: Any) -> Expression:
        above, below = self.value(node.left), node.right
        if isinstance(below, ops.Literal) and below.value:
            return {"$divide": [above, self.value(below)]}
        divided = {"$divide": [above, "$$by"]}
        return _let({"by": self.value(below)}, _cond({"$eq": ["$$by", 0]}, None, divided))

    def _round(self, node: Any) -> Expression:
        if node.digits is not None and node.digits.value != 0:
            raise NotImplementedError("MongoDB is not asked for decimals")
        # Half of a whole number goes up or down as it may: who rounds looks at both sides.
        nearest = {"$floor": {"$add": ["$$x", 0.5]}}
        parted = {"$lt": [{"$abs": "$$x"}, MOST_PARTED]}
        known = {"$and": [{"$ne": ["$$x", None]}, parted]}
        return _let({"x": self.value(node.arg)}, _cond(known, nearest, "$$x"))

    def _power(self, node: Any) -> Expression:
        if isinstance(node.right, ops.Literal) and node.right.value == 2:
            return _let({"x": self.value(node.left)}, {"$multiply": ["$$x", "$$x"]})
        return {"$pow": [self.value(node.left), self.value(node.right)]}

    def _cases(self, node: Any) -> Expression:
        if isinstance(node, ops.IfElse):
            branches = [(node.bool_expr, node.true_expr)]
            found = self.value(node.false_null_expr)
        else:
            branches = [*zip(node.cases, node.results, strict=True)]
            found = self.value(node.default)
        for condition, result in reversed(branches):
            holds = constant(condition)
            if holds is None:
                found = _cond(self.test(condition), self.value(result), found)
            elif holds:
                found = self.value(result)
        return found

    def _cast(self, node: Any) -> Expression:
        found, before, after = self.value(node.arg), node.arg.dtype, node.to
        if before == after or (before.is_integer() and after.is_integer()):
            return found
        if before.is_boolean() and not after.is_boolean():
            words = ("true", "false") if after.is_string() else (1, 0)
            no = _cond(self.test(node.arg, False), literal(words[1]), None)
            return _cond(self.test(node.arg), literal(words[0]), no)
        if after.is_floating() and before.is_numeric():
            return found if before.is_floating() else {"$multiply": [found, 1.0]}
        if after.is_integer() and before.is_floating():
            return {"$trunc": found}
        if after.is_string():
            return _let({"v": found}, _cond({"$eq": ["$$v", None]}, None, {"$toString": "$$v"}))
        if after.is_timestamp() and (before.is_date() or before.is_timestamp()):
            return found
        raise NotImplementedError(f"MongoDB is not asked to read {before} as {after}")


Make = Callable[[Expressions, Any], Expression]

MADE: dict[type, Make] = {
    ops.Divide: Expressions._divide,
    ops.FloorDivide: lambda made, node: {"$floor": made._divide(node)},
    ops.Round: Expressions._round,
    ops.Power: Expressions._power,
    ops.IfElse: Expressions._cases,
    ops.SearchedCase: Expressions._cases,
    ops.Cast: Expressions._cast,
    ops.Coalesce: lambda made, node: {"$ifNull": [*map(made.value, node.arg)]},
    ops.Negate: lambda made, node: {"$multiply": [made.value(node.arg), -1]},
    ops.Lowercase: lambda made, node: _let(
        {"s": made.value(node.arg)}, _cond({"$eq": ["$$s", None]}, None, {"$toLower": "$$s"})
    ),
}
CONDITIONS = (
    *COMPARED,
    *(ops.And, ops.Or, ops.Not, ops.IsNull, ops.NotNull, ops.Between, ops.InValues),
    *(ops.StringContains, ops.StartsWith),
)


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


def _operands(node: Any) -> list[Any]:
    # BSON goes 100 levels deep, and a facet's place is a sum of as many terms as it has values.
    if isinstance(node, ops.Add) and node.dtype.is_integer():
        return clauses(node)
    return [arg for arg in node.args if hasattr(arg, "dtype")]


def _let(named: Mapping[str, Expression], inside: Expression) -> Expression:
    return {"$let": {"vars": dict(named), "in": inside}} if named else inside


def _cond(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    return {"$cond": [condition, then, otherwise]}
