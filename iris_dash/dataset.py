"""A table with its schema and fingerprint, opened from a file or a data frame."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from iris_dash.errors import DatasetError
from iris_dash.inference import infer_schema
from iris_dash.schema import Schema
from iris_dash.sources import read_source
from iris_dash.table_settings import TableSettings, read_table_settings

ROW = "_row"
"""Internal column: a row's place in the table; sorting ties keep it."""


@dataclass(frozen=True)
class Dataset:
    """A table that questions are asked of; never changed after opening.

    `frame` has the schema's columns and last `_row`, the row's place from 0; a missing value is
    null. `fingerprint` is a hash of the content and of what is said of it, for caches and ETags.
    """

    frame: nw.DataFrame[Any]
    schema: Schema
    fingerprint: str

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Facets as positions in their values, measures as floats with NaN for missing."""
        arrays: dict[str, NDArray[Any]] = {}
        for facet in self.schema.facets:
            position = {value: place for place, value in enumerate(facet.values)}
            column = plain_rows(self.frame.select(facet.name))
            arrays[facet.name] = np.array([position[value] for (value,) in column], dtype=np.intp)
        for measure in self.schema.measures:
            numbers = self.frame[measure.name].cast(nw.Float64())
            arrays[measure.name] = np.asarray(numbers.to_numpy(), dtype=np.float64)
        return arrays


def open_dataset(source: Any, settings: TableSettings | None = None) -> Dataset:
    """Return a Dataset of a CSV file (path) or of a Polars or pandas data frame.

    A file's settings come from the TOML file beside it (`iris.csv` → `iris.toml`) unless given.
    Errors: DatasetError, one line naming the source and the reason: missing, empty, header only,
    unreadable, not a table, or a column name that is refused.

    >>> import pandas
    >>> flowers = pandas.DataFrame({"colour": ["red", "blue"], "height": [1.5, 2.0]})
    >>> [measure.name for measure in open_dataset(flowers).schema.measures]
    ['height']
    """
    if isinstance(source, str | Path):
        return _open_file(Path(source), settings)
    try:
        frame = _polars_or_pandas(nw.from_native(source, eager_only=True))
    except TypeError:
        kind = type(source).__name__
        raise DatasetError(
            f"{kind}: not a table; expected a path or a Polars or pandas data frame"
        ) from None
    except nw.exceptions.DuplicateError:
        raise DatasetError("data frame: two columns have the same name; rename one") from None
    if not all(isinstance(name, str) for name in frame.columns):
        raise DatasetError("data frame: a column's name is not text; rename it")
    return _dataset(frame, settings or TableSettings(), "data frame", _hash_frame(frame))


def _open_file(path: Path, settings: TableSettings | None) -> Dataset:
    beside = path.with_suffix(".toml")
    if settings is None and beside.is_file():
        settings = read_table_settings(beside)
    source = read_source(path)
    frame = nw.from_native(source.frame, eager_only=True)
    try:
        return _dataset(frame, settings or TableSettings(), source.title, source.content_hash)
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from None


def _dataset(
    frame: nw.DataFrame[Any], settings: TableSettings, title: str, content_hash: bytes
) -> Dataset:
    frame = _missing_as_null(frame)
    schema = infer_schema(frame, settings, title.replace("_", " ").capitalize())
    frame = _facets_as_enums(frame, schema).with_row_index(ROW).select(*schema.names, ROW)
    said = settings.model_dump_json().encode()
    return Dataset(frame, schema, hashlib.blake2b(content_hash + said, digest_size=8).hexdigest())


def _missing_as_null(frame: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Give missing values their engine's own form, so that every comparison leaves them out.

    Polars orders NaN above every number; pandas keeps booleans with gaps as plain objects.
    """
    native = nw.to_native(frame)
    if isinstance(native, pl.DataFrame):
        return nw.from_native(native.fill_nan(None), eager_only=True)
    import pandas as pd

    gappy = {
        name: "boolean"
        for name, dtype in frame.schema.items()
        if isinstance(dtype, nw.Object)
        and pd.api.types.infer_dtype(native[name], skipna=True) == "boolean"
    }
    return nw.from_native(native.astype(gappy), eager_only=True) if gappy else frame


def _facets_as_enums(frame: nw.DataFrame[Any], schema: Schema) -> nw.DataFrame[Any]:
    """Give text facets their values as an Enum: faster to compare, sorted in the facet's order."""
    casts = [
        nw.col(facet.name).cast(nw.Enum([v for v in facet.values if isinstance(v, str)]))
        for facet in schema.facets
        if isinstance(frame.schema[facet.name], nw.String | nw.Categorical)
    ]
    return frame.with_columns(*casts) if casts else frame


def _polars_or_pandas(frame: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return the frame itself, or a Polars one of any other kind (an Arrow table, say)."""
    if frame.implementation.is_polars() or frame.implementation.is_pandas():
        return frame
    return nw.from_native(frame.to_polars(), eager_only=True)


def _hash_frame(frame: nw.DataFrame[Any]) -> bytes:
    native = nw.to_native(frame)
    shape = repr([(name, str(dtype)) for name, dtype in frame.schema.items()]).encode()
    if isinstance(native, pl.DataFrame):
        rows = native.hash_rows().to_numpy().tobytes() if native.width else b""
    else:
        import pandas as pd

        plain = frame.to_pandas()
        rows = pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes()
    return hashlib.blake2b(shape + rows, digest_size=16).digest()


def plain_rows(frame: nw.DataFrame[Any]) -> list[tuple[Any, ...]]:
    """Return a frame's rows as tuples of JSON-ready values; missing is None."""
    rows: list[tuple[Any, ...]] = frame.rows()
    if isinstance(nw.to_native(frame), pl.DataFrame):
        return rows
    # pandas says NaN, NaT or NA for missing, and only a missing value differs from itself.
    return [tuple(None if is_missing(value) else value for value in row) for row in rows]


def is_missing(value: Any) -> bool:
    """Return whether an engine's value means missing: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value
