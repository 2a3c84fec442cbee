"""The command line: `iris-dash serve [SOURCE]`, `load`, `verify`, `settings` and `hash`."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from iris_dash.access import print_hash
from iris_dash.dataset import Dataset, EngineDataset, open_dataset
from iris_dash.errors import IrisDashError, SettingsError
from iris_dash.explorer import Explorer
from iris_dash.loading import load_table, read_rows, target_of
from iris_dash.prepared import FOLDER, KEPT, READY, Sharing, all_answer, await_kept
from iris_dash.settings import Settings, options_environment, read_settings, settings_lines
from iris_dash.starting import Starting
from iris_dash.table_settings import TableOptions
from iris_dash.verify import Claim, Verdict, verify

if TYPE_CHECKING:
    from flask import Flask

BLOCKING_THREADS = 4

FAILED = 2
"""Exit code of a start that bad input prevented."""

STEPS = 5
"""What the bar of a start counts: reading, hashing, looking at columns, summing up, sharing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0, or 2 after one line that says why."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "load":
            print(load(given.file, given.url, given.replace))
        elif given.command == "verify":
            verdict = _verify(given)
            print(verdict.line)
            return verdict.code
        elif given.command == "settings":
            print("\n".join(settings_lines(os.environ)))
        elif given.command == "hash":
            return print_hash(given.name, given.token)
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
    _add_table(serving)
    loading = commands.add_parser("load", help="write a file as a table on an engine")
    loading.add_argument("file", help="the file, folder, pattern or address that serve takes too")
    loading.add_argument("url", help="the table: postgresql://user:password@host/db/table")
    loading.add_argument(
        "--replace", action="store_true", help="put it in the place of another table of that name"
    )
    verifying = commands.add_parser(
        "verify", help="ask again what an exported file holds; exit code 0 if it is the same"
    )
    verifying.add_argument("file", help="a file that was exported, under its own suffix")
    _add_table(verifying)
    verifying.add_argument(
        "--query", help="the query, instead of the one that the file holds: colour=red&height=..3"
    )
    verifying.add_argument(
        "--fingerprint", help="with --query: the X-Fingerprint that came with the file"
    )
    verifying.add_argument(
        "--means", action="store_true", help="with --query: the file holds the means per group"
    )
    commands.add_parser("settings", help="print what the environment sets, secrets hidden")
    hashing = commands.add_parser(
        "hash", help="read a password, or make a token, and print what the settings keep of it"
    )
    hashing.add_argument("name", help="whose it is")
    hashing.add_argument("--token", action="store_true", help="make a token for a script")
    return parser


def _add_table(parser: argparse.ArgumentParser) -> None:
    """Give a command the arguments that name a table and say what it is."""
    parser.add_argument(
        "source",
        nargs="?",
        help="a CSV, TSV, Parquet or Arrow file, a folder or pattern of Parquet files, the address "
        "of a file, or of a table: postgresql://host/db/table; default: IRIS_DASH_DATA, or the "
        "table shipped",
    )
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="the TOML file that describes the table; default: the one beside it",
    )
    for kind, what in (("facets", "to choose values of"), ("measures", "to bound")):
        parser.add_argument(
            f"--{kind}",
            action="append",
            metavar="A,B",
            help=f"the columns {what}, instead of what the table suggests; "
            "given more than once, each names one column, commas and all",
        )
    parser.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME=TEXT",
        help="what a column is called; may be given more than once",
    )
    parser.add_argument("--title", help="what the table is called")
    parser.add_argument("--rows", help="what its rows are called")


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


def _verify(given: argparse.Namespace) -> Verdict:
    """Return what the file that the command line names is, beside the table that it names."""
    if given.query is None and (given.means or given.fingerprint):
        raise SettingsError("--means and --fingerprint go with --query")
    environment = os.environ | options_environment(_options(given))
    named = {"IRIS_DASH_DATA": given.source, "IRIS_DASH_SETTINGS": given.settings}
    settings = read_settings(environment | {key: text for key, text in named.items() if text})
    explorer = Explorer(open_dataset(settings.data, settings.table_settings, settings.options))
    claim = None
    if given.query is not None:
        claim = Claim(given.query, "means" if given.means else "rows", given.fingerprint)
    return verify(Path(given.file), explorer, claim)


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
    the environment. The table is opened here; a long one is then made ready once for all workers,
    while they listen already and say that it is loading.
    Errors: DatasetError or SettingsError before anything listens.
    """
    if source:
        os.environ["IRIS_DASH_DATA"] = source
    if described_by:
        os.environ["IRIS_DASH_SETTINGS"] = described_by
    os.environ.update(options_environment(options or TableOptions()))
    settings = read_settings(os.environ)
    # What is shared goes even if this process is ended before Granian listens to signals.
    signal.signal(signal.SIGTERM, _end)
    with closing(Steps()) as steps, Sharing() as sharing:
        dataset = open_dataset(settings.data, settings.table_settings, settings.options, steps)
        _check_port(settings)
        steps.print(_greeting(dataset, settings))
        os.environ.update(sharing.begin(dataset, steps))
        # Once it is shared the workers alone need it.
        if isinstance(dataset, EngineDataset):
            dataset.engine.close()
        del dataset
        _serve(settings)


def _end(number: int, frame: Any) -> None:
    raise SystemExit(128 + number)


class Steps:
    """The bar of a start, on standard error while that takes, if it is a terminal."""

    def __init__(self) -> None:
        form = "{desc:<20} {bar:30} {n}/{total} {elapsed}"
        self._bar = tqdm(total=STEPS, leave=False, disable=None, bar_format=form)
        self._begun = -1

    def __call__(self, begun: str) -> None:
        """Show what has begun; the last of it is that the table is ready."""
        self._begun += 1
        self._bar.n = self._begun
        self._bar.set_description_str(begun)
        if begun == READY:
            self.close()

    def print(self, line: str) -> None:
        """Print a line on standard output, above the bar."""
        self._bar.clear()
        print(line, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def _serve(settings: Settings) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # Polars does not survive a fork, and this process has opened the table to check it.
    multiprocessing.set_start_method("spawn", force=True)
    Server(
        "iris_dash.cli:starting_server",
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


def starting_server() -> Starting:
    """Return what a worker serves: at once that it is loading, then the server above."""
    return Starting(_worker_server, _all_answer)


def _all_answer() -> bool:
    folder = os.environ.get(FOLDER)
    return not folder or all_answer(Path(folder), read_settings(os.environ).workers)


def _worker_server() -> Flask:
    from iris_dash.factory import create_app

    folder = os.environ.get(KEPT)
    explorer = await_kept(Path(folder)) if folder else None
    if explorer is not None:
        explorer.source = read_settings(os.environ).data
    server: Flask = create_app(explorer).server
    return server


def _greeting(dataset: Dataset, settings: Settings) -> str:
    """Return the line that a start prints."""
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
