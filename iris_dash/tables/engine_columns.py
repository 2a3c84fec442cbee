"""An engine's columns made plain: how each is read, so that every answer can carry its values."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw

from iris_dash.engines.base import ROW, STAR
from iris_dash.query.names import held_name

LEFT_TYPES = (nw.String, nw.Boolean, nw.Date, nw.Datetime, nw.Time)
"""Types that stay, beside those of numbers."""


@dataclass(frozen=True)
class EngineColumn:
    """A column of an engine's table and how it is read: as a plain type, missing as null.

    `kind`: 32-bit floats become 64-bit floats, and decimals where they are summed up; a type that
    no answer can carry becomes its text, the others stay. `has_nan`: whether it has NaN, which is
    read as missing. `is_beyond`: whether it has dates or times that Python cannot hold. `is_star`:
    it is called `*`, and the engine has another name for it.
    """

    name: str
    kind: Literal["own", "decimal", "float", "text"] = "own"
    has_nan: bool = False
    is_beyond: bool = False
    is_star: bool = False

    @property
    def held(self) -> str:
        """What it is called where it is read."""
        return self.name if self.name == ROW else held_name(self.name)

    @property
    def source(self) -> str:
        """What the engine calls it."""
        return STAR if self.is_star else self.name

    @property
    def expression(self) -> nw.Expr:
        """The column as it is summed up."""
        column = nw.col(self.source)
        if self.kind != "own":
            column = column.cast(nw.String() if self.kind == "text" else nw.Float64())
        if self.has_nan:
            column = nw.when(is_number(self.source)).then(column)
        return column.alias(self.held)

    @property
    def shown(self) -> nw.Expr:
        """The column as rows show it."""
        if self.kind != "decimal":
            return self.expression
        own = nw.col(self.source)
        if self.has_nan:
            own = nw.when(is_number(self.source)).then(own)
        return own.alias(self.held)


def engine_columns(
    table: nw.LazyFrame[Any], texts: Collection[str] = ()
) -> tuple[EngineColumn, ...]:
    """Return how the columns of an engine's table are read as long as none has NaN.

    Whole numbers of the columns `texts` are read as text.
    """
    columns = []
    for name, dtype in table.collect_schema().items():
        own = "*" if name == STAR else name
        kind = "text" if own in texts and dtype.is_integer() else _kind(dtype)
        columns.append(EngineColumn(own, kind, is_star=name == STAR))
    return tuple(columns)


def is_number(name: str) -> nw.Expr:
    """Return whether a float is not NaN, as an expression; not every engine knows the word."""
    return nw.col(name).is_between(-math.inf, math.inf)


def _kind(dtype: nw.dtypes.DType) -> Literal["own", "decimal", "float", "text"]:
    if isinstance(dtype, nw.Decimal):
        return "decimal"
    if isinstance(dtype, nw.Float32 | nw.Int128 | nw.UInt128):
        return "float"
    return "own" if isinstance(dtype, LEFT_TYPES) or dtype.is_numeric() else "text"
