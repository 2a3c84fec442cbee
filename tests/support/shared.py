"""What all workers of a run share: begun by the first who needs it, ended by the last."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psutil
import pytest
from processes import STOP_SECONDS, Server


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this run that its workers have in common."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def shared(
    folder: Path, name: str, begin: Callable[[], Any], end: Callable[[Any], None]
) -> Iterator[Any]:
    """Give what `begin` returned here or in another worker (as JSON); the last one calls `end`.

    Whoever uses it holds a shared lock, which a worker that dies lets go of too.
    """
    made = folder / f"{name}.json"
    with (folder / f"{name}.turn").open("w") as turn, (folder / f"{name}.users").open("w") as users:
        with locked(turn):
            if not made.exists():
                made.write_text(json.dumps(begin()))
            fcntl.flock(users, fcntl.LOCK_SH)
            found = json.loads(made.read_text())
        try:
            yield found
        finally:
            with locked(turn):
                fcntl.flock(users, fcntl.LOCK_UN)
                with suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    made.unlink()
                    end(found)


@contextmanager
def locked(file: IO[str]) -> Iterator[None]:
    """Hold a file's lock for the length of a block."""
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


BEGUN: list[Server] = []
"""The servers that this worker has begun; another one may end them."""


@contextmanager
def shared_server(folder: Path, more: Mapping[str, str]) -> Iterator[str]:
    """Serve with these variables for all workers of a run; the address."""

    def begin() -> dict[str, Any]:
        server = Server(more=more)
        BEGUN.append(server)
        server.start()
        assert server.process is not None
        return {"url": server.url, "process": server.process.pid}

    name = hashlib.sha256(json.dumps(more, sort_keys=True).encode()).hexdigest()[:12]
    with shared(folder, f"server-{name}", begin, lambda made: end_server(made["process"])) as made:
        yield made["url"]


def end_server(number: int) -> None:
    """End a server that another worker may have begun, with its own workers."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(number)
        process.terminate()
        until = time.monotonic() + STOP_SECONDS
        # Only the process that has begun it can wait for it; to others it then is a zombie.
        while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
            time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)


@contextmanager
def shared_file(folder: Path, name: str, write: Callable[[Path], None]) -> Iterator[Path]:
    """Write a file once for all workers of a run; it is gone after the last one."""
    path = folder / name

    def begin() -> str:
        write(path)
        return str(path)

    with shared(folder, name, begin, lambda _: path.unlink()):
        yield path
