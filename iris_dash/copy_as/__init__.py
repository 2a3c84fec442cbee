"""A query written down to be taken along: as a command, as Python, as SQL.

Each text gives the rows of the whole selection in the query's order, wherever it runs. What a
column is, and what means "no value" in it, is said in the text: nothing is left for a library to
guess.
"""

from __future__ import annotations

import narwhals as nw
import polars as pl

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.copy_as.file import File, known_file
from iris_dash.copy_as.frames import as_pandas, as_polars
from iris_dash.copy_as.groups.fitting import are_groups_alike
from iris_dash.copy_as.groups.in_pandas import groups_in_pandas
from iris_dash.copy_as.groups.in_polars import groups_in_polars
from iris_dash.copy_as.groups.in_sql import groups_in_sql
from iris_dash.copy_as.groups.own import groups_by_curl
from iris_dash.copy_as.own import as_curl, as_python
from iris_dash.copy_as.served import served_address, served_description, served_file
from iris_dash.copy_as.sql import as_engine_sql, as_sql
from iris_dash.core.errors import DatasetError
from iris_dash.engines import engine_address
from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.tables.description import TableDescription
from iris_dash.tables.engine_dataset import EngineDataset
from iris_dash.tables.reading.download import is_address, shown_address
from iris_dash.tables.reading.standard_input import is_standard_input

__all__ = ["forms"]

WITHOUT_SQL = ("dask", "spark", "mongodb")
"""Engines that are asked in other words than SQL, or whose addresses no client reads."""


def forms(
    explorer: Explorer,
    query: Query,
    url: str,
    source: str | None,
    description: TableDescription | None = None,
    *,
    groups: Aggregation | None = None,
    is_served: bool = False,
) -> dict[str, str]:
    """Return the query as texts to copy: "curl", "Python", "pandas", "Polars", "DuckDB" or "SQL".

    `url` is where the server is reached; `source` is the data as it was given: a path, a pattern,
    an address; None for a data frame, as which standard input counts. `description` is what else
    than the file beside it describes the table, if anything. The query's page does not matter. What
    would not be true is left out: a table on an engine has "SQL" of the engine's own kind, if it
    has one, and neither pandas, Polars nor DuckDB; a data frame has only "curl" and "Python", as a
    file has with recast columns, and a web address with a password or a query in it only "curl". No
    text has a password.

    `groups`: an aggregate of the query's rows, which the texts then give; no engine's SQL does.
    `is_served`: whoever reads the texts has the table from the server alone, so that they name its
    file there instead of a path, or of a data frame.
    """
    query = Query(query.filters, query.sort) if groups is None else Query(groups.query.filters)
    if source and is_standard_input(source):
        source = None  # It can be read once, as a data frame that is gone.
    texts = {
        "curl": as_curl(explorer, query, url)
        if groups is None
        else groups_by_curl(explorer, groups, url)
    }
    address = engine_address(source) if source else None
    if address is not None:
        texts["Python"] = as_python(explorer.schema, query, address.shown, description, groups)
        if (
            isinstance(explorer.dataset, EngineDataset)
            and address.scheme not in WITHOUT_SQL
            and groups is None
        ):
            texts["SQL"] = as_engine_sql(explorer.dataset, query, address)
        return texts
    if is_served and not (source and is_address(source)):
        file, source = served_file(explorer, url), served_address(url)
        description = served_description(explorer.schema)
    elif source and not _may_be_told(source):
        return texts
    else:
        file = known_file(explorer, source) if source and not explorer.schema.recast else None
    texts["Python"] = as_python(explorer.schema, query, source, description, groups)
    if file is None or not file.holds_as_read(query):
        return texts
    found = _by_libraries(file, query) if groups is None else _groups(explorer, file, groups)
    return texts | {label: text for label, text in found.items() if text is not None}


def _by_libraries(file: File, query: Query) -> dict[str, str | None]:
    return {
        "pandas": as_pandas(file, query) if _is_told_in_pandas(file, query) else None,
        "Polars": as_polars(file, query),
        "DuckDB": as_sql(file, query) if _is_told_in_sql(file) else None,
    }


def _groups(explorer: Explorer, file: File, asked: Aggregation) -> dict[str, str | None]:
    held = explorer.dataset.in_memory()
    frame = None if held is None else nw.to_native(held)
    if not isinstance(frame, pl.DataFrame) or not are_groups_alike(file, frame, asked):
        return {}
    return {
        "pandas": groups_in_pandas(file, asked) if _is_told_in_pandas(file, asked.query) else None,
        "Polars": groups_in_polars(file, asked),
        "DuckDB": groups_in_sql(file, asked) if _is_told_in_sql(file) else None,
    }


def _is_told_in_pandas(file: File, query: Query) -> bool:
    """Return whether pandas reads such files, and compares what the query asks.

    Times of day are plain objects to it, of which none is before a missing one.
    """
    of_day = {time.name for time in file.schema.times if time.is_of_day}
    return file.kind != "stream" and not any(one.name in of_day for one in query.filters)


def _is_told_in_sql(file: File) -> bool:
    """Return whether DuckDB reads such files, and their columns are more than one by case.

    To SQL `a` and `A` are one name.
    """
    names = {name.casefold() for name in file.schema.names}
    if "DuckDB" in file.left_out:
        return False
    return file.kind in ("csv", "typed", "parquet") and len(names) == len(file.schema.names)


def _may_be_told(source: str) -> bool:
    """Return whether an address has nothing in it that is not to be shown."""
    if not is_address(source):
        return True
    try:
        return shown_address(source) == source
    except DatasetError:
        return False
