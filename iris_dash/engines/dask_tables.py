"""A table of Parquet files that a Dask cluster reads and computes.

Files are read by the workers only, which need Dask, pandas and pyarrow as this process has them;
functions for them are made inside functions, so that they travel whole and this package does not.
"""

from __future__ import annotations

import logging
import socket
import threading
import warnings
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

import dask.dataframe as dd
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
from dask.dataframe.dask_expr import new_collection
from dask.dataframe.dask_expr._expr import Projection
from dask.dataframe.dask_expr._shuffle import SortValues
from distributed import Client, Future, KilledWorker

from iris_dash.core.deadline import at_most, check, each
from iris_dash.core.errors import DatasetError, EngineAway, NoTableError, first_line
from iris_dash.engines.addresses import Address
from iris_dash.engines.base import OneTable, Rows, check_names
from iris_dash.engines.parquet_folder import write_table

__all__ = ["DaskTable", "write_table"]

SECONDS = 3
"""How long a scheduler may take to answer, and between two looks whether it still works."""

PARTITION = 250_000
"""Row groups of a file are joined to partitions of about this many rows."""

Piece = tuple[str, list[int]]

# They log a traceback per lost connection, which EngineAway tells.
for _chatty in ("distributed.batched", "distributed.client"):
    logging.getLogger(_chatty).setLevel(logging.CRITICAL)


class DaskTable(OneTable):
    """An Engine of `dask://scheduler:8786/path`: a Parquet file, a folder of them, or a pattern.

    The path is absolute on the workers, or an fsspec address after the slash. Missing floats
    become null, and -0.0 becomes 0.0, as pandas keeps them apart in groups.
    """

    def __init__(self, address: Address) -> None:
        """Take the address apart; errors: DatasetError where it names no path."""
        self.name, self.title = address.shown, address.title
        self.orders: dict[str, tuple[str, ...]] = {}
        self._path = address.path
        scheduler = address.place.partition("/")[0]
        host, _, port = scheduler.rpartition(":")
        if not host or not port.isdigit() or not self._path:
            raise DatasetError(f"{self.name}: expected dask://scheduler:8786/path/to/parquet")
        self._scheduler = f"tcp://{scheduler}"
        self._host, self._port = host.strip("[]"), int(port)
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._described: tuple[list[Piece], pd.DataFrame] | None = None

    def table(self) -> Rows:
        """Return the table; its files are listed once. Errors: DatasetError if there are none."""
        pieces, meta = self._describe()
        return _rows(dd.from_map(_reader(), pieces, meta=meta, label="read-table"))

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for, computed on the cluster."""
        return self._fetch(self._connected(), _in_order(nw.to_native(rows)))

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start`.

        Dask has no offset: one worker gets the first `start + length` rows, of ordered rows those
        of every partition, and leaves out the beginning.
        """
        first = _in_order(nw.to_native(rows), start + length)
        if first.npartitions > 1:
            first = first.head(start + length, npartitions=-1, compute=False)
        return _rows(first.map_partitions(_cutter(start, start + length), meta=first._meta))

    def batches(self, rows: Rows) -> Generator[pl.DataFrame]:
        """Yield the rows partition by partition; rows in order are ordered by one worker first."""
        return each(self._batches(self._connected(), nw.to_native(rows)))

    def _batches(self, client: Client, native: dd.DataFrame) -> Generator[pl.DataFrame]:
        ordered = _in_order(native)
        if ordered is native:
            for place in range(native.npartitions):
                yield self._fetch(client, native.partitions[place])
            return
        whole = client.compute(ordered)
        try:
            length = self._result(client, client.submit(len, whole))
            for start in range(0, max(length, 1), PARTITION):
                part = client.submit(_cutter(start, start + PARTITION), whole)
                yield _polars(self._result(client, part), ordered._meta)
        finally:
            _let_go(client, whole)

    def close(self) -> None:
        """Leave the scheduler."""
        with self._lock:
            if self._client is not None:
                with suppress(TimeoutError):
                    self._client.close(timeout=SECONDS)
                self._client = None

    def _fetch(self, client: Client, native: dd.DataFrame) -> pl.DataFrame:
        return _polars(self._result(client, client.compute(native)), native._meta)

    def _describe(self) -> tuple[list[Piece], pd.DataFrame]:
        if self._described is None:
            client = self._connected()
            future = client.submit(_describer(), self._path, PARTITION, pure=False)
            try:
                self._described = self._result(client, future)
            except FileNotFoundError as error:
                raise NoTableError(f"{self.name}: {first_line(error)}") from None
            except (OSError, ValueError) as error:
                raise DatasetError(f"{self.name}: {first_line(error)}") from None
            check_names(self.name, self._described[1].columns)
        return self._described

    def _connected(self) -> Client:
        """Return a client whose scheduler answers and has workers."""
        with self._lock:
            if self._client is not None and self._client.status != "running":
                with suppress(TimeoutError):
                    self._client.close(timeout=0)
                self._client = None
            try:
                if self._client is None:
                    # Asked first, since a client would try a port that refuses again and again.
                    socket.create_connection((self._host, self._port), SECONDS).close()
                    self._client = Client(self._scheduler, timeout=SECONDS, set_as_default=False)
                client = self._client
            except (OSError, ValueError) as error:
                raise EngineAway(f"{self.name}: {first_line(error)}") from None
        self._check(client)
        return client

    def _check(self, client: Client) -> None:
        try:
            workers = client.sync(client.scheduler.ncores, callback_timeout=SECONDS)
        except Exception as error:
            raise EngineAway(f"{self.name}: the scheduler does not answer") from error
        if not workers:
            raise EngineAway(f"{self.name}: the scheduler has no workers")

    def _result(self, client: Client, future: Future) -> Any:
        """Return what a worker made, or raise what it raised; the future is given up after."""
        try:
            while True:
                check()
                try:
                    return future.result(at_most(SECONDS))
                except KilledWorker as error:
                    raise EngineAway(f"{self.name}: {first_line(error)}") from None
                # The last is what distributed makes of a future that is cancelled meanwhile.
                except (OSError, CancelledError, UnboundLocalError) as error:
                    if future.status == "error":
                        raise
                    if not isinstance(error, TimeoutError):
                        raise EngineAway(f"{self.name}: the connection was lost") from None
                    self._check(client)
        finally:
            _let_go(client, future)


