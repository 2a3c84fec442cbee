"""Opening a table: a file, an address or a data frame becomes a dataset of its kind."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.core.errors import DatasetError, IrisDashError, list_names
from iris_dash.engines import Engine, engine_address, open_engine
from iris_dash.query.schema import Schema
from iris_dash.tables.column_facts import ROW, AskedFacts, FrameFacts
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.description import TableDescription, TableOptions, read_description
from iris_dash.tables.engine_dataset import EngineDataset
from iris_dash.tables.frame_dataset import FrameDataset
from iris_dash.tables.inference import infer_schema
from iris_dash.tables.long_dataset import LongDataset
from iris_dash.tables.plain_columns import asked_columns, plain_columns
from iris_dash.tables.short_dataset import ShortDataset
from iris_dash.tables.sources import Report, description_beside, read_source

SHORT_TABLE = 20_000
"""Tables in memory of at most this many rows are short."""


def open_dataset(
    source: Any,
    description: TableDescription | None = None,
    options: TableOptions | None = None,
    report: Report = str,
) -> Dataset:
    """Return a Dataset of a file (path), an address, or a Polars or pandas data frame.

    The address of a table on an engine (`postgresql://…/db/table`) gives one that stays there.

    A file's description is the TOML file beside it (`iris.csv` → `iris.toml`) unless given;
    `options` override it; `report` hears what is begun. See `read_source` for the files. Errors:
    DatasetError, one line naming the source and the reason: missing, empty, header only,
    unreadable, not a table, or a column name that is refused.

    >>> import pandas
    >>> flowers = pandas.DataFrame({"colour": ["red", "blue"], "height": [1.5, 2.0]})
    >>> [measure.name for measure in open_dataset(flowers).schema.measures]
    ['height']
    """
    options = options or TableOptions()
    address = engine_address(source) if isinstance(source, str) else None
    if address is not None:
        return engine_dataset(open_engine(address), options.over(description or TableDescription()))
    if isinstance(source, str | Path):
        return _open_file(source, description, options, report)
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
        odd = list_names(repr(name) for name in frame.columns if not isinstance(name, str))
        raise DatasetError(f"data frame: a column's name is not text: {odd}; rename it")
    description = options.over(description or TableDescription())
    frame = plain_columns(frame, description.facets or ())
    try:
        return _dataset(frame, description, "data frame", _hash_frame(frame))
    except DatasetError as error:
        raise DatasetError(f"data frame: {error}") from None


def _open_file(
    source: str | Path, description: TableDescription | None, options: TableOptions, report: Report
) -> Dataset:
    beside = description_beside(source)
    if description is None and beside is not None and os.path.isfile(beside):
        description = read_description(beside)
    description = options.over(description or TableDescription())
    read = read_source(source, report)
    report("looking at columns")
    frame = plain_columns(nw.from_native(read.frame, eager_only=True), description.facets or ())
    try:
        return _dataset(frame, description, read.title, read.content_hash)
    except DatasetError as error:
        raise DatasetError(f"{read.name}: {error}") from None


def _dataset(
    frame: nw.DataFrame[Any], description: TableDescription, title: str, content_hash: bytes
) -> Dataset:
    frame = _missing_as_null(frame)
    schema = infer_schema(FrameFacts(frame), description, _title(title))
    frame = _facets_as_enums(frame, schema).with_row_index(ROW).select(*schema.names, ROW)
    return frame_dataset(schema, _fingerprint(content_hash, description), frame)


def frame_dataset(schema: Schema, fingerprint: str, frame: nw.DataFrame[Any]) -> FrameDataset:
    """Return a Dataset of a frame that has the schema's columns and `_row`."""
    kind = ShortDataset if len(frame) <= SHORT_TABLE else LongDataset
    return kind(schema, fingerprint, frame)


def engine_dataset(engine: Engine, description: TableDescription | None = None) -> EngineDataset:
    """Return a Dataset of a table that stays on its engine.

    Errors: DatasetError, one line naming the table and the reason.
    """
    description = description or TableDescription()
    try:
        table = engine.table()
        columns = asked_columns(table, engine.collect)
        rows = table.select(*columns)
        facts = AskedFacts(rows, engine.collect)
        if not facts.rows:
            raise DatasetError("has no rows")
        schema = infer_schema(facts, description, _title(engine.title))
    except IrisDashError as error:
        raise DatasetError(f"{engine.name}: {error}") from None
    order = (ROW,) if ROW in rows.collect_schema() else schema.names
    return EngineDataset(
        schema,
        _fingerprint(f"{engine.name} {facts.fingerprint_text}".encode(), description),
        engine,
        facts.rows,
        columns,
        order,
    )


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _fingerprint(content_hash: bytes, description: TableDescription) -> str:
    described = description.model_dump_json().encode()
    return hashlib.blake2b(content_hash + described, digest_size=8).hexdigest()


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
