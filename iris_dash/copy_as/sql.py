"""A query as SQL: DuckDB's for a file, the engine's own for a table on an engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

import polars as pl

from iris_dash.copy_as.files import DUCKDB_SAMPLE, WORDS, File
from iris_dash.copy_as.python_text import WIDTH
from iris_dash.engines import Address
from iris_dash.query.filters import Choice, Filter, Interval
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, FacetValue, Measure, Schema
from iris_dash.tables.dataset import EngineDataset

EXACT_DIGITS = 15
"""Numbers of at most so many digits are read alike by every library."""

TYPED_TEXT = rf"^(?i:[-+\d\s:/.,tz]*|[-+]?[\d.]+e[-+]?\d+|[-+]?({WORDS}))$"
"""Text that DuckDB may take for a number, a date, a time or true/false."""

ODD_TEXT = r"""[,;|\t"'\\#\r\n]"""
"""Text from which DuckDB may guess another separator, quote or comment mark."""

SQL_WORDS = frozenset(
    """
    all analyse analyze and anti any array as asc asof asymmetric at authorization binary both
    by case cast check collate collation column columns concurrently constraint create cross
    current_date current_time current_timestamp current_user default deferrable desc describe
    distinct do else end except false fetch for foreign freeze from full generated glob grant
    group having ilike in initially inner intersect into is isnull join key lambda lateral
    leading left like limit localtime localtimestamp map natural not notnull null offset on
    only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary
    qualify rank references returning right row rows select semi session_user show similar
    some struct summarize symmetric table tablesample then to trailing true try_cast tuple
    union unique unpack unpivot user using variadic verbose when where window with
    """.split()  # noqa: SIM905 -- a page of quotes otherwise
)
"""Column names that SQL would take for its own."""


@dataclass(frozen=True)
class Sql:
    """How one engine writes names and text."""

    mark: str = '"'
    escapes: bool = False

    def name(self, name: str) -> str:
        """Return a column's name, quoted unless it is plain."""
        if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in SQL_WORDS:
            return name
        return self.mark + name.replace(self.mark, self.mark * 2) + self.mark

    def literal(self, value: FacetValue) -> str:
        """Return a value that is not missing."""
        if isinstance(value, str):
            text = value.replace("\\", "\\\\") if self.escapes else value
            return "'" + text.replace("'", "''") + "'"
        return str(value).upper() if isinstance(value, bool) else str(value)

    def values(self, values: Iterable[FacetValue]) -> str:
        """Return values, with commas between."""
        return ", ".join(map(self.literal, values))

    def condition(self, schema: Schema, one: Filter, number: Callable[[str], str]) -> str:
        """Return a filter as a condition; `number` writes a measure's column."""
        match one:
            case Choice(name, values):
                return self.choice(self.name(name), values)
            case Interval(name, low, high):
                return self.interval(number(name), schema.measure(name), low, high)
            case _:
                assert_never(one)

    def choice(self, column: str, values: Sequence[FacetValue]) -> str:
        """Return which values of a facet are chosen, as a condition."""
        given = [value for value in values if value is not None]
        if not given:
            return f"{column} IS NULL" if None in values else "FALSE"
        one = len(given) == 1
        chosen = (
            f"{column} = {self.literal(given[0])}" if one else f"{column} IN ({self.values(given)})"
        )
        return f"({chosen} OR {column} IS NULL)" if None in values else chosen

    def interval(self, column: str, measure: Measure, low: float | None, high: float | None) -> str:
        """Return a measure's bounds as a condition on what the column is called."""
        ends = [_sql_number(measure, end) for end in (low, high) if end is not None]
        if len(ends) == 2:
            return f"{column} BETWEEN {ends[0]} AND {ends[1]}"
        return f"{column} {'>=' if high is None else '<='} {ends[0]}"


def as_sql(file: File, query: Query) -> str:
    """Return the query of a file as DuckDB's SQL; ties are told apart by the file's row number."""
    sql = Sql()

    def number(name: str) -> str:
        # To DuckDB NaN is the largest number.
        return f"nullif({sql.name(name)}, 'NaN')" if name in file.nan else sql.name(name)

    where = [sql.condition(file.schema, one, number) for one in query.filters]
    table, casts = _duckdb_table(file), _duckdb_casts(file)
    inner = f"* REPLACE ({casts})" if casts else "*"
    columns, order = "*", []
    if query.sort:
        columns = "* EXCLUDE (_row)"
        for name, down in query.sort:
            own = file.order(name)
            place = f"list_position([{sql.values(own or ())}], {sql.name(name)})"
            key = number(name) if own is None else place
            order.append(f"{key}{' DESC' if down else ''} NULLS LAST")
        order.append("_row")
        inner = f"{inner}, row_number() OVER () AS _row"
    if inner != "*":
        table = _subquery(inner, table)
    return _select(columns, table, where, order)


def _duckdb_casts(file: File) -> str:
    if not file.conflicts:
        return ""
    sql, casts = Sql(), []
    for name in file.spelled:
        kind = {pl.Int64: "BIGINT", pl.Float64: "DOUBLE", pl.Boolean: "BOOLEAN", pl.Date: "DATE"}
        text = (
            f"TRY_CAST({sql.name(name)} AS {kind.get(type(file.frame.schema[name]), 'TIMESTAMP')})"
        )
        if file.frame.schema[name].is_float():
            text = f"nullif({text}, 'NaN')"
        casts.append(f"{text} AS {sql.name(name)}")
    return ", ".join(casts)


def _duckdb_table(file: File) -> str:
    sql = Sql()
    source = sql.literal(file.source)
    if file.kind == "parquet":
        return source if file.source.lower().endswith(".parquet") else f"read_parquet({source})"
    given = [source]
    names = pl.Series(file.schema.names)
    odd = names.str.contains(ODD_TEXT).any() or file.matching(ODD_TEXT, wholly=False)
    texty = file.matching(TYPED_TEXT, wholly=True)
    if file.conflicts:
        texty += [name for name in file.schema.names if name in file.spelled]
    if odd or len(file.texts) + len(texty) >= len(names):
        tab = "'\\t'" if file.separator == "\t" else "','"
        given += [
            "header = true",
            f"delim = {tab}",
            "quote = '\"'",
            "escape = '\"'",
            "comment = ''",
        ]
    if file.spellings and not file.conflicts:
        given.append(f"nullstr = [{sql.values(['', *file.spellings])}]")
    if texty:
        types = ", ".join(f"{sql.literal(name)}: 'VARCHAR'" for name in texty)
        given.append(f"types = {{{types}}}")
    if DUCKDB_SAMPLE in file.unsettled:
        given.append("sample_size = -1")
    bare = file.source.lower().removesuffix(".gz").endswith((".csv", ".tsv"))
    return source if len(given) == 1 and bare else f"read_csv({', '.join(given)})"


def as_engine_sql(dataset: EngineDataset, query: Query, address: Address) -> str:
    """Return the query as SQL of the engine that holds the table, ties in the table's order.

    A number that is NaN there is left as the engine has it.
    """
    mysql = address.scheme == "mysql"
    sql = Sql("`" if mysql else '"', escapes=address.scheme in ("mysql", "clickhouse", "chdb"))
    schema = dataset.schema
    where = [sql.condition(schema, one, sql.name) for one in query.filters]
    facets = {facet.name: facet for facet in schema.facets}
    sorted_by = [name for name, _ in query.sort]
    keys = [(_place(sql, facets.get(name), name), down) for name, down in query.sort]
    keys += [(sql.name(name), False) for name in dataset.order if name not in sorted_by]
    order = []
    for key, down in keys:
        last = f"{key} IS NULL, {key}{' DESC' if down else ''}"
        order.append(last if mysql else f"{key}{' DESC' if down else ''} NULLS LAST")
    own = dataset.order != schema.names
    columns = ", ".join(map(sql.name, schema.names)) if own else "*"
    table = ".".join(map(sql.name, address.table or (dataset.engine.title,)))
    return _select(columns, table, where, order)


def _place(sql: Sql, facet: Facet | None, name: str) -> str:
    """Return what a column is sorted by: a facet by the places of its values."""
    known = [value for value in facet.values if value is not None] if facet else []
    numbers = [value for value in known if not isinstance(value, str)]
    if not facet or known == sorted(numbers):
        return sql.name(name)
    places = " ".join(f"WHEN {sql.literal(v)} THEN {place}" for place, v in enumerate(known))
    return f"CASE {sql.name(name)} {places} END"


def _sql_number(measure: Measure, value: float) -> str:
    """Return a bound as SQL; one of many digits as a float, since it would be a decimal."""
    text = exact_text(value, measure.decimals)
    digits = len(re.sub(r"\D", "", text))
    return f"{text}e0" if "e" not in text and digits > EXACT_DIGITS else text


def _select(columns: str, table: str, where: list[str], order: list[str]) -> str:
    lines = [f"SELECT {columns}", f"FROM {table}"]
    lines += ["WHERE " + "\n  AND ".join(where)] if where else []
    if order:
        line = f"ORDER BY {', '.join(order)}"
        lines.append(line if len(line) <= WIDTH else "ORDER BY\n  " + ",\n  ".join(order))
    return "\n".join(lines) + ";"


def _subquery(columns: str, table: str) -> str:
    line = f"(SELECT {columns} FROM {table})"
    return line if len(line) <= WIDTH else f"(\n  SELECT {columns}\n  FROM {table}\n)"
