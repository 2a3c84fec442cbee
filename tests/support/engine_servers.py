"""Real database servers for tests: on a free loopback port, stopped by their own process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ports import free_port
from processes import START_SECONDS, STOP_SECONDS

USER = "iris"
PASSWORD = "s3c:ret/w@rd"
"""Of characters that a URL has to encode."""

INSTALL = "PostgreSQL's server is missing: install it with 'apt-get install postgresql' as root"


class Postgres:
    """A new PostgreSQL server in a folder of its own, always on the same port; password: scram."""

    def __init__(self, folder: Path) -> None:
        self.programs = _find_programs()
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.rights = _unprivileged(folder)
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run(
            *("initdb", "--pgdata", folder / "data", "--username", USER, "--pwfile", secret),
            *("--auth-host=scram-sha-256", "--auth-local=trust", "--no-sync"),
            *("--encoding=UTF8", "--locale=C.UTF-8"),
        )

    @property
    def url(self) -> str:
        """The address of its only database, with the password; without a table."""
        return f"postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and return once it answers; fail with what it logged if it does not."""
        log = self.folder / "log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(self.programs / "postgres", "-D", self.folder / "data"),
                    *("-p", str(self.port), "-h", "127.0.0.1", "-k", self.folder),
                    *("-c", "fsync=off", "-c", "max_wal_size=4GB"),
                ],
                cwd=self.folder,
                stdout=output,
                stderr=output,
                **self.rights,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"no PostgreSQL on port {self.port}:\n{log.read_text()}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the server accepts connections now."""
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def stop(self) -> None:
        """End the server at once, whoever is connected."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # Its own children end when they find it gone.
            self.process.kill()
            self.process.wait(STOP_SECONDS)
        self.process = None

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self.rights,
        )
        assert done.returncode == 0, f"{program} failed:\n{done.stdout}{done.stderr}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a new PostgreSQL server for the length of a block, with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="postgres") as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _find_programs() -> Path:
    """Return the folder of the newest server's programs; Debian keeps them off PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    found = shutil.which("initdb") or (str(debian[-1]) if debian else None)
    assert found, INSTALL
    return Path(found).resolve().parent


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Return the rights to run the server with, which root may not; it then owns the folder."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
