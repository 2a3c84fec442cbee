"""A query written down to be taken along: as a command, as Python, as SQL.

Each text gives the rows of the whole selection in the query's order, wherever it runs. What a
column is, and what means "no value" in it, is said in the text: nothing is left for a library to
guess.
"""

from __future__ import annotations

from iris_dash.copy_as.file import File, known_file
from iris_dash.copy_as.frames import as_pandas, as_polars
from iris_dash.copy_as.own import as_curl, as_python
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
) -> dict[str, str]:
    """Return the query as texts to copy: "curl", "Python", "pandas", "Polars", "DuckDB" or "SQL".

    `url` is where the server is reached; `source` is the data as it was given: a path, a pattern,
    an address; None for a data frame, as which standard input counts. `description` is what else
    than the file beside it describes the table, if anything. The query's page does not matter. What
    would not be true is left out: a table on an engine has "SQL" of the engine's own kind, if it
    has one, and neither pandas, Polars nor DuckDB; a data frame has only "curl" and "Python", as a
    file has with recast columns, and a web address with a password or a query in it only "curl". No
    text has a password.
    """
    query = Query(query.filters, query.sort)
    if source and is_standard_input(source):
        source = None  # It can be read once, as a data frame that is gone.
    texts = {"curl": as_curl(explorer, query, url)}
    address = engine_address(source) if source else None
    if address is not None:
        texts["Python"] = as_python(explorer.schema, query, address.shown, description)
        if isinstance(explorer.dataset, EngineDataset) and address.scheme not in WITHOUT_SQL:
            texts["SQL"] = as_engine_sql(explorer.dataset, query, address)
        return texts
    if source and not _may_be_told(source):
        return texts
    texts["Python"] = as_python(explorer.schema, query, source, description)
    file = known_file(explorer, source) if source else None
    if file is not None and not explorer.schema.recast and file.holds_as_read(query):
        found = {
            "pandas": as_pandas(file, query) if _is_told_in_pandas(file, query) else None,
            "Polars": as_polars(file, query),
            "DuckDB": as_sql(file, query) if _is_told_in_sql(file) else None,
        }
        texts |= {label: text for label, text in found.items() if text is not None}
    return texts


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
