"""Files of a query's rows, means or groups as answers: named, with receipts, whole or in parts."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, request
from werkzeug.urls import iri_to_uri

from iris_dash.analysis.aggregate.question import Aggregation
from iris_dash.config.environment import run_folder
from iris_dash.config.settings import Settings
from iris_dash.core.errors import QueryError
from iris_dash.core.timing import note
from iris_dash.explorer import Explorer
from iris_dash.files import Export, Format
from iris_dash.files.receipt import Receipt, What
from iris_dash.query.query import Query
from iris_dash.web.api.aggregates import filters_of
from iris_dash.web.api.refusals import at_place, rows_on_page, too_large
from iris_dash.web.api.responses import tag_name
from iris_dash.web.file_copies import Copy, FileCopies, begun, copy_answer, suppress_no_room

LONGEST_HEADER = 2_000
"""Bytes that the headers of an answer may say of its query; what is longer is left out.

A proxy has a buffer for all headers of an answer, often of 4 kB (nginx), and says 502 beyond it.
"""

MOST_VALUES_KEPT = 1_000_000
MOST_BYTES_KEPT = 30_000_000
"""Values and bytes of a file that is kept although it could be written as it is sent."""


class Exports:
    """Answers with files; the copies of short ones, and of those written as a whole, are kept."""

    def __init__(self, explorer: Explorer, settings: Settings) -> None:
        self._explorer = explorer
        self._settings = settings
        self._copies = FileCopies(run_folder(os.environ, "files"))

    def unchanged(self, file_format: Format, tag: str) -> Response:
        """Return that who asks has the file already; with its copy's tag while there is one."""
        answer = Response(b"", status=304, mimetype=file_format.media_type)
        if copy := self._copies.find(tag_name(tag)):
            answer.headers.extend(copy.headers)
            answer.set_etag(copy.tag)
        return answer

    def answer(
        self, file_format: Format, what: What, prefix: bytes, tag: str, query: Query | Aggregation
    ) -> Response:
        """Return a file: from a copy where its length is to be known, else as it is written."""
        name, may_keep = tag_name(tag), request.method != "POST"
        in_parts = request.method == "HEAD" or "HTTP_RANGE" in request.environ
        if may_keep and (copy := self._copies.find(name)):
            return copy_answer(request, copy, file_format.media_type)
        made, headers = self._written(file_format, what, query)
        pieces = _behind(prefix, made.pieces)
        if may_keep and (in_parts or file_format.is_whole or self._is_small(made)):
            at_once, pieces = begun(pieces) if file_format.is_whole else (True, pieces)
            if at_once or in_parts:
                with suppress_no_room(may_do_without=not (file_format.is_whole or in_parts)):
                    most = None if file_format.is_whole or in_parts else MOST_BYTES_KEPT
                    kept = self._copies.keep(name, headers, pieces, most)
                    if isinstance(kept, Copy):
                        return copy_answer(request, kept, file_format.media_type)
                    if kept is not None:
                        return Response(kept, mimetype=file_format.media_type, headers=headers)
                pieces = _behind(prefix, self._written(file_format, what, query)[0].pieces)
        return Response(pieces, mimetype=file_format.media_type, headers=headers)

    def _written(
        self, file_format: Format, what: What, query: Query | Aggregation
    ) -> tuple[Export, dict[str, str]]:
        """Return a file that is written as it is taken, and the headers of its answer."""
        if self._settings.max_export is not None:
            _refuse_long_file(_file_rows(self._explorer, query, what), self._settings.max_export)
        try:
            link = dashboard_link(self._explorer, filters_of(query))
            made = self._explorer.export(file_format.suffix, query, what, link)
        except QueryError as error:
            raise at_place(error) from None
        note(rows=made.receipt.rows)
        count = self._explorer.count(filters_of(query))
        name = f"{file_name(self._explorer, count, what)}.{file_format.suffix}"
        headers = {"Content-Disposition": attachment(name), **receipt_headers(made.receipt)}
        return made, headers | {"X-Total-Count": str(count)}

    def _is_small(self, made: Export) -> bool:
        return made.receipt.rows * len(self._explorer.schema.columns) <= MOST_VALUES_KEPT


def _file_rows(explorer: Explorer, query: Query | Aggregation, what: What) -> int:
    """Return how many rows a file will have."""
    if isinstance(query, Aggregation):
        return len(explorer.groups(query).frame)
    if what == "means":
        return len(explorer.group_means(query))
    return rows_on_page(query, explorer.count(query))


def _refuse_long_file(count: int, most: int) -> None:
    """Raise QueryError where a file would have more rows than the largest."""
    if count > most:
        raise too_large(
            f"the file would hold {count:,} rows and one holds at most {most:,}; "
            "narrow the query, or ask for pages with page and per_page"
        )


def file_name(explorer: Explorer, count: int, what: What = "rows") -> str:
    """Return a file name that tells what is in the file, such as iris-16-of-150-flowers."""
    schema = explorer.schema
    means = "" if what == "rows" else f"{what}-of-"
    text = f"{schema.title}-{means}{count}-of-{len(explorer.dataset)}-{schema.rows}"
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def attachment(name: str) -> str:
    """Return the Content-Disposition (RFC 6266) of a file; a name beyond ASCII is given twice.

    >>> attachment("töpfe.csv")
    'attachment; filename="topfe.csv"; filename*=UTF-8\\'\\'t%C3%B6pfe.csv'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    more = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{more}'


def dashboard_link(explorer: Explorer, query: Query) -> str:
    """Return the dashboard's absolute address at the query."""
    return f"{iri_to_uri(request.url_root)}?{explorer.text(query)}".rstrip("?")


def receipt_headers(receipt: Receipt) -> dict[str, str]:
    """Return what a file's headers say of it; all ASCII, as the query's canonical text is."""
    headers = {"X-Fingerprint": receipt.fingerprint}
    link = f'<{receipt.link}>; rel="via"'
    if len(receipt.query) <= LONGEST_HEADER:
        headers["X-Query"] = receipt.query
    if len(receipt.query) + len(link) <= LONGEST_HEADER:
        headers["Link"] = link
    return headers


def _behind(prefix: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return a file with something before its content; nothing where the content fails."""
    if not prefix:
        return pieces
    return _prefixed(prefix, pieces)


def _prefixed(prefix: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield prefix + next(pieces, b"")
    yield from pieces
