"""The command line: `iris-dash serve [SOURCE]`, `load`, `verify`, `settings` and `hash`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from iris_dash.config import readers
from iris_dash.config.environment import options_environment, read_settings, settings_lines
from iris_dash.core.errors import IrisDashError, SettingsError
from iris_dash.core.json_lines import asks_for_json, tell_end
from iris_dash.core.release import version
from iris_dash.server.workers import FAILED, serve
from iris_dash.tables.description import TableOptions
from iris_dash.tables.reading.owner_words import encoding_named, separator_named

if TYPE_CHECKING:
    from iris_dash.commands.verify import Verdict

# What only one command needs is imported by it: a server listens before libraries are loaded.


READER_GONE = 141
"""Exit code where who reads the output has gone, as of other programs that SIGPIPE ends."""

INTERRUPTED = 130

READ_BY: Mapping[str, Callable[[str], Any]] = {
    "encoding": encoding_named,
    "separator": separator_named,
    "decimal": readers.decimal,
    "skip": readers.lines,
}
"""How the text of an option is read, as that of the variable of its name is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0, or 2 after one line that says why."""
    try:
        try:
            return _run(_parser().parse_args(arguments))
        finally:
            _flush()
    except BrokenPipeError:
        # Python would try to write the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _run(given: argparse.Namespace) -> int:
    try:
        if given.command == "load":
            print(load(given.file, given.url, given.replace, given.keep))
        elif given.command == "verify":
            verdict = _verify(given)
            print(verdict.line)
            return verdict.code
        elif given.command == "settings":
            print("\n".join(settings_lines(os.environ)))
        elif given.command == "hash":
            from iris_dash.web.auth import print_hash

            return print_hash(given.name, given.token)
        elif given.reload:
            from iris_dash.commands.reload import serve_anew

            given.reload = False
            serve_anew(partial(_run, given), read_settings(os.environ, _named(given)))
        else:
            serve(given.source, _options(given), given.settings)
    except IrisDashError as error:
        tell_end(error)
        return FAILED
    return 0


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in a line of JSON, if logs are."""

    def error(self, message: str) -> NoReturn:
        """End with what is wrong."""
        if asks_for_json():
            tell_end(message)
            self.exit(FAILED)
        super().error(message)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="iris-dash", description="Explore a table.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version()}")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the dashboard and the JSON routes")
    _add_table(serving)
    serving.add_argument(
        "--reload",
        action="store_true",
        help="serve anew when code, assets or the table change: for development",
    )
    loading = commands.add_parser("load", help="write a file as a table on an engine")
    loading.add_argument(
        "file", help="the file, folder, pattern, - or address that serve takes too"
    )
    loading.add_argument("url", help="the table: postgresql://user:password@host/db/table")
    another = loading.add_mutually_exclusive_group()
    another.add_argument(
        "--replace", action="store_true", help="put it in the place of another table of that name"
    )
    another.add_argument(
        "--keep", action="store_true", help="leave another table of that name as it is"
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
    holding = verifying.add_mutually_exclusive_group()
    holding.add_argument(
        "--means", action="store_true", help="with --query: the file holds the means per group"
    )
    holding.add_argument(
        "--groups", action="store_true", help="with --query: the file holds an aggregate's groups"
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
        help="a text table, spreadsheet, JSON, Parquet or Arrow file, a folder or pattern of such "
        "files, - for standard input, the address of a file, or of a table: "
        "postgresql://host/db/table; default: IRIS_DASH_DATA, or the table shipped",
    )
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="the TOML file that describes the table; default: the one beside it",
    )
    instead = "instead of what the table suggests"
    for kind, what in (
        ("facets", f"to choose values of, {instead}"),
        ("measures", f"to bound, {instead}"),
        ("times", "to read as times"),
        ("text", "to take as text"),
    ):
        parser.add_argument(
            f"--{kind}",
            action="append",
            metavar="A,B",
            help=f"the columns {what}; given more than once, each names one column, commas and all",
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
    reading = parser.add_argument_group("how a text table is read, where it does not tell")
    reading.add_argument("--encoding", help="utf-8, windows-1252 …")
    reading.add_argument("--separator", help="what parts the columns: a letter, tab or blank")
    reading.add_argument("--decimal", help="the decimal mark of numbers: . or ,")
    reading.add_argument("--skip", help="how many lines stand before the header")
    reading.add_argument(
        "--missing", action="append", metavar="A,B", help='texts that mean "no value" anywhere'
    )


def _options(given: argparse.Namespace) -> TableOptions:
    labels = dict(_label(text) for text in given.label)
    return TableOptions(
        facets=_names(given.facets),
        measures=_names(given.measures),
        times=_names(given.times),
        text=_names(given.text),
        labels=labels,
        title=given.title,
        rows=given.rows,
        missing=_names(given.missing),
        **{name: _read(given, name) for name in READ_BY},
    )


def _read(given: argparse.Namespace, name: str) -> Any:
    """Return what an option says, None if it is not given. Errors: SettingsError."""
    text = getattr(given, name)
    try:
        return None if text is None else READ_BY[name](text)
    except ValueError as error:
        raise SettingsError(f"--{name} {text!r}: {error}") from None


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


def _named(given: argparse.Namespace) -> dict[str, str | None]:
    """Return the variables that a command's arguments say instead."""
    return {"IRIS_DASH_DATA": given.source, "IRIS_DASH_SETTINGS": given.settings}


def _verify(given: argparse.Namespace) -> Verdict:
    """Return what the file that the command line names is, beside the table that it names."""
    from iris_dash.commands.verify import Claim, verify
    from iris_dash.explorer import Explorer
    from iris_dash.files.receipt import What

    if given.query is None and (given.means or given.groups or given.fingerprint):
        raise SettingsError("--means, --groups and --fingerprint go with --query")
    environment = os.environ | options_environment(_options(given))
    explorer = Explorer(read_settings(environment, _named(given)).open())
    claim = None
    if given.query is not None:
        what: What = "means" if given.means else "groups" if given.groups else "rows"
        claim = Claim(given.query, what, given.fingerprint)
    return verify(Path(given.file), explorer, claim)


def load(file: str, url: str, replace: bool = False, keep: bool = False) -> str:
    """Write a file as the table at an engine's address; return the line that says what was done.

    All or nothing, and nothing at all if the table is there already; with `keep` another one of
    that name counts as it. Errors: DatasetError.
    """
    from tqdm import tqdm

    from iris_dash.commands.load import load_table, lost_by, read_rows, target_of

    address = target_of(url)
    frame = read_rows(file)
    with tqdm(total=len(frame), unit=" rows", desc=address.shown, disable=None) as bar:
        written = load_table(frame, address, replace, bar.update, keep)
    if keep and not written:
        return f"{address.shown}: there already, left as it is"
    done = "written" if written else "there already, nothing to do"
    return "; ".join([f"{address.shown}: {len(frame):,} rows {done}", *lost_by(address, frame)])
