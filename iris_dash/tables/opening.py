"""Opening a table: a file, an address or a data frame becomes a dataset of its kind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals as nw

from iris_dash.core.errors import (
    DatasetError,
    IrisDashError,
    LibraryPanic,
    panics_as_errors,
)
from iris_dash.core.progress import Report, unheard
from iris_dash.engines import engine_address, open_engine
from iris_dash.engines.addresses import IN_PLACE
from iris_dash.engines.base import ROW, Engine
from iris_dash.query.names import held_name, held_names
from iris_dash.query.schema import Schema
from iris_dash.query.text_form import TextForm
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.asked_kinds import as_asked
from iris_dash.tables.column_facts import FrameFacts
from iris_dash.tables.column_names import with_distinct_names, with_own_names
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.description import TableDescription, TableOptions, read_description
from iris_dash.tables.engine_dataset import EngineDataset
from iris_dash.tables.engine_facts import EngineFacts
from iris_dash.tables.frame_dataset import FrameDataset
from iris_dash.tables.given_frames import eager_frame
from iris_dash.tables.inference import infer_schema
from iris_dash.tables.libraries import Frame, held_frame, library_of
from iris_dash.tables.long_dataset import LongDataset
from iris_dash.tables.reading.few_texts import with_categories
from iris_dash.tables.reading.folder_keys import folder_keys
from iris_dash.tables.reading.source_files import description_beside
from iris_dash.tables.reading.sources import read_source
from iris_dash.tables.short_dataset import ShortDataset

SHORT_TABLE = 20_000
SHORT_VALUES = 400_000
"""Tables in memory of at most so many rows, and values in all, are short."""


def open_dataset(
    source: Any,
    description: TableDescription | None = None,
    options: TableOptions | None = None,
    report: Report = unheard,
    kept_input: Path | None = None,
) -> Dataset:
    """Return a Dataset of a file (path), an address, standard input (`-`), or a data frame.

    The address of a table on an engine (`postgresql://…/db/table`) gives one that stays there.

    A file's description is the TOML file beside it (`iris.csv` → `iris.toml`) unless given;
    `options` override it; `report` hears what is begun. See `read_source` for the files and
    `kept_input`. Errors: DatasetError, one line naming the source and the reason: missing, empty,
    header only, unreadable, or not a table.

    >>> import pandas
    >>> flowers = pandas.DataFrame({"colour": ["red", "blue"], "height": [1.5, 2.0]})
    >>> [measure.name for measure in open_dataset(flowers).schema.measures]
    ['height']
    """
    try:
        with panics_as_errors():
            return _opened(source, description, options or TableOptions(), report, kept_input)
    except LibraryPanic as error:
        named = source if isinstance(source, str | Path) else "data frame"
        raise DatasetError(f"{named}: cannot be read: {error}") from error


def _opened(
    source: Any,
    description: TableDescription | None,
    options: TableOptions,
    report: Report,
    kept_input: Path | None,
) -> Dataset:
    address = engine_address(source) if isinstance(source, str) else None
    if address is not None:
        report(f"asking for {address.title or address.scheme}")
        if address.scheme in IN_PLACE:
            description = _described(address.place, description)
        engine = open_engine(address, folder_keys)
        return engine_dataset(engine, options.over(description or TableDescription()))
    if isinstance(source, str | Path):
        return _open_file(source, description, options, report, kept_input)
    source, notes = with_distinct_names(eager_frame(source))
    try:
        frame, more = with_own_names(held_frame(nw.from_native(source, eager_only=True)))
    except TypeError:
        kind = type(source).__name__
        raise DatasetError(
            f"{kind}: not a table; expected a path, an address, or a data frame: of Polars, "
            "pandas, Arrow, DuckDB, or of any library that exports one of these"
        ) from None
    description = options.over(description or TableDescription())
    frame = library_of(frame).plain_columns(frame, _whole(frame, description))
    try:
        return _dataset(frame, description, "data frame", _hash_frame(frame), notes + more)
    except DatasetError as error:
        raise DatasetError(f"data frame: {error}") from None


def _described(source: str | Path, description: TableDescription | None) -> TableDescription | None:
    """Return a table's description: as it is given, else that of the TOML file beside it."""
    beside = description_beside(source)
    if description is None and beside is not None and os.path.isfile(beside):
        return read_description(beside)
    return description


def _open_file(
    source: str | Path,
    description: TableDescription | None,
    options: TableOptions,
    report: Report,
    kept_input: Path | None,
) -> Dataset:
    description = options.over(_described(source, description) or TableDescription())
    read = read_source(
        source, report, description.read, kept_input, description.texts, categories=True
    )
    report("looking at columns")
    frame, notes = with_own_names(nw.from_native(read.frame, eager_only=True))
    frame = library_of(frame).plain_columns(frame, _whole(frame, description))
    try:
        said = read.notes + notes, read.text, read.typed, read.is_ours
        return _dataset(frame, description, read.title, read.content_hash, *said)
    except DatasetError as error:
        raise DatasetError(f"{read.name}: {error}") from None


