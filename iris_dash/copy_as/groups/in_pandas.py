"""An aggregate as plain pandas."""

from __future__ import annotations

from iris_dash.analysis.aggregate.question import Aggregation, Output
from iris_dash.analysis.aggregate.statistics import is_percentile
from iris_dash.copy_as.file import File
from iris_dash.copy_as.frames import PANDAS, as_pandas
from iris_dash.copy_as.groups.order import needs_count, own_values, sorted_by, sorted_over
from iris_dash.copy_as.groups.words import (
    COUNT,
    UNITS,
    has_whole_bins,
    having_ends,
    percent_text,
    points_text,
)
from iris_dash.copy_as.python_text import WIDTH, call_text, literal
from iris_dash.query.group_keys import BinKey, GroupKey, PartKey, UnitKey, key_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Time

PARTS = {
    "quarter_of_year": '{c}.dt.quarter.map("Q{{:.0f}}".format, na_action="ignore")',
    "month_of_year": '{c}.dt.strftime("%b")',
    "weekday": '{c}.dt.strftime("%a")',
    "hour_of_day": "{c}.dt.hour",
}
STATISTICS = {
    "missing": "{rows} - {c}.count()",
    "distinct": "{c}.nunique()",
    "sum": "{c}.sum(min_count=1)",
    "mean": "{c}.mean()",
    "sd": "{c}.std()",
    "min": "{c}.min()",
    "max": "{c}.max()",
    "median": "{c}.median()",
}
IMPORT = "import pandas as pd\n"
INTERVAL = "{c}.mean() {sign} t.ppf(0.975, {c}.count() - 1) * {c}.sem()"
"""The ends of a mean's 95 % interval."""


def groups_in_pandas(file: File, asked: Aggregation) -> str | None:
    """Return the aggregate as plain pandas; None where it would read the file otherwise."""
    read = as_pandas(file, Query(asked.query.filters))
    if read is None:
        return None
    if any(output.statistic.name == "interval" for output in asked.outputs):
        read = read.replace(
            "import pandas as pd\n", "import pandas as pd\nfrom scipy.stats import t\n"
        )
    lines = [read]
    new = [f"{literal(name)}: {text}" for name, text in _columns(file, asked).items()]
    if new:
        lines.append(f"rows = {_call('rows.assign', '**', new)}")
    if not asked.by:
        figures = [f"{literal(o.name)}: [{_figure(o, 'rows', 'len(rows)')}]" for o in asked.outputs]
        lines.append(f"groups = {_frame(figures)}")
    else:
        keys = literal(list(map(key_text, asked.by)))
        lines.append(f"grouped = rows.groupby({keys}, dropna=False, observed=True)")
        figures = [
            f"{literal(o.name)}: {_figure(o, 'grouped', 'grouped.size()')}" for o in asked.outputs
        ]
        figures += [f"{literal(COUNT)}: grouped.size()"] * needs_count(asked)
        lines.append(f"groups = {_frame(figures)}.reset_index()")
    for name in sorted_over(asked):
        _, output, key = asked.over(name)
        of = literal(key_text(key))
        figure = f"{literal(name)}: {_figure(output, 'over', 'over.size()')}"
        lines.append(f"over = rows.groupby([{of}], dropna=False, observed=True)")
        lines.append(f"over = {_frame([figure])}.reset_index()")
        lines.append(f'groups = groups.merge(over, how="left", on={of})')
    for end in having_ends(asked, PANDAS):
        lines.append(f"groups = groups[{end.condition(f'groups[{literal(end.output)}]')}]")
    return "\n".join([*lines, *_order(asked)])


def _frame(figures: list[str]) -> str:
    return _call("pd.DataFrame", "", figures)


def _call(name: str, stars: str, items: list[str]) -> str:
    """Return a call with a dictionary, over several lines where one would be too long."""
    line = f"{name}({stars}{{{', '.join(items)}}})"
    if len(line) + 12 <= WIDTH:
        return line
    inner = "".join(f"        {text},\n" for text in (i.replace("\n", "\n        ") for i in items))
    return f"{name}(\n    {stars}{{\n{inner}    }}\n)"


def _columns(file: File, asked: Aggregation) -> dict[str, str]:
    """Return the columns that rows are gathered by, and those that pandas has as plain objects."""
    found = {}
    for output in asked.outputs:
        column = output.column
        is_asked = output.statistic.name in ("min", "max", "median")
        if isinstance(column, Time) and column.name in file.types and is_asked:
            found[column.name] = f"pd.to_datetime(rows[{literal(column.name)}])"
    for key in asked.by:
        text = _key(key)
        own = own_values(file, key)
        if own is not None:
            given = [text or f"rows[{literal(key.column.name)}]", literal(own), "ordered=True"]
            text = call_text("pd.Categorical", given)
        if text:
            found[key_text(key)] = text
    return found


def _key(key: GroupKey) -> str:
    """Return what rows are gathered by; nothing where it is a column as it stands."""
    column = f"rows[{literal(key.column.name)}]"
    time = PANDAS.timed.format(c=column)
    match key:
        case UnitKey(_, "quarter"):
            quarter = f'{time}.dt.quarter.map("{{:.0f}}".format)'
            return f'{time}.dt.strftime("%Y-Q") + {quarter}'
        case UnitKey(_, unit):
            return f"{time}.dt.strftime({literal(UNITS[unit])})"
        case PartKey(_, part):
            return PARTS[part].format(c=time)
        case BinKey() if has_whole_bins(key):
            width = key.fraction[0]
            return f"{column} // {width} * {width}" if width > 1 else column
        case BinKey():
            labels = f"labels={points_text(key)}"
            cut = call_text("pd.cut", [column, points_text(key, 1), "right=False", labels])
            return f'{cut}.astype("float")'
        case _:
            return ""


def _figure(output: Output, of: str, rows: str) -> str:
    """Return a figure of rows, or of groups of them, of which there are so many."""
    name = output.statistic.name
    if name == "count":
        return rows
    if name == "share":
        return f"{rows} / len(rows)" if of != "rows" else "1.0 if len(rows) else None"
    assert output.column is not None
    column = f"{of}[{literal(output.column.name)}]"
    if name == "interval":
        return INTERVAL.format(c=column, sign="-+"[output.place])
    if is_percentile(output.statistic):
        return f"{column}.quantile({percent_text(name)})"
    return STATISTICS[name].format(c=column, rows=rows)


def _order(asked: Aggregation) -> list[str]:
    """Return the lines that put the groups into order."""
    order, lines = sorted_by(asked), []
    if not asked.by:
        return []
    columns = {one.name: f"_rows of {one.name}" for one in order if one.is_common}
    for name, column in columns.items():
        key = f"groups[{literal(name)}]"
        common = f'groups.groupby({literal(name)})[{literal(COUNT)}].transform("sum")'
        lines.append(
            f"groups = groups.assign(**{{{literal(column)}: {common}.where({key}.notna())}})"
        )
    sorts = [columns[one.name] if one.is_common else one.name for one in order]
    options = [literal(sorts)]
    if any(one.down for one in order):
        options.append(f"ascending={literal([not one.down for one in order])}")
    options.append("ignore_index=True")
    lines.append(f"groups = {call_text('groups.sort_values', options)}")
    hidden = [*([COUNT, *columns.values()] if columns else []), *sorted_over(asked)]
    if hidden:
        lines.append(f"groups = groups.drop(columns={literal(hidden)})")
    return lines
