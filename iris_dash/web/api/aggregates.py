"""What the routes of aggregates refuse, and what they have in common with those of rows."""

from __future__ import annotations

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.core.errors import Problem, QueryError
from iris_dash.query.query import Query
from iris_dash.web.api.responses import own_path


def filters_of(asked: Query | Aggregation) -> Query:
    """Return the query whose rows are asked about."""
    return asked.query if isinstance(asked, Aggregation) else asked


def refuse_many_groups(place: str, asked: Aggregation, found: int | None, most: int) -> None:
    """Raise QueryError where one answer would hold more than so many groups.

    `found`: how many there are, None as long as that is not known.
    """
    if asked.per_page is not None:
        if asked.per_page > most:
            message = f"per_page: one answer holds at most {most:,} groups, not {asked.per_page:,}"
            raise QueryError([Problem("too_many_groups", (place, "per_page"), message)])
    elif found is not None and found > most:
        message = (
            f"there are {found:,} groups and one answer holds at most {most:,}; ask for pages with "
            "page and per_page, for fewer with having, or for all of them at "
            f"{own_path('/export/aggregate.csv')}"
        )
        raise QueryError([Problem("too_many_groups", (place, "by"), message)])
