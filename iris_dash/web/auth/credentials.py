"""What a request's Authorization header says, held against the settings' hashes."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from cachetools import TTLCache
from werkzeug.security import check_password_hash

from iris_dash.web.auth.hashes import CONTROL, token_hash

REMEMBERED_SECONDS = 300

MOST_REMEMBERED = 1_000


@dataclass(frozen=True)
class Login:
    """A name and its password, as they came; the password has no repr."""

    name: str
    password: str = field(repr=False)


def read_basic(header: str) -> Login | None:
    """Return the login of a Basic header; None if it is another one, or malformed.

    >>> read_basic("Basic YW5uOmE6Yg==")
    Login(name='ann')
    >>> read_basic("Basic YW5u"), read_basic("Basic %"), read_basic("Bearer YW5uOmE6Yg==")
    (None, None, None)
    """
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = b64decode(given.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return Login(name, password) if colon and not CONTROL.search(password) else None


def read_bearer(header: str) -> str | None:
    """Return the token of a Bearer header; None if it is another one.

    >>> read_bearer("bearer abc"), read_bearer("Basic YW5uOmE=")
    ('abc', None)
    """
    scheme, _, given = header.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def token_owner(tokens: Mapping[str, str], token: str) -> str | None:
    """Return whose token it is; every one is compared, so the time does not tell which is near."""
    given = token_hash(token)
    owner = None
    for name, kept in tokens.items():
        if hmac.compare_digest(given, kept):
            owner = name
    return owner


class Passwords:
    """The logins, and who came in with one lately: a check takes 50 ms and 32 MB."""

    def __init__(self, logins: Mapping[str, str]) -> None:
        self._logins = logins
        self._hashes = [*logins.values()]
        self._key = secrets.token_bytes(32)
        self._remembered: TTLCache[bytes, str] = TTLCache(MOST_REMEMBERED, REMEMBERED_SECONDS)
        self._lock = Lock()

    def remembered(self, header: str) -> str | None:
        """Return who came in with this very header lately."""
        with self._lock:
            return self._remembered.get(self._digest(header))

    def right(self, header: str, login: Login) -> bool:
        """Whether a header's login is right; then it is remembered."""
        known = login.name in self._logins
        hashed = self._logins[login.name] if known else self._decoy(login.name)
        right = _matches(hashed, login.password) and known
        if right:
            with self._lock:
                self._remembered[self._digest(header)] = login.name
        return right

    def _digest(self, header: str) -> bytes:
        return hmac.digest(self._key, header.encode("latin-1"), "sha256")

    def _decoy(self, name: str) -> str:
        """Return a hash to check an unknown name against, so that it takes as long as a known one.

        The same name has the same one each time, as a known name has.
        """
        place = int.from_bytes(hmac.digest(self._key, name.encode(), "sha256"))
        return self._hashes[place % len(self._hashes)] if self._hashes else ""


def _matches(hashed: str, password: str) -> bool:
    try:
        return check_password_hash(hashed, password)
    except ValueError:  # a method that this machine does not have
        return False
