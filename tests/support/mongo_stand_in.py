"""MongoDB within this process: mongomock, with the operators that it lacks as MongoDB has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import mongomock
import mongomock.aggregate as aggregate
import numpy as np
import pytest
from bson import Decimal128, ObjectId

HANDLERS = {
    name: handler
    for names, handler in reversed(
        [
            (aggregate.arithmetic_operators, "_handle_arithmetic_operator"),
            (aggregate.project_operators, "_handle_project_operator"),
            (aggregate.projection_operators, "_handle_projection_operator"),
            (aggregate.comparison_operators, "_handle_comparison_operator"),
            (aggregate.date_operators, "_handle_date_operator"),
            (aggregate.array_operators, "_handle_array_operator"),
            (aggregate.conditional_operators, "_handle_conditional_operator"),
            (aggregate.set_operators, "_handle_set_operator"),
            (aggregate.string_operators, "_handle_string_operator"),
            (aggregate.boolean_operators, "_handle_boolean_operator"),
        ]
    )
    for name in names
}
"""What mongomock finds by looking through all of these lists, for each operator of each row."""


def kind_of(value: Any) -> str:
    """What `$type` says of a value."""
    kinds: list[tuple[Any, str]] = [
        (type(None), "null"),
        (bool, "bool"),
        (float, "double"),
        (str, "string"),
        (dict, "object"),
        ((list, tuple), "array"),
        (datetime, "date"),
        (ObjectId, "objectId"),
        (Decimal128, "decimal"),
        (bytes, "binData"),
    ]
    if type(value) is int:
        return "int" if -(2**31) <= value < 2**31 else "long"
    return next(name for kind, name in kinds if isinstance(value, kind))


class _Parser(aggregate._Parser):  # type: ignore[misc]
    def parse(self, expression: Any) -> Any:
        if not isinstance(expression, dict) or len(expression) != 1:
            return super().parse(expression)
        ((name, of),) = expression.items()
        if name in HANDLERS and name != "$reduce":
            return getattr(self, HANDLERS[name])(name, of)
        if name == "$type":
            try:
                return kind_of(self.parse(of))
            except KeyError:
                return "missing"
        if name == "$toDouble":
            value = self.parse(of)
            return float(value.to_decimal() if isinstance(value, Decimal128) else value)
        if name == "$reduce":
            found = self.parse(of["initialValue"])
            for one in self.parse(of["input"]):
                inside = self._user_vars | {"value": found, "this": one}
                found = _Parser(self._doc_dict, inside, self._ignore_missing_keys).parse(of["in"])
            return found
        return super().parse(expression)


def _deviation(values: list[Any]) -> float | None:
    numbers = [float(value) for value in values if value is not None]
    with np.errstate(invalid="ignore"):
        return float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None


@contextmanager
def stand_in() -> Iterator[mongomock.MongoClient]:
    """Every address of MongoDB leads to one client that holds its collections in memory."""
    client = mongomock.MongoClient()
    client.close = lambda: None

    def connect(url: str, **_: Any) -> mongomock.MongoClient:
        name = url.partition("?")[0].rpartition("/")[2]
        client.get_default_database = lambda: client[name]
        return client

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pymongo.MongoClient", connect)
        patch.setattr(aggregate, "_Parser", _Parser)
        patch.setitem(aggregate._GROUPING_OPERATOR_MAP, "$stdDevSamp", _deviation)
        yield client
