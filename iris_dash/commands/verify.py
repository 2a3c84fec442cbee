"""Whether a file is still what its query gives: the query is asked again, the rows compared."""

from __future__ import annotations

import csv
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
import polars as pl

from iris_dash.core.errors import IrisDashError, QueryError, first_line, list_names
from iris_dash.explorer import COUNT_NAMES, Explorer
from iris_dash.files import FORMATS
from iris_dash.files.receipt import KEY, Receipt, What
from iris_dash.files.text import unescape
from iris_dash.files.xlsx import QUERY_SHEET
from iris_dash.query.query import Query
from iris_dash.query.url import parse_arguments

SAME, DIFFERENT = 0, 1
"""Exit codes."""

CHUNK = 50_000

Row = Sequence[Any]
Rows = Iterator[Row]
"""A file's rows, the first of them its column names."""


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
    format_name = path.suffix.lower().removeprefix(".")
    if format_name not in FORMATS:
        kinds = list_names(f".{name}" for name in FORMATS)
        raise FileError(f"{path}: cannot be verified; a file's name ends in {kinds}")
    try:
        said = claim or _claim_of(path, format_name)
        changed = said.fingerprint not in (None, explorer.dataset.fingerprint)
        try:
            query = ask(explorer, said.query)
        except QueryError as error:
            if changed:
                return Verdict(f"changed data: the query cannot be asked of it: {error}", DIFFERENT)
            raise FileError(f"{path}: its query is wrong: {error}") from None
        difference, count = _difference(path, format_name, explorer, query, said.what)
    except _UNREADABLE as error:
        raise FileError(f"{path}: cannot be read: {first_line(error)}") from None
    return _verdict(difference, count, said, changed)


_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    csv.Error,
    pl.exceptions.PolarsError,
    zipfile.BadZipFile,
    SyntaxError,  # what every reader of XML raises
    RuntimeError,  # nanoarrow's own are such
)


def ask(explorer: Explorer, text: str) -> Query:
    """Return the query that a canonical text, or a dashboard's query string, says."""
    return parse_arguments(explorer.schema, parse_qsl(text.lstrip("?"), keep_blank_values=True))


def _verdict(difference: str | None, count: int, said: Claim, changed: bool) -> Verdict:
    if difference is None:
        more = "; the table has changed elsewhere" if changed else ""
        return Verdict(f"same: {count:,} {said.what}, as the query gives them{more}", SAME)
    if changed:
        return Verdict(f"changed data: {difference}", DIFFERENT)
    if said.fingerprint is None:
        return Verdict(
            f"different: {difference}; without --fingerprint it cannot be told whether the data "
            "or the file has changed",
            DIFFERENT,
        )
    return Verdict(f"altered file: {difference}, and the data is the same", DIFFERENT)


def _claim_of(path: Path, format_name: str) -> Claim:
    text = RECEIPTS[format_name](path) if format_name in RECEIPTS else None
    if text is None:
        raise FileError(
            f"{path}: holds no receipt; say what it should be: --query 'X-Query of the answer', "
            "and --fingerprint"
        )
    receipt = Receipt.from_json(text)
    return Claim(receipt.query, receipt.what, receipt.fingerprint)


def _parquet_receipt(path: Path) -> str | None:
    return pl.read_parquet_metadata(path).get(KEY)


def _arrow_receipt(path: Path) -> str | None:
    import nanoarrow

    with path.open("rb") as file, nanoarrow.ArrayStream.from_readable(file) as stream:
        said: bytes | None = dict((stream.schema.metadata or {}).items()).get(KEY.encode())
    return None if said is None else said.decode()


def _xlsx_receipt(path: Path) -> str | None:
    import openpyxl
    from openpyxl.utils import escape as cell_text

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        rows = book[QUERY_SHEET].iter_rows(values_only=True) if QUERY_SHEET in book else ()
        found = [row[1:] for row in rows if row and row[0] == "Receipt"]
        return cell_text.unescape("".join(text for text in found[0] if text)) if found else None
    finally:
        book.close()


RECEIPTS = {"parquet": _parquet_receipt, "arrow": _arrow_receipt, "xlsx": _xlsx_receipt}


def _difference(
    path: Path, format_name: str, explorer: Explorer, query: Query, what: What
) -> tuple[str | None, int]:
    """Return where the file first differs from what the query gives, and how many rows it has."""
    with tempfile.TemporaryDirectory(prefix="iris_dash-") as folder:
        again = Path(folder) / f"again.{format_name}"
        with again.open("wb") as file:
            file.writelines(explorer.export(format_name, query, what).pieces)
        expected, found = READERS[format_name](again), READERS[format_name](path)
        names, given = next(expected, ()), next(found, ())
        if list(names) != list(given):
            return f"its columns are {list_names(given)}, not {list_names(names)}", 0
        numeric = [_is_number(explorer, str(name)) for name in names]
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


def _is_number(explorer: Explorer, name: str) -> bool:
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


def _csv_rows(path: Path) -> Rows:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        names = next(lines, [])
        yield [unescape(name) for name in names]
        for line in lines:
            # An empty line is a row only where there is one column, whose value is missing.
            if line or len(names) == 1:
                yield [unescape(text) or None for text in line] or [None]


def _parquet_rows(path: Path) -> Rows:
    lazy = pl.scan_parquet(path, glob=False)
    yield lazy.collect_schema().names()
    for frame in lazy.collect_batches(chunk_size=CHUNK, maintain_order=True):
        yield from _frame_rows(frame)


def _arrow_rows(path: Path) -> Rows:
    frame = pl.read_ipc_stream(path)
    yield frame.columns
    yield from _frame_rows(frame)


def _frame_rows(frame: pl.DataFrame) -> Rows:
    return frame.fill_nan(None).iter_rows()


def _json_rows(path: Path) -> Rows:
    records = orjson.loads(path.read_bytes())
    if not isinstance(records, list):
        raise ValueError("it is not an array")
    yield from _records(iter(records))


def _ndjson_rows(path: Path) -> Rows:
    with path.open("rb") as file:
        yield from _records(orjson.loads(line) for line in file if line.strip())


def _records(records: Iterator[Any]) -> Rows:
    names: list[str] | None = None
    for record in records:
        if not isinstance(record, dict):
            raise ValueError("a row is not an object")
        if names is None:
            names = list(record)
            yield names
        if list(record) != names:
            raise ValueError("its rows have different keys")
        yield list(record.values())


def _xlsx_rows(path: Path) -> Rows:
    import openpyxl
    from openpyxl.utils import escape as cell_text

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        sheet = next(book[name] for name in book.sheetnames if name != QUERY_SHEET)
        for row in sheet.iter_rows(values_only=True):
            yield [cell_text.unescape(value) if isinstance(value, str) else value for value in row]
    finally:
        book.close()


READERS = {
    "csv": _csv_rows,
    "parquet": _parquet_rows,
    "arrow": _arrow_rows,
    "json": _json_rows,
    "ndjson": _ndjson_rows,
    "xlsx": _xlsx_rows,
}
