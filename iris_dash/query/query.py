"""The question asked of a table: its filters, order, group and page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from html import escape
from typing import Any

from iris_dash.query.filters import Filter

NO_GROUPS = "~none"
"""Instead of a facet's name: the rows are one group. A facet that is called so is that facet."""

PAGING_KEYS = ("sort", "by", "columns", "page", "per_page")
"""What a query says beside its filters, as addresses and JSON bodies call it."""


@dataclass(frozen=True)
class Query:
    """A narrowing of one table: immutable, hashable, comparable.

    `filters` are in the schema's order, at most one per column, and none of them lets everything
    in; `sort` holds (column, descending) pairs; `by` names the facet that groups means; `columns`
    those that rows have, in their order, where not all in the table's. Make one with
    `Explorer.query` or `parse_query`, which check it against the table's schema.
    """

    filters: tuple[Filter, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    by: str | None = None
    columns: tuple[str, ...] = ()
    page: int | None = None
    per_page: int | None = None

    def _repr_html_(self) -> str:
        lines = [(one.name or "any text", _fields_text(one, ("name",))) for one in self.filters]
        own = ((key, getattr(self, key)) for key in PAGING_KEYS)
        lines += [(key, repr(value)) for key, value in own if value not in (None, ())]
        said = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in lines)
        return f"<table><caption>Query{'' if lines else ' of every row'}</caption>{said}</table>"

    def __hash__(self) -> int:
        return self._hash

    def __getstate__(self) -> dict[str, Any]:
        # Another process hashes texts otherwise.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def unpaged(self) -> Query:
        """Return the same question about all its rows."""
        return replace(self, page=None, per_page=None)

    def on_page(self, page: int, per_page: int) -> Query:
        """Return the same question about one page of its rows."""
        return replace(self, page=page, per_page=per_page)

    def shown(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of the columns that rows have, of all the table's."""
        return self.columns or names

    def without(self, *names: str) -> Query:
        """Return the same question without the filters on these columns."""
        return replace(self, filters=tuple(f for f in self.filters if f.name not in names))

    def filter_on(self, name: str) -> Filter | None:
        """Return the filter on that column, if there is one."""
        return self._by_column.get(name)

    def text_once(self, schema: object, write: Callable[[], str]) -> str:
        """Return the query's text for a table as `write` makes it, which it is asked for once."""
        kept: tuple[object, str] | None = self.__dict__.get("_text")
        if kept is None or kept[0] is not schema:
            kept = self.__dict__["_text"] = (schema, write())
        return kept[1]

    @cached_property
    def _hash(self) -> int:
        """Made once: a request looks its query up several times."""
        return hash(tuple(getattr(self, field.name) for field in fields(self)))

    @cached_property
    def _by_column(self) -> dict[str, Filter]:
        return {one.name: one for one in self.filters}

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes with its text, or some more."""
        parts = sum(300 + one.size for one in self.filters)
        _, text = self.__dict__.get("_text", (None, ""))
        return 500 + parts + 150 * (len(self.sort) + len(self.columns)) + 4 * len(text)


def _fields_text(one: Filter, but: tuple[str, ...]) -> str:
    """Return what a filter says of its column, as its fields have it."""
    own = {field.name: getattr(one, field.name) for field in fields(one) if field.name not in but}
    said = {name: value for name, value in own.items() if value not in (None, False)}
    return ", ".join(f"{name}={value!r}" for name, value in (said or own).items())
