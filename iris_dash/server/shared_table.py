"""A table made ready once, in files that every worker maps: its pages exist once in memory.

The process that starts the workers keeps here what it has opened: the rows as an Arrow file, the
schema and the rollup as a pickle whose arrays stand beside it. Of a table on an engine, which keeps
its rows, what the engine was asked of it. The folder is this user's own.
"""

from __future__ import annotations

import pickle
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from iris_dash.analysis.rollup import Rollup
from iris_dash.analysis.scan import Scan
from iris_dash.core.errors import EngineAway, NoRoom, first_line
from iris_dash.core.json_lines import tell
from iris_dash.core.memory import free_memory
from iris_dash.core.progress import Report, unheard
from iris_dash.core.temporary import means_no_room, megabytes, no_room
from iris_dash.engines import engine_address, open_engine
from iris_dash.engines.base import Engine
from iris_dash.explorer import Explorer
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.engine_dataset import EngineDataset
from iris_dash.tables.opening import frame_dataset
from iris_dash.tables.reading.folder_keys import folder_keys

ROWS = "rows.arrow"
REST = "rest.pickle"
"""Written last, so all is there when it is."""

SHARED = "the table that workers share"

OWN_TO_A_PROCESS = ("schema", "scan")
"""The fields of a rollup that are made anew."""


def share(
    dataset: Dataset, folder: Path, report: Report = unheard, workers: int = 1, log: str = "none"
) -> None:
    """Put a table into a folder for the workers, if there is room for it.

    Without it each worker opens the table itself, which is one line on standard error. `report`
    hears what is begun. Errors: EngineAway where the table's engine cannot be asked; NoRoom where
    there is no memory for each worker's own table either.
    """
    try:
        folder.mkdir()
        keep(Explorer(dataset), folder, report)
    except EngineAway:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        # Whatever it is, the workers must not wait for it.
        there = folder.parent.exists()
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            reason = _reason(folder.parent.parent, error)
            _check_memory(dataset, workers, reason)
            tell(f"{reason}; each worker opens the table itself", log)


def _reason(place: Path, error: BaseException) -> str:
    cause = error.__cause__ if isinstance(error, NoRoom) else error
    said = (cause.strerror if isinstance(cause, OSError) else None) or first_line(cause or error)
    if isinstance(error, NoRoom):
        return f"{error}: {said}" if cause else str(error)
    return f"{place}: no copy for the workers can be kept there: {said}"


def _check_memory(dataset: Dataset, workers: int, reason: str) -> None:
    """Raise NoRoom unless so many workers can have a table of their own."""
    frame, free = dataset.in_memory(), free_memory()
    if frame is None or free is None:
        return
    size = int(frame.estimated_size())
    # One of them in place of this process, which ends.
    if (workers - 1) * size > free:
        needed = f"{workers} workers need {megabytes(workers * size)} of memory for their own"
        raise NoRoom(f"{reason}; {needed}, and {megabytes(free)} are free")


def keep(explorer: Explorer, folder: Path, report: Report = unheard) -> None:
    """Write a table and its rollup into a folder; `report` hears what is begun.

    Errors: NoRoom; OSError, or what Polars raises where it cannot write; EngineAway.
    """
    dataset = explorer.dataset
    frame = dataset.in_memory()
    report("summing up")
    rollup, index = explorer.rollup, explorer.time_index
    report("sharing")
    parts = rollup and {
        one.name: getattr(rollup, one.name)
        for one in fields(rollup)
        if one.name not in OWN_TO_A_PROCESS
    }
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(
        (dataset.schema, dataset.fingerprint, _asked(dataset), parts, index),
        protocol=5,
        buffer_callback=arrays.append,
    )
    rows = 0 if frame is None else int(frame.estimated_size())
    needed = rows + len(rest) + sum(array.raw().nbytes for array in arrays)
    if needed > shutil.disk_usage(folder).free:
        raise no_room(folder, SHARED, needed)
    try:
        if frame is not None:
            nw.to_native(frame).write_ipc(folder / ROWS)
        for i, array in enumerate(arrays):
            np.save(folder / f"{i}.npy", np.frombuffer(array.raw(), np.uint8))
        (folder / "part").write_bytes(pickle.dumps((len(arrays), rest)))
    except Exception as error:
        if means_no_room(error):
            raise no_room(folder, SHARED, needed) from error
        raise
    (folder / "part").rename(folder / REST)


def kept(folder: Path, source: str | None = None) -> Explorer | None:
    """Return the table that a folder keeps, None if it keeps none.

    Nothing is read before it is asked for, and all is there as long as it is held, even if the
    folder is removed. `source` is the address of a table on an engine, which is connected to but
    asked nothing of its rows. Errors: DatasetError where that cannot be reached.
    """
    if not (folder / REST).exists():
        return None
    count, rest = pickle.loads((folder / REST).read_bytes())
    arrays = [np.load(folder / f"{i}.npy", mmap_mode="r") for i in range(count)]
    schema, fingerprint, asked, parts, index = pickle.loads(rest, buffers=arrays)
    dataset: Dataset
    if asked is not None:
        dataset = EngineDataset(schema, fingerprint, _engine(source), *asked)
    else:
        frame = nw.from_native(_mapped(folder / ROWS), eager_only=True)
        dataset = frame_dataset(schema, fingerprint, frame)
    explorer = Explorer(dataset)
    explorer.rollup = parts and Rollup(schema=schema, scan=Scan(dataset), **parts)
    explorer.time_index = index
    return explorer


def _asked(dataset: Dataset) -> tuple[Any, ...] | None:
    """Return what an engine was asked of its table, beside the schema; None for one in memory."""
    if isinstance(dataset, EngineDataset):
        return dataset.length, dataset.columns, dataset.order
    return None


def _engine(source: str | None) -> Engine:
    address = engine_address(source or "")
    assert address is not None, "a table on an engine is kept, so its address is the source"
    return open_engine(address, folder_keys)


def _mapped(path: Path) -> pl.DataFrame:
    # Polars itself reads a file into memory of its own; what it gets from Arrow it takes as it is.
    import pyarrow as pa
    from pyarrow import ipc

    frame = pl.from_arrow(ipc.open_file(pa.memory_map(str(path))).read_all())
    assert isinstance(frame, pl.DataFrame)
    return frame