def _dataset(
    frame: Frame,
    description: TableDescription,
    title: str,
    content_hash: bytes,
    notes: tuple[str, ...] = (),
    text: TextForm | None = None,
    typed: TypedForm | None = None,
    is_ours: bool = False,
) -> Dataset:
    types = frame.schema
    description = _with_units(description, text) if text else description
    frame = as_asked(frame, description)
    recast = tuple(name for name, dtype in frame.schema.items() if dtype != types[name])
    categories = () if text else tuple(_categories(types))
    marked = {name: held_name(name) for name in frame.columns if held_name(name) != name}
    frame = frame.rename(marked) if marked else frame
    frame = library_of(frame).missing_as_null(frame)
    schema = infer_schema(FrameFacts(frame, text is not None), description, _title(title))
    schema = replace(schema, notes=notes, text=text, typed=typed, recast=recast)
    schema = replace(schema, categories=categories, is_ours=is_ours)
    frame = _facets_as_enums(frame, schema, is_text=text is not None).with_row_index(ROW)
    frame = frame.select(*held_names(schema.names), ROW)
    return frame_dataset(schema, _fingerprint(content_hash, description), frame)


def _with_units(description: TableDescription, text: TextForm) -> TableDescription:
    """Return a description in which columns have the units that stand beside their numbers."""
    columns = dict(description.columns)
    for column in text.columns:
        said = description.of(column.name)
        if column.unit and "unit" not in said.model_fields_set:
            columns[column.name] = said.model_copy(update={"unit": column.unit})
    return description.model_copy(update={"columns": columns})


def _categories(types: Mapping[str, nw.dtypes.DType]) -> Iterator[tuple[str, bool]]:
    """Yield the columns of categories, with whether these have an order."""
    for name, dtype in types.items():
        if isinstance(dtype, nw.Enum | nw.Categorical):
            yield name, isinstance(dtype, nw.Enum)


def frame_dataset(schema: Schema, fingerprint: str, frame: Frame) -> FrameDataset:
    """Return a Dataset of a frame that has the schema's columns, called as held, and `_row`."""
    short = len(frame) <= SHORT_TABLE and len(frame) * len(schema.columns) <= SHORT_VALUES
    kind = ShortDataset if short else LongDataset
    return kind(schema, fingerprint, frame)


def engine_dataset(engine: Engine, description: TableDescription | None = None) -> EngineDataset:
    """Return a Dataset of a table that stays on its engine.

    Errors: DatasetError, one line naming the table and the reason.
    """
    description = description or TableDescription()
    try:
        parts = [(part.table(), part.collect_at_start) for part in engine.parts()]
        facts = EngineFacts(
            engine.table(), engine.collect_at_start, engine.orders, description.texts, parts
        )
        if not all(name.strip() for name in facts.names):
            raise DatasetError("a column has no name")
        if not facts.rows:
            raise DatasetError("has no rows")
        schema = infer_schema(facts, description, _title(engine.title))
        schema = replace(schema, notes=engine.notes)
    except IrisDashError as error:
        reason = str(error).removeprefix(f"{engine.name}: ")
        raise DatasetError(f"{engine.name}: {reason}") from None
    has_row = any(column.name == ROW for column in facts.columns)
    return EngineDataset(
        schema,
        _fingerprint(
            f"{engine.name} {engine.content} {facts.fingerprint_text}".encode(), description
        ),
        engine,
        facts.rows,
        facts.columns,
        (ROW,) if has_row else tuple(held_names(schema.names)),
    )


def _whole(frame: Frame, description: TableDescription) -> list[str]:
    """Return the columns whose numbers are whole, be they floats as some are missing."""
    whole = ("facet", "code", "identifier", "time")
    return [name for name in frame.columns if description.kind_of(name) in whole]


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _fingerprint(content_hash: bytes, description: TableDescription) -> str:
    described = description.model_dump_json().encode()
    return hashlib.blake2b(content_hash + described, digest_size=8).hexdigest()


def _facets_as_enums(frame: Frame, schema: Schema, is_text: bool) -> Frame:
    """Give text facets their values as an Enum: faster to compare, sorted in the facet's order.

    An Enum of a text file is no more than a guess of what is a facet: others are text again.
    """
    facets = {held_name(facet.name): facet for facet in schema.facets}
    casts: list[nw.Expr | nw.Series[Any]] = []
    for name, dtype in frame.schema.items():
        guessed = is_text and isinstance(dtype, nw.Enum)
        has_text = isinstance(dtype, nw.String | nw.Categorical | nw.Enum)
        if not (guessed or (name in facets and has_text)):
            continue
        kind: nw.dtypes.DType = nw.String()
        if name in facets:
            kind = nw.Enum([value for value in facets[name].values if isinstance(value, str)])
        if kind == dtype:
            continue
        if isinstance(dtype, nw.Enum) and isinstance(kind, nw.Enum):
            own = with_categories(frame[name].to_native(), kind.categories)
            casts.append(nw.from_native(own, series_only=True))
        else:
            casts.append(nw.col(name).cast(kind))
    return frame.with_columns(*casts) if casts else frame


def _hash_frame(frame: Frame) -> bytes:
    shape = repr([(name, str(dtype)) for name, dtype in frame.schema.items()]).encode()
    return hashlib.blake2b(shape + library_of(frame).row_hashes(frame), digest_size=16).digest()
