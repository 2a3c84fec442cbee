"""A table that a Spark cluster reads and computes: Parquet files, or a table of its catalogue."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from uuid import uuid4

import narwhals as nw
import polars as pl
from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import AnalysisException, PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import DataFrame, SparkSession, functions

from iris_dash.core.deadline import each, ended_by
from iris_dash.core.errors import DatasetError, EngineAway, NoTableError, first_line
from iris_dash.engines.addresses import Address
from iris_dash.engines.base import STAR, OneTable, Rows
from iris_dash.engines.parquet_folder import write_table

__all__ = ["SparkTable", "write_table"]

SECONDS = 3
"""How long the master may take to accept a connection."""

PATIENCE = 30
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


class SparkTable(OneTable):
    """An Engine of `spark://master:7077/path/to/parquet`, a path that every worker reads.

    `spark://master:7077/name` is a table of the catalogue, as is `name.name`. A process has one
    session, so all its tables have the same master.
    """

    def __init__(self, address: Address) -> None:
        """Take the address apart; errors: DatasetError where it names no table."""
        self.name, self.title = address.shown, address.title
        self.orders: dict[str, tuple[str, ...]] = {}
        master, _, table = address.place.partition("/")
        if not master.rpartition(":")[2].isdigit() or not table:
            raise DatasetError(f"{self.name}: expected spark://master:7077/path/to/parquet")
        self._master = f"spark://{master}"
        self._table = table

    def table(self) -> Rows:
        """Return the table; errors: DatasetError if there is none."""
        session = _session(self._master)
        try:
            # A table's name has no slash and no end; anything else is a path.
            if self._table.replace(".", "").replace("_", "").isalnum():
                return self._named(session.table(self._table))
            path = self._table if "://" in self._table else f"file:///{self._table}"
            return self._named(session.read.parquet(path))
        except AnalysisException as error:
            raise NoTableError(f"{self.name}: {first_line(error)}") from None
        except (PySparkException, Py4JError, OSError) as error:
            raise self._away(error) from None

    def _named(self, native: DataFrame) -> Rows:
        """Return the table with columns that can be asked for; errors: DatasetError for others."""
        odd = next((name for name in native.columns if "." in name or "`" in name), None)
        if odd is not None:
            reason = "which Spark takes for a part of another: no point or ` may be in a name"
            raise DatasetError(f"{self.name}: has a column {odd!r}, {reason}")
        if "*" in native.columns:
            native = native.toDF(*(STAR if name == "*" else name for name in native.columns))
        return nw.from_native(native)

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for, computed on the cluster."""
        native: DataFrame = nw.to_native(rows)
        try:
            with _tagged(_session(self._master)) as cancel, ended_by(cancel):
                frame = pl.from_arrow(native.toArrow())
        except AnalysisException:
            raise
        except (PySparkException, Py4JError, OSError) as error:
            raise self._away(error) from None
        assert isinstance(frame, pl.DataFrame)
        return frame

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start`."""
        native: DataFrame = nw.to_native(rows)
        return nw.from_native(native.offset(start).limit(length))

    def batches(self, rows: Rows) -> Generator[pl.DataFrame]:
        """Yield the rows partition by partition, as the workers finish them."""
        with _tagged(_session(self._master)) as cancel:
            yield from each(self._read(nw.to_native(rows)), cancel)

    def _read(self, native: DataFrame) -> Generator[pl.DataFrame]:
        yield (empty := self.collect(nw.from_native(native.limit(0))))
        # A moment as its text in UTC: rows would else have it in this machine's time.
        plain = native.select(
            *(
                functions.col(f"`{name}`").cast("timestamp_ntz" if kind == "timestamp" else kind)
                for name, kind in native.dtypes
            )
        )
        schema = {n: pl.Datetime("us") if k == pl.Datetime else k for n, k in empty.schema.items()}
        try:
            found = plain.toLocalIterator(prefetchPartitions=False)
            while piece := list(islice(found, BATCH)):
                frame = pl.DataFrame([tuple(row) for row in piece], schema, orient="row")
                yield frame.with_columns(
                    pl.col(name).dt.replace_time_zone(kind.time_zone)
                    for name, kind in empty.schema.items()
                    if isinstance(kind, pl.Datetime)
                )
        except (PySparkException, Py4JError, OSError) as error:
            raise self._away(error) from None

    def close(self) -> None:
        """Stop the process's application, so that its workers are free for others."""
        global _held
        with _lock:
            if _held is not None:
                _held.stop()
                _held = None

    def _away(self, error: BaseException) -> EngineAway:
        lost = isinstance(error, Py4JError)
        return EngineAway(f"{self.name}: {'its work was lost' if lost else first_line(error)}")


@dataclass
class _Held:
    """The process's session and whether its application still has what it needs."""

    session: SparkSession
    master: str
    stopped: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Lock = field(default_factory=threading.Lock)

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
        """Stop the application, whose waiting questions then fail; once, and return when it has.

        PySpark forgets the process's application at any stop, also at a second one of an
        application that ended long ago: its successor would be forgotten.
        """
        with self.stopping:
            if self.stopped.is_set():
                return
            self.stopped.set()
            with suppress(AttributeError, Py4JError, OSError), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.session.stop()

    def watch(self) -> None:
        """Stop the application once it has long been without an executor, or also its master."""
        seen = time.monotonic()
        try:
            while time.monotonic() - seen < (PATIENCE if _answers(self.master) else SECONDS):
                if self.works():
                    seen = time.monotonic()
                if self.stopped.wait(1):
                    return
        finally:
            # Also where it cannot be watched any more: who waits for it would wait for ever.
            self.stop()


_lock = threading.Lock()
_held: _Held | None = None


def _session(master: str) -> SparkSession:
    """Return the process's session, made anew where its application has ended.

    Errors: EngineAway where the master cannot be reached or gives no executor.
    """
    global _held
    with _lock:
        if _held is not None and _held.master != master:
            raise DatasetError(f"{master}: this process already works with {_held.master}")
        if not _answers(master):
            raise EngineAway(f"{master}: nobody answers there")
        if _held is None or not _held.works():
            if _held is not None:
                _held.stop()
                _held = None
            _held = _start(master)
        return _held.session


@contextmanager
def _tagged(session: SparkSession) -> Iterator[Callable[[], object]]:
    """Mark the jobs that this thread begins in a block; give what cancels them."""
    tag = uuid4().hex
    context = session.sparkContext
    context.addJobTag(tag)
    try:
        yield partial(context.cancelJobsWithTag, tag)
    finally:
        with suppress(AttributeError, Py4JError, OSError):
            context.removeJobTag(tag)


def _answers(master: str) -> bool:
    host, _, port = master.removeprefix("spark://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS).close()
    except OSError:
        return False
    return True


def _start(master: str) -> _Held:
    """Start an application and return once it has an executor."""
    try:
        with warnings.catch_warnings():
            # It has its doubts about pandas, which is not used here.
            warnings.simplefilter("ignore", FutureWarning)
            if SparkContext._gateway is None:
                quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                SparkContext._ensure_initialized(gateway=launch_gateway(popen_kwargs=quiet))
            conf = SparkConf()
            for key, value in MODEST.items():
                conf.setIfMissing(key, value)
            conf.setAll([*QUIET.items(), *_loopback(master).items()])
            conf.setMaster(master).setAppName("iris_dash")
            session = SparkSession.builder.config(conf=conf).getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        reason = first_line(error)
        raise EngineAway(f"{master}: {reason} (Spark needs Java 17 or newer)") from None
    held = _Held(session, master)
    deadline = time.monotonic() + PATIENCE
    while not held.works():
        if time.monotonic() > deadline:
            held.stop()
            raise EngineAway(f"{master}: no worker has room for an executor")
        time.sleep(0.1)
    threading.Thread(target=held.watch, name="spark-watch", daemon=True).start()
    return held


def _loopback(master: str) -> dict[str, str]:
    """Return the settings that keep the application on loopback where its master is."""
    host = master.removeprefix("spark://").rpartition(":")[0]
    if host not in ("localhost", "127.0.0.1"):
        return {}
    return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
