"""A query as SQL: DuckDB's for a file, the engine's own for a table on an engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from iris_dash.copy_as.conditions import Language
from iris_dash.copy_as.file import File, own_order
from iris_dash.copy_as.python_text import WIDTH
from iris_dash.copy_as.readings import Reading
from iris_dash.copy_as.text_files import in_duckdb
from iris_dash.copy_as.typed_files import typed_in_duckdb
from iris_dash.engines import Address
from iris_dash.engines.addresses import IN_PLACE, files_pattern
from iris_dash.engines.base import ROW
from iris_dash.query.moments import iso
from iris_dash.query.names import free_name
from iris_dash.query.query import Query
from iris_dash.query.schema import Part
from iris_dash.query.value_text import FacetValue
from iris_dash.tables.engine_dataset import EngineDataset

KEYS: Mapping[Any, str] = {
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
    pl.String: "VARCHAR",
    pl.Enum: "VARCHAR",
}
"""Of what folders' names say, by what it is here."""

EXACT_DIGITS = 15
"""Numbers of at most so many digits are read alike by every library."""


FOUND = {
    "sqlite": "instr(lower({c}), {v}) > 0",
    "clickhouse": "position(lowerUTF8({c}), {v}) > 0",
    "chdb": "position(lowerUTF8({c}), {v}) > 0",
}
"""How engines look for text in text, where not as PostgreSQL and DuckDB do."""


def sql_language(scheme: str = "duckdb") -> Language:
    """Return the SQL of an engine, by the scheme of its addresses."""
    mark, escapes = '"', scheme in ("clickhouse", "chdb")
    lower = "lowerUTF8" if scheme in ("clickhouse", "chdb") else "lower"
    part = "substringUTF8" if lower == "lowerUTF8" else "substr"

    def value_text(value: FacetValue) -> str:
        if isinstance(value, str):
            text = value.replace("\\", "\\\\") if escapes else value
            return "'" + text.replace("'", "''") + "'"
        return str(value).upper() if isinstance(value, bool) else str(value)

    return Language(
        column=lambda name: mark + name.replace(mark, mark * 2) + mark,
        value=value_text,
        missing="{c} IS NULL",
        present="{c} IS NOT NULL",
        equal="{c} = {v}",
        among="{c} IN ({v})",
        others="{c} NOT IN ({v})",
        others_miss=False,
        nothing="FALSE",
        either="({a} OR {b})",
        both="({a} AND {b})",
        between="{c} BETWEEN {a} AND {b}",
        contains=FOUND.get(scheme, "strpos(lower({c}), {v}) > 0"),
        part=partial(_part, scheme),
        moment=lambda time, moment: f"'{iso(moment, time.is_date, time.zone)}'",
        begins=f"{part}({lower}({{c}}), 1, {{n}}) = {{v}}",
        number=_number,
    )


PART_NAMES = {
    "quarter_of_year": "QUARTER",
    "month_of_year": "MONTH",
    "weekday": "ISODOW",
    "hour_of_day": "HOUR",
}
OWN_PARTS = {
    "sqlite": {
        "quarter_of_year": "(CAST(strftime('%m', {c}) AS INTEGER) + 2) / 3",
        "month_of_year": "CAST(strftime('%m', {c}) AS INTEGER)",
        "weekday": "(strftime('%w', {c}) + 6) % 7 + 1",
        "hour_of_day": "CAST(strftime('%H', {c}) AS INTEGER)",
    },
    "clickhouse": {
        "quarter_of_year": "toQuarter({c})",
        "month_of_year": "toMonth({c})",
        "weekday": "toDayOfWeek({c})",
        "hour_of_day": "toHour({c})",
    },
}
OWN_PARTS["chdb"] = OWN_PARTS["clickhouse"]
"""The parts of a time where not as PostgreSQL and DuckDB name them."""


def _part(scheme: str, part: Part, column: str) -> str:
    """Return a part of a time as a number, on the clock of the column's zone."""
    own = OWN_PARTS.get(scheme)
    if own is not None:
        return own[part.part].replace("{c}", column)
    clock = f" AT TIME ZONE '{part.zone}'" if part.zone else ""
    return f"EXTRACT({PART_NAMES[part.part]} FROM {column}{clock})"


def _number(text: str) -> str:
    """Return a number as SQL; one of many digits as a float, since it would be a decimal."""
    digits = len(re.sub(r"\D", "", text))
    return f"{text}e0" if "e" not in text and digits > EXACT_DIGITS else text


