"""A long table made ready once, in files that every worker maps: its pages exist once in memory.

The process that starts the workers keeps here what it has opened: the rows as an Arrow file, the
schema and the rollup as a pickle whose arrays stand beside it. The folder is this user's own and
goes with that process. Where there is no room for it, each worker opens the table itself.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import narwhals as nw
import numpy as np
import polars as pl

from iris_dash.dataset import Dataset, FrameDataset
from iris_dash.errors import first_line
from iris_dash.explorer import Explorer
from iris_dash.filtering import is_short
from iris_dash.rollup import Rollup
from iris_dash.sources import Told
from iris_dash.summary import Scan

FOLDER = "IRIS_DASH_WORKERS_FOLDER"
KEPT = "IRIS_DASH_PREPARED"
"""Variables that tell workers where they meet and where the table is; not settings."""

ROWS = "rows.arrow"
REST = "rest.pickle"
"""Written last, so all is there when it is."""

READY = "ready"
"""What is said in the end, when nothing more is begun."""

LOOK_SECONDS = 0.02
MOST_TRIES = 50

OWN_TO_A_PROCESS = ("schema", "scan", "recent")
"""The fields of a rollup that are made anew."""


def keep(explorer: Explorer, folder: Path, told: Told = str) -> None:
    """Write a table and its rollup into a folder; `told` hears what is begun.

    Errors: OSError, or what Polars raises where it cannot write.
    """
    dataset = explorer.dataset
    assert isinstance(dataset, FrameDataset)
    told("summing up")
    rollup = explorer.rollup
    told("sharing")
    nw.to_native(dataset.frame).write_ipc(folder / ROWS)
    parts = rollup and {k: v for k, v in vars(rollup).items() if k not in OWN_TO_A_PROCESS}
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(
        (dataset.schema, dataset.fingerprint, parts), protocol=5, buffer_callback=arrays.append
    )
    for i, array in enumerate(arrays):
        np.save(folder / f"{i}.npy", np.frombuffer(array.raw(), np.uint8))
    (folder / "part").write_bytes(pickle.dumps((len(arrays), rest)))
    (folder / "part").rename(folder / REST)


def kept(folder: Path) -> Explorer:
    """Return the table that a folder keeps; nothing is read before it is asked for."""
    count, rest = pickle.loads((folder / REST).read_bytes())
    arrays = [np.load(folder / f"{i}.npy", mmap_mode="r") for i in range(count)]
    schema, fingerprint, parts = pickle.loads(rest, buffers=arrays)
    frame = nw.from_native(_mapped(folder / ROWS), eager_only=True)
    explorer = Explorer(FrameDataset(schema, fingerprint, frame))
    explorer.rollup = parts and Rollup(schema=schema, scan=Scan(explorer.dataset), **parts)
    return explorer


def _mapped(path: Path) -> pl.DataFrame:
    # Polars itself reads a file into memory of its own; what it gets from Arrow it takes as it is.
    import pyarrow as pa
    from pyarrow import ipc

    frame = pl.from_arrow(ipc.open_file(pa.memory_map(str(path))).read_all())
    assert isinstance(frame, pl.DataFrame)
    return frame


def await_kept(folder: Path) -> Explorer | None:
    """Return the table of a folder once it is all there; None when the folder is given up."""
    while not (folder / REST).exists():
        if not folder.exists():
            return None
        time.sleep(LOOK_SECONDS)
    return kept(folder)


def all_answer(folder: Path, workers: int) -> bool:
    """Say that this worker answers, and return whether that many do.

    Before, who asks twice could hear that the table is ready and then that it is loading.
    """
    if not folder.exists():
        return True
    with suppress(OSError):
        (folder / f"worker-{os.getpid()}").touch()
    return len(list(folder.glob("worker-*"))) >= workers


class Sharing:
    """A folder that the workers share, with a long table in it; it goes when the block ends."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._ended = Event()

    def begin(self, dataset: Dataset, told: Told) -> dict[str, str]:
        """Begin to share a table, in a thread; return what the workers' environment says of it.

        Each worker opens the table itself if it is a short one or one on an engine, or if there is
        no room for it, which is one line on standard error. `told` hears what is begun, READY in
        the end.
        """
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="iris_dash-"))
            table = self._folder / "table"
            table.mkdir()
        except OSError as error:
            told(READY)
            _warn(error)
            return {}
        if not isinstance(dataset, FrameDataset) or is_short(dataset):
            told(READY)
            return {FOLDER: str(self._folder)}
        # A thread forgets its arguments when it ends, and with them the rows that it held.
        arguments = (Explorer(dataset), table, told)
        Thread(target=self._share, args=arguments, daemon=True).start()
        return {FOLDER: str(self._folder), KEPT: str(table)}

    def _share(self, explorer: Explorer, folder: Path, told: Told) -> None:
        try:
            keep(explorer, folder, told)
        except (Exception, pl.exceptions.PanicException) as error:
            # Whatever it is, the workers must not wait for it.
            shutil.rmtree(folder, ignore_errors=True)
            told(READY)
            if not self._ended.is_set():
                _warn(error)
        else:
            told(READY)

    def __enter__(self) -> Sharing:
        return self

    def __exit__(self, *reason: object) -> None:
        self._ended.set()
        # Not waiting for the thread, which may be writing: then the folder is not empty yet.
        for _ in range(MOST_TRIES):
            if self._folder and self._folder.exists():
                shutil.rmtree(self._folder, ignore_errors=True)
                time.sleep(LOOK_SECONDS)


def _warn(error: BaseException) -> None:
    reason = (error.strerror if isinstance(error, OSError) else None) or first_line(error)
    print(
        f"iris-dash: {_where()}: no copy for the workers can be kept there: {reason}; "
        "each worker opens the table itself",
        file=sys.stderr,
        flush=True,
    )


def _where() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "temporary files"
