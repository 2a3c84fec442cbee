"""Log lines as JSON on standard error: one line per request, warning or error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
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
    line = {"time": datetime.now(UTC), **fields}
    # Who reads the log may have gone. The answer goes to who asked all the same.
    with suppress(OSError, ValueError):
        stderr.write(orjson.dumps(line, default=str, option=JSON_OPTIONS).decode())


def tell(said: str, wanted: str, level: str = "warning") -> None:
    """Say what a server does beside its answers: a line of JSON, or of text for who reads along."""
    if wants_json(wanted):
        write_line({"level": level, "request_id": None, "logger": "iris_dash", "message": said})
    elif sys.stderr is not None:
        with suppress(OSError, ValueError):  # as above
            print(f"iris-dash: {said}", file=sys.stderr, flush=True)


JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


def log_as_json() -> None:
    """Write what the package's loggers say as lines of JSON; doing it again does nothing."""
    log = logging.getLogger("iris_dash")
    if not any(isinstance(handler, JsonLines) for handler in log.handlers):
        log.addHandler(JsonLines())


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
