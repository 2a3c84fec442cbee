"""Tables at web addresses: fetched into a file for as long as they are read."""

from __future__ import annotations

import base64
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from iris_dash.core.errors import DatasetError
from iris_dash.core.progress import Report, Share, unheard
from iris_dash.core.temporary import room_for, temporary_folder

SECONDS = 30
"""How long a server may be silent."""

MOST_BYTES = 1_000_000_000
CHUNK = 1 << 20


def is_address(source: str) -> bool:
    """Return whether the text is an address (`scheme://…`) rather than a path.

    >>> is_address("https://example.org/a.csv"), is_address("a.csv")
    (True, False)
    """
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", source))


def shown_address(address: str) -> str:
    """Return an address as messages may show it: without user, password, query and fragment.

    Errors: DatasetError if it is no address at all.

    >>> shown_address("https://me:secret@example.org/a.csv?signature=1")
    'https://example.org/a.csv'
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise DatasetError(f"the source is not an address that can be read: {error}") from None
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def address_file(address: str) -> str:
    """Return the file name that an address ends in.

    >>> address_file("https://example.org/clay/my%20pots.csv?raw=1")
    'my pots.csv'
    """
    return unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2]


@contextmanager
def fetched(address: str, report: Report = unheard) -> Iterator[Path]:
    """Give the path of a file with what the http or https address answers, then remove it.

    A user and password in the address are sent to its own server alone. `report` hears how much
    has come. Errors: DatasetError, one line that names the address without them: another scheme, no
    answer within 30 s, a status other than success, more than a gigabyte, or an answer that breaks
    off; NoRoom.
    """
    name, file_name = shown_address(address), address_file(address)
    if urlsplit(address).scheme.lower() not in ("http", "https"):
        raise DatasetError(f"{name}: only http and https addresses can be read")
    with temporary_folder(file_name) as folder:
        path = folder / "table"
        saved = partial(report, f"fetching {file_name}")
        report(f"fetching {file_name}")
        try:
            with urllib.request.urlopen(_request(address), timeout=SECONDS) as answer:
                size = _promised(answer)
                with room_for(file_name, size), path.open("wb") as file:
                    _save(answer, file, name, size, saved)
        except urllib.error.HTTPError as error:
            error.close()
            raise DatasetError(f"{name}: the server answers {error.code} {error.reason}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DatasetError(f"{name}: cannot be fetched: {_reason(error)}") from None
        yield path


def _request(address: str) -> urllib.request.Request:
    parts = urlsplit(address)
    given, _, host = parts.netloc.rpartition("@")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    request = urllib.request.Request(urlunsplit((parts.scheme, host, path, query, "")))
    if given:
        token = base64.b64encode(unquote(given).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    return request


def _promised(answer: Any) -> int | None:
    length = answer.headers.get("Content-Length")
    return int(length) if length is not None and length.isdigit() else None


def _save(answer: Any, file: Any, name: str, promised: int | None, saved: Share) -> None:
    size = 0
    while chunk := answer.read1(CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            raise DatasetError(f"{name}: is larger than {MOST_BYTES:,} bytes; download it first")
        file.write(chunk)
        if promised:
            saved(size / max(size, promised))
    if promised is not None and size < promised:
        raise DatasetError(f"{name}: the answer broke off after {size:,} of {promised} bytes")


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no answer within {SECONDS} seconds"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return type(cause).__name__ if isinstance(cause, Exception) else str(cause)
