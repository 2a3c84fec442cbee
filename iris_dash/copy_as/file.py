"""A file as other libraries are told of it: how it is opened, and what its columns are."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import narwhals as nw
import polars as pl
import pyarrow as pa
from pyarrow import ipc
from pyarrow.parquet import read_schema

from iris_dash.copy_as.readings import Reading, reading_of
from iris_dash.copy_as.typed_files import typed_readings
from iris_dash.explorer import Explorer
from iris_dash.query.names import held_name, held_names, name_of_held
from iris_dash.query.query import Query
from iris_dash.query.schema import MOST_WHOLE, Schema
from iris_dash.query.text_form import TextForm
from iris_dash.query.typed_form import TypedForm
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.libraries.arrow_types import known_types
from iris_dash.tables.libraries.moments import beyond, is_moment
from iris_dash.tables.libraries.zones import may_have_offsets
from iris_dash.tables.reading.arrow_files import UNREADABLE
from iris_dash.tables.reading.download import address_file, is_address
from iris_dash.tables.reading.file_kinds import ARROW, ARROW_MAGIC, PARQUET
from iris_dash.tables.reading.folder_keys import folder_keys
from iris_dash.tables.reading.source_files import base, files_of, left_out
from iris_dash.tables.reading.standard_input import is_standard_input

Kind = Literal["csv", "typed", "parquet", "arrow", "stream"]
Types = Mapping[str, pl.DataType]

NULLABLE = 'dtype_backend="numpy_nullable"'
IN_ORDER = 'to_pandas_kwargs={"ignore_metadata": True}'
"""What pandas is told so that numbers with gaps stay whole, and that no column is an index."""


@dataclass(frozen=True)
class File:
    """A file: of text, JSON and sheets how each column is read, of any other its columns' types.

    `keys` are the columns that folders' names say, `left_out` the libraries that would read other
    values; `pandas_options` are what pandas is told beside where the file is.
    """

    schema: Schema
    source: str
    kind: Kind
    types: Types = field(default_factory=dict)
    text: TextForm | None = None
    typed: TypedForm | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict)
    keys: Types = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    pandas_options: tuple[str, ...] = ()

    def by_reading(self) -> dict[Reading, list[str]]:
        """Return the columns of each reading."""
        found: dict[Reading, list[str]] = {}
        for name, reading in self.readings.items():
            found.setdefault(reading, []).append(name)
        return found

    def floats(self) -> list[str]:
        """Return the columns whose type may hold NaN, which here is a missing value."""
        return [name for name, dtype in self.types.items() if dtype.is_float()]

    def holds_as_read(self, query: Query) -> bool:
        """Return whether what the query names means the same in the file as it does here."""
        named = {*(one.name for one in query.filters), *(name for name, _ in query.sort)}
        return not any(_is_changed(self.types[name]) for name in named & self.types.keys())

    def order(self, name: str) -> list[FacetValue] | None:
        """Return a facet's own order where sorting by its values may give another."""
        return own_order(self.schema, name, self.types.get(name) not in (pl.Enum, pl.Categorical))


def own_order(schema: Schema, name: str, sorts_text: bool) -> list[FacetValue] | None:
    """Return a facet's values in its own order; None where they sort so, and of other columns.

    `sorts_text`: whether text is sorted by its characters, as the values here are.
    """
    values = next((facet.values for facet in schema.facets if facet.name == name), ())
    known: list[Any] = [value for value in values if value is not None]
    is_text = any(isinstance(value, str) for value in known)
    return None if known == sorted(known) and (sorts_text or not is_text) else known


def _is_changed(dtype: pl.DataType) -> bool:
    """Return whether this library reads values of that type as others."""
    return dtype.is_nested() or dtype in (pl.Duration, pl.Binary, pl.Object)


def known_file(explorer: Explorer, source: str) -> File | None:
    """Return the file of that path, pattern or address; None if the libraries cannot read it.

    None of its rows is read again.
    """
    schema, held = explorer.schema, explorer.dataset.in_memory()
    frame = None if held is None else nw.to_native(held)
    if not isinstance(frame, pl.DataFrame):
        return None
    web = is_address(source)
    file_name = (address_file(source) if web else source).lower()
    packed = file_name.endswith(".gz")
    if is_standard_input(source) or schema.is_ours:
        return None
    if form := schema.text:
        found = {
            one.name: reading_of(frame[held_name(one.name)], one, form.decimal)
            for one in form.columns
        }
        readings = {name: reading for name, reading in found.items() if reading is not None}
        return File(schema, source, "csv", {}, form, readings=readings)
    if schema.typed:
        return _typed_file(schema, source, schema.typed, frame)
    suffix = Path(file_name.removesuffix(".gz")).suffix
    if not web and glob.has_magic(source) and Path(source).exists():
        return None  # To them its name is a pattern.
    if not web and (Path(source).is_dir() or glob.has_magic(source)):
        pattern = _pattern(source)
        if pattern is None:
            return None
        source, suffix = pattern, PARQUET[0]
    held_frame = frame[held_names(schema.names)].rename(name_of_held)
    try:
        if suffix in PARQUET and not packed:
            return _parquet_file(schema, source, held_frame, web)
        if suffix in ARROW and not packed and not web:
            return _arrow_file(schema, Path(source), held_frame)
    except UNREADABLE:
        pass  # It is no longer what was opened.
    return None


