"""Polars frames: made plain, hashed, and read as plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.query.names import held_name
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.libraries.base import Frame, Library, Series
from iris_dash.tables.libraries.moments import beyond, is_moment, moment_rows, moment_texts
from iris_dash.tables.libraries.plain_series import plain
from iris_dash.tables.libraries.plain_values import places_of

if TYPE_CHECKING:
    import pandas as pd


class PolarsFrames(Library):
    """Frames of Polars, of which an engine's answers are too."""

    @override
    def plain_columns(self, frame: Frame, codes: Collection[str] = ()) -> Frame:
        native: pl.DataFrame = nw.to_native(frame)
        changed = []
        for series in native.get_columns():
            bare = series.alias("")  # To Polars some names are patterns.
            found = plain(bare)
            if series.name in codes and found.dtype.is_float():
                found = _whole(found)
            changed += [found.alias(series.name)] if found is not bare else []
        return nw.from_native(native.with_columns(changed), eager_only=True) if changed else frame

    @override
    def missing_as_null(self, frame: Frame) -> Frame:
        # Polars orders NaN above every number.
        return nw.from_native(nw.to_native(frame).fill_nan(None), eager_only=True)

    @override
    def row_hashes(self, frame: Frame) -> bytes:
        native: pl.DataFrame = nw.to_native(frame)
        return native.hash_rows().to_numpy().tobytes() if native.width else b""

    @override
    def categories(self, column: Series) -> list[Any] | None:
        return None

    @override
    def places(self, column: Series, values: tuple[FacetValue, ...]) -> NDArray[Any]:
        native: pl.Series = nw.to_native(column)
        if isinstance(native.dtype, pl.Enum):
            return native.to_physical().fill_null(len(values) - 1).to_numpy()
        distinct = native.unique()
        places = places_of(distinct.to_list(), values)
        return native.replace_strict(distinct, places, return_dtype=pl.UInt32).to_numpy()

    @override
    def plain_rows(self, frame: Frame) -> list[tuple[Any, ...]]:
        return moment_rows(nw.to_native(frame))

    @override
    def polars_type(self, column: Series) -> pl.DataType | type[pl.DataType]:
        series: pl.Series = nw.to_native(column)
        dtype = series.dtype
        if dtype in (pl.Enum, pl.Categorical) or (is_moment(dtype) and beyond(series).any()):
            return pl.String()
        return dtype

    @override
    def as_polars(self, frame: Frame, types: Mapping[str, Any]) -> pl.DataFrame:
        native = nw.to_native(frame)
        columns = ((native[held_name(name)], name, dtype) for name, dtype in types.items())
        return pl.DataFrame([_as_asked(s, dtype).alias(name) for s, name, dtype in columns])

    @override
    def as_pandas(self, frame: Frame, categories: Mapping[str, bool]) -> pd.DataFrame:
        import pandas as pd

        native: pl.DataFrame = nw.to_native(frame)
        return pd.DataFrame({s.name: _pandas_column(s, categories.get(s.name)) for s in native})


def _as_asked(series: pl.Series, dtype: Any) -> pl.Series:
    """Return a column in a type; as it is where it is a dictionary of texts and text is asked."""
    return (
        series
        if isinstance(series.dtype, pl.Enum) and dtype == pl.String
        else as_type(series, dtype)
    )


def as_type(series: pl.Series, dtype: Any) -> pl.Series:
    """Return a column as a file holds it, in that type: dates and times as text in ISO 8601."""
    if dtype == pl.String and is_moment(series.dtype):
        return moment_texts(series)
    return series.cast(dtype)


def _pandas_column(series: pl.Series, is_ordered: bool | None) -> Any:
    """Return a column as pandas has it; `is_ordered` None: it is given as no categories."""
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, pl.Enum | pl.Categorical):
        if is_ordered is None:
            return series.cast(pl.String).to_pandas()
        known = series.cast(pl.String).drop_nulls().unique(maintain_order=True)
        names = (dtype.categories if isinstance(dtype, pl.Enum) else known).to_list()
        return pd.Categorical(series.to_list(), categories=names, ordered=is_ordered)
    if isinstance(dtype, pl.Decimal):
        return series.cast(pl.Float64).to_numpy()
    if is_moment(dtype) and (beyond(series).any() or has_nanoseconds(series)):
        return moment_texts(series).to_pandas()
    if series.has_nulls() and (dtype.is_integer() or dtype == pl.Boolean):
        kind = pd.arrays.IntegerArray if dtype.is_integer() else pd.arrays.BooleanArray
        filler = 0 if dtype.is_integer() else False
        return kind(series.fill_null(filler).to_numpy().copy(), series.is_null().to_numpy().copy())
    return series.to_pandas()


def has_nanoseconds(series: pl.Series) -> bool:
    """Return whether times of day have parts that Python's have not."""
    return series.dtype == pl.Time and bool((series.to_physical() % 1_000 != 0).any())


def _whole(series: pl.Series) -> pl.Series:
    known = series.fill_nan(None)
    whole = known.drop_nulls()
    return known.cast(pl.Int64) if (whole.is_finite() & (whole == whole.round())).all() else series
