"""What people give as a table: a data frame of any library, as one that can be read at once."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.tables.libraries.arrow_types import known_types


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

        try:
            return known_types(pa.table(source))
        except pa.ArrowInvalid:  # a column, not a table
            return source
    if hasattr(source, "__dataframe__"):
        from pyarrow.interchange import from_dataframe

        return known_types(from_dataframe(source))
    return source


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
