"""A server that speaks MongoDB's wire protocol: nx-27017, in a folder of its own, ended by its id.

It computes what its own database can: rows by conditions, in order and in pages, counts, least and
greatest values; not groups by several keys or by what is computed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymongo
from ports import free_port
from processes import START_SECONDS
from pymongo.errors import PyMongoError

BEGIN = "from nx_27017.nx_27017 import main; main()"


@contextmanager
def mongo_server(folder: Path) -> Iterator[str]:
    """Start a server and give its address."""
    port = free_port()
    options = ["--data-dir", folder / "data", "--port", str(port), "--log-file", folder / "log"]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, *options, "--pid-file", folder / "pid"],
            stdout=output,
            stderr=output,
            cwd=folder,
        )
    try:
        _wait(process, port)
        yield f"mongodb://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with pymongo.MongoClient(port=port, serverSelectionTimeoutMS=100) as client:
                client.admin.command("ping")
                return
        except PyMongoError:
            time.sleep(0.05)
    raise AssertionError(f"no server on port {port}")
