"""A query as plain pandas and as plain Polars."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from typing import assert_never

import polars as pl

from iris_dash.copy_as.files import POLARS_SAMPLE, WORDS, File
from iris_dash.copy_as.python_text import (
    WIDTH,
    call_text,
    dict_text,
    list_text,
    literal,
    quoted,
)
from iris_dash.query.filters import Choice, Filter, Interval
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import Query
from iris_dash.query.schema import FacetValue, Measure, Schema
from iris_dash.tables.download import is_address

PANDAS_NO_VALUE = (
    *("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
)
"""What means "no value" to pandas beside an empty field, even in text."""

NUMBER_TEXT = rf"^(?i:\s*([-+]?[\d_,]*\.?\d*(e[-+]?\d+)?|[-+]?({WORDS}))\s*)$"
"""Text that pandas may take for a number or true/false."""


def as_pandas(file: File, query: Query) -> str:
    """Return the query as plain pandas."""
    lines = ["import pandas as pd", "", *_pandas_read(file)]
    for name, _ in query.sort:
        order = file.order(name)
        if order is not None:
            column = f"df[{quoted(name)}]"
            arguments = [column, f"categories={list_text(order)}", "ordered=True"]
            lines.append(f"{column} = {call_text('pd.Categorical', arguments)}")
    lines.append(_pandas_filter([_pandas_clause(file.schema, one) for one in query.filters]))
    if query.sort:
        names, ways = [name for name, _ in query.sort], [not down for _, down in query.sort]
        given = [quoted(names[0]) if len(names) == 1 else list_text(names)]
        if not all(ways):
            given.append(f"ascending={ways[0] if len(ways) == 1 else list_text(ways)}")
        given.append('kind="stable"')
        lines.append(f"rows = {call_text('rows.sort_values', given)}")
    return "\n".join(lines)


def _pandas_read(file: File) -> list[str]:
    source = quoted(file.source)
    if file.kind == "arrow":
        return [f"df = pd.read_feather({source})"]
    if file.kind == "parquet" and glob.has_magic(file.source) and not is_address(file.source):
        files = f"sorted(glob({source}{', recursive=True' if '**' in file.source else ''}))"
        parts = f"df = pd.concat(map(pd.read_parquet, {files}), ignore_index=True)"
        return ["from glob import glob", "", parts]
    if file.kind == "parquet":
        return [f"df = pd.read_parquet({source})"]
    given = [source]
    if file.separator != ",":
        given.append('sep="\\t"')
    numberlike = file.matching(NUMBER_TEXT, wholly=False)
    if numberlike:
        given.append(f"dtype={dict_text((name, quoted('str')) for name in numberlike)}")
    spelled = set(file.spellings)
    if file.says({*PANDAS_NO_VALUE, *spelled}):
        given.append("keep_default_na=False")
        own = [
            (name, list_text(["", *file.spelled.get(name, ())]))
            for name in file.schema.names
            if name in file.gaps
        ]
        given.append(f"na_values={dict_text(own) if spelled else list_text([''])}")
    elif spelled - set(PANDAS_NO_VALUE):
        given.append(f"na_values={list_text(sorted(spelled - set(PANDAS_NO_VALUE)))}")
    if dates := file.of_type(pl.Date, pl.Datetime):
        given.append(f"parse_dates={list_text(dates)}")
    return [f"df = {call_text('pd.read_csv', given)}"]


def _pandas_clause(schema: Schema, one: Filter) -> str:
    match one:
        case Choice(name, values):
            return _pandas_choice(name, values)
        case Interval(name, low, high):
            return _pandas_interval(schema.measure(name), low, high)
        case _:
            assert_never(one)


def _pandas_choice(name: str, values: Sequence[FacetValue]) -> str:
    column = f"df[{quoted(name)}]"
    given = [value for value in values if value is not None]
    missing = f"{column}.isna()"
    if None in values and not given:
        return missing
    if len(given) == 1 and isinstance(given[0], bool):
        chosen = f"{column}.eq({given[0]})"
    elif len(given) == 1:
        chosen = f"({column} == {literal(given[0])})"
    else:
        chosen = f"{column}.isin({list_text(given)})"
    return f"({chosen} | {missing})" if None in values else chosen


def _pandas_interval(measure: Measure, low: float | None, high: float | None) -> str:
    column, ends = f"df[{quoted(measure.name)}]", _ends(measure, low, high)
    if len(ends) == 2:
        return f"{column}.between({ends[0]}, {ends[1]})"
    return f"({column} {'>=' if high is None else '<='} {ends[0]})"


def _ends(measure: Measure, low: float | None, high: float | None) -> list[str]:
    return [exact_text(end, measure.decimals) for end in (low, high) if end is not None]


def _pandas_filter(clauses: list[str]) -> str:
    if not clauses:
        return "rows = df"
    if len(clauses) == 1:
        clause = clauses[0]
        bare = clause[1:-1] if clause.startswith("(") and clause.endswith(")") else clause
        return f"rows = df[{bare}]"
    line = f"rows = df[{' & '.join(clauses)}]"
    if len(line) <= WIDTH:
        return line
    return "\n".join(["rows = df[", "    " + "\n    & ".join(clauses), "]"])


def as_polars(file: File, query: Query) -> str:
    """Return the query as plain Polars."""
    lines = ["import polars as pl", "", *_polars_read(file)]
    clauses = [_polars_clause(file.schema, one) for one in query.filters]
    rows = call_text("df.filter", clauses) if clauses else "df"
    if query.sort:
        keys = []
        for name, _ in query.sort:
            order = file.order(name)
            column, known = f"pl.col({quoted(name)})", list_text(order or ())
            place = f"{column}.cast(pl.Enum({known}))"
            if order and not isinstance(order[0], str):
                ranks = list_text(range(len(order)))
                place = f"{column}.replace_strict({known}, {ranks}, default=None)"
            keys.append(quoted(name) if order is None else place)
        ways = [down for _, down in query.sort]
        if any(ways):
            keys.append(f"descending={ways[0] if len(ways) == 1 else list_text(ways)}")
        keys += ["nulls_last=True", "maintain_order=True"]
        rows += call_text(".sort", keys, room=WIDTH - len(rows.rpartition("\n")[2]))
    return "\n".join([*lines, f"rows = {rows}"])


def _polars_read(file: File) -> list[str]:
    source = quoted(file.source)
    if file.kind != "csv":
        reader = "read_parquet" if file.kind == "parquet" else "read_ipc"
        reader = "read_ipc_stream" if file.stream else reader
        return [f"df = pl.{reader}({source}){'.fill_nan(None)' if file.nan else ''}"]
    given = [source]
    if file.separator != ",":
        given.append('separator="\\t"')
    no_value = [] if file.conflicts else file.spellings
    no_value = [""] * file.empty + no_value
    if no_value:
        text = quoted(no_value[0]) if len(no_value) == 1 else list_text(no_value)
        given.append(f"null_values={text}")
    if POLARS_SAMPLE in file.unsettled:
        given.append("infer_schema_length=None")
    lines = [f"df = {call_text('pl.read_csv', given)}"]
    casts = [cast for name in file.schema.names if (cast := _polars_cast(file, name))]
    if casts:
        lines.append(f"df = {call_text('df.with_columns', casts)}")
    if file.conflicts and any(file.frame.schema[name].is_float() for name in file.spelled):
        lines[-1] += ".fill_nan(None)"
    return lines


def _polars_cast(file: File, name: str) -> str:
    """Return how a column that Polars reads as text becomes what it is; '' where it reads it."""
    dtype = file.frame.schema[name]
    column = f"pl.col({quoted(name)})"
    lenient = "strict=False" if file.conflicts and name in file.spelled else ""
    if dtype == pl.Date:
        return f"{column}.str.to_date({lenient})"
    if isinstance(dtype, pl.Datetime):
        return f"{column}.str.to_datetime({lenient})"
    if not (lenient or name in file.blanks):
        return ""
    if dtype == pl.Boolean:
        values = '{"true": True, "false": False}'
        text = f"{column}.str.strip_chars().str.to_lowercase()"
        return f"{text}.replace_strict({values}, default=None, return_dtype=pl.Boolean)"
    text = ".str.strip_chars()" if name in file.blanks else ""
    return f"{column}{text}.cast(pl.{dtype}{', ' + lenient if lenient else ''})"


def _polars_clause(schema: Schema, one: Filter) -> str:
    match one:
        case Choice(name, values):
            return _polars_choice(name, values)
        case Interval(name, low, high):
            return _polars_interval(schema.measure(name), low, high)
        case _:
            assert_never(one)


def _polars_choice(name: str, values: Sequence[FacetValue]) -> str:
    column = f"pl.col({quoted(name)})"
    given = [value for value in values if value is not None]
    missing = f"{column}.is_null()"
    if None in values and not given:
        return missing
    if len(given) == 1 and isinstance(given[0], bool):
        chosen = column if given[0] else f"~{column}"
    elif len(given) == 1:
        chosen = f"{column} == {literal(given[0])}"
    else:
        chosen = f"{column}.is_in({list_text(given)})"
    if None not in values:
        return chosen
    return f"({chosen}) | {missing}" if "==" in chosen else f"{chosen} | {missing}"


def _polars_interval(measure: Measure, low: float | None, high: float | None) -> str:
    column, ends = f"pl.col({quoted(measure.name)})", _ends(measure, low, high)
    if len(ends) == 2:
        return f"{column}.is_between({ends[0]}, {ends[1]})"
    return f"{column} {'>=' if high is None else '<='} {ends[0]}"