def _let_go(client: Client, future: Future) -> None:
    """Give up what is still asked; only release what is done.

    To cancel it would reach the scheduler late: the same question, asked again meanwhile, has the
    same key and would be cancelled.
    """
    if client.status == "running":
        if future.done():
            future.release()
        else:
            future.cancel()


def _rows(native: dd.DataFrame) -> Rows:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Dask support is moving", FutureWarning)
        rows: Rows = nw.from_native(native)
        return rows


def _in_order(native: dd.DataFrame, most: int | None = None) -> dd.DataFrame:
    """Return rows that are sorted by one worker, at least the first `most`; others as they are.

    Dask sorts between partitions at estimated places, which loses the order of missing values and
    fails on some columns, so its sort is replaced.
    """
    path, node = [], native.expr
    while not isinstance(node, SortValues) and node.dependencies():
        path.append(node)
        node = node.dependencies()[0]
    if not isinstance(node, SortValues):
        return native
    rows = new_collection(node.frame)
    if most is not None and all(isinstance(above, Projection) for above in path):
        order = _sorter(node.operand("by"), node.operand("ascending"), most)
        rows = rows.map_partitions(order, meta=rows._meta)
    order = _sorter(node.operand("by"), node.operand("ascending"), None)
    rows = rows.repartition(npartitions=1).map_partitions(order, meta=rows._meta)
    return new_collection(native.expr.substitute(node, rows.expr))


