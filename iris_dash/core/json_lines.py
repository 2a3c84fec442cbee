"""Log lines as JSON on standard error: one line per request, warning or error."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson

from iris_dash.core.timing import current


def wants_json(said: str) -> bool:
    """Return whether lines are wanted: said so, or by `auto` where nobody reads along."""
    stderr = sys.stderr
    return said == "json" or (said == "auto" and stderr is not None and not stderr.isatty())


def write_line(fields: Mapping[str, Any]) -> None:
    """Write one line of JSON with the time in front, whole: other threads and workers write too."""
    stderr = sys.stderr
    if stderr is None:
        return
    line = orjson.dumps({"time": datetime.now(UTC), **fields}, default=str, option=JSON_OPTIONS)
    # Who reads the log may have gone. The answer goes to who asked all the same.
    try:
        if stderr is sys.__stderr__:
            _write(sys.__stderr__.fileno(), line)
        else:
            stderr.write(line.decode())
    except (OSError, ValueError):
        pass


def _write(file: int, line: bytes) -> None:
    """Write bytes to a file at once, as far as it takes them at once."""
    written = os.write(file, line)
    while written < len(line):
        line = line[written:]
        written = os.write(file, line)


def tell(said: str, wanted: str, level: str = "warning") -> None:
    """Say what a server does beside its answers: a line of JSON, or of text for who reads along."""
    if wants_json(wanted):
        write_line({"level": level, "request_id": None, "logger": "iris_dash", "message": said})
    elif sys.stderr is not None:
        with suppress(OSError, ValueError):  # as above
            print(f"iris-dash: {said}", file=sys.stderr, flush=True)


def tell_end(reason: object) -> None:
    """Say why a command ends: a line of JSON where that is asked for, not only where nobody reads.

    Who runs a command in a script reads along, too.
    """
    tell(str(reason), "json" if asks_for_json() else "none", "error")


def asks_for_json() -> bool:
    """Return whether the environment asks for lines of JSON; its settings may not be readable."""
    return os.environ.get("IRIS_DASH_LOG", "").strip() == "json"


JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


def log_as_json() -> None:
    """Write what the package's loggers say as lines of JSON; doing it again does nothing."""
    log = logging.getLogger("iris_dash")
    if not any(isinstance(handler, JsonLines) for handler in log.handlers):
        log.addHandler(JsonLines())


def all_as_json(wanted: str) -> None:
    """Write all that this process says on standard error as lines of JSON, if they are wanted.

    That is, beside this package's own lines, what libraries log from a warning on, Python's
    warnings, and errors that nobody caught. For a process that serves; not for who imports this.
    """
    if not wants_json(wanted):
        return
    log_as_json()
    others = JsonLines(logging.WARNING)
    others.addFilter(lambda record: record.name.partition(".")[0] != "iris_dash")
    logging.getLogger().addHandler(others)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    sys.unraisablehook = lambda told: _log_uncaught(None, told.exc_value, told.exc_traceback)
    threading.excepthook = lambda told: _log_uncaught(None, told.exc_value, told.exc_traceback)


def _log_uncaught(kind: Any, error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        log = logging.getLogger("iris_dash")
        log.critical("%s: %s", type(error).__name__, error, exc_info=(type(error), error, trace))


class JsonLines(logging.Handler):
    """Writes each record as a line of JSON, with the id of the request that it is about."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; its traceback is one field."""
        trace = current()
        fields: dict[str, Any] = {
            "level": record.levelname.lower(),
            "request_id": None if trace is None else trace.id,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["traceback"] = logging.Formatter().formatException(record.exc_info)
        write_line(fields)
