"""How the text of a variable is read: each reader returns its value, or says what is allowed.

What is not allowed raises ValueError, whose words follow the variable's name and value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

NAME = re.compile(r"[^\s:,]+")
"""What somebody who comes in may be called."""

PROXY_HEADERS = ("for", "proto", "host", "prefix")

PASSWORD_HASH = re.compile(r"(scrypt:\d+:\d+:\d+|pbkdf2:sha(256|512):\d+)\$[^$]+\$[0-9a-f]+")
TOKEN_HASH = re.compile(r"sha256:[0-9a-f]{64}")


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return what reads a whole number within bounds."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"expected a whole number from {low} to {high}")
        return int(text)

    return read


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return what reads one of some words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return text

    return read


lines = whole(0, 1_000_000)
decimal = one_of(".", ",")


def column_names(text: str) -> tuple[str, ...]:
    """Return the column names that a text lists.

    >>> column_names("a, b"), column_names('["a, b"]')
    (('a', 'b'), ('a, b',))
    """
    if not text.startswith("["):
        return tuple(name.strip() for name in text.split(","))
    names = _json(text)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError('expected names such as a,b or ["a", "b"]')
    return tuple(names)


def column_labels(text: str) -> dict[str, str]:
    """Return the label of each column that a JSON object names."""
    labels = _json(text)
    if not isinstance(labels, dict) or not all(isinstance(v, str) for v in labels.values()):
        raise ValueError('expected a label per column: {"name": "Text"}')
    return labels


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def words(text: str) -> tuple[str, ...]:
    """Return what spaces or commas separate.

    >>> words("a@example.org, @example.com")
    ('a@example.org', '@example.com')
    """
    return tuple(text.replace(",", " ").split())


def origins(text: str) -> tuple[str, ...]:
    """Return the origins of sites."""
    found = words(text)
    for origin in found:
        if not re.fullmatch(r"https?://(\*\.)?[\w-]+(\.[\w-]+)*(:\d+)?|\*", origin):
            raise ValueError("expected origins such as https://example.org, or *")
    return found


def proxy_headers(text: str) -> tuple[str, ...]:
    """Return which headers of a proxy are believed."""
    named = words(text.lower())
    if not set(named) <= set(PROXY_HEADERS):
        raise ValueError(f"expected some of {', '.join(PROXY_HEADERS)}")
    return named


def hashes(form: re.Pattern[str], command: str) -> Callable[[str], dict[str, str]]:
    """Return what reads the hash of each name's secret."""

    def read(text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, entry in enumerate(text.split(), 1):
            name, colon, hashed = entry.partition(":")
            if not (colon and NAME.fullmatch(name) and form.fullmatch(hashed)):
                raise ValueError(
                    f"expected name:hash, as `{command}` prints them, in single quotes in a shell; "
                    f"number {number} is none"
                )
            if name in found:
                raise ValueError(f"{name} is there twice")
            found[name] = hashed
        return found

    return read


def long_secret(text: str) -> str:
    """Return a secret that nobody guesses."""
    if len(text) < 16:
        raise ValueError("expected at least 16 characters")
    return text


def address(*schemes: str) -> Callable[[str], str]:
    """Return what reads an address that begins with one of some schemes."""

    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not text.startswith(f"{parts.scheme}://"):
            begins = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ValueError(f"expected an address that begins with {begins}")
        if not (parts.netloc or parts.path):
            raise ValueError("expected an address with a host")
        return text

    return read


NO_RATE = "none"
"""The word for a rate that nobody is held to."""


def rate(text: str) -> str:
    """Return how often something may be done."""
    if text != NO_RATE and not re.fullmatch(r"[1-9]\d* per (second|minute|hour|day)", text):
        raise ValueError(
            "expected a rate such as 600 per minute (second, minute, hour or day), or none"
        )
    return text
