"""What is refused since its answer would be too large, and where in this request it was asked."""

from __future__ import annotations

from flask import request

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.core.errors import Problem, QueryError
from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.web.api.responses import own_path

MOST_OF_GROUPS = {"mean": 1_000_000, "summary": 50_000, "compare": 50_000}
"""Measures times groups of one answer, by its kind."""


def rows_on_page(query: Query | Aggregation, total: int) -> int:
    """Return how many of the query's `total` rows are on its page; all of them without one."""
    if query.page is None or query.per_page is None:
        return total
    return max(0, min(total - (query.page - 1) * query.per_page, query.per_page))


def refuse_too_many(count: int, most: int) -> None:
    """Raise QueryError where one answer would hold more rows than the largest page."""
    if count > most:
        raise too_large(
            f"the query selects {count:,} rows and one answer holds at most {most:,}; "
            "ask for pages with page and per_page, or for all of them at "
            f"{own_path('/export.csv')}"
        )


def refuse_long_page(query: Query, most: int) -> None:
    """Raise QueryError where a page is to have more rows than the largest."""
    if query.per_page is not None and query.per_page > most:
        message = f"per_page: one answer holds at most {most:,} rows, not {query.per_page:,}"
        raise too_large(message, query.per_page)


def refuse_wide_groups(explorer: Explorer, query: Query, kind: str) -> None:
    """Raise QueryError where an answer of a kind would hold more measures times groups than any."""
    most = MOST_OF_GROUPS.get(kind)
    by, measures = explorer.group_facet(query), len(explorer.schema.measures)
    groups = len(by.values) if by else 1
    if most is not None and groups * measures > most:
        message = (
            f"one answer holds at most {most:,} measures times groups, not {measures:,} measures "
            f"in {groups:,} groups; group by a facet of fewer values"
        )
        raise QueryError([Problem("too_large", (place(), "by"), message, query.by)])


def too_large(message: str, given: int | None = None) -> QueryError:
    """Return the error of an answer that would be too long; `given`: what was asked for."""
    return QueryError([Problem("too_many_rows", (place(), "per_page"), message, given)])


def at_place(error: QueryError) -> QueryError:
    """Return what an export refuses as what is wrong with this request."""
    at = place()
    return QueryError(Problem(p.type, (at, *p.loc[1:]), p.msg, p.input) for p in error.problems)


def place() -> str:
    """Return where this request has its query."""
    return "body" if request.method == "POST" else "query"
