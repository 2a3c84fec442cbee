"""What starts the workers, replaces one that dies, and ends where they cannot start."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess

from iris_dash.config.settings import Settings
from iris_dash.core.json_lines import JsonLines, tell, wants_json
from iris_dash.core.processes import end_in_words
from iris_dash.server.connections import room_for_connections, warning_without_proxy
from iris_dash.server.run_folder import RunFolder
from iris_dash.server.table_replacement import Tables
from iris_dash.server.worker import BLOCKING_THREADS, application, told, work

GRACE_SECONDS = 25
"""How long a worker may finish what it has begun; Heroku kills after 30."""

HEADER_SECONDS = 15
"""How long a client may take to send a request's headers, the first and each one after it: so long
a connection may be idle."""

HEADER_BYTES = 128 * 1024
"""Most bytes of a request line and its headers; the longest address allowed fits in."""

MOST_TRIES = 3
"""How often in a row a worker may end before it serves, where others have served before it."""


class Supervisor(MPServer):
    """Granian, whose workers tell in the run's folder what they serve, or why they cannot.

    A worker that dies is replaced. One that ends before all of the run's first workers serve ends
    the run, and so do MOST_TRIES in a row that were to replace one: `run.failure` then says why.
    `begun` is called when it listens to signals, before there are workers.
    """

    def __init__(
        self,
        run: RunFolder,
        settings: Settings,
        tables: Tables,
        address: str,
        begun: Callable[[], object],
    ) -> None:
        connections = room_for_connections()
        warning = warning_without_proxy(settings, connections)
        if warning:
            tell(warning, settings.log)
        # Polars does not survive a fork, and threads of this process may hold its locks.
        multiprocessing.set_start_method("spawn", force=True)
        super().__init__(
            "iris-dash",
            interface=Interfaces.WSGI,
            address=address,
            port=settings.port,
            workers=settings.workers,
            blocking_threads=BLOCKING_THREADS,
            backpressure=connections,
            # HTTP/2 without TLS is nobody's choice, and where it might be spoken Granian waits for
            # the first byte for ever.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADER_SECONDS * 1_000, max_buffer_size=HEADER_BYTES
            ),
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE_SECONDS,
            log_level=LogLevels.warning,
            log_dictconfig=_log(run, settings),
        )
        self._run = run
        self._log = settings.log
        # Not the open run, which holds its lock.
        of_settings = told(RunFolder(run.path), settings)
        self._work = partial(work, of_settings)
        self._application = partial(application, of_settings)
        self._failed_starts = 0
        # Granian takes this signal for itself, to start its workers anew.
        self.on_startup(partial(signal.signal, signal.SIGHUP, tables.reopen))
        self.on_startup(begun)

    def serve(self) -> None:  # type: ignore[override]
        """Serve until a signal ends it, or workers that cannot start."""
        super().serve(spawn_target=self._work, target_loader=self._application, wrap_loader=False)

    def _spawn_worker(self, *given: Any, **named: Any) -> WorkerProcess:
        worker = super()._spawn_worker(*given, **named)
        # Two threads wait for its end. One that asks the process itself, while the other hears of
        # it, takes it for alive, and Granian says that it is killed.
        worker.is_alive = partial(_is_alive, worker)  # type: ignore[method-assign]
        return worker

    def _stop_workers(self) -> None:
        served = self._run.served()
        for worker in self.wrks:
            # It has begun nothing, and may hear no signal yet.
            if worker.inner.pid not in served:
                worker.interrupt_by_parent = True
                worker.inner.kill()
        super()._stop_workers()  # type: ignore[no-untyped-call]

    def _respawn_workers(
        self,
        workers: list[int],
        spawn_target: Callable[..., None],
        target_loader: Callable[..., Any],
        delay: float = 0,
    ) -> None:
        """Replace the workers at these places, which have ended."""
        served = self._run.served()
        for ended in (self.wrks[place].inner for place in workers):
            if ended.pid in served:
                self._failed_starts = 0
                continue
            self._failed_starts += 1
            how = end_in_words(ended.exitcode)
            reason = self._run.failure or f"a worker {how} before it could serve"
            if self._failed_starts == MOST_TRIES or not self._run.all_answer(self.workers):
                self._run.fail(reason)
                self.interrupt_signal = True
                self.main_loop_interrupt.set()
                return
            self._run.forget_failure()
            tell(f"{reason}; trying again", self._log, "error")
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        # By this Granian would end the run where a worker ends twice within seconds.
        self.respawned_wrks.clear()


def _is_alive(worker: WorkerProcess) -> bool:
    return not wait([worker.inner.sentinel], 0)


def _log(run: RunFolder, settings: Settings) -> dict[str, Any]:
    """Return where Granian says something: where this package does, and as it does."""
    text = {"class": "logging.StreamHandler", "formatter": "generic"}
    json = {"class": f"{JsonLines.__module__}.{JsonLines.__name__}"}
    console = {**(json if wants_json(settings.log) else text), "filters": ["meant"]}
    meant = {
        "()": f"{__name__}.{Meant.__name__}",
        "run": str(run.path),
        "workers": settings.workers,
    }
    return {"filters": {"meant": meant}, "handlers": {"console": console, "access": text}}


class Meant(logging.Filter):
    """Leaves out what is not news, or is told otherwise.

    Granian finds so many threads many: most of them only wait. Who waits for a start hears why
    there is none in the end.
    """

    def __init__(self, run: str, workers: int) -> None:
        super().__init__()
        self._run = RunFolder(Path(run))
        self._workers = workers

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is logged."""
        said = record.getMessage()
        if said.startswith("Unexpected exit"):
            return self._run.all_answer(self._workers)
        return "Python threads" not in said
