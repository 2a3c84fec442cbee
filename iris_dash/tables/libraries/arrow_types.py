"""Arrow tables of types that Polars does not know, or panics of: as others, or as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from iris_dash.core.days import DAY
from iris_dash.core.errors import LibraryPanic
from iris_dash.core.periods import PERIOD
from iris_dash.core.time_zones import has_rules
from iris_dash.core.western import read_western
from iris_dash.query.names import free_name
from iris_dash.tables.libraries.moments import clock_text, seconds_text
from iris_dash.tables.libraries.periods import period_texts
from iris_dash.tables.libraries.plain_series import text_of

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 38
"""Decimals of more digits are not known."""

UNHELD = (21, 22)
"""Arrow's numbers for intervals of months, and of days with a time, of which Python has no values.

Not `pyarrow.lib.Type_INTERVAL_MONTHS`, as nothing of Arrow is imported where none is asked for.
"""

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def is_known(dtype: pa.DataType) -> bool:
    """Return whether Polars knows a type, and those of the values in it."""
    import pyarrow.types as kinds

    zone = getattr(dtype, "tz", None)
    if (
        (zone is not None and not has_rules(zone))
        or kinds.is_decimal256(dtype)
        or (kinds.is_decimal(dtype) and dtype.scale < 0)
        or kinds.is_interval(dtype)
        or dtype.id in UNHELD
        or kinds.is_union(dtype)
        or kinds.is_run_end_encoded(dtype)
        or kinds.is_list_view(dtype)
        or kinds.is_large_list_view(dtype)
        or kinds.is_fixed_size_list(dtype)
        or hasattr(dtype, "extension_name")
        or (kinds.is_timestamp(dtype) and dtype.unit == "s")
        or (kinds.is_duration(dtype) and dtype.unit == "s")
        or kinds.is_date64(dtype)
    ):
        return False
    if kinds.is_dictionary(dtype):
        return is_known(dtype.value_type)
    names = [field.name for field in _fields(dtype)]
    return len({*names}) == len(names) and all(is_known(f.type) for f in _fields(dtype))


def is_known_in_files(dtype: pa.DataType) -> bool:
    """Return whether Polars reads a type from a file with all its values.

    It leaves out keys that a map has twice, and times of day behind the day's end.
    """
    import pyarrow.types as kinds

    return is_known(dtype) and not _has(dtype, lambda one: kinds.is_map(one) or kinds.is_time(one))


def known_types(table: pa.Table) -> pa.Table:
    """Return an Arrow table whose columns Polars can hold, with the same values.

    Decimals that are too long, times that are too far away or behind the end of a day, unions and
    intervals become text; of other types it is the values that they stand for. So too within lists,
    structs and maps. Errors: LibraryPanic for intervals that Python has no values of.
    """
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if _has(field.type, lambda dtype: dtype.id in UNHELD):
            words = "intervals of months or days, which Arrow does not read in Python"
            raise LibraryPanic(f"column {field.name!r} holds {words}")
        column = table[place]
        if not is_known(field.type) or _is_beyond(column):
            whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
            known = pa.chunked_array([_known(whole)])
            table = table.set_column(place, field.name, known)
    return table


def _fields(dtype: Any) -> Iterator[Any]:
    return (dtype.field(place) for place in range(dtype.num_fields))


def _has(dtype: Any, is_such: Callable[[Any], bool]) -> bool:
    return is_such(dtype) or any(_has(field.type, is_such) for field in _fields(dtype))


def _is_text(dtype: Any) -> bool:
    import pyarrow.types as kinds

    if kinds.is_dictionary(dtype):
        return _is_text(dtype.value_type)
    return bool(
        kinds.is_string(dtype) or kinds.is_large_string(dtype) or kinds.is_string_view(dtype)
    )


def odd_texts(table: pa.Table) -> list[str]:
    """Return the columns that have texts which are not in UTF-8."""
    return [
        field.name
        for field in table.schema
        if _has(field.type, _is_text) and _is_beyond(table[field.name])
    ]


def _is_beyond(values: Any) -> bool:
    """Return whether values have more digits than their type says, or are behind a day's end.

    Or whether texts are none: not in UTF-8.
    """
    import pyarrow as pa
    import pyarrow.types as kinds

    if not _has(
        values.type, lambda one: kinds.is_decimal(one) or kinds.is_time(one) or _is_text(one)
    ):
        return False
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        return True
    return False


def _known(array: Any) -> Any:
    """Return an array as one that Polars can hold."""
    import pyarrow as pa
    import pyarrow.types as kinds

    dtype = array.type
    if is_known(dtype) and not _is_beyond(array):
        return array
    if getattr(dtype, "extension_name", "") == PERIOD:
        return period_texts(pl.Series(array.storage), f'{{"freq": "{dtype.freq}"}}').to_arrow()
    if hasattr(dtype, "extension_name"):
        is_fixed = kinds.is_fixed_size_binary(dtype.storage_type)
        return _written(array) if is_fixed else _known(array.storage)
    if kinds.is_dictionary(dtype):
        return _known(array.dictionary_decode())
    if _is_text(dtype):
        return _as_utf_8(array)
    if kinds.is_run_end_encoded(dtype):
        import numpy as np

        ends = array.run_ends.to_numpy()
        places = np.arange(array.offset, array.offset + len(array))
        return _known(array.values).take(pa.array(np.searchsorted(ends, places, side="right")))
    if kinds.is_map(dtype):
        pairs = pa.list_(pa.struct({"key": dtype.key_type, "value": dtype.item_type}))
        return _known(array.cast(pairs))
    if kinds.is_struct(dtype):
        return _known_struct(array)
    if kinds.is_nested(dtype) and not kinds.is_union(dtype):
        return _known_list(array)
    if kinds.is_decimal(dtype) and not _is_beyond(array):
        return _or_text(array, pa.decimal128(DIGITS, max(0, dtype.scale)), _written)
    if kinds.is_timestamp(dtype):
        zone = dtype.tz if dtype.tz is None or has_rules(dtype.tz) else "UTC"
        unit = "ms" if dtype.unit == "s" else dtype.unit
        return _or_text(array.cast(pa.timestamp(dtype.unit, zone)), pa.timestamp(unit, zone), _far)
    if kinds.is_duration(dtype):
        return _or_text(array, pa.duration("ms"), lambda long: long.cast(pa.int64()))
    if kinds.is_date64(dtype):
        counts = array.cast(pa.int64())
        has_times = any(n % (DAY * 1_000) for n in counts.unique().to_pylist() if n is not None)
        return array.cast(pa.timestamp("ms") if has_times else pa.date32())
    if kinds.is_time(dtype):
        counts = array.cast(pa.int32() if kinds.is_time32(dtype) else pa.int64())
        return _texts(counts.to_pylist(), lambda n: _clock(n, PER_SECOND[dtype.unit]))
    if kinds.is_union(dtype):
        return _union_texts(array)
    return _written(array)


def _as_utf_8(array: Any) -> Any:
    """Return texts of which some are not in UTF-8 as such that are."""
    import pyarrow as pa

    found = array.cast(pa.large_binary()).dictionary_encode()
    texts = [read_western(text) for text in found.dictionary.to_pylist()]
    return pa.array(texts, pa.large_string()).take(found.indices)


def _known_list(array: Any) -> Any:
    """Return lists of any kind as such of values that Polars can hold."""
    import numpy as np
    import pyarrow as pa

    lengths = pa.compute.fill_null(pa.compute.list_value_length(array), 0).to_numpy()
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]))
    return pa.LargeListArray.from_arrays(offsets, _known(array.flatten()), mask=array.is_null())


def _known_struct(array: Any) -> Any:
    """Return structs of values that Polars can hold, each of a name of its own."""
    import pyarrow as pa

    names: list[str] = []
    for field in _fields(array.type):
        names.append(field.name if field.name not in names else free_name(field.name, names))
    values = [_known(array.field(place)) for place in range(array.type.num_fields)]
    return pa.StructArray.from_arrays(values, names, mask=array.is_null())


def _or_text(array: Any, dtype: Any, otherwise: Callable[[Any], Any]) -> Any:
    """Return an array as another type; as `otherwise` says where that has no room for it."""
    import pyarrow as pa

    try:
        return array.cast(dtype)
    except pa.ArrowInvalid:
        return otherwise(array)


def _far(array: Any) -> Any:
    """Return times to the second, for which Polars's coarsest unit has no room, as text."""
    import pyarrow as pa

    return _texts(array.cast(pa.int64()).to_pylist(), seconds_text)


def _clock(count: int, per_second: int) -> str:
    second, part = divmod(count, per_second)
    return clock_text(second, part * (10**9 // per_second), digits=9)


def _union_texts(array: Any) -> Any:
    """Return the values of a union, each as text as its own type has it."""
    dtype = array.type
    fields = [text_of(pl.Series(_known(array.field(p)))) for p in range(dtype.num_fields)]
    held = dict(zip(dtype.type_codes, (field.to_list() for field in fields), strict=True))
    places = array.offsets.to_pylist() if dtype.mode == "dense" else range(len(array))
    codes = array.type_codes.to_pylist()
    return _texts((held[code][place] for code, place in zip(codes, places, strict=True)), str)


def _written(array: Any) -> Any:
    return _texts(array.to_pylist(), str)


def _texts(values: Iterable[Any], text: Callable[[Any], str]) -> Any:
    import pyarrow as pa

    return pa.array([None if value is None else text(value) for value in values], pa.string())
