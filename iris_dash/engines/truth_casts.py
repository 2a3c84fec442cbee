"""Truth values as numbers, in SQL that every engine has."""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir


def with_wide_casts(asked: ir.Table) -> ir.Table:
    """Return the same question, in which no truth value becomes a number of one byte.

    PostgreSQL makes an INTEGER of one, but no SMALLINT; Narwhals' count of distinct values asks so.
    """
    return asked.op().replace(_widened).to_expr()


def _widened(node: Any, changed: dict[str, Any] | None) -> Any:
    if changed is not None:
        node = node.__recreate__(changed)
    if isinstance(node, ops.Cast) and node.arg.dtype.is_boolean() and node.to.is_int8():
        return ops.Cast(node.arg, to=dt.int32)
    return node
