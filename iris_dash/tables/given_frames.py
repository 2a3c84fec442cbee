"""What people give as a table: a data frame of any library, as one that can be read at once."""

from __future__ import annotations

import re
import warnings
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.tables.libraries.arrow_types import DIGITS, known_types

UNTOLD = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|\b(?:UHUGEINT|BIGNUM|BIT|TIME WITH TIME ZONE)\b"""
)
"""Names in quotes, and the types of DuckDB that Arrow has no form for: it has their bytes."""


def eager_frame(source: Any) -> Any:
    """Return a Polars, pandas or Arrow frame of what is given; else what is given itself.

    A Polars lazy frame is collected. Whatever exports Arrow (batches, a reader, a DuckDB relation)
    or the dataframe interchange protocol becomes an Arrow table. A pandas index with names becomes
    columns; one without is left out, and unless it counts rows a warning says so.
    """
    if isinstance(source, pl.LazyFrame):
        return source.collect()
    if isinstance(source, nw.DataFrame | nw.LazyFrame):
        return eager_frame(nw.to_native(source))
    if nw.dependencies.is_pandas_dataframe(source):
        return _with_index_as_columns(source)
    if isinstance(source, pl.DataFrame) or nw.dependencies.is_pyarrow_table(source):
        return source
    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        import pyarrow as pa

        if nw.dependencies.is_duckdb_relation(source):
            return known_types(_of_duckdb(source))
        try:
            return known_types(pa.table(source))
        except pa.ArrowInvalid:  # a column, not a table
            return source
    if hasattr(source, "__dataframe__"):
        from pyarrow.interchange import from_dataframe

        return known_types(from_dataframe(source))
    return source


def _of_duckdb(relation: Any) -> Any:
    """Return the Arrow table of a relation of DuckDB, what Arrow has no form for as text.

    Whole numbers of 128 bits without a sign are decimals where 38 digits are enough.
    """
    import pyarrow as pa

    types = [str(dtype) for dtype in relation.types]
    told = [UNTOLD.sub(lambda found: found[1] or "VARCHAR", dtype) for dtype in types]
    if told == types:
        return pa.table(relation)
    names = [name.replace('"', '""') for name in relation.columns]
    columns = enumerate(zip(told, names, strict=True), start=1)
    asked = ", ".join(f'#{place}::{dtype} AS "{name}"' for place, (dtype, name) in columns)
    table = pa.table(relation.project(asked))
    for place in (place for place, dtype in enumerate(types) if dtype == "UHUGEINT"):
        longest = pa.compute.max(pa.compute.utf8_length(table[place])).as_py()
        if longest is not None and longest <= DIGITS:
            numbers = table[place].cast(pa.decimal128(DIGITS, 0))
            table = table.set_column(place, table.column_names[place], numbers)
    return table


def _with_index_as_columns(frame: Any) -> Any:
    index = frame.index
    nameless = [place for place, name in enumerate(index.names) if name is None]
    counts = [index.get_level_values(place).dtype.kind in "iu" for place in nameless]
    if not all(counts) or (index.nlevels == len(nameless) > 1):
        warnings.warn(
            "an index without a name is left out; to keep it as a column give it one: "
            "frame.rename_axis('day')",
            UserWarning,
            stacklevel=2,
        )
    if len(nameless) == index.nlevels:
        return frame
    if nameless:
        frame = frame.droplevel(nameless)
    return frame.reset_index(allow_duplicates=True)
