"""What a JSON body's `where` says of each column: which values, between which bounds, which text.

Here of facets and text: a kind of condition is one entry of `NARROWING`. Of measures and times see
`alternatives`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from iris_dash.core.errors import list_names, quote
from iris_dash.query.filters import Match, folded
from iris_dash.query.moments import period_of
from iris_dash.query.schema import Facet, Text, Time
from iris_dash.query.value_text import FacetValue, plain_text

Values = frozenset[tuple[type, FacetValue]]
"""Values with their types: to Python True is 1."""

TYPES = {str: "string", bool: "boolean", int: "integer", type(None): "null"}

MOST_LISTED = 50
"""Values of a facet that a schema lists."""

MOST_VALUES = 1_000
"""Texts that one column is asked for."""

LONGEST_PART = 1_000
"""Characters of what a text is to contain or to begin with."""

NARROWING = ("any", "not", "has", "starts", "present")
"""What an object may say of a column; all of it must hold."""

ENDS = ("from", "to")

SEVERAL = (list, tuple, set, frozenset)
PLAIN = (str, int, float, bool, type(None))
"""As tuples: a union is made anew each time that it is asked for."""

PART = {"type": "string", "minLength": 1, "maxLength": LONGEST_PART}
PARTS: dict[str, Any] = {"anyOf": [PART, {"type": "array", "items": PART}]}


def values_type(column: Facet | Text) -> Any:
    """Return the type of some values of a column: one, a list of them, or null: no restriction.

    What is read is as `condition_type` has it.
    """
    read, some = _reader(column), _values_schema(column)

    def check(given: Any) -> Any:
        return None if given is None else read({"any": given})

    return Annotated[Any, BeforeValidator(check), WithJsonSchema({"anyOf": some})]


def condition_type(column: Facet | Text) -> Any:
    """Return the type of what `where` says of a column: the same, or an object that narrows.

    What is read is of a facet the Values that are left, of text a Match, or None.
    """
    read, some = _reader(column), _values_schema(column)

    def check(given: Any) -> Any:
        if given is None:
            return None
        said = given if isinstance(given, dict) else {"any": given}
        for key in said:
            if key not in NARROWING:
                text = f"unknown condition {quote(key)!r}; conditions are {list_names(NARROWING)}"
                raise PydanticCustomError("unknown_condition", "{text}", {"text": text})
        if said.get("any") is not None and said.get("not") is not None:
            text = "values are chosen, or left out, not both"
            raise PydanticCustomError("any_and_not", text)
        return read({key: value for key, value in said.items() if value is not None})

    narrowing = {
        "type": "object",
        "properties": {
            **{key: {"anyOf": some} for key in ("any", "not")},
            **{key: {"anyOf": [*PARTS["anyOf"], {"type": "null"}]} for key in ("has", "starts")},
            "present": {"anyOf": [{"type": "boolean", "const": True}, {"type": "null"}]},
        },
        "additionalProperties": False,
    }
    return Annotated[Any, BeforeValidator(check), WithJsonSchema({"anyOf": [*some, narrowing]})]


def moment_type(time: Time, end: int) -> Any:
    """Return the type of one bound of a time: text, as coarse as wanted.

    What is read is the beginning of what it names (`end` 0), or of what follows (1), or None.
    """

    def check(given: Any) -> datetime | None:
        return None if given is None else read_period(time, given)[end]

    schema = {"anyOf": [_moment(time), {"type": "null"}]}
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(schema)]


def period_type(time: Time) -> Any:
    """Return the type of a time's value: text, as coarse as wanted, which names a period.

    What is read is its beginning and that of what follows, or None.
    """

    def check(given: Any) -> tuple[datetime, datetime | None] | None:
        return None if given is None else read_period(time, given)

    schema = {"anyOf": [_moment(time), {"type": "null"}]}
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(schema)]


def _moment(time: Time) -> dict[str, str]:
    return {"type": "string", "pattern": r"^\s*\d\d" if time.is_of_day else r"^\s*\d{4}"}


TOO_FAR_OR_FINE = re.compile(r"^\s*([+-]\d{4,}|0000|\d{5,}-)|\.\d{7}|infinity\s*$", re.ASCII)
"""Times that a table may hold, and no bound can."""


def read_period(time: Time, given: Any) -> tuple[datetime, datetime | None]:
    """Return the beginning of what a text names and of what follows it."""
    named = period_of(given, time.zone) if isinstance(given, str) else None
    if named is None or (time.is_date and "T" in given.strip().replace(" ", "T")):
        forms = " or ".join([", ".join(time.forms[:-1]), time.forms[-1]])
        if isinstance(given, str) and TOO_FAR_OR_FINE.search(given):
            forms += "; bounds are of the years 1 to 9999, to the millionth of a second"
        raise PydanticCustomError("time_syntax", "expected a time such as {f}", {"f": forms})
    return named


def _reader(column: Facet | Text) -> Callable[[Mapping[str, Any]], Any]:
    """Return what reads the conditions on a column, all of which hold."""
    if isinstance(column, Text):
        return lambda said: _read_text(column.name, said)
    known = frozenset((type(value), value) for value in column.values)
    return lambda said: _read_facet(known, said)


def _read_facet(known: Values, said: Mapping[str, Any]) -> Values:
    left = known
    if "any" in said:
        left &= _read_values(known, said["any"])
    if "not" in said:
        left -= _read_values(known, said["not"])
    if said.keys() <= {"any", "not"}:
        return left
    match = Match("", None, _missing(said), _parts(said, "has"), _parts(said, "starts"))
    return frozenset(
        (kind, value)
        for kind, value in left
        if match.holds(None if value is None else plain_text(value))
    )


def _read_text(name: str, said: Mapping[str, Any]) -> Match:
    values = _texts(said["any"]) if "any" in said else None
    left_out = (*_texts(said.get("not", [])), *_missing(said))
    return Match(name, values, left_out, _parts(said, "has"), _parts(said, "starts"))


def _missing(said: Mapping[str, Any]) -> tuple[None, ...]:
    """Return the missing value if it is left out."""
    if said.get("present", True) is not True:
        raise PydanticCustomError("present_type", "present should be true")
    return (None,) if "present" in said else ()


def _texts(given: Any) -> tuple[str | None, ...]:
    chosen = _several(given)
    if len(chosen) > MOST_VALUES:
        text = "at most {most} values are asked for, not {given}"
        raise PydanticCustomError("too_many", text, {"most": MOST_VALUES, "given": len(chosen)})
    for value in chosen:
        if not isinstance(value, str | None):
            raise PydanticCustomError("text_type", "a value should be text, or null for missing")
    return tuple(chosen)


def _parts(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    parts = _several(said.get(key, []))
    for part in parts:
        if not isinstance(part, str) or not 0 < len(part) <= LONGEST_PART:
            text = "{key} should be text of 1 to {most} characters"
            raise PydanticCustomError("text_part", text, {"key": key, "most": LONGEST_PART})
    return tuple(map(folded, parts))


def _read_values(known: Values, given: Any) -> Values:
    chosen = _several(given)
    for value in chosen:
        if not _hashable(value) or (type(value), value) not in known:
            # In words only where it is told: see `body`.
            raise PydanticCustomError("unknown_value", "unknown value", {"value": value})
    return frozenset((type(value), value) for value in chosen)


def _several(given: Any) -> list[Any]:
    return list(given) if isinstance(given, SEVERAL) else [given]


def _hashable(value: Any) -> bool:
    return isinstance(value, PLAIN)


def _values_schema(column: Facet | Text) -> list[dict[str, Any]]:
    if isinstance(column, Text):
        value: dict[str, Any] = {"type": ["string", "null"]}
        several = {"type": "array", "items": value, "maxItems": MOST_VALUES}
        return [{"type": "string"}, several, {"type": "null"}]
    some = len(column.values) <= MOST_LISTED
    types = sorted({TYPES[type(value)] for value in column.values})
    value = {"enum": list(column.values)} if some else {"type": types}
    return [value, {"type": "array", "items": value}, {"type": "null"}]
