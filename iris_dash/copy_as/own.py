"""A query as this product takes it: as a command, and as Python with this library."""

from __future__ import annotations

import shlex

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.copy_as.groups.own import groups_call
from iris_dash.copy_as.python_text import call_text, keywords, literal
from iris_dash.explorer import Explorer
from iris_dash.query.body import body_of
from iris_dash.query.model import most_rows
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.query.url import format_query
from iris_dash.tables.description import Reading, TableDescription


def as_curl(explorer: Explorer, query: Query, url: str) -> str:
    """Return the query as a command: JSON, or a CSV file where the rows are too many for that."""
    most = most_rows(explorer.schema)
    many = len(explorer.dataset) > most and explorer.count(query) > most
    # An apostrophe would end the shell's quotes.
    text = format_query(explorer.schema, query).replace("'", "%27")
    route = "export.csv" if many else "range/"
    address = f"{url.rstrip('/')}/{route}{'?' if text else ''}{text}"
    return "curl -s " + (f"'{address}'" if "'" not in address else shlex.quote(address))


def as_python(
    schema: Schema,
    query: Query,
    source: str | None,
    description: TableDescription | None = None,
    groups: Aggregation | None = None,
) -> str:
    """Return the query, or an aggregate of its rows, as Python with this library."""
    lines = ["from iris_dash import Explorer"]
    opened = [literal(source) if source else "frame"]
    if description is not None and _says_facets_alone(description):
        opened.append(f"facets={literal(description.facets)}")
    elif description is not None:
        names = "Reading, TableDescription" if description.read != Reading() else "TableDescription"
        lines.append(f"from iris_dash.tables.description import {names}")
        opened.append(_description_text(description))
    lines += ["", f"explorer = {call_text('Explorer.open', opened)}"]
    body = body_of(schema, query)
    for name, values in body.items():
        if isinstance(values, list) and len(values) == 1 and values != [None]:
            (body[name],) = values
    if body:
        lines.append(f"query = {call_text('explorer.query', keywords(body))}")
    if groups is not None:
        return "\n".join([*lines, f"groups = {groups_call(groups, bool(body))}"])
    return "\n".join([*lines, f"rows = explorer.rows({'query' if body else ''})"])


def _says_facets_alone(description: TableDescription) -> bool:
    """Return whether a description names facets and nothing else that decides of kinds."""
    return description.facets is not None and description == TableDescription(
        facets=description.facets
    )


def _description_text(description: TableDescription) -> str:
    """Return what decides of which kind columns are, and in which order, as Python."""
    of_columns = {
        name: said
        for name, one in description.columns.items()
        if (said := one.model_dump(include={"kind", "zone", "order"}, exclude_defaults=True))
    }
    given = {
        "facets": description.facets,
        "measures": description.measures,
        "times": description.times or None,
        "text": description.text or None,
        "columns": of_columns or None,
    }
    said = description.read.model_dump(exclude_defaults=True)
    told = {name: value for name, value in given.items() if value is not None}
    read = [f"read={call_text('Reading', keywords(said))}"] if said else []
    return call_text("TableDescription", keywords(told) + read)
