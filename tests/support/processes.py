"""Real server processes for tests: on a free loopback port, stopped by their own process group."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from ports import free_port
from sample_tables import ROOT

SERVE = (sys.executable, "-m", "iris_dash", "serve")
OWN_KEYS = ("IRIS_DASH_", "WEB_CONCURRENCY")
START_SECONDS = 120
STOP_SECONDS = 60


class Server:
    """One server process that can be started and stopped, always on the same port."""

    def __init__(
        self,
        command: Sequence[str] = SERVE,
        more: Mapping[str, str] | None = None,
        folder: Path = ROOT,
    ) -> None:
        self.command = command
        self.folder = folder
        self.port = free_port()
        kept = {key: value for key, value in os.environ.items() if not key.startswith(OWN_KEYS)}
        own = {"HOST": "127.0.0.1", "PORT": str(self.port), "IRIS_DASH_LOG": "none"}
        self.environment = kept | own | dict(more or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.log = tempfile.NamedTemporaryFile(prefix="server")  # noqa: SIM115 -- closed in running

    @property
    def url(self) -> str:
        """Where the server listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        """Start the server without waiting for it."""
        self.process = subprocess.Popen(
            list(self.command),
            cwd=self.folder,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def start(self) -> None:
        """Start the server and return once it answers; fail with what it printed if it does not."""
        self.launch()
        self.await_ready()

    def printed(self) -> str:
        """Return what the server has printed so far."""
        # Not through the same file object: the server writes where that one stands.
        return Path(self.log.name).read_text()

    def answers(self) -> bool:
        """Whether something answers HTTP there, whatever it says but that a worker still loads."""
        try:
            urllib.request.urlopen(f"{self.url}/readyz", timeout=30).close()
        except urllib.error.HTTPError as error:
            error.close()
            return error.code != 503
        except OSError:
            return False
        return True

    def await_ready(self) -> None:
        """Return once a server that was launched answers; fail with what it printed if not."""
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"no server at {self.url}:\n{self.printed()}")
            time.sleep(0.05)

    def workers(self) -> list[psutil.Process]:
        """Return its worker processes."""
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # or it is a zombie
                if "spawn_main" in " ".join(child.cmdline()):
                    found.append(child)
        return found

    def stop(self) -> None:
        """End the server with its workers."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        self.process = None


@contextmanager
def running(
    command: Sequence[str] = SERVE, more: Mapping[str, str] | None = None, folder: Path = ROOT
) -> Iterator[Server]:
    """Run a server, started in a folder, for the length of a block."""
    server = Server(command, more, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.log.close()
