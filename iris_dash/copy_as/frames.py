"""A query as plain pandas and as plain Polars."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from iris_dash.copy_as.conditions import Language
from iris_dash.copy_as.file import File
from iris_dash.copy_as.python_text import WIDTH, bracketed, call_text, literal, raw
from iris_dash.copy_as.text_files import in_pandas, in_polars
from iris_dash.copy_as.typed_files import typed_in_pandas, typed_in_polars
from iris_dash.query.moments import iso
from iris_dash.query.query import Query
from iris_dash.query.schema import Time
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.reading.download import is_address
from iris_dash.tables.reading.source_files import base

PANDAS_PARTS = {
    "quarter_of_year": "quarter",
    "month_of_year": "month",
    "weekday": "isocalendar().day",
    "hour_of_day": "hour",
}
POLARS_PARTS = {
    "quarter_of_year": "quarter",
    "month_of_year": "month",
    "weekday": "weekday",
    "hour_of_day": "hour",
}

PANDAS = Language(
    column=lambda name: f"df[{literal(name)}]",
    value=literal,
    missing="{c}.isna()",
    present="{c}.notna()",
    equal="{c} == {v}",
    among="{c}.isin([{v}])",
    others="~{c}.isin([{v}])",
    others_miss=True,
    nothing="{c}.isin([])",
    both="({a}) & ({b})",
    either="({a}) | ({b})",
    between="{c}.between({a}, {b})",
    contains="{c}.str.lower().str.contains({v}, regex=False, na=False)",
    begins="{c}.str.lower().str.startswith({v}, na=False)",
    moment=lambda time, moment: f"pd.Timestamp({literal(iso(moment, time.is_date))})",
    timed="pd.to_datetime({c})",
    part=lambda part, column: f"{column}.dt.{PANDAS_PARTS[part.part]}",
)


def polars_name(name: str) -> str:
    """Return a column's name as Polars takes it: to it some names are patterns.

    >>> polars_name("a"), polars_name("^a$")
    ('"a"', '"^\\\\\\\\^a\\\\\\\\$$"')
    """
    return literal(f"^{re.escape(name)}$" if _is_pattern(name) else name)


def _is_pattern(name: str) -> bool:
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _polars_moment(time: Time, moment: datetime) -> str:
    if time.is_date:
        return f"pl.date({moment.year}, {moment.month}, {moment.day})"
    parts = [*moment.timetuple()[:6], moment.microsecond]
    if time.is_of_day:
        return f"pl.time({', '.join(map(str, parts[3:]))})"
    while len(parts) > 3 and not parts[-1]:
        parts.pop()
    given = ", ".join(map(str, parts))
    if time.zone is None:
        return f"pl.datetime({given})"
    return f'pl.datetime({given}, time_zone="UTC").dt.convert_time_zone({literal(time.zone)})'


POLARS = Language(
    column=lambda name: f"pl.col({polars_name(name)})",
    value=literal,
    missing="{c}.is_null()",
    present="{c}.is_not_null()",
    equal="{c} == {v}",
    among="{c}.is_in([{v}])",
    others="~{c}.is_in([{v}])",
    others_miss=False,
    nothing="{c}.is_in([])",
    both="({a}) & ({b})",
    either="({a}) | ({b})",
    between="{c}.is_between({a}, {b})",
    contains="{c}.str.to_lowercase().str.contains({v}, literal=True)",
    begins="{c}.str.to_lowercase().str.starts_with({v})",
    moment=_polars_moment,
    part=lambda part, column: f"{column}.dt.{POLARS_PARTS[part.part]}()",
)

READERS = {"parquet": "read_parquet", "arrow": "read_ipc", "stream": "read_ipc_stream"}


def as_pandas(file: File, query: Query) -> str | None:
    """Return the query as plain pandas; None where it would read the file otherwise."""
    if any(file.types.get(one.name, pl.Null).is_decimal() for one in query.filters):
        return None  # To it a decimal is another number than the float that says the same.
    read = _pandas_read(file)
    if read is None:
        return None
    lines = [*read]
    for name, _ in query.sort:
        if (order := file.order(name)) is not None:
            column = PANDAS.column(name)
            given = [column, f"categories={literal(order)}", "ordered=True"]
            lines.append(f"{column} = {call_text('pd.Categorical', given)}")
    clauses = [PANDAS.condition(file.schema, one) for one in query.filters]
    if len(clauses) > 1:
        clauses = [f"({clause})" for clause in clauses]
    line = f"rows = df[{' & '.join(clauses)}]" if clauses else "rows = df"
    long = len(clauses) > 1 and len(line) > WIDTH
    lines.append("rows = df[\n    " + "\n    & ".join(clauses) + "\n]" if long else line)
    if query.sort:
        names, ways = [name for name, _ in query.sort], [not down for _, down in query.sort]
        given = [literal(names), f"ascending={literal(ways)}", 'kind="stable"']
        lines.append(f"rows = {call_text('rows.sort_values', given)}")
    if query.columns:
        lines.append(f"rows = rows[{bracketed('[', map(literal, query.columns), ']')}]")
    return "\n".join(lines)


def _pandas_read(file: File) -> list[str] | None:
    if "pandas" in file.left_out:
        return None
    if file.text:
        return _pandas_readings(file, in_pandas(file.text, file.source))
    if file.typed:
        return _pandas_readings(file, typed_in_pandas(file.typed, file.source))
    source, first = literal(file.source), ["import pandas as pd", ""]
    given = [source, *file.pandas_options]
    if file.kind == "arrow":
        return [*first, f"df = {call_text('pd.read_feather', given)}"]
    if file.keys:
        given[0] = literal(str(base(Path(file.source))))
        lines = [f"df = {call_text('pd.read_parquet', given)}"]
        for name, dtype in file.keys.items():
            column, kind = PANDAS.column(name), "Int64" if dtype == pl.Int64 else "str"
            lines.append(f'{column} = {column}.astype("{kind}")')
        return [*first, *lines, f"df = df[{literal(file.schema.names)}]"]
    if file.kind == "parquet" and glob.has_magic(file.source) and not is_address(file.source):
        files = f"sorted(glob({source}{', recursive=True' if '**' in file.source else ''}))"
        parts = f"map(pd.read_parquet, {files})"
        if file.pandas_options:
            read = ", ".join(["pd.read_parquet(file", *file.pandas_options])
            parts = f"({read}) for file in {files})"
        return ["from glob import glob", "", *first, f"df = pd.concat({parts}, ignore_index=True)"]
    return [*first, f"df = {call_text('pd.read_parquet', given)}"]


def _pandas_readings(file: File, lines: list[str] | None) -> list[str] | None:
    if lines is None:
        return None
    times: Counter[str] = Counter()
    for reading, names in file.by_reading().items():
        if not reading.pandas:
            continue
        times[reading.name] += 1
        group = f"{reading.name}_{times[reading.name]}" if times[reading.name] > 1 else reading.name
        lines.append(f"{group} = {bracketed('[', map(literal, names), ']')}")
        if reading.steps:
            text = "".join(
                f".str.replace({raw(old)}, {raw(new)}, regex=True)" for old, new in reading.steps
            )
            lines.append(f"df[{group}] = df[{group}].apply(lambda text: text{text})")
        lines.append(f"df[{group}] = df[{group}].apply({reading.pandas})")
    return lines


def as_polars(file: File, query: Query) -> str | None:
    """Return the query as plain Polars; None where it would read the file otherwise."""
    read = _polars_read(file)
    if read is None:
        return None
    clauses = [POLARS.condition(file.schema, one) for one in query.filters]
    rows = call_text("df.filter", clauses) if clauses else "df"
    if query.sort:
        keys = [polars_key(name, file.order(name)) for name, _ in query.sort]
        keys.append(f"descending={literal([down for _, down in query.sort])}")
        keys += ["nulls_last=True", "maintain_order=True"]
        rows += call_text(".sort", keys, room=WIDTH - len(rows.rpartition("\n")[2]))
    if query.columns:
        names = [polars_name(name) for name in query.columns]
        rows += call_text(".select", names, room=WIDTH - len(rows.rpartition("\n")[2]))
    return "\n".join([*read, f"rows = {rows}"])


def polars_key(name: str, order: Sequence[FacetValue] | None) -> str:
    """Return what Polars sorts a column by: its values, or their places in an order of its own."""
    if order is None:
        return polars_name(name)
    if isinstance(order[0], str):
        return f"{POLARS.column(name)}.cast(pl.Enum({literal(order)}))"
    ranks = literal(range(len(order)))
    return f"{POLARS.column(name)}.replace_strict({literal(order)}, {ranks}, default=None)"


def _polars_read(file: File) -> list[str] | None:
    if file.text:
        return _polars_readings(file, in_polars(file.text, file.source))
    if file.typed:
        return _polars_readings(file, typed_in_polars(file.typed, file.source))
    if "Polars" in file.left_out:
        return None
    given = [literal(file.source)]
    first = ["import polars as pl", ""]
    missing = ".fill_nan(None)" if file.floats() else ""
    if missing and any(map(_is_pattern, file.schema.names)):
        # On the whole frame Polars would read the names as patterns.
        floats = ", ".join(map(polars_name, file.floats()))
        missing = f".with_columns(pl.col({floats}).fill_nan(None))"
    if file.keys:
        kinds = {n: "String" if t == pl.Enum else type(t).__name__ for n, t in file.keys.items()}
        types = ", ".join(f"{literal(name)}: pl.{kind}" for name, kind in kinds.items())
        given += ["hive_partitioning=True", f"hive_schema={{{types}}}"]
        missing = f"[{literal(file.schema.names)}]{missing}"
    return [*first, f"df = {call_text(f'pl.{READERS[file.kind]}', given)}{missing}"]


def _polars_readings(file: File, lines: list[str] | None) -> list[str] | None:
    if lines is None:
        return None
    bare = ".str.strip_chars()" if file.text else ""
    reads = [
        f"pl.col({', '.join(map(polars_name, names))}){bare}"
        f"{''.join(map(_polars_step, reading.steps))}{reading.polars}"
        for reading, names in file.by_reading().items()
        if reading.polars
    ]
    return [*lines, f"df = {call_text('df.with_columns', reads)}"] if reads else lines


def _polars_step(step: tuple[str, str]) -> str:
    old, new = step
    groups = re.sub(r"\\(\d)", r"${\1}", new)
    return f".str.replace_all({raw(old)}, {literal(groups)})"
