"""CSV and TSV files as data frames: checked as text first, typed by what their values say."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import polars as pl

from iris_dash.core.errors import DatasetError, first_line, list_names
from iris_dash.core.progress import Share, nobody, part

CHUNK = 1 << 20

NO_VALUE = ("", "na", "n/a", "#n/a", "nan", "null", "none")
"""What means "no value" beside numbers, true/false and dates, in any case."""

ISO_DATE = r"^\d{4}-\d\d-\d\d"

CHECKED, PARSED = 0.05, 0.75
"""How much of a reading is done when the text is checked, and when Polars has parsed it."""

WEB_PAGE = (b"<!doctype html", b"<html")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text_table(
    path: Path, name: str, separator: str | None = None, read: Share = nobody
) -> pl.DataFrame:
    """Return the table of a UTF-8 text file with a header; `name` is its name in errors.

    Without a separator the header decides between tab and comma. A column whose values are not
    all of one kind is text. An empty field is a missing value; among numbers, true/false and
    dates the spellings of `NO_VALUE` are too. Dates are recognised in ISO 8601 form. `read` hears
    how much is done.
    Errors: DatasetError, one line naming the file and the reason.
    """
    _check_text(path, name, part(read, 0, CHECKED))
    separator = separator or _separator(path)
    header = _header(path, name, separator)
    try:
        frame = pl.read_csv(
            path, separator=separator, infer_schema_length=None, raise_if_empty=False, glob=False
        )
    except pl.exceptions.PolarsError as error:
        reason = first_line(error).replace(str(path), name)
        raise DatasetError(f"{name}: cannot be read as CSV: {reason}") from None
    if len(header) == frame.width:
        frame.columns = header  # Polars leaves the quotes in a quoted name doubled
    texts = [column for column, dtype in frame.schema.items() if dtype == pl.String]
    for number, column in enumerate(texts):
        read(PARSED + (1 - PARSED) * number / len(texts))
        frame = frame.with_columns(_typed(frame[column]))
    return frame


def _check_text(path: Path, name: str, checked: Share) -> None:
    """Raise DatasetError unless the whole file is UTF-8 text that is not blank."""
    size = path.stat().st_size
    decoder = codecs.getincrementaldecoder("utf-8")()
    blank, line = True, 1
    with path.open("rb") as file:
        first = True
        while chunk := file.read(CHUNK):
            if first:
                _check_kind(chunk, name)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line += chunk.count(b"\n", 0, max(0, error.start - held))
                raise _not_utf8(name, line) from None
            line += chunk.count(b"\n")
            blank = blank and not chunk.removeprefix(codecs.BOM_UTF8).strip()
            first = False
            checked(file.tell() / max(size, file.tell()))
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _not_utf8(name, line) from None
    if blank:
        raise DatasetError(f"{name}: is empty")


def _check_kind(head: bytes, name: str) -> None:
    if head.startswith(UTF_16):
        raise DatasetError(f"{name}: is UTF-16 text; save it as UTF-8")
    if b"\0" in head[:65_536]:
        raise DatasetError(f"{name}: is not a text table (it holds binary data)")
    if head.lstrip().lower().startswith(WEB_PAGE):
        raise DatasetError(f"{name}: is a web page, not a table")


def _not_utf8(name: str, line: int) -> DatasetError:
    return DatasetError(f"{name}: is not UTF-8 text (line {line}); save it as UTF-8")


def _separator(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(CHUNK)
    return "\t" if line.count("\t") > line.count(",") else ","


def _header(path: Path, name: str, separator: str) -> list[str]:
    """Return the names of the columns, each once."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            header = next(csv.reader(file, delimiter=separator), [])
        except csv.Error as error:
            raise DatasetError(f"{name}: its header cannot be read: {error}") from None
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated == [""]:
        raise DatasetError(f"{name}: columns have no name; give each column one in the first line")
    if repeated:
        raise DatasetError(
            f"{name}: two columns have the same name, {list_names(map(repr, repeated))}; rename one"
        )
    return header


def _typed(text: pl.Series) -> pl.Series:
    """Return a text column as numbers, true/false or dates if all its values are such."""
    bare = text.str.strip_chars()
    missing = bare.str.to_lowercase().is_in(NO_VALUE).fill_null(False)
    bare = bare.set(missing, None)
    known = bare.drop_nulls()
    if not len(known):
        return bare
    spelled = bool(missing.any() or (bare != text).any())
    text = text.set((text == "").fill_null(False), None)
    iso = known.head(1).str.contains(ISO_DATE).item()
    if not (spelled or iso):
        return text
    # Each value is parsed once: a date takes microseconds, and few are many times in a table.
    each = bare.unique(maintain_order=True)
    again = pl.read_csv(
        each.to_frame().write_csv(null_value="NA").encode(),
        null_values=["NA"],
        infer_schema_length=None,
        try_parse_dates=iso,
    ).to_series()
    if again.dtype == pl.String:
        return text
    values = pl.DataFrame({"text": each, "value": again})
    found = (
        bare.rename("text")
        .to_frame()
        .join(values, on="text", how="left", nulls_equal=True, maintain_order="left")
    )
    return found["value"].alias(text.name)
