"""Ibis conditions as `$match` takes them: of stored fields in its own words, which use indexes."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops

from iris_dash.engines.mongodb.expressions import Expressions
from iris_dash.engines.mongodb.nodes import (
    COMPARED,
    OTHERWISE,
    bound,
    clauses,
    plain_literal,
    values_in,
)
from iris_dash.engines.mongodb.patterns import text_pattern

TURNED = {"$lt": "$gt", "$gt": "$lt", "$lte": "$gte", "$gte": "$lte", "$eq": "$eq", "$ne": "$ne"}
"""The same comparison with its sides changed."""

Match = dict[str, Any]


def match(asked: Expressions, node: Any, wanted: bool = True) -> Match:
    """Return what lets through the documents of which a condition is true, or is false."""
    kind = type(node)
    if kind in (ops.And, ops.Or):
        every = (kind is ops.And) == wanted
        parts = [match(asked, part, wanted) for part in clauses(node)]
        return {"$and" if every else "$or": parts}
    if kind is ops.Not:
        return match(asked, node.arg, not wanted)
    found = None
    if kind in COMPARED:
        found = _comparison(asked, node, wanted)
    elif kind in (ops.IsNull, ops.NotNull):
        missing = (kind is ops.IsNull) == wanted
        found = _of(asked, node.arg, {"$eq" if missing else "$ne": None})
    elif kind is ops.InValues:
        values = values_in(node)
        found = _of(asked, node.value, {"$in": values} if wanted else {"$nin": [*values, None]})
    elif kind is ops.IfElse and isinstance(node.bool_expr, ops.IsNull | ops.NotNull):
        found = _either(asked, node, wanted)
    elif kind in (ops.StringContains, ops.StartsWith):
        found = _text(asked, node, wanted)
    return {"$expr": asked.test(node, wanted)} if found is None else found


def _of(asked: Expressions, node: Any, said: Match) -> Match | None:
    """Return the same of a field, if the node is one that is stored."""
    path = asked.columns[node.name].path if isinstance(node, ops.Field) else None
    return None if path is None else {path: said}


def _comparison(asked: Expressions, node: Any, wanted: bool) -> Match | None:
    operator, column, other = COMPARED[type(node)], node.left, node.right
    if isinstance(column, ops.Literal):
        operator, column, other = TURNED[operator], other, column
    if not isinstance(other, ops.Literal) or other.value is None:
        return None
    operator = operator if wanted else OTHERWISE[operator]
    value = bound(plain_literal(other), operator)
    return _of(asked, column, {"$nin": [value, None]} if operator == "$ne" else {operator: value})


def _either(asked: Expressions, node: Any, wanted: bool) -> Match:
    parts = []
    for holds, result in ((True, node.true_expr), (False, node.false_null_expr)):
        if isinstance(result, ops.Literal):
            if result.value is wanted:
                parts.append(match(asked, node.bool_expr, holds))
        else:
            both = match(asked, node.bool_expr, holds), match(asked, result, wanted)
            parts.append({"$and": [*both]})
    return {"$or": parts} if parts else {"$expr": False}


def _text(asked: Expressions, node: Any, wanted: bool) -> Match | None:
    pattern = text_pattern(node)
    if pattern is None:
        return None
    found = {"$regex": pattern.regex, "$options": pattern.options}
    said = _of(asked, pattern.subject, found)
    if said is None or wanted:
        return said
    return {"$nor": [said, *({path: None} for path in said)]}
