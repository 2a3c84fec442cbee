"""An aggregate as this product takes it: as a command, and as Python with this library."""

from __future__ import annotations

import shlex

from iris_dash.analysis.aggregate.asking import aggregation_text
from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.copy_as.python_text import call_text, literal
from iris_dash.core.errors import QueryError
from iris_dash.explorer import Explorer
from iris_dash.query.group_keys import key_text
from iris_dash.query.sort import join_sort


def groups_by_curl(explorer: Explorer, asked: Aggregation, url: str) -> str:
    """Return the aggregate as a command: JSON, or a CSV file where the groups are too many."""
    try:
        many = explorer.groups(asked.on_page(1, 1)).total > asked.most
    except QueryError:
        many = False  # There are too many for any answer, which says so.
    text = aggregation_text(explorer.schema, asked).replace("'", "%27")
    address = f"{url.rstrip('/')}/{'export/aggregate.csv' if many else 'aggregate/'}?{text}"
    return "curl -s " + (f"'{address}'" if "'" not in address else shlex.quote(address))


def groups_call(asked: Aggregation, has_query: bool) -> str:
    """Return the call of the library that answers the aggregate."""
    given = ["query"] * has_query
    names = {
        "by": [key_text(key) for key in asked.by],
        "of": [column.name for column in asked.of],
        "stat": [one.name for one in asked.stat],
        "having": [f"{one.output}:{one.text}" for one in asked.having],
        "sort": [join_sort((one,)) for one in asked.sort],
    }
    for key, texts in names.items():
        if texts:
            is_one = len(texts) == 1 and (key in ("having", "sort") or _is_plain(texts[0]))
            given.append(f"{key}={literal(texts[0] if is_one else texts)}")
    given += [f"{key}=True" for key in ("totals", "empty") if getattr(asked, key)]
    return call_text("explorer.aggregate", given)


def _is_plain(name: str) -> bool:
    """Return whether a text of names says one name as it stands."""
    return join_sort(((name, False),)) == name
