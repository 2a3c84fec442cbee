"""Arrow tables of types that Polars does not know, or panics of: as others, or as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iris_dash.core.time_zones import has_rules
from iris_dash.tables.libraries.moments import seconds_text
from iris_dash.tables.libraries.zones import in_known_zones

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 38
"""Decimals of more digits are not known."""


def is_known(dtype: pa.DataType) -> bool:
    """Return whether Polars knows a type."""
    import pyarrow.types as kinds

    zone = getattr(dtype, "tz", None)
    return not (
        (zone is not None and not has_rules(zone))
        or kinds.is_decimal256(dtype)
        or (kinds.is_decimal(dtype) and dtype.scale < 0)
        or kinds.is_interval(dtype)
        or kinds.is_union(dtype)
        or kinds.is_run_end_encoded(dtype)
        or kinds.is_list_view(dtype)
        or kinds.is_large_list_view(dtype)
        or hasattr(dtype, "extension_name")
        or (kinds.is_timestamp(dtype) and dtype.unit == "s")
    )


def known_types(table: pa.Table) -> pa.Table:
    """Return an Arrow table whose columns Polars can hold, with the same values.

    Decimals that are too long, times that are too far away, unions and intervals become text; of
    other types it is the values that they stand for.
    """
    table = in_known_zones(table)
    for place, field in enumerate(table.schema):
        if not is_known(field.type):
            table = table.set_column(place, field.name, _known(table[field.name]))
    return table


def _known(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.types as kinds

    dtype = column.type
    if kinds.is_decimal(dtype):
        try:
            return column.cast(pa.decimal128(DIGITS, max(0, dtype.scale)))
        except pa.ArrowInvalid:
            return _as_text(column)
    if kinds.is_timestamp(dtype):
        return _in_thousandths(column)
    if kinds.is_run_end_encoded(dtype):
        return pa.chunked_array(
            [pa.compute.run_end_decode(chunk) for chunk in column.chunks], dtype.value_type
        )
    if kinds.is_list_view(dtype) or kinds.is_large_list_view(dtype):
        return column.cast(pa.large_list(dtype.value_type))
    storage = getattr(dtype, "storage_type", None)
    if storage is not None and not kinds.is_fixed_size_binary(storage) and is_known(storage):
        return column.cast(storage)
    return _as_text(column)


def _in_thousandths(column: Any) -> Any:
    """Return times to the second in Polars's coarsest unit; as text where one has no room there."""
    import pyarrow as pa

    try:
        return column.cast(pa.timestamp("ms", column.type.tz))
    except pa.ArrowInvalid:
        counts = column.cast(pa.int64()).to_pylist()
        texts = [None if count is None else seconds_text(count) for count in counts]
        return pa.chunked_array([pa.array(texts, pa.string())])


def _as_text(column: Any) -> Any:
    import pyarrow as pa

    texts = [None if value is None else str(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])