def _polars(found: pd.DataFrame, meta: pd.DataFrame) -> pl.DataFrame:
    """Return a pandas frame as Polars; columns without values take the type they should have."""
    table = pa.Table.from_pandas(found, preserve_index=False)
    wanted = pa.Schema.from_pandas(meta, preserve_index=False)
    for place, field in enumerate(wanted):
        if table.column(place).null_count == len(table) and not pa.types.is_null(field.type):
            table = table.set_column(place, field.name, pa.nulls(len(table), field.type))
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _describer() -> Callable[[str, int], tuple[list[Piece], pd.DataFrame]]:
    def describe(path: str, most: int) -> tuple[list[Piece], pd.DataFrame]:
        """Return the pieces to read, each a file and some of its row groups, and no rows of it."""
        import pandas
        import pyarrow.parquet
        from fsspec.core import url_to_fs

        system, inside = url_to_fs(path)
        if system.isdir(inside):
            found = (name for name in system.find(inside) if name.endswith((".parquet", ".pq")))
        else:
            found = iter(system.glob(inside))
        pieces: list[Piece] = []
        empty = None
        for name in sorted(found):
            file = pyarrow.parquet.ParquetFile(name, filesystem=system)
            if empty is None:
                empty = file.schema_arrow.empty_table()
            rows = most
            for group in range(file.num_row_groups):
                size = file.metadata.row_group(group).num_rows
                if rows + size > most:
                    pieces.append((system.unstrip_protocol(name), []))
                    rows = 0
                pieces[-1][1].append(group)
                rows += size
            if not file.num_row_groups:
                pieces.append((system.unstrip_protocol(name), []))
        if empty is None:
            raise FileNotFoundError("no Parquet files there")
        return pieces, empty.to_pandas(types_mapper=pandas.ArrowDtype, ignore_metadata=True)

    return describe


def _reader() -> Callable[..., pd.DataFrame]:
    def read(piece: Piece, columns: list[str] | None = None) -> pd.DataFrame:
        """Return a piece's rows, missing floats as null."""
        import pandas
        import pyarrow.compute
        import pyarrow.parquet
        from fsspec.core import url_to_fs

        url, groups = piece
        system, inside = url_to_fs(url)
        file = pyarrow.parquet.ParquetFile(inside, filesystem=system)
        table = file.read_row_groups(groups, columns=columns)
        if columns is not None:
            table = table.select(columns)
        for place, field in enumerate(table.schema):
            if pyarrow.types.is_floating(field.type):
                values = table.column(place)
                missing = pyarrow.compute.is_nan(values)
                zero = pyarrow.scalar(0, field.type)
                none = pyarrow.scalar(None, field.type)
                values = pyarrow.compute.if_else(missing, none, pyarrow.compute.add(values, zero))
                table = table.set_column(place, field.name, values)
        rows: pd.DataFrame = table.to_pandas(types_mapper=pandas.ArrowDtype, ignore_metadata=True)
        return rows

    return read


def _sorter(
    by: list[str], ascending: bool | list[bool], most: int | None
) -> Callable[[pd.DataFrame], pd.DataFrame]:
    ways = [ascending] * len(by) if isinstance(ascending, bool) else ascending
    keys = [(name, "ascending" if up else "descending") for name, up in zip(by, ways, strict=True)]

    def order(rows: pd.DataFrame) -> pd.DataFrame:
        """Return the first rows in order, missing values last."""
        import pyarrow.compute

        table = pyarrow.Table.from_pandas(rows[by], preserve_index=False)
        places = pyarrow.compute.sort_indices(table, sort_keys=keys, null_placement="at_end")
        first: pd.DataFrame = rows.iloc[places.to_numpy()[:most]]
        return first

    return order


def _cutter(start: int, stop: int) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def cut(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.iloc[start:stop]

    return cut
