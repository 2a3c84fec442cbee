"""Ibis values and conditions as aggregation expressions of MongoDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.operations as ops

from iris_dash.engines.mongodb.columns import Column, Columns, Expression, cond, let, literal
from iris_dash.engines.mongodb.nodes import (
    COMPARED,
    CONDITIONS,
    DATE_PARTS,
    NULL_IS_LESS,
    OTHERWISE,
    PLAIN,
    bound,
    clauses,
    constant,
    plain_literal,
    values_in,
)
from iris_dash.engines.mongodb.patterns import text_pattern

MOST_PARTED = 2.0**52
"""Greater floats are whole."""


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
            return cond(found, literal(True), cond(self.test(node, False), literal(False), None))
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
            return cond(self.test(node.bool_expr), *either)
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
        return let(named, {"$and": [*present, compared]})

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
        return let({"t": subject}, cond({"$eq": ["$$t", None]}, literal(False), found))

    def _date_part(self, node: Any) -> Expression:
        part: Expression = {DATE_PARTS[type(node)]: "$$d"}
        if isinstance(node, ops.DayOfWeekIndex):  # from Monday, 0, and not from Sunday, 1
            part = {"$mod": [{"$add": [part, 5]}, 7]}
        moment = self.value(node.arg)
        return let({"d": moment}, cond({"$eq": ["$$d", None]}, None, part))

    def _divide(self, node: Any) -> Expression:
        above, below = self.value(node.left), node.right
        if isinstance(below, ops.Literal) and below.value:
            return {"$divide": [above, self.value(below)]}
        divided = {"$divide": [above, "$$by"]}
        return let({"by": self.value(below)}, cond({"$eq": ["$$by", 0]}, None, divided))

    def _round(self, node: Any) -> Expression:
        if node.digits is not None and node.digits.value != 0:
            raise NotImplementedError("MongoDB is not asked for decimals")
        # Half of a whole number goes up or down as it may: who rounds looks at both sides.
        nearest = {"$floor": {"$add": ["$$x", 0.5]}}
        parted = {"$lt": [{"$abs": "$$x"}, MOST_PARTED]}
        known = {"$and": [{"$ne": ["$$x", None]}, parted]}
        return let({"x": self.value(node.arg)}, cond(known, nearest, "$$x"))

    def _power(self, node: Any) -> Expression:
        if isinstance(node.right, ops.Literal) and node.right.value == 2:
            return let({"x": self.value(node.left)}, {"$multiply": ["$$x", "$$x"]})
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
                found = cond(self.test(condition), self.value(result), found)
            elif holds:
                found = self.value(result)
        return found

    def _cast(self, node: Any) -> Expression:
        found, before, after = self.value(node.arg), node.arg.dtype, node.to
        if before == after or (before.is_integer() and after.is_integer()):
            return found
        if before.is_boolean() and not after.is_boolean():
            words = ("true", "false") if after.is_string() else (1, 0)
            no = cond(self.test(node.arg, False), literal(words[1]), None)
            return cond(self.test(node.arg), literal(words[0]), no)
        if after.is_floating() and before.is_numeric():
            return found if before.is_floating() else {"$multiply": [found, 1.0]}
        if after.is_integer() and before.is_floating():
            return {"$trunc": found}
        if after.is_string():
            return let({"v": found}, cond({"$eq": ["$$v", None]}, None, {"$toString": "$$v"}))
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
    ops.Lowercase: lambda made, node: let(
        {"s": made.value(node.arg)}, cond({"$eq": ["$$s", None]}, None, {"$toLower": "$$s"})
    ),
}


def _operands(node: Any) -> list[Any]:
    # BSON goes 100 levels deep, and a facet's place is a sum of as many terms as it has values.
    if isinstance(node, ops.Add) and node.dtype.is_integer():
        return clauses(node)
    return [arg for arg in node.args if hasattr(arg, "dtype")]
