"""Where a server listens: its host's numeric address, looked up and tried before it starts."""

from __future__ import annotations

import socket

from iris_dash.config.settings import Settings
from iris_dash.core.errors import SettingsError


def listening_address(settings: Settings) -> str:
    """Return the numeric address of the settings' host, free to listen at.

    A name that has several gives the first free one, of IPv4 before IPv6; `::` stands for all of
    both. Errors: SettingsError, one line: it has none, or none is free or this machine's.
    """
    try:
        found = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise cannot_listen(settings, _reason(error)) from None
    reason = ""
    for family, kind, protocol, _, address in sorted(found, key=lambda one: one[0].name):
        if any(address[3:]):  # Granian has no word for a zone
            reason = reason or "an address of one link, with a %, is not served"
            continue
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            reason = reason or _reason(error)
        else:
            return str(address[0])
    raise cannot_listen(settings, reason)


def shown_url(settings: Settings) -> str:
    """Return the address of the page, as a start prints it."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def cannot_listen(settings: Settings, reason: str) -> SettingsError:
    """Return the error that says why nothing can listen at the settings' address."""
    where = f"HOST={settings.host} PORT={settings.port}"
    return SettingsError(f"{where}: cannot listen there: {reason}")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
