"""Tables on engines, opened by their address: `postgresql://…/db/table`, `duckdb:///file/table`.

Each engine's packages are an extra of this one and are imported when the engine is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from iris_dash.core.errors import DatasetError, list_names
from iris_dash.engines.addresses import (
    CLUSTERS,
    FILES,
    FOLDERS,
    IN_PLACE,
    REFUSED,
    SERVERS,
    Address,
    engine_address,
)

if TYPE_CHECKING:  # who reads an address need not load a library of tables
    import polars as pl

    from iris_dash.engines.base import Engine, FolderKeys

__all__ = ["Address", "engine_address", "load_engine", "open_engine", "write_table"]

KINDS = {
    "duckdb": "duckdb_tables:DuckdbTable",
    "parquet": "parquet_in_place:ParquetInPlace",
    "chdb": "clickhouse:ChdbTable",
    "dask": "dask_tables:DaskTable",
    "spark": "spark_tables:SparkTable",
    "mongodb": "mongodb.table:MongoTable",
}
"""The module and class of each kind of engine; every other one is asked through Ibis."""


def load_engine(address: Address) -> None:
    """Import what the engine of an address is asked with, which may take seconds.

    Errors: DatasetError where it is missing.
    """
    _module(address)


def open_engine(address: Address, folder_keys: FolderKeys | None = None) -> Engine:
    """Return the table at an address.

    `folder_keys` tells what the names of folders say of Parquet files in place; else nothing.
    Errors: DatasetError, one line: the engine's packages are missing, it is away, it refuses the
    login, or it has no such table.
    """
    made = getattr(_module(address), _kind(address)[1])
    engine: Engine = made(address, folder_keys) if address.scheme in IN_PLACE else made(address)
    return engine


def write_table(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    """Write a frame as the table at an address, in place of one that is there.

    All or nothing: until the last row is written the old table answers. `wrote` is told the rows
    of each piece written. Errors: DatasetError, one line.
    """
    _module(address).write_table(address, frame, wrote)


def _kind(address: Address) -> tuple[str, str]:
    module, _, name = KINDS.get(address.scheme, "ibis_tables:IbisTable").partition(":")
    return module, name


def _module(address: Address) -> Any:
    if address.scheme in REFUSED:
        known = list_names((*FILES, *FOLDERS, *IN_PLACE, *SERVERS, *CLUSTERS))
        raise DatasetError(
            f"{address.shown}: {address.scheme} is no engine that tables are asked on; {known} are"
        )
    try:
        return import_module(f"iris_dash.engines.{_kind(address)[0]}")
    except ImportError as error:
        raise DatasetError(
            f"{address.shown}: the package {error.name} is missing; install it with "
            f"{address.install_command}"
        ) from None
