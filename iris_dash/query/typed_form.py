"""How a file is written whose values have types without a schema: JSON, a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class TypedForm:
    """What stands in a file of JSON, an array or lines of objects, or in a sheet.

    `types` are its columns' Polars types as the file has them, by the table's names for them.
    `sheet` names a sheet, None the first, whose rows follow the first `skip`; `packing` is how the
    file is packed, '' where it is not.
    `has_mark`: it begins with a byte-order mark.
    """

    kind: Literal["array", "lines", "sheet"]
    types: Mapping[str, Any]
    sheet: str | None = None
    packing: str = ""
    has_mark: bool = False
    skip: int = 1
