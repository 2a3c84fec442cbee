"""A query as plain pandas and as plain Polars."""

from __future__ import annotations

import glob
import re

from iris_dash.copy_as.conditions import Language
from iris_dash.copy_as.file import File
from iris_dash.copy_as.python_text import WIDTH, bracketed, call_text, literal
from iris_dash.query.query import Query
from iris_dash.tables.reading.download import is_address

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
    both="{a} & {b}",
    either="({a}) | {b}",
    between="{c}.between({a}, {b})",
)


def polars_name(name: str) -> str:
    """Return a column's name as Polars takes it: to it some names are patterns.

    >>> polars_name("a"), polars_name("^a$")
    ('"a"', '"^\\\\^a\\\\$$"')
    """
    return literal(f"^{re.escape(name)}$" if _is_pattern(name) else name)


def _is_pattern(name: str) -> bool:
    return name == "*" or (name.startswith("^") and name.endswith("$"))


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
    both="{a} & {b}",
    either="({a}) | {b}",
    between="{c}.is_between({a}, {b})",
)

READERS = {"parquet": "read_parquet", "arrow": "read_ipc", "stream": "read_ipc_stream"}


def as_pandas(file: File, query: Query) -> str:
    """Return the query as plain pandas."""
    lines = ["import pandas as pd", "", *_pandas_read(file)]
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
    return "\n".join(lines)


def _pandas_read(file: File) -> list[str]:
    source = literal(file.source)
    if file.kind == "arrow":
        return [f"df = pd.read_feather({source})"]
    if file.kind == "parquet" and glob.has_magic(file.source) and not is_address(file.source):
        files = f"sorted(glob({source}{', recursive=True' if '**' in file.source else ''}))"
        parts = f"df = pd.concat(map(pd.read_parquet, {files}), ignore_index=True)"
        return ["from glob import glob", "", parts]
    if file.kind == "parquet":
        return [f"df = pd.read_parquet({source})"]
    given = [source] + [f"sep={literal(file.separator)}"] * (file.separator != ",")
    given += [
        'dtype="str"',
        "keep_default_na=False",
        'na_values=[""]',
        f"skip_blank_lines={len(file.schema.names) > 1}",
    ]
    lines = [f"df = {call_text('pd.read_csv', given)}"]
    for reading, names in file.by_reading().items():
        lines.append(f"{reading.name} = {bracketed('[', map(literal, names), ']')}")
        lines.append(f"df[{reading.name}] = df[{reading.name}].apply({reading.pandas})")
    return lines


def as_polars(file: File, query: Query) -> str:
    """Return the query as plain Polars."""
    clauses = [POLARS.condition(file.schema, one) for one in query.filters]
    rows = call_text("df.filter", clauses) if clauses else "df"
    if query.sort:
        keys = [_polars_key(file, name) for name, _ in query.sort]
        keys.append(f"descending={literal([down for _, down in query.sort])}")
        keys += ["nulls_last=True", "maintain_order=True"]
        rows += call_text(".sort", keys, room=WIDTH - len(rows.rpartition("\n")[2]))
    return "\n".join(["import polars as pl", "", *_polars_read(file), f"rows = {rows}"])


def _polars_key(file: File, name: str) -> str:
    order = file.order(name)
    if order is None:
        return polars_name(name)
    if isinstance(order[0], str):
        return f"{POLARS.column(name)}.cast(pl.Enum({literal(order)}))"
    ranks = literal(range(len(order)))
    return f"{POLARS.column(name)}.replace_strict({literal(order)}, {ranks}, default=None)"


def _polars_read(file: File) -> list[str]:
    source = literal(file.source)
    if file.kind != "csv":
        missing = ".fill_nan(None)" if file.floats() else ""
        if missing and any(map(_is_pattern, file.schema.names)):
            # On the whole frame Polars would read the names as patterns.
            floats = ", ".join(map(polars_name, file.floats()))
            missing = f".with_columns(pl.col({floats}).fill_nan(None))"
        return [f"df = pl.{READERS[file.kind]}({source}){missing}"]
    given = [source] + [f"separator={literal(file.separator)}"] * (file.separator != ",")
    given += ["infer_schema=False", 'null_values=""']
    if any('"' in name for name in file.schema.names):
        # Polars leaves the quotes in a quoted name doubled.
        given.append(f"new_columns={literal(file.schema.names)}")
    lines = [f"df = {call_text('pl.read_csv', given)}"]
    reads = [
        f"pl.col({', '.join(map(polars_name, names))}).str.strip_chars(){reading.polars}"
        for reading, names in file.by_reading().items()
    ]
    return [*lines, f"df = {call_text('df.with_columns', reads)}"] if reads else lines
