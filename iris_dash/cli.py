"""The command line: `iris-dash serve [SOURCE]` and `iris-dash load FILE URL`."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tqdm import tqdm

from iris_dash.dataset import open_dataset
from iris_dash.errors import IrisDashError, SettingsError
from iris_dash.loading import load_table, read_rows, target_of
from iris_dash.settings import Settings, options_environment, read_settings
from iris_dash.table_settings import TableOptions

if TYPE_CHECKING:
    from flask import Flask

BLOCKING_THREADS = 4

FAILED = 2
"""Exit code of a start that bad input prevented."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0, or 2 after one line that says why."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "load":
            print(load(given.file, given.url, given.replace))
        else:
            serve(given.source, _options(given), given.settings)
    except IrisDashError as error:
        print(f"iris-dash: {error}", file=sys.stderr)
        return FAILED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="iris-dash", description="Explore a table.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the dashboard and the JSON routes")
    serving.add_argument(
        "source",
        nargs="?",
        help="a CSV, TSV, Parquet or Arrow file, a folder or pattern of Parquet files, the address "
        "of a file, or of a table: postgresql://host/db/table; default: IRIS_DASH_DATA, or the "
        "table shipped",
    )
    serving.add_argument(
        "--settings",
        metavar="FILE",
        help="the TOML file that describes the table; default: the one beside it",
    )
    for kind, what in (("facets", "to choose values of"), ("measures", "to bound")):
        serving.add_argument(
            f"--{kind}",
            action="append",
            metavar="A,B",
            help=f"the columns {what}, instead of what the table suggests; "
            "given more than once, each names one column, commas and all",
        )
    serving.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME=TEXT",
        help="what a column is called; may be given more than once",
    )
    serving.add_argument("--title", help="what the table is called")
    serving.add_argument("--rows", help="what its rows are called")
    loading = commands.add_parser("load", help="write a file as a table on an engine")
    loading.add_argument("file", help="the file, folder, pattern or address that serve takes too")
    loading.add_argument("url", help="the table: postgresql://user:password@host/db/table")
    loading.add_argument(
        "--replace", action="store_true", help="put it in the place of another table of that name"
    )
    return parser


def _options(given: argparse.Namespace) -> TableOptions:
    labels = dict(_label(text) for text in given.label)
    return TableOptions(
        facets=_names(given.facets),
        measures=_names(given.measures),
        labels=labels,
        title=given.title,
        rows=given.rows,
    )


def _names(given: list[str] | None) -> tuple[str, ...] | None:
    """Return the names of a repeated option, or of the one text, split at its commas."""
    if given is None or len(given) > 1:
        return None if given is None else tuple(given)
    return tuple(name for name in (part.strip() for part in given[0].split(",")) if name)


def _label(text: str) -> tuple[str, str]:
    name, equals, label = text.partition("=")
    if not (name and equals and label):
        raise SettingsError(f"--label {text!r}: expected NAME=TEXT")
    return name, label


def load(file: str, url: str, replace: bool = False) -> str:
    """Write a file as the table at an engine's address; return the line that says what was done.

    All or nothing, and nothing at all if the table is there already. Errors: DatasetError.
    """
    address = target_of(url)
    frame = read_rows(file)
    with tqdm(total=len(frame), unit=" rows", desc=address.shown, disable=None) as bar:
        written = load_table(frame, address, replace, bar.update)
    done = "written" if written else "there already, nothing to do"
    return f"{address.shown}: {len(frame):,} rows {done}"


def serve(
    source: str | None = None,
    options: TableOptions | None = None,
    described_by: str | None = None,
) -> None:
    """Serve a table until interrupted, with Granian, at the settings' address.

    `options` are what is said of the table, over its file of settings, `described_by`, and over
    the environment.
    Errors: DatasetError or SettingsError before anything listens.
    """
    if source:
        os.environ["IRIS_DASH_DATA"] = source
    if described_by:
        os.environ["IRIS_DASH_SETTINGS"] = described_by
    os.environ.update(options_environment(options or TableOptions()))
    settings = read_settings(os.environ)
    greeting = _greeting(settings)
    _check_port(settings)
    print(greeting, flush=True)

    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # Polars does not survive a fork, and this process has opened the table to check it.
    multiprocessing.set_start_method("spawn", force=True)
    Server(
        "iris_dash.cli:wsgi_server",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=BLOCKING_THREADS,
        log_level=LogLevels.warning,
    ).serve()


def wsgi_server() -> Flask:
    """Return the Flask server that the environment's settings describe, for a WSGI server.

    What prevents it is one line on standard error and exit code 2, not a traceback.
    """
    from iris_dash.factory import create_app

    try:
        server: Flask = create_app().server
        return server
    except IrisDashError as error:
        print(f"iris-dash: {error}", file=sys.stderr, flush=True)
        raise SystemExit(FAILED) from None


def _greeting(settings: Settings) -> str:
    """Return the line that a start prints, having opened the table to see that it can be."""
    dataset = open_dataset(settings.data, settings.table_settings, settings.options)
    rows = f"{len(dataset):,} {dataset.schema.rows}"
    return f"{dataset.schema.title}: {rows} at http://{_host(settings)}:{settings.port}"


def _host(settings: Settings) -> str:
    return f"[{settings.host}]" if ":" in settings.host else settings.host


def _check_port(settings: Settings) -> None:
    """Raise SettingsError unless the address is free, so that the reason is one line."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        where = f"HOST={settings.host} PORT={settings.port}"
        raise SettingsError(f"{where}: cannot listen there: {error.strerror}") from None
