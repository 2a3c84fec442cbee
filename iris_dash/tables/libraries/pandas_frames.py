"""pandas frames: made plain, hashed, and read as plain values."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from typing_extensions import override

from iris_dash.core.time_zones import has_rules
from iris_dash.query.names import held_name, held_names
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.libraries.arrow_types import is_known, known_types
from iris_dash.tables.libraries.base import Frame, Library, Series
from iris_dash.tables.libraries.moments import moment_values
from iris_dash.tables.libraries.plain_series import plain
from iris_dash.tables.libraries.plain_values import as_text, is_exact, is_missing, places_of
from iris_dash.tables.libraries.polars_frames import PolarsFrames, as_type

POLARS = PolarsFrames()

MOST_SECONDS = (2**63 - 1) // 1_000
"""How far from 1970 times have room in thousandths of a second."""

LEFT_KINDS: dict[str, Callable[[Any], bool]] = {
    "string": lambda text: text.isascii() or as_text(text) == text,
    "boolean": lambda _: True,
    "date": lambda day: not isinstance(day, datetime),
    "time": lambda clock: clock.tzinfo is None,
}
"""What pandas calls columns of plain objects that stay, and which objects may.

A text with half of a character may not, which has no form in UTF-8.
"""


class PandasFrames(Library):
    """Frames of pandas."""

    @override
    def plain_columns(self, frame: Frame, codes: Collection[str] = ()) -> Frame:
        native: pd.DataFrame = nw.to_native(frame)
        replaced = {}
        for name in frame.columns:
            column = _plain(native[name])
            if name in codes and column.dtype.kind == "f":
                column = _whole(column)
            if column is not native[name]:
                replaced[name] = column
        if replaced:
            native = native.assign(**replaced)
        if any(map(_is_known_to_polars, _columns(native))):
            held = nw.from_native(pl.DataFrame(map(_as_polars, _columns(native))), eager_only=True)
            return POLARS.plain_columns(held, codes)
        return nw.from_native(native, eager_only=True) if replaced else frame

    @override
    def missing_as_null(self, frame: Frame) -> Frame:
        # pandas keeps booleans with gaps as plain objects.
        native: pd.DataFrame = nw.to_native(frame)
        gappy = {
            name: "boolean"
            for name, dtype in frame.schema.items()
            if isinstance(dtype, nw.Object)
            and pd.api.types.infer_dtype(native[name], skipna=True) == "boolean"
        }
        return nw.from_native(native.astype(gappy), eager_only=True) if gappy else frame

    @override
    def row_hashes(self, frame: Frame) -> bytes:
        plain = frame.to_pandas()
        hashes: bytes = pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes()
        return hashes

    @override
    def categories(self, column: Series) -> list[Any] | None:
        if not isinstance(column.dtype, nw.Categorical):
            return None
        categories: list[Any] = nw.to_native(column).cat.categories.tolist()
        return categories

    @override
    def places(self, column: Series, values: tuple[FacetValue, ...]) -> NDArray[Any]:
        return places_of(column.to_list(), values)

    @override
    def plain_rows(self, frame: Frame) -> list[tuple[Any, ...]]:
        native: pd.DataFrame = nw.to_native(frame)
        if not any(getattr(dtype, "kind", "") == "M" for dtype in native.dtypes):
            return [tuple(_plain_value(value) for value in row) for row in frame.rows()]
        columns = (
            moment_values(_as_polars(series))
            if getattr(series.dtype, "kind", "") == "M"
            else [_plain_value(value) for value in series.tolist()]
            for series in _columns(native)
        )
        return list(zip(*columns, strict=True))

    @override
    def polars_type(self, column: Series) -> pl.DataType | type[pl.DataType]:
        dtype, native = column.dtype, nw.to_native(column)
        if isinstance(dtype, nw.Object):
            values = self.plain_rows(column.drop_nulls().head(1).to_frame())
            return pl.Series([row[0] for row in values]).dtype if values else pl.String()
        if isinstance(dtype, nw.Datetime):
            return POLARS.polars_type(nw.from_native(_as_polars(native), series_only=True))
        if isinstance(dtype, nw.Enum | nw.Categorical):
            return pl.String()
        kind: type[pl.DataType] = getattr(pl, type(dtype).__name__)
        return kind()

    @override
    def as_polars(self, frame: Frame, types: Mapping[str, Any]) -> pl.DataFrame:
        native: pd.DataFrame = nw.to_native(frame)
        held = {name: held_name(name) for name in types}
        moments = {
            name: dtype
            for name, dtype in types.items()
            if getattr(native[held[name]].dtype, "kind", "") == "M"
        }
        others = {name: dtype for name, dtype in types.items() if name not in moments}
        rows = self.plain_rows(frame.select(*held_names(others)))
        found = pl.DataFrame(rows, schema=others, orient="row")
        columns = {series.name: series for series in found}
        columns |= {
            name: as_type(_as_polars(native[held[name]]), dtype).alias(name)
            for name, dtype in moments.items()
        }
        return pl.DataFrame([columns[name] for name in types])

    @override
    def as_pandas(self, frame: Frame, categories: Mapping[str, bool]) -> pd.DataFrame:
        native: pd.DataFrame = nw.to_native(frame).reset_index(drop=True)
        changed = {
            str(name): _given(native[name], categories.get(str(name))) for name in native.columns
        }
        return native.assign(**changed)


def _given(column: Any, is_ordered: bool | None) -> Any:
    """Return a column as it was given: its categories, or what they stand for."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        if is_ordered is None:
            return column.astype("str")
        return column.cat.as_ordered() if is_ordered else column.cat.as_unordered()
    if str(column.dtype) == "boolean" and column.notna().all():
        return column.astype("bool")
    return column


