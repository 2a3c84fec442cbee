"""Where a server and its workers meet: one folder per run, gone with it.

It tells workers which generation of the table to serve, and until then what is awaited, keeps what
they share, and notes who serves what. A run holds a lock in its folder, so that the next start can
tell what a killed run has left.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from iris_dash.core.errors import NoRoom, SettingsError
from iris_dash.core.processes import is_alive
from iris_dash.core.temporary import PREFIX, no_room
from iris_dash.server.notes import Note

LOCK = "lock"

LOOK_SECONDS = 0.05
MOST_TRIES = 50


class RunFolder:
    """The folder of one run, as the server's process and its workers see it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.awaited = Note(path / "awaited")
        self._failed = Note(path / "failed")

    def table(self, generation: int) -> Path:
        """Where a generation's table is, if it is shared."""
        return self.path / f"table.{generation}"

    @property
    def temporary(self) -> Path:
        """Where what is fetched or unpacked stands while a table is opened."""
        return self.path / "temporary"

    @property
    def input(self) -> Path:
        """Where standard input is kept, if the table comes from there."""
        return self.path / "input"

    @property
    def metrics(self) -> Path:
        """Where workers put what they count."""
        return self.path / "metrics"

    def make_notes(self) -> None:
        """Make what is written into later, as there may be no room then. Errors: OSError."""
        self.awaited.make()
        self._failed.make()

    @property
    def generation(self) -> int:
        """The generation that workers are to serve; 0 while there is none."""
        return max((_number(path) for path in self.path.glob("generation.*")), default=0)

    def publish(self, generation: int) -> None:
        """Tell workers to serve a generation from now on."""
        # Empty files: they need no room.
        (self.path / f"generation.{generation}").touch()
        (self.path / f"generation.{generation - 1}").unlink(missing_ok=True)

    def note(self, generation: int) -> None:
        """Note that this worker serves a generation."""
        stem = f"worker-{os.getpid()}"
        with suppress(OSError):
            (self.path / f"{stem}.{generation}").touch()
            for older in self.path.glob(f"{stem}.*"):
                if _number(older) < generation:
                    older.unlink()

    def served(self) -> dict[int, int]:
        """Return the generation that each worker serves, by its process id; of ended ones too."""
        found: dict[int, int] = {}
        for path in self.path.glob("worker-*"):
            worker = int(path.stem.partition("-")[2])
            found[worker] = max(found.get(worker, 0), _number(path))
        return found

    def all_answer(self, workers: int) -> bool:
        """Return whether that many workers have begun to serve.

        Before, who asks twice could hear that the table is ready and then that it is loading.
        """
        return len(self.served()) >= workers

    def fail(self, reason: str) -> None:
        """Note why a worker could not begin to serve."""
        self._failed.write(reason)

    @property
    def failure(self) -> str:
        """Why a worker could not begin to serve; empty if none failed."""
        return self._failed.read()

    def forget_failure(self) -> None:
        """Forget why a worker could not begin: another one may."""
        self._failed.write("")

    def tidy(self) -> None:
        """Remove the tables that no living worker serves any more."""
        used = [served for worker, served in self.served().items() if is_alive(worker)]
        for path in self.path.glob("table.*"):
            if used and _number(path) < min(used):
                shutil.rmtree(path, ignore_errors=True)


class OwnRun(RunFolder):
    """A new folder of this process; it goes when the block ends.

    What killed runs of this user have left goes first. Errors: SettingsError where there is no
    place for temporary files, or it has not as many bytes as are `needed`.
    """

    def __init__(self, needed: int = 0) -> None:
        try:
            remove_abandoned(Path(tempfile.gettempdir()))
            super().__init__(Path(tempfile.mkdtemp(prefix=PREFIX)))
            try:
                self._lock = _locked(self.path)
                self.metrics.mkdir()
                self.temporary.mkdir()
                self.make_notes()
                if needed > shutil.disk_usage(self.path).free:
                    raise no_room(self.path, "what workers write", needed)
            except BaseException:  # a signal too, at any moment of a start
                shutil.rmtree(self.path, ignore_errors=True)
                raise
        except NoRoom as error:
            raise SettingsError(f"TMPDIR: {error}") from None
        except OSError as error:
            raise SettingsError(
                f"TMPDIR: no folder can be made for temporary files: {error.strerror}"
            ) from None

    def __enter__(self) -> OwnRun:
        return self

    def __exit__(self, *reason: object) -> None:
        # A thread may still be writing: then the folder is not empty yet.
        for _ in range(MOST_TRIES):
            if not self.path.exists():
                break
            shutil.rmtree(self.path, ignore_errors=True)
            time.sleep(LOOK_SECONDS)
        os.close(self._lock)


def _number(path: Path) -> int:
    return int(path.suffix.removeprefix("."))


def _locked(folder: Path) -> int:
    """Return the descriptor of a folder's lock, which nobody has seen without being locked."""
    part = folder / f"{LOCK}.part"
    descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    part.rename(folder / LOCK)
    return descriptor


def remove_abandoned(place: Path) -> None:
    """Remove this user's folders of runs whose process is gone."""
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
