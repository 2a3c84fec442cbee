"""What a kind of file is: its names, how it is written and read back, where its receipt stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iris_dash.files.receipt import Receipt
from iris_dash.files.table import Table

Row = Sequence[Any]
Rows = Iterator[Row]
"""A file's rows, the first of them its column names."""


@dataclass(frozen=True)
class Variant:
    """A kind of file in another way: what people call it, the argument that asks for it with 1.

    `description` says in the documentation what differs; `prefix` stands before the file's content.
    """

    title: str
    key: str
    description: str
    prefix: bytes


@dataclass(frozen=True)
class Format:
    """A kind of file; `iris_dash.files.FORMATS` lists all of them.

    `suffix` is how its files' names end, `title` what people call it; `description` says in the
    routes' documentation (Markdown) what a file holds and where its receipt stands.

    `write` yields a table in pieces. It raises QueryError before the first of them if the format
    cannot hold the table. `read` yields a file's column names, then its rows in plain values,
    missing as None. `receipt` returns a file's receipt as text, None where it holds none; a format
    without a place for a receipt has no such function. Of a damaged file both raise OSError,
    ValueError or one of `unreadable`.

    `is_whole`: whether it is written as a whole before it is sent; `offers_means`: whether the
    page's menu has the means per group in it, and not the rows alone;
    `variant`: the other way in which the file can be asked for.
    """

    suffix: str
    title: str
    media_type: str
    description: str
    write: Callable[[Table, Receipt], Iterator[bytes]]
    read: Callable[[Path], Rows]
    receipt: Callable[[Path], str | None] | None = None
    unreadable: tuple[type[Exception], ...] = ()
    is_whole: bool = False
    offers_means: bool = False
    variant: Variant | None = None
