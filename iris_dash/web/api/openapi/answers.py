"""How the OpenAPI document describes an answer: JSON, headers, and errors in one envelope."""

from __future__ import annotations

from iris_dash.web.api.openapi.schemas import Document, reference
from iris_dash.web.api.responses import JSON

HEADERS = "#/components/headers/"

ERRORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "400": ("The body is not JSON, or a header such as Host cannot be", ()),
    "401": ("Who asks has to say who they are", ("WWW-Authenticate",)),
    "413": ("The body is too large", ()),
    "414": ("The address is too long; a query can be sent by POST", ()),
    "415": ("The content type is not JSON", ()),
    "422": ("The query is wrong; one entry per problem", ()),
    "429": ("Too often, too many files at once, or too many wrong logins", ("Retry-After",)),
    "500": ("The server failed", ()),
    "503": (
        "Not now: the table is loading, or its engine is away; Retry-After says when to ask. "
        "Without it: the answer takes longer than one may",
        ("Retry-After",),
    ),
}
"""What each error means, and which headers it has."""


def errors(*statuses: str) -> Document:
    """Return how errors are answered, by status."""
    return {status: _error(status, *ERRORS[status]) for status in statuses}


def _error(status: str, description: str, names: tuple[str, ...]) -> Document:
    envelope = reference("Problems" if status == "422" else "Error")
    return json_answer(envelope, description) | {"headers": headers(*names)}


def json_answer(schema: Document, description: str) -> Document:
    """Return how JSON is answered."""
    return {"description": description, "content": {JSON: {"schema": schema}}}


def headers(*names: str) -> Document:
    """Return headers that many answers have."""
    return {name: {"$ref": HEADERS + name} for name in names}


def header_components() -> Document:
    """Return what `headers` refers to, by name."""
    return described_headers(
        {
            "X-Request-Id": ("What the log calls this request", "string"),
            "ETag": ("Changes with the table and with the query", "string"),
            "Cache-Control": ("How long the answer may be kept, and by whom", "string"),
            "Retry-After": ("After how many seconds to ask again", "integer"),
            "WWW-Authenticate": ("The ways to come in", "string"),
        }
    )


def described_headers(texts: dict[str, tuple[str, str]]) -> Document:
    """Return headers of one answer: what each means and its type, by name."""
    return {
        name: {"description": text, "schema": {"type": kind}}
        for name, (text, kind) in texts.items()
    }
