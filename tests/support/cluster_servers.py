"""Real Dask and Spark clusters for tests: one head and two worker processes, on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ports import free_port

HOST = "127.0.0.1"
WORKERS = 2
START_SECONDS = 120
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java's options for processes that are gone before its slow compiler has paid."""
JAVA_WANTED = "Spark needs Java 17 or newer: apt-get install default-jre-headless"


class Cluster:
    """One head and its workers, which can be stopped and started again on the same port.

    `commands` are the head's and then the workers', `{folder}` standing for an own folder of each
    process; `ready` says whether all workers have reached the head.
    """

    def __init__(
        self,
        url: str,
        commands: Sequence[Sequence[str]],
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.url = url
        self._commands = commands
        self._ready = ready
        self._environment = dict(os.environ) | dict(environment or {})
        self._processes: list[subprocess.Popen[bytes]] = []
        self._folder: Path | None = None

    def start(self) -> None:
        """Return once every worker is there; fail with what the processes printed if not."""
        self._folder = Path(tempfile.mkdtemp(prefix="cluster-"))
        with tempfile.TemporaryFile() as log:
            for place, command in enumerate(self._commands):
                folder = self._folder / str(place)
                folder.mkdir()
                process = subprocess.Popen(
                    [word.replace("{folder}", str(folder)) for word in command],
                    cwd=folder,
                    env=self._environment | {"TMPDIR": str(folder)},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                self._processes.append(process)
            deadline = time.monotonic() + START_SECONDS
            while not self._ready():
                dead = any(process.poll() is not None for process in self._processes)
                if dead or time.monotonic() > deadline:
                    self.stop()
                    log.seek(0)
                    raise AssertionError(f"no cluster at {self.url}:\n{log.read().decode()}")
                time.sleep(0.1)

    def stop(self) -> None:
        """End all processes at once, as a power cut does, and remove their folders."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in self._processes:
            process.wait()
        self._processes = []
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


@contextmanager
def dask_cluster() -> Iterator[Cluster]:
    """Run a Dask scheduler and two workers of one thread each; `url` is dask://host:port."""
    port, page = free_port(), free_port()
    dask = [sys.executable, "-m", "dask"]
    # The scheduler's own pages say who is there; without Bokeh they are no dashboard.
    head = [*dask, "scheduler", "--host", HOST, "--port", str(port), "--no-dashboard"]
    head += ["--dashboard-address", f"{HOST}:{page}"]
    worker = [*dask, "worker", f"tcp://{HOST}:{port}", "--host", HOST, "--no-nanny"]
    worker += ["--nthreads", "1", "--memory-limit", "1GiB", "--no-dashboard"]
    worker += ["--dashboard-address", f"{HOST}:0", "--local-directory", "{folder}"]

    def ready() -> bool:
        counts = json.loads(_page(f"http://{HOST}:{page}/json/counts.json") or "{}")
        return bool(counts.get("workers") == WORKERS)

    yield from _running(Cluster(f"dask://{HOST}:{port}", [head, *[worker] * WORKERS], ready))


@contextmanager
def spark_cluster() -> Iterator[Cluster]:
    """Run a Spark master and two workers; `url` is spark://host:port.

    A worker offers 2 GiB and four cores: room for an executor each of two applications.
    """
    import pyspark

    os.environ.setdefault("JAVA_TOOL_OPTIONS", SHORT_LIVED)  # of the application here too

    port, page = free_port(), free_port()
    home = Path(pyspark.__file__).parent
    run = ["bash", str(home / "bin" / "spark-class")]
    at = ["--host", HOST]
    head = [*run, "org.apache.spark.deploy.master.Master", *at, "--port", str(port)]
    head += ["--webui-port", str(page)]
    worker = [*run, "org.apache.spark.deploy.worker.Worker", *at, "--webui-port", "0"]
    worker += ["--cores", "4", "--memory", "2g", "--work-dir", "{folder}"]
    worker += [f"spark://{HOST}:{port}"]
    environment = {
        "JAVA_HOME": str(java_home()),
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_DAEMON_MEMORY": "256m",
    }

    def ready() -> bool:
        found = json.loads(_page(f"http://{HOST}:{page}/json/") or "{}").get("workers", [])
        return sum(worker["state"] == "ALIVE" for worker in found) == WORKERS

    cluster = Cluster(f"spark://{HOST}:{port}", [head, *[worker] * WORKERS], ready, environment)
    yield from _running(cluster)


def java_home() -> Path:
    """Return the folder of the Java that Spark runs on; fail with the line that installs one."""
    named = os.environ.get("JAVA_HOME")
    found = shutil.which(f"{named}/bin/java" if named else "java")
    assert found, JAVA_WANTED
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=True).stderr
    version = re.search(r'version "(\d+)', said)
    assert int(version[1] if version else 0) >= 17, f"{JAVA_WANTED}; found: {said}"
    return Path(found).resolve().parents[1]


def _running(cluster: Cluster) -> Iterator[Cluster]:
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _page(url: str) -> str:
    """Return a page's text; none where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as page:
            text: str = page.read().decode()
            return text
    except OSError:
        return ""
