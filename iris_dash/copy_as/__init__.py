"""A query written down to be taken along: as a command, as Python, as SQL.

Each text gives the rows of the whole selection in the query's order, wherever it runs. What a
library reads otherwise than this one does (what means "no value", text that looks like numbers)
is said in the text, and only where this table needs it.
"""

from __future__ import annotations

import keyword
import shlex
from typing import assert_never

from iris_dash.copy_as.files import known_file
from iris_dash.copy_as.frames import as_pandas, as_polars
from iris_dash.copy_as.python_text import (
    call_text,
    dict_text,
    list_text,
    literal,
    quoted,
)
from iris_dash.copy_as.sql import as_engine_sql, as_sql
from iris_dash.core.errors import DatasetError
from iris_dash.engines import engine_address
from iris_dash.explorer import Explorer
from iris_dash.query.filters import Choice, Interval
from iris_dash.query.model import MAX_PER_PAGE
from iris_dash.query.numbers import exact_text
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.sort import join_sort
from iris_dash.query.url import format_query
from iris_dash.tables.dataset import EngineDataset
from iris_dash.tables.description import TableDescription
from iris_dash.tables.download import is_address, shown_address

__all__ = ["forms"]


def forms(
    explorer: Explorer,
    query: Query,
    url: str,
    source: str | None,
    said: TableDescription | None = None,
) -> dict[str, str]:
    """Return the query as texts to copy: "curl", "Python", "pandas", "Polars", "DuckDB" or "SQL".

    `url` is where the server is reached; `source` is the data as it was given: a path, a pattern,
    an address; None for a data frame. `said` is what is said of the table otherwise than in the
    file beside it, if anything. The query's page does not matter. What would not be true is left
    out: a table on an engine has "SQL" of the engine's own kind, and neither pandas, Polars nor
    DuckDB; a data frame has only "curl" and "Python", and a web address with a password or a query
    in it only "curl". No text has a password.
    """
    query = Query(query.filters, query.sort)
    texts = {"curl": as_curl(explorer, query, url)}
    address = engine_address(source) if source else None
    if address is not None:
        texts["Python"] = as_python(explorer.schema, query, address.shown, said)
        if isinstance(explorer.dataset, EngineDataset) and address.scheme not in ("dask", "spark"):
            texts["SQL"] = as_engine_sql(explorer.dataset, query, address)
        return texts
    if source and not _may_be_told(source):
        return texts
    texts["Python"] = as_python(explorer.schema, query, source, said)
    file = known_file(explorer, source) if source else None
    if file is not None and file.holds_as_read(query):
        if not file.stream and not file.quoted:
            texts["pandas"] = as_pandas(file, query)
        texts["Polars"] = as_polars(file, query)
        names = [name.casefold() for name in file.schema.names]
        # To SQL `a` and `A` are one name.
        if file.kind != "arrow" and not file.quoted and len(set(names)) == len(names):
            texts["DuckDB"] = as_sql(file, query)
    return texts


def as_curl(explorer: Explorer, query: Query, url: str) -> str:
    """Return the query as a command: JSON, or a CSV file where the rows are too many for that."""
    many = len(explorer.dataset) > MAX_PER_PAGE and explorer.count(query) > MAX_PER_PAGE
    # An apostrophe would end the shell's quotes.
    text = format_query(explorer.schema, query).replace("'", "%27")
    route = "export.csv" if many else "range/"
    address = f"{url.rstrip('/')}/{route}{'?' if text else ''}{text}"
    return "curl -s " + (f"'{address}'" if "'" not in address else shlex.quote(address))


def as_python(
    schema: Schema, query: Query, source: str | None, said: TableDescription | None = None
) -> str:
    """Return the query as Python with this library."""
    settings = _settings_text(said) if said is not None else ""
    lines = ["from iris_dash import Explorer"]
    if settings:
        lines.append("from iris_dash.tables.description import ColumnDescription, TableDescription")
        if "ColumnDescription" not in settings:
            lines[-1] = "from iris_dash.tables.description import TableDescription"
    opened = [quoted(source) if source else "frame", *([settings] if settings else [])]
    lines += ["", f"explorer = {call_text('Explorer.open', opened)}"]
    given, odd = [], []
    ends: dict[str, list[tuple[str, str]]] = {"lower": [], "upper": []}
    for one in query.filters:
        match one:
            case Choice(name, values):
                alone = len(values) == 1 and None not in values
                text = literal(values[0]) if alone else list_text(values)
                if name.isidentifier() and not keyword.iskeyword(name):
                    given.append(f"{name}={text}")
                else:
                    odd.append((name, text))
            case Interval(name, low, high):
                decimals = schema.measure(name).decimals
                for side, end in (("lower", low), ("upper", high)):
                    if end is not None:
                        ends[side].append((name, exact_text(end, decimals)))
            case _:
                assert_never(one)
    given += [f"{side}={dict_text(texts)}" for side, texts in ends.items() if texts]
    if query.sort:
        given.append(f"sort={quoted(join_sort(query.sort))}")
    if odd:
        given.append(f"**{dict_text(odd)}")
    if given:
        lines.append(f"query = {call_text('explorer.query', given)}")
    return "\n".join([*lines, f"rows = explorer.rows({'query' if given else ''})"])


def _settings_text(said: TableDescription) -> str:
    """Return what decides which columns are facets and measures, and in which order, as Python."""
    given = [
        f"{name}={list_text(names)}"
        for name, names in (("facets", said.facets), ("measures", said.measures))
        if names is not None
    ]
    orders = [
        (name, f"ColumnDescription(order={list_text(column.order)})")
        for name, column in said.columns.items()
        if column.order
    ]
    given += [f"columns={dict_text(orders)}"] if orders else []
    return f"TableDescription({', '.join(given)})"


def _may_be_told(source: str) -> bool:
    """Return whether an address has nothing in it that is not to be shown."""
    if not is_address(source):
        return True
    try:
        return shown_address(source) == source
    except DatasetError:
        return False
