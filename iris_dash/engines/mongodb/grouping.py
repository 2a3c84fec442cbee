"""A grouping as stages of a pipeline: what is computed of each row, of each group, and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.operations as ops

from iris_dash.engines.mongodb.columns import Column, Expression, field_value, made
from iris_dash.engines.mongodb.expressions import Expressions

Stage = dict[str, Any]


@dataclass
class Grouping:
    """What a grouping computes before, within and after it."""

    asked: Expressions
    inputs: dict[str, Expression] = field(default_factory=dict)
    accumulators: dict[str, Expression] = field(default_factory=dict)
    distinct: dict[str, str] = field(default_factory=dict)

    def input(self, expression: Expression) -> str:
        """Return the path of what is computed of each row first."""
        name = f"i{len(self.inputs)}"
        self.inputs[name] = field_value(expression)
        return f"${name}"

    def sum_up(self, operator: str, of: Expression) -> str:
        """Return the path of what is computed of each group."""
        name = f"a{len(self.accumulators)}"
        self.accumulators[name] = {operator: of}
        return name

    def reduction(self, node: Any) -> Column:
        """Return an aggregate as a column of the groups."""
        if isinstance(node, ops.CountStar):
            return made(self.sum_up("$sum", 1), is_known=True)
        if node.where is not None if hasattr(node, "where") else False:
            raise NotImplementedError("MongoDB is not asked for a part of a group")
        kind = type(node)
        if kind in (ops.Count, ops.Sum, ops.CountDistinct, ops.Any):
            return SPECIAL[kind](self, node)
        if kind in PLAIN and (kind is not ops.StandardDev or node.how == "sample"):
            return made(self.sum_up(PLAIN[kind], self.input(self.asked.value(node.arg))))
        raise NotImplementedError(f"MongoDB is not asked for {kind.__name__}")

    def _count(self, node: Any) -> Column:
        known = {"$cond": [self.asked.test(ops.NotNull(node.arg)), 1, 0]}
        return made(self.sum_up("$sum", self.input(known)), is_known=True)

    def _sum(self, node: Any) -> Column:
        # Of no numbers MongoDB's sum is 0.
        known, total = self._count(node), self.input(self.asked.value(node.arg))
        total = self.sum_up("$sum", total)
        return Column({"$cond": [{"$gt": [known.expression, 0]}, f"${total}", None]})

    def _any(self, node: Any) -> Column:
        holds = {"$cond": [self.asked.test(node.arg), 1, 0]}
        found = self.sum_up("$max", self.input(holds))
        return Column({"$eq": [f"${found}", 1]}, None, True)

    def _distinct(self, node: Any) -> Column:
        name = f"d{len(self.distinct)}"
        self.distinct[name] = self.input(self.asked.value(node.arg))
        return made(name, is_known=True)

    def stages(self, key: Any) -> list[Stage]:
        """Return the stages that make the groups of a key, or of none."""
        before: list[Stage] = [{"$project": {"_id": 0, **self.inputs}}] if self.inputs else []
        group: Stage = {"$group": {"_id": key, **self.accumulators}}
        if not self.distinct:
            return [*before, group]
        if key is not None:
            raise NotImplementedError("MongoDB is not asked for distinct values of groups")
        # Grouped, since a list of them all may be too long for a document.
        counts = {
            name: [
                {"$match": {path[1:]: {"$ne": None}}},
                {"$group": {"_id": path}},
                {"$count": "n"},
            ]
            for name, path in self.distinct.items()
        }
        first = {name: _first(f"$all.{name}", None) for name in self.accumulators}
        first |= {name: _first(f"${name}.n", 0) for name in self.distinct}
        return [*before, {"$facet": {"all": [group], **counts}}, {"$project": first}]


PLAIN: dict[type, str] = {
    ops.Min: "$min",
    ops.Max: "$max",
    ops.Mean: "$avg",
    ops.StandardDev: "$stdDevSamp",
    ops.Arbitrary: "$first",
}
SPECIAL: dict[type, Callable[[Grouping, Any], Column]] = {
    ops.Count: Grouping._count,
    ops.Sum: Grouping._sum,
    ops.Any: Grouping._any,
    ops.CountDistinct: Grouping._distinct,
}


def _first(path: str, otherwise: Any) -> Expression:
    return {"$ifNull": [{"$arrayElemAt": [path, 0]}, otherwise]}
