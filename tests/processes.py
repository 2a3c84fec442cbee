"""Real server processes for tests: on a free loopback port, stopped by their own process group."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tables import ROOT

READY_WITHIN = 60.0


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """Start a server with PORT set, wait until it answers, yield its address, stop it."""
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), **(more or {})}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address
    finally:
        stop(process)
        if process.stdout:
            process.stdout.close()


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    """Wait until the server answers; fail with what it printed if it ends or never does."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    stop(process)
    printed = process.stdout.read() if process.stdout else ""
    raise AssertionError(f"no server at {address}; it printed:\n{printed}")


def stop(process: subprocess.Popen[str]) -> None:
    """End a server and its workers."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(15)
