"""A table as who reads its page has it: at an address, as Parquet, whatever its server reads."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from iris_dash.copy_as.file import File, own_order, schema_file
from iris_dash.explorer import Explorer
from iris_dash.files.table import file_types
from iris_dash.query.names import held_names, name_of_held
from iris_dash.query.schema import Schema
from iris_dash.tables.description import ColumnDescription, TableDescription
from iris_dash.tables.libraries.moments import beyond, is_moment

TABLE = "export.parquet"


def served_address(url: str) -> str:
    """Return where the whole table is read, of a server at an address."""
    return f"{url.rstrip('/')}/{TABLE}"


def served_file(explorer: Explorer, url: str) -> File | None:
    """Return the table as the file that a server at that address gives; None of no table in memory.

    None too where it has moments that no file of other libraries says.
    """
    held = explorer.dataset.in_memory()
    frame = None if held is None else nw.to_native(held)
    if not isinstance(frame, pl.DataFrame):
        return None
    if any(is_moment(series.dtype) and beyond(series).any() for series in frame):
        return None
    types = pl.DataFrame(schema=file_types(explorer.dataset)).schema
    names = explorer.schema.names
    file = File(explorer.schema, served_address(url), "parquet", types)
    return schema_file(file, frame[held_names(names)].rename(name_of_held), False)


def served_description(schema: Schema) -> TableDescription:
    """Return what tells the library to take the columns of that file for what they are here."""
    columns = {}
    for facet in schema.facets:
        if (order := own_order(schema, facet.name, sorts_text=True)) is not None:
            columns[facet.name] = ColumnDescription(order=tuple(v for v in order if v is not None))
    return TableDescription(facets=tuple(schema.facets_by_name), columns=columns)
