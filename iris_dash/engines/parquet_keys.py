"""What the names of folders say of Parquet files in place, read by DuckDB as it is in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import polars as pl

from iris_dash.core.errors import list_names
from iris_dash.engines.duckdb_tables import quoted

MISSING_KEY = "__HIVE_DEFAULT_PARTITION__"
KEY_TYPES: Mapping[Any, str] = {
    pl.Int64: "BIGINT",
    pl.UInt64: "UBIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
}
"""How DuckDB reads what the names of folders say, by its type in memory."""


def key_in_sql(connection: duckdb.DuckDBPyConnection, paths: Sequence[str], key: pl.Series) -> str:
    """Return the SQL that reads of DuckDB's key of folders what it is for each of the files.

    Errors: ValueError where DuckDB reads others.
    """
    texts = [_folder_text(path, key.name) for path in paths]
    how = quoted(key.name)
    if "" in texts:
        how = f"NULLIF({how}, '')"
    if key.dtype not in (pl.String, pl.Null):
        how = f"TRY_CAST({how} AS {KEY_TYPES.get(key.dtype.base_type(), 'VARCHAR')})"
    asked = f"SELECT {how} AS v FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS {quoted(key.name)})"
    try:
        found = [row[0] for row in connection.execute(asked, [texts]).fetchall()]
    except duckdb.Error:
        found = []
    if found != key.to_list() or any("=" in text for text in texts if text):
        read = list_names(map(repr, key.unique(maintain_order=True)[:3]))
        raise ValueError(
            f"the names of folders say of {key.name!r} what DuckDB, which asks the files, reads "
            f"otherwise; without parquet:// it is {read}"
        )
    return how


def _folder_text(path: str, name: str) -> str | None:
    parts = (part.split("=", 1) for part in Path(path).parts[:-1] if "=" in part[1:])
    text = {unquote(key): text for key, text in parts}[name]
    return None if text == MISSING_KEY else unquote(text)
