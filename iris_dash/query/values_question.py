"""What is asked of one column's values: which column, which text in them, under which query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from iris_dash.core.errors import Problem, QueryError, unknown_name
from iris_dash.query.body import DEFAULT_PER_PAGE
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Filterable, Schema, Text
from iris_dash.query.url import format_query, join_arguments
from iris_dash.query.where import LONGEST_PART

VALUES_KEYS = ("column", "search")
"""What such a question says beside a query."""


@dataclass(frozen=True)
class ValuesQuestion:
    """A column, text that its values contain ("": any), and the query that says which rows count.

    The query has a page, and neither a filter on the column nor what makes no difference.
    """

    column: Filterable
    search: str
    query: Query

    @property
    def arguments(self) -> str:
        """What it says beside the query, as an address has it."""
        said = [("column", self.column.name), ("search", self.search)]
        return join_arguments((key, text) for key, text in said if text)

    def text(self, schema: Schema) -> str:
        """Return the question as the arguments of an address, the same for equal questions."""
        return f"{self.arguments}&{format_query(schema, self.query)}"


def values_question(
    schema: Schema, query: Query, column: Any, search: Any = None, place: str = "body"
) -> ValuesQuestion:
    """Return the question, of which the first 100 values are the page where the query has none.

    Errors: QueryError for a column that no filter may name, and for a search that is no text of at
    most 1,000 characters, or that is in numbers or times; the problems' `loc` starts with `place`.
    """
    columns = {known.name: known for known in schema.filterable}
    found = columns.get(column) if isinstance(column, str) else None
    if found is None:
        message = f"column: {unknown_name('column', column, columns)}"
        raise QueryError([Problem("unknown_column", (place, "column"), message, column)])
    if search is not None and not isinstance(search, str):
        raise _wrong_search("search_type", place, "expected text", search)
    if search and len(search) > LONGEST_PART:
        said = f"expected at most {LONGEST_PART:,} characters, not {len(search):,}"
        raise _wrong_search("too_long", place, said, search)
    if search and not isinstance(found, Facet | Text):
        message = f"{found.label} holds no text; its values can be listed without a search"
        raise _wrong_search("not_searched", place, message, search)
    asked = replace(query.without(found.name), sort=(), by=None, columns=())
    paged = asked if asked.page else asked.on_page(1, DEFAULT_PER_PAGE)
    return ValuesQuestion(found, search or "", paged)


def _wrong_search(kind: str, place: str, message: str, given: Any) -> QueryError:
    return QueryError([Problem(kind, (place, "search"), f"search: {message}", given)])
