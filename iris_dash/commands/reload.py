"""Serving anew at each change of the code, the assets or the table: for who works on them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from iris_dash.config.settings import Settings
from iris_dash.core.errors import SettingsError
from iris_dash.core.json_lines import all_as_json, tell
from iris_dash.core.release import extra_command
from iris_dash.core.resources import ASSETS, PACKAGE
from iris_dash.engines import engine_address
from iris_dash.tables.reading.download import is_address
from iris_dash.tables.reading.file_kinds import suffix_of
from iris_dash.tables.reading.source_files import base_of, description_beside
from iris_dash.tables.reading.standard_input import is_standard_input

CODE = (".py", ".html", ".css", ".js", ".mjs")
END_SECONDS = 5
"""How long a server may finish what it has begun."""


def serve_anew(serve: Callable[[], object], settings: Settings) -> None:
    """Call what serves these settings in a process of its own, and anew at each change.

    A server that cannot start is tried again at the next change. SIGINT or SIGTERM end it all.
    Errors: SettingsError without the library that watches files.
    """
    all_as_json(settings.log)
    if is_standard_input(settings.data):
        raise SettingsError("--reload cannot read standard input anew; name a file")
    watch = _library()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            with _running(serve):
                changed = _changed(watch, settings)
            tell(f"{changed} changed; serving anew", settings.log, "info")
    except KeyboardInterrupt:
        return


def _library() -> Callable[..., Generator[set[tuple[Any, str]]]]:
    try:
        from watchfiles import watch
    except ImportError:
        raise SettingsError(f"--reload needs watchfiles: {extra_command('dev')}") from None
    return watch


@contextmanager
def _running(serve: Callable[[], object]) -> Iterator[None]:
    # This process has read the old code.
    server = get_context("spawn").Process(target=serve)
    server.start()
    try:
        yield
    finally:
        server.terminate()
        server.join(END_SECONDS)
        server.kill()
        server.join()


def _changed(watch: Callable[..., Generator[set[tuple[Any, str]]]], settings: Settings) -> str:
    """Return the path of a file that is served, once it has changed."""
    folders, files = _table(settings)

    def counts(change: Any, name: str) -> bool:
        path = Path(name)
        if path in files:
            return True
        if any(path.is_relative_to(folder) for folder in (PACKAGE, ASSETS)):
            return path.suffix in CODE or (path.is_dir() and path.name != "__pycache__")
        return bool(suffix_of(path.name)) and any(path.is_relative_to(folder) for folder in folders)

    # Each folder for itself: beside a table there may be a whole home.
    watched = {Path(place) for top in (PACKAGE, ASSETS, *folders) for place, *_ in os.walk(top)}
    watched |= {path.parent for path in files if path.parent.is_dir()}
    changes = next(watch(*watched, watch_filter=counts, recursive=False))
    return os.path.relpath(min(path for _, path in changes))


def _table(settings: Settings) -> tuple[set[Path], set[Path]]:
    """Return the folders of files and the files that a table is read from, and its description."""
    if is_address(settings.data) or engine_address(settings.data) is not None:
        return set(), set()
    base = base_of(settings.data)
    described = settings.described_by or description_beside(settings.data)
    files = {Path(described).resolve()} if described else set()
    return ({base}, files) if base.is_dir() else (set(), files | {base})
