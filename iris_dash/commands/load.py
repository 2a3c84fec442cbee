"""A file written as a table on an engine: once, wholly, and never over another one unasked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.commands.stored import as_stored, lost_by
from iris_dash.core.errors import DatasetError, EngineAway, NoTableError
from iris_dash.engines import Address, engine_address, open_engine, write_table
from iris_dash.engines.base import ROW
from iris_dash.tables.engine_columns import engine_columns
from iris_dash.tables.libraries import library_of
from iris_dash.tables.reading.sources import read_source

CLOCK, MOMENT = "%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"

__all__ = ["load_table", "lost_by", "read_rows", "target_of"]

Progress = Callable[[int], object]
"""Is told how many more rows are done."""


def target_of(url: str) -> Address:
    """Return the address of the table to write; DatasetError if it is not one."""
    address = engine_address(url)
    if address is None:
        raise DatasetError(f"{url}: not the address of a table, such as postgresql://host/db/table")
    if not address.title:
        raise DatasetError(f"{address.shown}: names no table; add it: …/TABLE")
    return address


def read_rows(source: str | Path) -> pl.DataFrame:
    """Return a file's table as it is written: its columns made plain and last `_row`, from 0."""
    read = nw.from_native(read_source(source).frame, eager_only=True)
    frame: pl.DataFrame = nw.to_native(library_of(read).plain_columns(read))
    if ROW in frame.columns:
        raise DatasetError(f"{source}: column {ROW!r} is called as the rows' places are; rename it")
    # On the whole frame Polars would read some names as patterns.
    columns = [
        series.alias("").fill_nan(None).alias(series.name) if series.dtype.is_float() else series
        for series in frame
    ]
    rows = pl.int_range(len(frame), dtype=pl.Int64, eager=True).alias(ROW)
    return pl.DataFrame([*columns, rows])


def load_table(
    frame: pl.DataFrame,
    address: Address,
    replace: bool = False,
    progress: Progress | None = None,
    keep: bool = False,
) -> bool:
    """Write a frame as the table at an address; return False if it was there already.

    With `keep` another table of that name counts as it. Errors: DatasetError, one line: the engine
    cannot hold a column's values, another table has that name and neither `replace` nor `keep` is
    true, the engine is away, or it refuses. Nothing is changed then.
    """
    told, frame = progress or (lambda rows: None), as_stored(address, frame)
    if _any_is_there(address) if keep else _is_there(frame, address):
        told(len(frame))
        return False
    if not replace and _any_is_there(address):
        raise DatasetError(
            f"{address.shown}: another table has this name; "
            "give another name, or --replace to put this one in its place"
        )
    write_table(address, frame, told)
    return True


def _any_is_there(address: Address) -> bool:
    try:
        open_engine(address).table()
    except NoTableError:
        return False
    return True


def _is_there(frame: pl.DataFrame, address: Address) -> bool:
    """Return whether the table holds these very rows; it is read until it differs."""
    try:
        engine = open_engine(address)
        table = engine.table()
        columns = {column.name: column for column in engine_columns(table)}
        if set(columns) != set(frame.columns):
            return False
        shown = [columns[name].shown for name in frame.columns]
        if int(engine.collect(table.select(nw.len().alias("n"))).item()) != len(frame):
            return False
        start = 0
        with closing(engine.batches(table.select(*shown).sort(ROW))) as batches:
            for batch in batches:
                ours = frame.slice(start, len(batch))
                if not all(map(_says, batch.iter_columns(), ours.iter_columns())):
                    return False
                start += len(batch)
    except (NoTableError, pl.exceptions.PolarsError):
        return False
    except EngineAway as error:
        raise DatasetError(str(error)) from None
    return True


def _says(found: pl.Series, ours: pl.Series) -> bool:
    """Return whether a column of an engine says our values, some of them in text."""
    dtype: Any = ours.dtype
    read = found
    if found.dtype == pl.String and dtype == pl.Time:
        read = found.str.to_time(CLOCK, strict=False)
    elif found.dtype == pl.String and dtype == pl.Datetime:
        offset = "%#z" if dtype.time_zone else ""
        read = found.str.to_datetime(MOMENT + offset, time_unit="us", strict=False)
    read = read.cast(dtype, strict=False)
    # A text that says no such value would count as a missing one.
    return found.null_count() == ours.null_count() and read.equals(ours)
