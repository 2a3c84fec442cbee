"""An aggregate as DuckDB's SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from iris_dash.analysis.aggregate.question import Aggregation, Output
from iris_dash.analysis.aggregate.statistics import is_percentile
from iris_dash.copy_as.conditions import Language
from iris_dash.copy_as.file import File
from iris_dash.copy_as.groups.order import (
    Sorted,
    needs_count,
    own_values,
    sorted_by,
    sorted_over,
)
from iris_dash.copy_as.groups.words import (
    COUNT,
    UNITS,
    has_whole_bins,
    having_ends,
    percent_text,
    point_text,
)
from iris_dash.copy_as.sql import as_sql, sql_key, sql_language, sql_sorted
from iris_dash.query.group_keys import BinKey, GroupKey, PartKey, UnitKey, key_text
from iris_dash.query.moments import iso
from iris_dash.query.query import Query
from iris_dash.query.schema import Measure, Time

PARTS = {
    "quarter_of_year": "'Q' || quarter({c})",
    "month_of_year": "strftime({c}, '%b')",
    "weekday": "strftime({c}, '%a')",
    "hour_of_day": "hour({c})",
}
STATISTICS = {
    "count": "count(*)",
    "share": "count(*) / (SELECT count(*) FROM selected)",
    "missing": "count(*) - count({c})",
    "distinct": "count(DISTINCT {c})",
    "sum": "sum({c})",
    "mean": "avg({c})",
    "sd": "stddev_samp({c})",
    "min": "min({c})",
    "max": "max({c})",
    "median": "quantile_cont({c}, 0.5)",
}


def groups_in_sql(file: File, asked: Aggregation) -> str | None:
    """Return the aggregate as DuckDB's SQL; None where it has no such figures, or reads other rows.

    It has no quantiles of Student's t, so that there is no interval.
    """
    if any(output.statistic.name == "interval" for output in asked.outputs):
        return None
    names = [*map(key_text, asked.by), *(output.name for output in asked.outputs), COUNT]
    over = sorted_over(asked)
    names += [name for one in over for name in (one, _of(one))]
    if len({name.casefold() for name in names}) < len(names):
        return None
    rows = as_sql(file, Query(asked.query.filters))
    if rows is None:
        return None
    sql = sql_language()
    columns = [_named(_key(sql, key), sql.column(key_text(key))) for key in asked.by]
    columns += [f"{_figure(sql, output)} AS {sql.column(output.name)}" for output in asked.outputs]
    columns += [f"count(*) AS {sql.column(COUNT)}"] * needs_count(asked)
    found = ["SELECT", *_listed(columns), "FROM selected", *["GROUP BY ALL"] * bool(asked.by)]
    lines = ["WITH selected AS (", *_indented(rows.removesuffix(";").splitlines()), ")"]
    ends = [end.condition(sql.column(end.output)) for end in having_ends(asked, _with_moments(sql))]
    order = [_sorted(sql, file, asked, one) for one in sorted_by(asked)]
    if not order and not ends:
        return "\n".join([*lines, *found]) + ";"
    lines[-1] = "), groups AS ("
    lines += _indented(found)
    hidden, joined = [COUNT] * needs_count(asked), []
    for place, name in enumerate(over, 1):
        _, output, key = asked.over(name)
        own, wider = sql.column(_of(name)), f"over_{place}"
        wide = [f"{_key(sql, key)} AS {own}", f"{_figure(sql, output)} AS {sql.column(name)}"]
        lines += [f"), {wider} AS (", *_indented(["SELECT", *_listed(wide), "FROM selected"])]
        lines.append("  GROUP BY ALL")
        joined.append(
            f"LEFT JOIN {wider} ON {sql.column(key_text(key))} IS NOT DISTINCT FROM {own}"
        )
        hidden += [name, _of(name)]
    left_out = f" EXCLUDE ({', '.join(map(sql.column, hidden))})" if hidden else ""
    lines += [")", f"SELECT *{left_out}", "FROM groups", *joined]
    where = "\n  AND ".join(ends)
    lines += [f"WHERE {where}"] if ends else []
    lines += ["ORDER BY", *_listed(order)] if order else []
    return "\n".join(lines) + ";"


def _of(name: str) -> str:
    """Return what the key is called of the wider groups that are joined for a sort."""
    return f"key of {name}"


def _named(text: str, name: str) -> str:
    return text if text == name else f"{text} AS {name}"


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _listed(items: list[str]) -> list[str]:
    return [f"  {item}," for item in items[:-1]] + [f"  {items[-1]}"]


def _with_moments(sql: Language) -> Language:
    """Return the language in which moments are compared with dates too."""

    def moment(time: Time, at: datetime) -> str:
        return f"TIMESTAMP{'TZ' if time.zone else ''} '{iso(at, False, time.zone)}'"

    return replace(sql, moment=moment)


def _key(sql: Language, key: GroupKey) -> str:
    column = sql.column(key.column.name)
    time = column
    if isinstance(key.column, Time) and key.column.zone:
        time = f"({column} AT TIME ZONE {sql.value(key.column.zone)})"
    match key:
        case UnitKey(_, "quarter"):
            return f"strftime({time}, '%Y-Q') || quarter({time})"
        case UnitKey(_, unit):
            return f"strftime({time}, '{UNITS[unit]}')"
        case PartKey(_, part):
            return PARTS[part].format(c=time)
        case BinKey():
            return _bin(key, column)
        case _:
            return column


def _bin(key: BinKey, column: str) -> str:
    """Return the low end of the bin in which a number lies: bins' ends themselves decide."""
    numerator, divisor = key.fraction
    point = point_text(key)
    whole = f"floor({column}{f' * {divisor}' * (divisor > 1)} / {numerator})"
    if has_whole_bins(key):
        return f"CAST({point.replace('k', whole, 1)} AS BIGINT)"

    def low(steps: str) -> str:
        return point.replace("k", f"({whole}{steps})" if steps else whole, 1)

    return (
        f"CASE WHEN {low('')} > {column} THEN {low(' - 1')}"
        f" WHEN {low(' + 1')} <= {column} THEN {low(' + 1')} ELSE {low('')} END"
    )


def _figure(sql: Language, output: Output) -> str:
    column = "" if output.column is None else sql.column(output.column.name)
    if is_percentile(output.statistic):
        return f"quantile_cont({column}, {percent_text(output.statistic.name)})"
    found = STATISTICS[output.statistic.name].format(c=column)
    if (
        output.statistic.name == "sum"
        and isinstance(output.column, Measure)
        and output.column.whole
    ):
        return f"CAST({found} AS BIGINT)"
    return found


def _sorted(sql: Language, file: File, asked: Aggregation, one: Sorted) -> str:
    keys = {key_text(key): key for key in asked.by}
    column = sql.column(one.name)
    if one.is_common:
        common = f"sum({sql.column(COUNT)}) OVER (PARTITION BY {column})"
        return sql_sorted(f"CASE WHEN {column} IS NOT NULL THEN {common} END", one.down)
    own = own_values(file, keys[one.name]) if one.name in keys else None
    return sql_sorted(sql_key(sql, one.name, own), one.down)
