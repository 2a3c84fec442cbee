"""What the settings keep of a password or a token, and the command that prints it."""

from __future__ import annotations

import re
import secrets
import sys
from getpass import getpass
from hashlib import sha256

from iris_dash.config.readers import NAME
from iris_dash.core.errors import SettingsError

LEAST_CHARACTERS = 8

TOKEN_BYTES = 32

CONTROL = re.compile(r"[\0-\x1f\x7f]")
"""What no password holds (RFC 7617); a zero byte at its end would not even change its hash."""


def print_hash(name: str, token: bool) -> int:
    """Print what the settings keep of a password that is read, or of a token that is made.

    The password comes from the terminal, twice, or from the first line of standard input; a token
    is printed on standard error. Errors: SettingsError for a name or a password that cannot be.
    """
    if not NAME.fullmatch(name) or not name.isprintable():
        raise SettingsError(f"{name!r}: expected a name without blanks, colons and commas")
    if token:
        made = secrets.token_urlsafe(TOKEN_BYTES)
        print(f"{name}:{token_hash(made)}", flush=True)
        print(f"The token, which is shown only this once: {made}", file=sys.stderr)
    else:
        print(f"{name}:{password_hash(read_password())}")
    return 0


def password_hash(password: str) -> str:
    """Return the salted scrypt hash of a password."""
    # Not above: the command line imports this module at every start.
    from werkzeug.security import generate_password_hash

    return generate_password_hash(password)


def token_hash(token: str) -> str:
    """Return the hash of a token, which is random enough to need no salt.

    >>> token_hash("abc")
    'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    """
    return f"sha256:{sha256(token.encode('latin-1')).hexdigest()}"


def read_password() -> str:
    """Return the password that is typed twice, or stands in the first line of standard input.

    Errors: SettingsError if there is none, if it is too short, or typed differently.
    """
    try:
        if sys.stdin.isatty():
            password = getpass("Password: ")
            if getpass("The same again: ") != password:
                raise SettingsError("the two passwords differ")
        else:
            password = sys.stdin.readline().removesuffix("\n").removesuffix("\r")
        password.encode()
    except (EOFError, KeyboardInterrupt):
        raise SettingsError("no password was typed") from None
    except UnicodeError:
        raise SettingsError("the password is not text in UTF-8") from None
    if CONTROL.search(password):
        raise SettingsError("expected a password without control characters")
    if len(password) < LEAST_CHARACTERS:
        raise SettingsError(f"expected a password of at least {LEAST_CHARACTERS} characters")
    return password