def _parquet_file(schema: Schema, source: str, frame: pl.DataFrame, web: bool) -> File | None:
    if web:
        return schema_file(File(schema, source, "parquet", frame.schema), frame, False)
    first = files_of(source)[0]
    offsets = may_have_offsets(first)
    if offsets:
        types: Types = pl.DataFrame(known_types(read_schema(first).empty_table())).schema
    else:
        types = pl.scan_parquet(source, hive_partitioning=False).collect_schema()
    names = _folder_names(files_of(source), source)
    keys = {name: frame.schema[name] for name in names if name in frame.schema}
    if {*schema.names} != {*types, *keys}:
        return None  # A column without a name has one here alone.
    options = (IN_ORDER,) if _has_index(read_schema(first)) else ()
    file = File(schema, source, "parquet", types, keys=keys, pandas_options=options)
    found = schema_file(file, frame, offsets)
    is_plain = all(dtype in (pl.Int64, pl.String, pl.Enum) for dtype in keys.values())
    folder = base(Path(source))
    is_whole = not keys or (files_of(folder) == files_of(source) and not left_out(folder))
    if keys and (not is_plain or not is_whole or {*keys} & {*types}):
        return replace(found, left_out=found.left_out | {"pandas"})
    return found


def schema_file(file: File, frame: pl.DataFrame, offsets: bool) -> File:
    """Return a file of columns with types, without the libraries that would not have its values.

    `frame` has them here; `offsets`: times are so many hours off, which Polars does not read.
    """
    odd = {"Polars"} if offsets else set()
    if pl.Float16 in file.types.values():
        odd.add("DuckDB")  # It does not find the NaN among them (2.0.1).
    options = file.pandas_options
    for series in frame:
        if is_moment(series.dtype) and beyond(series).any():
            odd.add("pandas")  # Its dates are Python's.
        if series.dtype == pl.Time and (series.to_physical() % 1_000 != 0).any():
            odd.add("pandas")  # It has no nanoseconds of a day.
        if series.dtype.is_integer() and series.null_count():
            ends = pl.select(low=series.min(), high=series.max()).row(0)
            if any(end is not None and abs(end) > MOST_WHOLE for end in ends):
                options = (*file.pandas_options, NULLABLE)
    return replace(file, left_out=file.left_out | odd, pandas_options=options)


def _typed_file(schema: Schema, source: str, form: TypedForm, frame: pl.DataFrame) -> File | None:
    if form.packing == "archive" or [*form.types] != [*schema.names]:
        return None  # A column without a name has one here alone.
    readings = typed_readings(form, frame[held_names(schema.names)])
    nested = {name: dtype for name, dtype in form.types.items() if dtype.is_nested()}
    return File(schema, source, "typed", nested, typed=form, readings=readings)


def _pattern(source: str) -> str | None:
    """Return the pattern by which the libraries find the Parquet files of a folder or pattern.

    None where there is none.
    """
    files = files_of(source)
    below = "/**" if _folder_names(files, source) else ""
    pattern = f"{source.rstrip('/')}{below}/*{PARQUET[0]}" if Path(source).is_dir() else source
    found = sorted(Path(one) for one in glob.glob(pattern, recursive=True))
    return pattern if pattern.endswith(PARQUET[0]) and found == files else None


def _folder_names(files: Sequence[Path], source: str) -> list[str]:
    """Return the names of the columns that folders' names say."""
    if files == [Path(source)]:
        return []
    return [key.name for key in folder_keys(files, base(Path(source)))]


def _has_index(schema: pa.Schema) -> bool:
    """Return whether pandas would take a column for an index."""
    said = schema.pandas_metadata or {}
    return any(isinstance(name, str) for name in said.get("index_columns", ()))


def _arrow_file(schema: Schema, path: Path, frame: pl.DataFrame) -> File:
    with path.open("rb") as opened:
        is_file = opened.read(len(ARROW_MAGIC)) == ARROW_MAGIC
        opened.seek(0)
        with (ipc.open_file if is_file else ipc.open_stream)(opened) as reader:
            table = reader.schema.empty_table()
    known = known_types(table)
    out = frozenset({"pandas"} if _has_index(table.schema) else ())
    kind: Kind = "arrow" if is_file else "stream"
    file = File(schema, str(path), kind, pl.DataFrame(known).schema, left_out=out)
    return schema_file(file, frame, known is not table)