def as_sql(file: File, query: Query) -> str | None:
    """Return the query of a file as DuckDB's SQL; ties are told apart by the file's row number.

    None where DuckDB would read the file otherwise.
    """
    sql = sql_language()
    source = sql.value(file.source)
    keys = ", ".join(f"{sql.column(name)}: {KEYS[type(t)]}" for name, t in file.keys.items())
    table = f"read_parquet({source})"
    if keys:
        table = f"read_parquet({source}, hive_partitioning = true, hive_types = {{{keys}}})"
    if file.text or file.typed:
        given = _reader(file)
        if given is None:
            return None
        table = given
    # To DuckDB NaN is the largest number, and in Parquet none that it finds by comparing.
    reads = dict.fromkeys(file.floats(), "CASE WHEN NOT isnan({c}) THEN {c} END")
    said = {name: _template(sql, reading) for name, reading in file.readings.items()}
    reads |= {name: how for name, how in said.items() if how != "{c}"}
    if file.text and file.text.missing:
        texts = ", ".join(map(sql.value, file.text.missing))
        known = f"CASE WHEN trim({{c}}) NOT IN ({texts}) THEN {{c}} END"
        reads = {name: reads.get(name, "{c}").replace("{c}", known) for name in file.schema.names}
    casts = [f"{how.replace('{c}', sql.column(n))} AS {sql.column(n)}" for n, how in reads.items()]
    inner = "*"
    if keys:  # of which the order is another
        inner = ", ".join(
            f"{reads[n].replace('{c}', sql.column(n))} AS {sql.column(n)}"
            if n in reads
            else sql.column(n)
            for n in file.schema.names
        )
        casts = []
    if file.text and file.text.left_out:
        inner += f" EXCLUDE ({sql.column(*file.text.left_out)})"
    inner += " REPLACE (\n    " + ",\n    ".join(casts) + "\n  )" if casts else ""
    columns, order = (
        "*",
        [sql_sorted(sql_key(sql, n, file.order(n)), down) for n, down in query.sort],
    )
    if order:
        row = sql.column(free_name(ROW, file.schema.names)) if ROW in file.schema.names else ROW
        inner = f"{inner}, row_number() OVER () AS {row}"
        columns, order = f"* EXCLUDE ({row})", [*order, row]
    if inner != "*":
        table = f"(\n  SELECT {inner}\n  FROM {table}\n)"
    where = [sql.condition(file.schema, one) for one in query.filters]
    columns = ", ".join(map(sql.column, query.columns)) or columns
    return _select(columns, table, where, order)


def _reader(file: File) -> str | None:
    """Return the call that reads text or JSON."""
    if file.text:
        name, given = "read_csv", in_duckdb(file.text, file.source)
    elif file.typed:
        name, given = "read_json", typed_in_duckdb(file.typed, file.source, file.readings)
    return f"{name}(\n    " + ",\n    ".join(given) + "\n  )" if given else None


def _template(sql: Language, reading: Reading) -> str:
    """Return a reading with its steps as a template in which `{c}` is the column."""
    text = "{c}"
    for old, new in reading.steps:
        text = f"regexp_replace({text}, {sql.value(old)}, {sql.value(new)}, 'g')"
    return reading.sql.replace("{c}", text)


PLACE = ("file_index", "file_row_number")
"""What DuckDB calls a row's file, and its place there."""


def as_engine_sql(dataset: EngineDataset, query: Query, address: Address) -> str:
    """Return the query as SQL of the engine that holds the table, ties in the table's order.

    A number that is NaN there is left as the engine has it.
    """
    schema, sql = dataset.schema, sql_language(address.scheme)
    in_order = dataset.engine.comes_in_order
    # Engines sort text each in its own way.
    keys = [(sql_key(sql, name, own_order(schema, name, False)), down) for name, down in query.sort]
    sorted_by = [name for name, _ in query.sort]
    ties = (ROW,) if dataset.order == (ROW,) else schema.names
    if in_order:
        keys += [(name, False) for name in PLACE if query.sort]
    else:
        keys += [(sql.column(name), False) for name in ties if name not in sorted_by]
    order = [sql_sorted(key, down) for key, down in keys]
    is_whole = in_order and not dataset.engine.read_as
    columns = "*" if is_whole or ties is schema.names else ", ".join(map(sql.column, schema.names))
    columns = ", ".join(map(sql.column, query.columns)) or columns
    table = ".".join(map(sql.column, address.table or (dataset.engine.title,)))
    if address.scheme in IN_PLACE:
        table = f"read_parquet({sql.value(files_pattern(address.place))})"
    if read_as := dataset.engine.read_as:
        read = ["*", *PLACE] if in_order else ["*"]
        casts = ", ".join(f"{how} AS {sql.column(name)}" for name, how in read_as.items())
        table = f"(SELECT {', '.join(read).replace('*', f'* REPLACE ({casts})')} FROM {table})"
    return _select(columns, table, [sql.condition(schema, one) for one in query.filters], order)


def sql_key(sql: Language, name: str, order: Sequence[FacetValue] | None) -> str:
    """Return what a column is sorted by: a facet by its values' places in its own order."""
    if order is None:
        return sql.column(name)
    places = " ".join(f"WHEN {sql.value(value)} THEN {i}" for i, value in enumerate(order))
    return f"CASE {sql.column(name)} {places} END"


def sql_sorted(key: str, down: bool) -> str:
    """Return a key with its direction, missing values last."""
    return f"{key}{' DESC' if down else ''} NULLS LAST"


def _select(columns: str, table: str, where: Iterable[str], order: Sequence[str]) -> str:
    lines = [f"SELECT {columns}", f"FROM {table}"]
    conditions = "\n  AND ".join(where)
    lines += [f"WHERE {conditions}"] if conditions else []
    if order:
        line = f"ORDER BY {', '.join(order)}"
        lines.append(line if len(line) <= WIDTH else "ORDER BY\n  " + ",\n  ".join(order))
    return "\n".join(lines) + ";"
