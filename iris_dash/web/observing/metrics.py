"""What Prometheus reads: requests, cache, rows, exports, the table; summed over all workers.

Workers write their numbers into files of the folder that PROMETHEUS_MULTIPROC_DIR names before
they start, and whichever is asked sums them up; without one, a process tells its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from iris_dash.core.processes import is_alive
from iris_dash.core.release import version
from iris_dash.explorer import Explorer
from iris_dash.web.observing.middleware import Observed

__all__ = ["CONTENT_TYPE", "Metrics", "metrics", "metrics_text"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"))
"""Every other is called `other`: who asks does not choose how many numbers are kept."""

MOST_LABELS = 200
"""Of how many kinds of answers each is counted for itself: the files for it do not grow."""

Labels = tuple[str, str, str]


@dataclass(frozen=True)
class Metrics:
    """The numbers that one process counts."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    cache: Counter
    rows: Counter
    exports: Gauge
    known: dict[Labels, tuple[Counter, Histogram]] = field(default_factory=dict)
    known_found: dict[str, Counter] = field(default_factory=dict)

    def count(self, seen: Observed) -> None:
        """Count one request that has ended."""
        method = seen.environ["REQUEST_METHOD"]
        labels = (
            seen.route or "none",
            method if method in METHODS else "other",
            f"{seen.status // 100}xx",
        )
        if labels not in self.known:
            if len(self.known) >= MOST_LABELS:
                labels = ("other", "other", labels[2])
            self.known[labels] = self.requests.labels(*labels), self.seconds.labels(*labels)
        requests, seconds = self.known[labels]
        requests.inc()
        seconds.observe(seen.seconds)
        found = seen.trace.found
        if found is not None:
            if found not in self.known_found:
                self.known_found[found] = self.cache.labels(found)
            self.known_found[found].inc()
        if seen.trace.rows and not seen.cut and method != "HEAD":
            self.rows.inc(seen.trace.rows)


@cache
def metrics() -> Metrics:
    """Return this process's numbers; several applications in it share them, as their files do."""
    if values.ValueClass._multiprocess:
        values.ValueClass = values.MultiProcessValue(process_number())  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    answer = ("route", "method", "status")
    exports = Gauge(
        "iris_dash_exports_in_progress",
        "Files on their way.",
        registry=registry,
        multiprocess_mode="livesum",
    )
    exports.set(0)  # not what is left of a dead worker that had this process's number
    return Metrics(
        registry=registry,
        requests=Counter("iris_dash_requests", "Requests answered.", answer, registry=registry),
        seconds=Histogram(
            "iris_dash_request_seconds",
            "Time until an answer was made, of a file until its end.",
            answer,
            registry=registry,
            buckets=SECONDS,
        ),
        cache=Counter(
            "iris_dash_cache",
            "Answers looked for in the cache, by where they were found.",
            ("found",),
            registry=registry,
        ),
        rows=Counter("iris_dash_rows_served", "Rows in answers and files.", registry=registry),
        exports=exports,
    )


def process_number() -> Callable[[], int]:
    """Return what tells this process's number, which it asks the system once, and after a fork.

    The client asks it each time that a number grows: five times for a request.
    """
    known = os.getpid()

    def ask() -> None:
        nonlocal known
        known = os.getpid()

    os.register_at_fork(after_in_child=ask)
    return lambda: known


def metrics_text(explorer: Explorer) -> bytes:
    """Return the numbers of all workers, and what is known of the table, as Prometheus reads it."""
    folder = os.environ.get(FOLDER)
    if folder:
        workers = live_workers(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    else:
        workers = [os.getpid()]
        registry = metrics().registry
    text: bytes = generate_latest(registry)
    now = CollectorRegistry()
    now.register(Now(explorer, workers))
    return text + generate_latest(now)


def live_workers(folder: Path) -> list[int]:
    """Return the processes that write into a folder, after the dead ones' gauges were removed.

    What the dead have counted stays, or sums would fall.
    """
    alive = []
    for path in folder.glob("gauge_live*_*.db"):
        process = int(path.stem.rpartition("_")[2])
        if is_alive(process):
            alive.append(process)
        else:
            with suppress(FileNotFoundError):  # another worker was asked too
                mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]
    return alive


class Now(Collector):
    """What is not counted but is so when it is asked: the table, the workers, their memory."""

    def __init__(self, explorer: Explorer, workers: list[int]) -> None:
        self._explorer = explorer
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        """Yield what is so now."""
        dataset = self._explorer.dataset
        said = {"fingerprint": dataset.fingerprint, "version": version()}
        yield InfoMetricFamily("iris_dash", "The table and the version that are served.", said)
        yield GaugeMetricFamily("iris_dash_table_rows", "Rows of the table.", len(dataset))
        yield GaugeMetricFamily("iris_dash_workers", "Processes that answer.", len(self._workers))
        sizes = [size for size in map(resident_bytes, self._workers) if size is not None]
        if sizes:
            yield GaugeMetricFamily(
                "iris_dash_resident_memory_bytes",
                "Memory of these processes; what they share is in it once for each.",
                sum(sizes),
            )


def resident_bytes(process: int) -> int | None:
    """Return how much memory a process has; None where that is not known."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
