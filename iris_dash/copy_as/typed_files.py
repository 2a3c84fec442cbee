"""How pandas, Polars and DuckDB are told to open JSON or a sheet, each value as it stands there."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from iris_dash.copy_as.file_content import Content, content_of
from iris_dash.copy_as.python_text import call_text, literal
from iris_dash.copy_as.readings import MOMENTS, NUMERIC, READINGS, Reading
from iris_dash.copy_as.text_files import DUCKDB_PACKINGS, sql_text
from iris_dash.query.typed_form import TypedForm
from iris_dash.tables.reading.download import is_address

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

NOTHING = Reading("nothing", "", ".cast(pl.String)", "{c}")
SPANS = Reading(
    "spans", "lambda values: values.dt.total_seconds()", ".dt.total_seconds(fractional=True)", "{c}"
)
CLOCKS = Reading(
    "spans_of_a_day",
    "lambda values: (pd.Timestamp(0) + values).dt.time",
    ".dt.total_nanoseconds().cast(pl.Time)",
    "{c}",
)


def _made(name: str, kind: str, pandas: str) -> Reading:
    """Return the reading of values that become one of Polars' types."""
    return Reading(name, pandas and f"lambda values: values{pandas}", f".cast(pl.{kind})", "{c}")


VALUES: Mapping[Any, Reading] = {
    pl.Int64: _made("whole", "Int64", '.astype("Int64")'),
    pl.UInt64: _made("large", "UInt64", '.astype("UInt64")'),
    pl.Float64: replace(_made("numbers", "Float64", ""), pandas=NUMERIC),
    pl.Boolean: _made("flags", "Boolean", '.astype("boolean")'),
    pl.Date: _made("days", "Date", ""),
    pl.Datetime: _made("times", 'Datetime("us")', ""),
    pl.Time: Reading("clocks", "lambda values: values.dt.time", ".dt.time()", "{c}"),
}
"""By what a column's values are here."""

SQL_TYPES = {"whole": "BIGINT", "large": "UBIGINT", "numbers": "DOUBLE", "flags": "BOOLEAN"}


def typed_readings(form: TypedForm, frame: pl.DataFrame) -> dict[str, Reading]:
    """Return how the columns become what they are in `frame`; none for text that stays."""
    found: dict[str, Reading] = {}
    for (name, before), series in zip(form.types.items(), frame, strict=True):
        dtype = series.dtype
        if before == pl.Duration:
            found[name] = CLOCKS if dtype == pl.Time else SPANS
        elif before == pl.Null:
            found[name] = NOTHING
        elif before == pl.String and dtype.is_temporal():
            found[name] = MOMENTS if getattr(dtype, "time_zone", None) else READINGS[type(dtype)]
        elif before != pl.String and not before.is_nested():
            reading = VALUES[type(dtype)]
            found[name] = replace(reading, polars="") if before == dtype else reading
    return found


def typed_in_polars(form: TypedForm, source: str) -> list[str] | None:
    """Return the lines that make `df` a Polars frame of the values as they stand."""
    content = _content(form, source)
    if content is None:
        return None
    if form.kind == "sheet":
        lines = [f"df = {_sheet(form, source)}.to_polars()", _named(form)]
        return [*content.head("fastexcel", "polars as pl"), *lines]
    first, more = content.head("polars as pl"), ["infer_schema_length=None"]
    ordered = f"df = df[{literal([*form.types])}]"  # In which order columns come is not told.
    if content.lines:
        read = "read_json" if form.kind == "array" else "read_ndjson"
        file = f"content.removeprefix({BYTE_ORDER_MARK!r})" if form.has_mark else "content"
        return [*first, f"df = {call_text(f'pl.{read}', [file, *more])}", ordered]
    if form.kind == "array":
        return [*first, f"df = {call_text('pl.read_json', [literal(source), *more])}", ordered]
    if form.has_mark:
        first += [f'with open({literal(source)}, "rb") as file:', "    file.seek(3)"]
        return [*first, f"    df = {call_text('pl.read_ndjson', ['file', *more], 2000)}", ordered]
    path = literal(glob.escape(source) if glob.has_magic(source) else source)
    return [*first, f"df = {call_text('pl.read_ndjson', [path, *more])}", ordered]


def typed_in_pandas(form: TypedForm, source: str) -> list[str] | None:
    """Return the lines that make `df` a pandas frame of values; None where it has others."""
    content = _content(form, source)
    if content is None:
        return None
    if form.kind == "sheet":
        lines = [f"df = {_sheet(form, source)}.to_pandas()", _named(form)]
        return [*content.head("fastexcel", "pandas as pd"), *lines]
    whole, each = ("json.loads(content)", "content.splitlines()")
    if not content.lines:
        whole, each = "json.load(file)", "file"
    rows = (
        whole if form.kind == "array" else f"[json.loads(line) for line in {each} if line.strip()]"
    )
    read = [f"rows = {rows}"]
    if not content.lines:
        read = [f'with open({literal(source)}, encoding="utf-8-sig") as file:', f"    {read[0]}"]
    given = ["rows", f"columns={literal([*form.types])}", "dtype=object"]
    first = content.head("pandas as pd", standard="json")
    return [*first, *read, f"df = {call_text('pd.DataFrame', given)}"]


def _content(form: TypedForm, source: str) -> Content | None:
    """Return how a file's bytes are read where no library does so itself; else nothing to do."""
    return content_of(form.packing, source) if form.packing or is_address(source) else Content()


def typed_in_duckdb(
    form: TypedForm, source: str, readings: Mapping[str, Reading]
) -> list[str] | None:
    """Return the arguments of DuckDB's `read_json`; None where it has other values."""
    if form.kind == "sheet" or is_address(source):
        return None
    if form.packing not in ("", *DUCKDB_PACKINGS):
        return None
    file = sql_text(glob.escape(source) if glob.has_magic(source) else source)
    kind = "array" if form.kind == "array" else "newline_delimited"
    columns = []
    for name, before in form.types.items():
        plain = SQL_TYPES.get(readings[name].name, "VARCHAR") if name in readings else "VARCHAR"
        columns.append(f"{sql_text(name)}: '{'JSON' if before.is_nested() else plain}'")
    given = [file, f"format = '{kind}'", f"columns = {{{', '.join(columns)}}}"]
    return given + [f"compression = '{DUCKDB_PACKINGS.get(form.packing)}'"] * bool(form.packing)


def _sheet(form: TypedForm, source: str) -> str:
    path, place = literal(source.removesuffix(f"#{form.sheet}")), form.sheet
    if form.packing or is_address(source):
        path = "content"
    given = [literal(0 if place is None else place), "header_row=None", f"skip_rows={form.skip}"]
    given.append("schema_sample_rows=None")
    return call_text(f"fastexcel.read_excel({path}).load_sheet", given)


def _named(form: TypedForm) -> str:
    return f"df.columns = {literal([*form.types])}"