def _is_known_to_polars(column: Any) -> bool:
    """Return whether Polars alone has a column as what it is.

    Arrow's types, missing values among them; days and times of day, which are plain objects to
    pandas; times that have no room in Polars's units; and times of a zone with `_` in its name, of
    which Narwhals (2.29) does not know the type.
    """
    dtype = column.dtype
    if isinstance(dtype, pd.ArrowDtype) or "_" in str(getattr(dtype, "tz", "")):
        return True
    if _is_far(column):
        return True
    if not pd.api.types.is_object_dtype(dtype):
        return False
    return bool(pd.api.types.infer_dtype(column, skipna=True) in ("date", "time"))


def _is_far(column: Any) -> bool:
    """Return whether a column has times to the second that are too far away for thousandths."""
    if not str(column.dtype).startswith("datetime64[s"):
        return False
    counts = column.dropna().astype("int64")
    return bool((counts.abs() > MOST_SECONDS).any())


def _columns(native: pd.DataFrame) -> list[Any]:
    return [native[name] for name in native.columns]


def _as_polars(series: Any) -> pl.Series:
    dtype = series.dtype
    if _is_far(series) or (isinstance(dtype, pd.ArrowDtype) and not is_known(dtype.pyarrow_dtype)):
        table = known_types(pa.table({"column": pa.array(series.array)}))
        return pl.Series(series.name, table["column"])
    # An index of its own would be no part of the column.
    found: pl.Series = pl.from_pandas(series.reset_index(drop=True))
    return found


def _plain_value(value: Any) -> Any:
    """Return a pandas value as a plain one; missing (NaN, NaT, NA) as None."""
    if is_missing(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _plain(series: Any) -> Any:
    """Return a pandas column in a plain type; one that is plain already comes back itself."""
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        zone = getattr(dtype.pyarrow_dtype, "tz", None)
        return series if zone is None or has_rules(zone) else series.dt.tz_convert("UTC")
    if isinstance(dtype, pd.CategoricalDtype):
        names = list(dtype.categories)
        texts = [as_text(name) for name in names]
        if texts == names:
            return series
        differ = len({*texts}) == len(texts)
        return series.cat.rename_categories(texts) if differ else _text_column(series)
    if isinstance(dtype, pd.SparseDtype):
        return _plain(series.sparse.to_dense())
    if str(dtype).lower() in ("float16", "float32"):
        return series.astype("float64").map(_shortest)
    if dtype == np.longdouble:
        return series.astype("float64")
    if pd.api.types.is_object_dtype(dtype):
        return _of_objects(series)
    if getattr(dtype, "kind", "O") == "m":
        return pd.Series(_seconds(series), index=series.index, name=series.name)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return series if has_rules(str(dtype.tz)) else series.dt.tz_convert("UTC")
    if isinstance(dtype, pd.StringDtype):
        return series
    return series if getattr(dtype, "kind", "O") in "biufM" else _text_column(series)


def _of_objects(series: Any) -> Any:
    """Return a column of plain objects as what all of them are; else the text of each."""
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind == "decimal":
        return _decimals(series)
    if kind == "integer":
        return _integers(series)
    if kind == "mixed-integer-float" or kind == "floating":
        return _floats(series)
    if kind in ("datetime", "timedelta"):  # of one zone, or none
        inferred = series.infer_objects()
        return _text_column(series) if inferred.dtype == series.dtype else _plain(inferred)
    if kind in LEFT_KINDS and all(map(LEFT_KINDS[kind], series.dropna())):
        return series
    return _text_column(series)


def _integers(series: Any) -> Any:
    for kind in ("Int64", "UInt64"):
        try:
            return series.astype(kind)
        except (OverflowError, TypeError, ValueError):
            continue
    return _floats(series)


def _decimals(series: Any) -> Any:
    """Return decimals in Arrow's type; those that it cannot hold, as infinity, as floats."""
    known = series.where(series.notna(), None)
    try:
        return known.astype(pd.ArrowDtype(pa.array(known.tolist()).type))
    except (pa.ArrowException, TypeError, ValueError):
        return _floats(series)


def _floats(series: Any) -> Any:
    """Return numbers as floats; as text where these are not what the numbers are."""
    try:
        found = series.map(lambda v: math.nan if pd.isna(v) else float(v)).astype("float64")
    except OverflowError:
        return _text_column(series)
    known = series.notna()
    pairs = zip(series[known], found[known], strict=True)
    same = all(isinstance(v, float) or is_exact(v, f) for v, f in pairs)
    return found if same else _text_column(series)


def _whole(series: Any) -> Any:
    known = series.dropna()
    return series.astype("Int64") if (known % 1 == 0).all() else series


def _text_column(series: Any) -> Any:
    texts = [as_text(value) for value in series.astype(object)]
    return pd.Series(texts, index=series.index, name=series.name, dtype="str")


def _seconds(series: Any) -> NDArray[np.float64]:
    table = known_types(pa.table({"length": pa.array(series)}))
    return plain(pl.Series(table["length"])).cast(pl.Float64).to_numpy()


def _shortest(value: float) -> float:
    return float(str(np.float32(value)))
