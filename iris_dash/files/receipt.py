"""What a file says of itself: the question that it answers, and of which data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from iris_dash.core.errors import list_names
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema, value_text
from iris_dash.query.url import number_text

What = Literal["rows", "means"]

KEY = "iris_dash"
"""The key under which a Parquet or Arrow file holds its receipt, as JSON."""


@dataclass(frozen=True)
class Receipt:
    """A file's origin: enough to ask for the same file again.

    `query` is the query's canonical text, `rows` how many rows the file has, `link` the
    dashboard's address at that query ('' if unknown), `time` when it was asked, in UTC.
    """

    title: str
    what: What
    query: str
    fingerprint: str
    rows: int
    link: str
    time: str

    def to_json(self) -> str:
        """Return the receipt as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """Return the receipt that the text is; ValueError if it is none.

        >>> receipt = Receipt("Pots", "rows", "glaze=blue", "1f", 2, "", "2026-11-24T12:00:00Z")
        >>> Receipt.from_json(receipt.to_json()) == receipt
        True
        """
        said = json.loads(text)
        try:
            receipt = cls(**said)
        except TypeError as error:
            raise ValueError(str(error)) from None
        if receipt.what not in ("rows", "means") or not isinstance(receipt.query, str):
            raise ValueError("it names no query")
        return receipt


def query_in_words(schema: Schema, query: Query) -> list[tuple[str, str]]:
    """Return what the query asks as people say it: (column, what of it) per filter, then order."""
    said = []
    for name, values in query.facets:
        texts = [value_text(value) for value in values]
        said.append((schema.facet(name).label, list_names(texts, most=1_000)))
    for name, low, high in query.bounds:
        measure = schema.measure(name)
        ends = [None if end is None else number_text(measure, end) for end in (low, high)]
        if low is None:
            words = f"at most {ends[1]}"
        else:
            words = f"at least {ends[0]}" if high is None else f"{ends[0]} to {ends[1]}"
        said.append((measure.title, words))
    labels = {column.name: column.label for column in schema.columns}
    if query.sort:
        ways = [
            f"{labels[name]}, descending" if down else labels[name] for name, down in query.sort
        ]
        said.append(("Order", "; then ".join(ways)))
    if query.by is not None:
        said.append(("Grouped by", labels[query.by]))
    if query.page is not None:
        said.append(("Page", f"{query.page}, of {query.per_page} rows each"))
    return said
