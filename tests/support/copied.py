"""Tables that want quotes, random queries of them, and rows as every library has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
from hypothesis import strategies as st
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.copy_as import forms
from iris_dash.query.names import held_name, held_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.sort import join_sort
from iris_dash.tables.description import Reading, TableDescription

Rows = list[tuple[Any, ...]]

# Names and values that want quotes in each language, numbers beside text, every kind of gap.
ODD = """a b,q's,Ünï,class,100%,day,at,tame,Size,note
"x, y",it's,50%,1,5,2026-11-24,2026-11-24T10:30:00,true,0.1,NA
"say ""hi""\",$HOME,{b},2,,2026-11-23,,,0.2,
,back\\slash,50%,1,-3,,2026-11-22T01:00:00,false,,x;y
"line
break",`tick`,[1],3,5,2026-11-24,2026-11-24T10:30:00,true,0.30000000000000004,#no
nan,\\n,~odd,1,,2026-01-01,2026-11-24T10:30:00,,-1e300,"a
b"
null,it's,{b},2,4,2026-11-24,,false,0.7,007
"x, y",!x,日本,2,4,2026-11-25,2026-11-20T10:30:00,true,0.7,007
"""
ODD_TOML = 'facets = ["a b", "q\'s", "Ünï", "class", "tame"]\n'
WORDS = 'code,n,x,when,ok\nNA,NA,1.5,2026-11-24,true\nDE,1,,NA,NA\n"",2,NaN,2026-11-23,false\n'
WORDS += "FR, 3,2.5,2026-11-24,true\nNA,4,0.5,2026-11-25,\n"
TITLES = 'title,kind\n"Star ""Wars""",a\nstar*,b\nA 100 % star_,\n~odd,a\n,b\nStraße,a\nSTRASSE,a\n'
TITLES += "Ärger's end,b\nback\\slash,a\nno 1,a\n"
TITLES += "".join(f"no {n},{'ab'[n % 2]}\n" for n in range(60))
TEXTS = [
    "star*",
    "no 1",
    "Star",
    "st",
    "ß",
    "%",
    "_",
    "ä",
    "'",
    '"',
    "\\",
    "NO 1",
    " ",
    "none such",
]
"""What is asked of the titles."""
DAYS, MOMENTS = (
    ["2026", "2026-11", "2026-11-24", "2025-12-31"],
    ["2026-11-24T10", "2026-11-22T01:00:00"],
)
"""What is asked of times; an end is a year later."""


def tidy(value: Any) -> Any:
    """A value as every library has it: None for missing, a time as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat().removesuffix("T00:00:00")
    return value


def tidied(rows: Any) -> Rows:
    return [tuple(tidy(value) for value in row) for row in rows]


Opened = dict[str, dict[str, Any]]
"""What the lines have made that read a table, by these lines."""


def in_python(text: str, opened: Opened | None = None) -> Any:
    """Return the rows or groups of a text; where some is given, the same lines read once."""
    reading, asking = re.split(r"^(?=query = |rows = |groups = )", text, maxsplit=1, flags=re.M)
    opened = {} if opened is None else opened
    if reading not in opened:
        exec(compile(reading, "reading", "exec"), opened.setdefault(reading, {}))
    names = dict(opened[reading])
    exec(compile(asking, "asking", "exec"), names)
    groups = names.get("groups")
    if isinstance(groups, pd.DataFrame) and groups.index.names != [None]:
        return groups.reset_index()
    return names["rows"] if groups is None else groups


def run(
    label: str, text: str, connection: duckdb.DuckDBPyConnection, opened: Opened | None = None
) -> Rows:
    """Return the rows of a text to copy; texts of one table may share what was read."""
    if label == "DuckDB":
        # Of itself it wants one more package for times of a time zone.
        return tidied(connection.sql(text).pl().rows())
    rows = in_python(text, opened)
    return tidied(rows.rows() if label == "Polars" else rows.itertuples(index=False, name=None))


def expected(explorer: Explorer, query: Query) -> Rows:
    return tidied(explorer.rows(query).itertuples(index=False, name=None))


@st.composite
def questions(draw: st.DrawFn, schema: Schema, step: float = 0.1) -> dict[str, Any]:
    """The filters of a query of a table, as `Explorer.query` takes them."""
    filters: dict[str, Any] = {"lower": {}, "upper": {}}
    for facet in schema.facets:
        chosen = draw(st.none() | st.lists(st.sampled_from(facet.values), unique=True))
        if chosen is not None:
            filters[facet.name] = chosen
    for measure in schema.measures:
        ends = st.integers(int(max(measure.low, -1e6) / step), int(min(measure.high, 1e6) / step))
        low, high = sorted((draw(ends) * step, draw(ends) * step))
        for side, end in (("lower", low), ("upper", high)):
            if draw(st.integers(0, 2)) == 0:
                filters[side][measure.name] = end
    where: dict[str, Any] = {}
    for time in schema.times:
        days = st.sampled_from(DAYS if time.is_date else [*DAYS, *MOMENTS])
        ends = {"from": days, "to": days.map(lambda text: f"20{int(text[2:4]) + 1}{text[4:]}")}
        where[time.name] = draw(st.none() | days | st.fixed_dictionaries({}, optional=ends))
    for text in schema.texts:
        some = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=2, unique=True)
        parts = st.lists(st.sampled_from(TEXTS[2:]), min_size=1, max_size=2)
        narrow = st.fixed_dictionaries(
            {}, optional={"not": some, "has": parts, "starts": parts, "present": st.just(True)}
        )
        where[text.name] = draw(st.none() | some | narrow)
    filters["where"] = where
    names = draw(st.lists(st.sampled_from(schema.names), unique=True, max_size=3))
    filters["sort"] = join_sort(tuple((name, draw(st.booleans())) for name in names)) or None
    return filters


def written(folder, kind: str) -> str:
    """A table's file in a folder of its own, with what is said of it beside."""
    if kind in ("iris", "penguins"):
        return str(ROOT / "data" / f"{kind}.csv")
    path = folder / f"{kind}.csv"
    if kind == "odd":
        path.write_text(ODD)
        (folder / "odd.toml").write_text(ODD_TOML)
    elif kind in ("words", "titles"):
        path.write_text(WORDS if kind == "words" else TITLES)
    return str(path)


