"""A table that a Spark cluster reads and computes: Parquet files, or a table of its catalogue."""

from __future__ import annotations

import ipaddress
import os
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from iris_dash.engines.base import Rows
from iris_dash.errors import DatasetError, EngineAway, first_line

SECONDS = 3
"""How long the master may take to accept a connection."""

PATIENCE = 20
"""How long an application waits for a first executor, or goes on without any."""

BATCH = 50_000

QUIET = {
    "spark.log.level": "OFF",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # As other engines do: text that is no number is missing, and a division by zero too.
    "spark.sql.ansi.enabled": "false",
}

MODEST = {
    # Room for several processes on one cluster, which else gives all its cores to the first.
    "spark.cores.max": "2",
    "spark.sql.shuffle.partitions": "8",
}
"""What `SPARK_CONF_DIR/spark-defaults.conf` may say otherwise."""


class SparkTable:
    """An Engine of `spark://master:7077/path/to/parquet`, a path that every worker reads.

    `spark://master:7077/name` is a table of the catalogue, as is `name.name`. A process has one
    session, so all its tables have the same master.
    """

    def __init__(self, address: str) -> None:
        """Take the address apart; errors: DatasetError where it names no table."""
        master, _, table = address.removeprefix("spark://").partition("/")
        if not master.rpartition(":")[2].isdigit() or not table:
            raise DatasetError(f"{address}: expected spark://master:7077/path/to/parquet")
        self.name = address
        self._master = f"spark://{master}"
        self._table = table

    def table(self) -> Rows:
        """Return the table; errors: DatasetError if there is none."""
        session = _session(self._master)
        try:
            # A table's name has no slash and no end; anything else is a path.
            if self._table.replace(".", "").replace("_", "").isalnum():
                return nw.from_native(session.table(self._table))
            path = self._table if "://" in self._table else f"file:///{self._table}"
            return nw.from_native(session.read.parquet(path))
        except AnalysisException as error:
            raise DatasetError(f"{self.name}: {first_line(error)}") from None
        except (PySparkException, Py4JError, OSError) as error:
            raise self._away(error) from None

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for, computed on the cluster."""
        _session(self._master)
        native: DataFrame = nw.to_native(rows)
        try:
            return _polars(native.toArrow())
        except AnalysisException:
            raise
        except (PySparkException, Py4JError, OSError) as error:
            raise self._away(error) from None

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start`."""
        native: DataFrame = nw.to_native(rows)
        return nw.from_native(native.offset(start).limit(length))

    def batches(self, rows: Rows) -> Iterator[pl.DataFrame]:
        """Yield the rows partition by partition, as the workers finish them."""
        _session(self._master)
        native: DataFrame = nw.to_native(rows)
        empty = self.collect(nw.from_native(native.limit(0)))
        yield empty
        try:
            found = native.toLocalIterator(prefetchPartitions=False)
            while piece := [tuple(row) for row, _ in zip(found, range(BATCH), strict=False)]:
                yield pl.DataFrame(piece, schema=empty.schema, orient="row")
        except (PySparkException, Py4JError, OSError) as error:
            raise self._away(error) from None

    def _away(self, error: BaseException) -> EngineAway:
        return EngineAway(f"{self.name}: {first_line(error)}")


@dataclass
class _Held:
    """The process's session and whether its application still has what it needs."""

    session: SparkSession
    master: str

    def works(self) -> bool:
        """Whether the application runs and has an executor."""
        context = self.session.sparkContext
        try:
            scala = context._jsc.sc()
            # The driver counts as one.
            return not scala.isStopped() and scala.getExecutorMemoryStatus().size() > 1
        except (AttributeError, Py4JError, OSError):
            return False

    def stop(self) -> None:
        """Stop the application, whose waiting questions then fail."""
        try:
            self.session.stop()
        except (AttributeError, Py4JError, OSError):
            pass


_lock = threading.Lock()
_held: _Held | None = None


def _session(master: str) -> SparkSession:
    """Return the process's session, made anew where its application has ended.

    Errors: EngineAway where the master cannot be reached or gives no executor.
    """
    global _held
    with _lock:
        _reach(master)
        if _held is not None and _held.master != master:
            raise DatasetError(f"{master}: this process already works with {_held.master}")
        if _held is not None and _held.works():
            return _held.session
        if _held is not None:
            _held.stop()
            _held = None
        try:
            held = _Held(_start(master), master)
        except (PySparkException, Py4JError, OSError) as error:
            raise EngineAway(f"{master}: {first_line(error)}") from None
        for _ in count():
            if held.works():
                break
        _held = held
        return held.session
