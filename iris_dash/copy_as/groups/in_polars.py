"""An aggregate as plain Polars."""

from __future__ import annotations

from iris_dash.analysis.aggregate.question import Aggregation, Output
from iris_dash.analysis.aggregate.statistics import is_percentile
from iris_dash.copy_as.file import File
from iris_dash.copy_as.frames import POLARS, as_polars, polars_key, polars_name
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
    points_text,
)
from iris_dash.copy_as.python_text import call_text, literal
from iris_dash.query.group_keys import BinKey, GroupKey, PartKey, UnitKey, key_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Time

PARTS = {
    "quarter_of_year": 'pl.format("Q{{}}", {c}.dt.quarter())',
    "month_of_year": '{c}.dt.strftime("%b")',
    "weekday": '{c}.dt.strftime("%a")',
    "hour_of_day": "{c}.dt.hour()",
}
QUARTER = 'pl.format("{{}}-Q{{}}", {c}.dt.year(), {c}.dt.quarter())'
STATISTICS = {
    "count": "pl.len()",
    "share": "(pl.len() / rows.height)",
    "missing": "{c}.null_count()",
    "distinct": "{c}.drop_nulls().n_unique()",
    "sum": "pl.when({c}.count() > 0).then({c}.sum())",
    "mean": "{c}.mean()",
    "sd": "{c}.std()",
    "min": "{c}.min()",
    "max": "{c}.max()",
    "median": "{c}.median()",
}
HALF = """

def half(values):
    n = values.count()
    return t.ppf(0.975, n - 1) * values.std() / n**0.5 if n > 1 else None

"""
"""Half of a mean's 95 % interval."""

IMPORT = "import polars as pl\n"
INTERVAL = "({c}.mean() {sign} {c}.map_batches(half, pl.Float64, returns_scalar=True))"


def groups_in_polars(file: File, asked: Aggregation) -> str | None:
    """Return the aggregate as plain Polars; None where it would read the file otherwise."""
    read = as_polars(file, Query(asked.query.filters))
    if read is None:
        return None
    if any(output.statistic.name == "interval" for output in asked.outputs):
        read = read.replace(
            "import polars as pl\n", "import polars as pl\nfrom scipy.stats import t\n"
        )
        read += HALF
    figures = [f"{_figure(output)}.alias({literal(output.name)})" for output in asked.outputs]
    if needs_count(asked):
        figures.append(f"pl.len().alias({literal(COUNT)})")
    for key in asked.by:
        if isinstance(key, BinKey) and not has_whole_bins(key):
            read += _with_bins(key)
    steps = [call_text("rows.select", figures)]
    if asked.by:
        keys = [_key(key) for key in asked.by]
        steps = [call_text("rows.group_by", keys), call_text(".agg", figures)]
    ends = [end.condition(POLARS.column(end.output)) for end in having_ends(asked, POLARS)]
    steps += [call_text(".filter", ends)] if ends else []
    for name in sorted_over(asked):
        _, output, key = asked.over(name)
        figure = f"{_figure(output)}.alias({literal(name)})"
        wider = f"rows.group_by({_key(key)}).agg({figure})"
        on = f"on={polars_name(key_text(key))}"
        steps.append(call_text(".join", [wider, on, 'how="left"', "nulls_equal=True"]))
    if asked.by:
        steps.append(_sort(file, asked))
    hidden = [*[COUNT] * needs_count(asked), *sorted_over(asked)]
    steps += [f".drop({', '.join(map(polars_name, hidden))})"] if hidden else []
    if len(steps) == 1:
        return f"{read}\ngroups = {steps[0]}"
    inner = "\n".join(f"    {line}" for step in steps for line in step.splitlines())
    return f"{read}\ngroups = (\n{inner}\n)"


def _key(key: GroupKey) -> str:
    column = POLARS.column(key.column.name)
    match key:
        case UnitKey(_, "quarter"):
            found = QUARTER.format(c=column)
        case UnitKey(_, unit):
            found = f"{column}.dt.strftime({literal(UNITS[unit])})"
        case PartKey(_, part):
            found = PARTS[part].format(c=column)
        case BinKey():
            found = _bin(key, column)
            if not found:
                return POLARS.column(key_text(key))
        case _:
            return column
    return f"{found}.alias({literal(key_text(key))})"


def _bin(key: BinKey, column: str) -> str:
    """Return the low end of the bin in which a whole number lies; nothing of other bins."""
    if not has_whole_bins(key):
        return ""
    width, column = key.fraction[0], f"{column}.cast(pl.Int64)"
    return column if width == 1 else f"({column} // {width} * {width})"


def _with_bins(key: BinKey) -> str:
    """Return lines that look the low ends of bins up: Polars divides by multiplying."""
    low_ends = f'bins.gather(bins.search_sorted(rows[{literal(key.column.name)}], "right") - 1)'
    return (
        f"\nbins = pl.Series([None, *{points_text(key)}])"
        f"\nrows = rows.with_columns({low_ends}.alias({literal(key_text(key))}))"
    )


def _figure(output: Output) -> str:
    column = "" if output.column is None else POLARS.column(output.column.name)
    name = output.statistic.name
    if name == "interval":
        return INTERVAL.format(c=column, sign="-+"[output.place])
    if is_percentile(output.statistic):
        return f'{column}.quantile({percent_text(name)}, "linear")'
    if name == "median" and isinstance(output.column, Time) and output.column.is_date:
        column += '.cast(pl.Datetime("us"))'
    return STATISTICS[name].format(c=column)


def _sort(file: File, asked: Aggregation) -> str:
    keys = {key_text(key): key for key in asked.by}

    def said(one: Sorted) -> str:
        if one.is_common:
            rows = f"pl.col({literal(COUNT)}).sum().over({polars_name(one.name)})"
            return f"pl.when({POLARS.column(one.name)}.is_not_null()).then({rows})"
        return polars_key(one.name, own_values(file, keys[one.name]) if one.name in keys else None)

    order = sorted_by(asked)
    given = [said(one) for one in order]
    given += [f"descending={literal([one.down for one in order])}"] * any(o.down for o in order)
    return call_text(".sort", [*given, "nulls_last=True"])
