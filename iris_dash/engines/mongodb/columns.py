"""Columns as a pipeline knows them: a path in the documents at hand, or what is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Expression = Any
"""An aggregation expression: a document of operators, or `$path`."""


def literal(value: Any) -> Expression:
    """Return a value as an expression that is never anything but this value.

    >>> literal("$where"), literal(1)
    ({'$literal': '$where'}, 1)
    """
    return value if value is None or isinstance(value, int | float | datetime) else _quoted(value)


def field_value(expression: Expression) -> Expression:
    """Return an expression as a field of `$project` has it, where a plain number is a command."""
    return expression if isinstance(expression, str | dict) else _quoted(expression)


def _quoted(value: Any) -> Expression:
    return {"$literal": value}


@dataclass(frozen=True)
class Column:
    """A column of the rows that a pipeline has come to.

    `expression` gives its value, null for a missing one; `path` is where it stands in the documents
    as they are, None for what is computed; `is_known` says that no value is missing.
    """

    expression: Expression
    path: str | None = None
    is_known: bool = False


Columns = Mapping[str, Column]


def stored(path: str, is_known: bool = False) -> Column:
    """Return the column of a field that documents may lack."""
    return Column(f"${path}" if is_known else {"$ifNull": [f"${path}", None]}, path, is_known)


def made(path: str, is_known: bool = False) -> Column:
    """Return the column of a field that the stage before gave every document."""
    return Column(f"${path}", path, is_known)


def let(named: Mapping[str, Expression], inside: Expression) -> Expression:
    """Return an expression in which others have names, so that each is computed once."""
    return {"$let": {"vars": dict(named), "in": inside}} if named else inside


def cond(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    """Return one of two expressions, as a condition says."""
    return {"$cond": [condition, then, otherwise]}
