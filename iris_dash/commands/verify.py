"""Whether a file is still what its query gives: the query is asked again, the rows compared."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from iris_dash.analysis.aggregate.asking import parse_aggregation_arguments
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.analysis.mean_names import COUNT_NAMES
from iris_dash.core.errors import IrisDashError, QueryError, first_line, list_names
from iris_dash.core.plain_files import other_kind
from iris_dash.core.temporary import temporary_folder
from iris_dash.explorer import Explorer
from iris_dash.files import FORMATS, Format, find_format
from iris_dash.files.format import Row
from iris_dash.files.receipt import Receipt, What
from iris_dash.query.query import Query
from iris_dash.query.url import parse_arguments

SAME, DIFFERENT = 0, 1
"""Exit codes."""


class FileError(IrisDashError):
    """A file cannot be verified: it is unreadable or does not say what it is."""


@dataclass(frozen=True)
class Verdict:
    """What came out: a line that begins with the word for it, and the exit code."""

    line: str
    code: int


@dataclass(frozen=True)
class Claim:
    """What a file is said to be: the query's text, the kind of table, the data's fingerprint."""

    query: str
    what: What = "rows"
    fingerprint: str | None = None


def verify(path: Path, explorer: Explorer, claim: Claim | None = None) -> Verdict:
    """Return whether a file's rows are those that its query gives now, in their order.

    The query is the receipt's unless a claim says another. The rows are written again in the
    file's format and both files are read alike, so that what the format itself cannot keep is no
    difference. Errors: FileError, one line naming the file and the reason.
    """
    try:
        file_format = find_format(path.suffix.lower().removeprefix("."))
    except KeyError:
        kinds = list_names(f".{known.suffix}" for known in FORMATS)
        raise FileError(f"{path}: cannot be verified; a file's name ends in {kinds}") from None
    if kind := other_kind(path):
        raise FileError(f"{path}: cannot be read: is {kind}")
    unreadable: tuple[type[Exception], ...] = (OSError, ValueError, *file_format.unreadable)
    try:
        claimed = claim or _claim_of(path, file_format)
        changed = claimed.fingerprint not in (None, explorer.dataset.fingerprint)
        try:
            query = ask(explorer, claimed.query, claimed.what)
        except QueryError as error:
            if changed:
                return Verdict(f"changed data: the query cannot be asked of it: {error}", DIFFERENT)
            raise FileError(f"{path}: its query is wrong: {error}") from None
        difference, count = _difference(path, file_format, explorer, query, claimed.what)
    except unreadable as error:
        raise FileError(f"{path}: cannot be read: {first_line(error)}") from None
    return _verdict(difference, count, claimed, changed)


def ask(explorer: Explorer, text: str, what: What = "rows") -> Query | Aggregation:
    """Return the query that a canonical text, or a dashboard's query string, says.

    Of groups it is an aggregate.
    """
    pairs = parse_qsl(text.lstrip("?"), keep_blank_values=True)
    parse = parse_aggregation_arguments if what == "groups" else parse_arguments
    return parse(explorer.schema, pairs)


def _verdict(difference: str | None, count: int, claimed: Claim, changed: bool) -> Verdict:
    if difference is None:
        more = "; the table has changed elsewhere" if changed else ""
        return Verdict(f"same: {count:,} {claimed.what}, as the query gives them{more}", SAME)
    if changed:
        return Verdict(f"changed data: {difference}", DIFFERENT)
    if claimed.fingerprint is None:
        return Verdict(
            f"different: {difference}; without --fingerprint it cannot be told whether the data "
            "or the file has changed",
            DIFFERENT,
        )
    return Verdict(f"altered file: {difference}, and the data is the same", DIFFERENT)


def _claim_of(path: Path, file_format: Format) -> Claim:
    text = None if file_format.receipt is None else file_format.receipt(path)
    if text is None:
        raise FileError(
            f"{path}: holds no receipt; say what it should be: --query 'X-Query of the answer', "
            "and --fingerprint"
        )
    receipt = Receipt.from_json(text)
    return Claim(receipt.query, receipt.what, receipt.fingerprint)


def _difference(
    path: Path, file_format: Format, explorer: Explorer, query: Query | Aggregation, what: What
) -> tuple[str | None, int]:
    """Return where the file first differs from what the query gives, and how many rows it has."""
    with temporary_folder(f"the rows of {path.name}", path.stat().st_size) as folder:
        again = folder / f"again.{file_format.suffix}"
        with again.open("wb") as file:
            file.writelines(explorer.export(file_format.suffix, query, what).pieces)
        expected, found = file_format.read(again), file_format.read(path)
        names, given = next(expected, ()), next(found, ())
        if list(names) != list(given):
            return f"its columns are {list_names(given)}, not {list_names(names)}", 0
        numeric = [_is_number(explorer, query, str(name)) for name in names]
        count = 0
        for count, (right, row) in enumerate(zip_longest(expected, found), 1):
            if row is None or right is None:
                more = sum(1 for _ in (expected if row is None else found)) + count
                few, many = f"{count - 1:,}", f"{more:,}"
                has, gives = (few, many) if row is None else (many, few)
                return f"it has {has} rows, and the query gives {gives}", 0
            if _differ(right, row) and (cell := _first_cell(names, numeric, right, row)):
                return f"row {count:,}, {cell}", count
        return None, count


def _is_number(explorer: Explorer, query: Query | Aggregation, name: str) -> bool:
    if isinstance(query, Aggregation):
        return name in {output.name for output in query.outputs}
    own = explorer.file_types.get(name)
    if own is not None:
        return own.is_numeric()
    return name in COUNT_NAMES or name.startswith("mean_")


def _differ(right: Row, row: Row) -> bool:
    """Return whether two rows may differ: quickly, and by types too, since True equals 1."""
    return right != row or [*map(type, right)] != [*map(type, row)]


def _first_cell(names: Row, numeric: list[bool], right: Row, row: Row) -> str | None:
    cells = zip_longest(names, numeric, right, row)
    for name, number, one, other in cells:
        if not _same(one, other, number):
            return f"{name}: {_shown(other)}, not {_shown(one)}"
    return None


def _same(one: Any, other: Any, number: bool) -> bool:
    """Return whether two values are the same; of a column of numbers their texts may differ."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if number and isinstance(one, str) and isinstance(other, str):
        try:
            return Decimal(one) == Decimal(other)
        except InvalidOperation:
            return one == other
    return bool(one == other)


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)
