"""A file as other libraries are told of it: how it is opened, and what its columns are."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import narwhals as nw
import polars as pl

from iris_dash.copy_as.readings import Reading, reading_of
from iris_dash.explorer import Explorer
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.query.schema import FacetValue, Schema
from iris_dash.query.text_form import TextForm
from iris_dash.tables.reading.download import address_file, is_address
from iris_dash.tables.reading.file_kinds import ARROW, ARROW_MAGIC, PARQUET
from iris_dash.tables.reading.source_files import base, files_of
from iris_dash.tables.reading.standard_input import is_standard_input

Kind = Literal["csv", "parquet", "arrow", "stream"]
Types = Mapping[str, pl.DataType]


@dataclass(frozen=True)
class File:
    """A file: of text what each column that is no text says, of any other its columns' types."""

    schema: Schema
    source: str
    kind: Kind
    types: Types = field(default_factory=dict)
    text: TextForm | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict)

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
    return dtype.is_nested() or dtype.is_decimal() or dtype in (pl.Duration, pl.Binary, pl.Object)


def known_file(explorer: Explorer, source: str) -> File | None:
    """Return the file of that path, pattern or address; None if the libraries cannot read it.

    None of its rows is read.
    """
    schema, held = explorer.schema, explorer.dataset.in_memory()
    frame = None if held is None else nw.to_native(held)
    if not isinstance(frame, pl.DataFrame):
        return None
    web = is_address(source)
    file_name = (address_file(source) if web else source).lower()
    packed = file_name.endswith(".gz")
    if is_standard_input(source):
        return None
    if form := schema.text:
        found = {
            one.name: reading_of(frame[held_name(one.name)], one, form.decimal)
            for one in form.columns
        }
        readings = {name: reading for name, reading in found.items() if reading is not None}
        return File(schema, source, "csv", {}, form, readings)
    suffix = Path(file_name.removesuffix(".gz")).suffix
    if not web and glob.has_magic(source) and Path(source).exists():
        return None  # To them its name is a pattern.
    if not web and (Path(source).is_dir() or glob.has_magic(source)):
        pattern = _pattern(source)
        if pattern is None:
            return None
        source, suffix = pattern, PARQUET[0]
    try:
        if suffix in PARQUET and not packed:
            own = None if web else pl.scan_parquet(source, hive_partitioning=False)
            of_frame = dict(zip(schema.names, frame.dtypes, strict=False))
            types: Types = of_frame if own is None else own.collect_schema()
            # A column without a name has one here alone.
            return File(schema, source, "parquet", types) if {*schema.names} <= {*types} else None
        if suffix in ARROW and not packed and not web:
            return File(schema, source, *_arrow_types(Path(source)))
    except (OSError, ValueError, pl.exceptions.PolarsError):
        pass  # It is no longer what was opened.
    return None


def _pattern(source: str) -> str | None:
    """Return the pattern by which the libraries find the Parquet files of a folder or pattern.

    None where there is none, and where folders' names are a part of the table.
    """
    files = files_of(source)
    if any(
        "=" in folder for file in files for folder in file.relative_to(base(Path(source))).parts
    ):
        return None
    pattern = f"{source.rstrip('/')}/*{PARQUET[0]}" if Path(source).is_dir() else source
    found = sorted(Path(one) for one in glob.glob(pattern, recursive=True))
    return pattern if pattern.endswith(PARQUET[0]) and found == files else None


def _arrow_types(path: Path) -> tuple[Kind, Types]:
    import pyarrow as pa

    with path.open("rb") as file:
        if file.read(len(ARROW_MAGIC)) == ARROW_MAGIC:
            return "arrow", pl.read_ipc_schema(path)
        file.seek(0)
        with pa.ipc.open_stream(file) as stream:
            return "stream", pl.DataFrame(stream.schema.empty_table()).schema