def check_texts(
    source: str, labels: Sequence[str], said: Reading | None = None, each: bool = True
) -> None:
    """Run each text to copy of a file: all rows, each column's order, each value of a few alone.

    `labels` are those that there must be beside the command and Python with this library. Not
    `each`, where other tests ask the same table more: all rows, one order and one value.
    """
    description = None if said is None else TableDescription(read=said)
    explorer = Explorer.open(source, description)
    schema = explorer.schema
    columns, facets, values = (6, 4, 3) if each else (1, 1, 1)
    queries = [explorer.query()]
    for name in schema.names[:columns]:
        queries.append(explorer.query(sort=join_sort(((name, True),))))
    for facet in schema.facets[:facets]:
        queries += [explorer.query(**{facet.name: [value]}) for value in facet.values[:values]]
    opened: Opened = {}
    with duckdb.connect() as connection:
        for query in queries:
            texts = forms(explorer, query, "http://localhost", source, description)
            assert list(texts) == ["curl", "Python", *labels]
            assert run("Python", texts["Python"], connection, opened) == expected(explorer, query)
            held = nw.to_native(explorer.dataset.page(query))[held_names(schema.names)]
            for label in labels:
                rows = run(label, texts[label], connection, opened)
                assert rows == tidied(held.rows()), texts[label]


def check_rows(source: str) -> None:
    """Run each text to copy of all rows of a file, whichever there are."""
    explorer = Explorer.open(source)
    held = nw.to_native(explorer.dataset.page(Query()))[held_names(explorer.schema.names)]
    with duckdb.connect() as connection:
        for label, text in list(forms(explorer, Query(), "http://localhost", source).items())[2:]:
            assert run(label, text, connection) == tidied(held.rows()), text


UNITS = {"ms": 1_000_000, "us": 1_000, "ns": 1}


def exact_values(series: pl.Series) -> list[Any]:
    """A column's values, moments as whole numbers of days or of nanoseconds since 1970."""
    dtype, counts = series.dtype, series.to_physical()
    if isinstance(dtype, pl.Datetime):
        return [count and count * UNITS[dtype.time_unit] for count in counts]
    if dtype in (pl.Date, pl.Time):
        return counts.to_list()
    if dtype in (pl.Enum, pl.Categorical):
        return series.cast(pl.String).to_list()
    values = series.to_list()
    return [None if value is None or value != value else value for value in values]


def as_frame(
    label: str, text: str, connection: duckdb.DuckDBPyConnection, opened: Opened | None = None
) -> pl.DataFrame:
    """Return the rows of a text to copy as a Polars frame."""
    if label == "DuckDB":
        return connection.sql(text).pl()
    rows = in_python(text, opened)
    if label == "Polars":
        return rows
    zoned = {name: rows[name].dt.tz_convert("UTC") for name in rows.select_dtypes("datetimetz")}
    return pl.from_pandas(rows.assign(**zoned).reset_index(drop=True))


def check_values(source: str, labels: Sequence[str], but: Sequence[str] = ()) -> None:
    """Run each text to copy of a file's rows, as they are and each column's order: every value.

    `but`: names of columns that libraries have as another type than this one.
    """
    explorer = Explorer.open(source)
    names = [name for name in explorer.schema.names if name not in but]
    opened: Opened = {}
    with duckdb.connect() as connection:
        for sort in (None, *((name, down) for name in names for down in (False, True))):
            query = explorer.query(sort=sort and join_sort((sort,)))
            held = nw.to_native(explorer.dataset.page(query))
            texts = forms(explorer, query, "http://localhost", source)
            assert list(texts) == ["curl", "Python", *labels], sort
            for label in labels:
                found = as_frame(label, texts[label], connection, opened)
                assert tuple(found.columns) == explorer.schema.names, texts[label]
                for name in names:
                    wanted = exact_values(held[held_name(name)])
                    assert exact_values(found[name]) == wanted, f"{label} {name}: {texts[label]}"
