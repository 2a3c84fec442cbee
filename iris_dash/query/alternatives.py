"""What `where` says of a measure or a time: between which bounds, or a list of what it may be.

One of a list is an object with `from` and `to`, of a time also its text, or null, the missing
value. What narrows them is an object with `any` and `present`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
)

from iris_dash.query.schema import Measure, Time
from iris_dash.query.where import MOST_VALUES, moment_type, period_type

STRICT = ConfigDict(extra="forbid", strict=True)

FORMS = ("form-value", "form-between", "form-several", "form-narrowing")
"""How what is said of a column can look; where something is wrong in it says more than that."""

NARROWING = ("any", "present")


Place = tuple[str | int, ...]


class Alternatives(NamedTuple):
    """Which spans of a column are asked for, by their two ends, and whether the missing value is.

    `places`: where in what was said each span stands.
    """

    spans: tuple[tuple[Any, Any], ...]
    missing: bool = False
    places: tuple[Place, ...] = ()


Float = Annotated[float, Field(allow_inf_nan=False)] | None


def _exact(given: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Return a bound of whole numbers as it is given, where a float would round it."""
    return given if type(given) is int else read(given)


def bound_type(measure: Measure) -> Any:
    """Return the type of one bound of a measure: a number, of whole numbers an exact one."""
    return Float if measure.whole is None else Annotated[Float, WrapValidator(_exact)]


def alternatives_type(column: Measure | Time) -> Any:
    """Return the type of what `where` says of a column; `read_alternatives` reads it."""
    if isinstance(column, Time):
        return _time_type(column.is_date, column.zone)
    return _measure_type(column.whole is None)


@lru_cache(maxsize=64)
def _time_type(is_date: bool, zone: str | None) -> Any:
    time = Time("", "", "", is_date=is_date, zone=zone)
    return _type(period_type(time), moment_type(time, 0), moment_type(time, 1))


@lru_cache(maxsize=2)
def _measure_type(inexact: bool) -> Any:
    bound = bound_type(Measure("", "", "", whole=None if inexact else (0, 0)))
    return _type(None, bound, bound)


def _type(value: Any, low: Any, high: Any) -> Any:
    ends: dict[str, Any] = {
        "low": (low, Field(None, alias="from", description="Inclusive")),
        "high": (high, Field(None, alias="to", description="Inclusive")),
    }
    between = create_model("Between", __config__=STRICT, **ends)
    tagged = Annotated[value, Tag("form-value")] | Annotated[between, Tag("form-between")]
    one = Annotated[tagged, Discriminator(_form)]
    several = Annotated[list[one], Field(max_length=MOST_VALUES)]
    either = Annotated[one, Tag("form-value")] | Annotated[several, Tag("form-several")]
    narrowing = create_model(
        "Narrowing",
        __config__=STRICT,
        any=(Annotated[either, Discriminator(_one_or_several)], Field(None)),
        present=(Literal[True] | None, Field(None, description="Any value, but not none")),
    )
    whole = tagged | Annotated[several, Tag("form-several")]
    return Annotated[whole | Annotated[narrowing, Tag("form-narrowing")], Discriminator(_form)]


def _form(given: Any) -> str:
    if isinstance(given, list | tuple):
        return "form-several"
    if isinstance(given, Mapping):
        return "form-narrowing" if given.keys() & {*NARROWING} else "form-between"
    return "form-value"


def _one_or_several(given: Any) -> str:
    return "form-several" if isinstance(given, list | tuple) else "form-value"


def read_alternatives(said: Any) -> Alternatives | None:
    """Return what was said of a column; None: no restriction."""
    if said is None:
        return None
    if isinstance(said, BaseModel) and {*NARROWING} <= {*type(said).model_fields}:
        narrowing = vars(said)
        present, given = narrowing["present"] is True, narrowing["any"]
        if "any" not in said.model_fields_set or (given is None and not present):
            return Alternatives(((None, None),), places=((),)) if present else None
        return _read(given, ("any",), present)
    return _read(said, (), present=False)


def _read(given: Any, place: Place, present: bool) -> Alternatives | None:
    if isinstance(given, list):
        found = [((*place, index), one) for index, one in enumerate(given)]
    elif not present and _ends_of(given) == (None, None):
        return None
    else:
        found = [(place, given)]
    kept = [(at, _ends_of(one)) for at, one in found if one is not None]
    missing = len(kept) < len(found) and not present
    return Alternatives(tuple(ends for _, ends in kept), missing, tuple(at for at, _ in kept))


def _ends_of(given: Any) -> tuple[Any, Any]:
    if isinstance(given, BaseModel):
        return vars(given)["low"], vars(given)["high"]
    return given if isinstance(given, tuple) else (given, given)
