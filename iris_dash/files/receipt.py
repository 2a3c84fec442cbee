"""What a file says of itself: the question that it answers, and of which data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

What = Literal["rows", "means", "groups"]

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
        read = json.loads(text)
        try:
            receipt = cls(**read)
        except TypeError as error:
            raise ValueError(str(error)) from None
        if receipt.what not in get_args(What) or not isinstance(receipt.query, str):
            raise ValueError("it names no query")
        return receipt
