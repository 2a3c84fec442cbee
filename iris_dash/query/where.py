"""What a JSON body's `where` says of each column: which values, or between which bounds.

A kind of condition is one entry of `NARROWING` for facets, one field of `Between` for measures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model
from pydantic_core import PydanticCustomError

from iris_dash.core.errors import list_names, quote
from iris_dash.query.schema import Facet, FacetValue

Values = frozenset[tuple[type, FacetValue]]
"""Values with their types: to Python True is 1."""

NARROWING: dict[str, Callable[[Values, Values], Values]] = {
    "any": Values.intersection,
    "not": Values.difference,
}
"""What an object may say of a facet, and what is left of some values after it; all must hold."""

TYPES = {str: "string", bool: "boolean", int: "integer", type(None): "null"}

MOST_LISTED = 50
"""Values of a facet that a schema lists."""


def values_type(facet: Facet) -> Any:
    """Return the type of some values of a facet: one, a list of them, or null for no restriction.

    What is read is Values, or None.
    """
    known = _known(facet)

    def check(given: Any) -> Values | None:
        return None if given is None else _read_values(known, given)

    return Annotated[Any, BeforeValidator(check), WithJsonSchema({"anyOf": _values_schema(facet)})]


def condition_type(facet: Facet) -> Any:
    """Return the type of what `where` says of a facet: the same, or an object that narrows."""
    known = _known(facet)

    def check(given: Any) -> Values | None:
        if given is None:
            return None
        if not isinstance(given, dict):
            return _read_values(known, given)
        left = known
        for key, values in given.items():
            narrowed = NARROWING.get(key)
            if narrowed is None:
                text = f"unknown condition {quote(key)!r}; conditions are {list_names(NARROWING)}"
                raise PydanticCustomError("unknown_condition", "{text}", {"text": text})
            if values is not None:
                left = narrowed(left, _read_values(known, values))
        return left

    some = _values_schema(facet)
    narrowing = {
        "type": "object",
        "properties": {key: {"anyOf": some} for key in NARROWING},
        "additionalProperties": False,
    }
    return Annotated[Any, BeforeValidator(check), WithJsonSchema({"anyOf": [*some, narrowing]})]


def between_type(bound: Any) -> type[BaseModel]:
    """Return the type of what `where` says of a measure with such bounds: `from` and `to`."""
    strict = ConfigDict(extra="forbid", strict=True)
    ends: dict[str, Any] = {
        "low": (bound, Field(None, alias="from", description="Inclusive")),
        "high": (bound, Field(None, alias="to", description="Inclusive")),
    }
    return create_model("Between", __config__=strict, **ends)


def _known(facet: Facet) -> Values:
    return frozenset((type(value), value) for value in facet.values)


def _read_values(known: Values, given: Any) -> Values:
    chosen = given if isinstance(given, list | tuple | set | frozenset) else [given]
    for value in chosen:
        if not _hashable(value) or (type(value), value) not in known:
            # In words only where it is told: see `body`.
            raise PydanticCustomError("unknown_value", "unknown value", {"value": value})
    return frozenset((type(value), value) for value in chosen)


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | None)


def _values_schema(facet: Facet) -> list[dict[str, Any]]:
    some = len(facet.values) <= MOST_LISTED
    types = sorted({TYPES[type(value)] for value in facet.values})
    value: dict[str, Any] = {"enum": list(facet.values)} if some else {"type": types}
    return [value, {"type": "array", "items": value}, {"type": "null"}]
