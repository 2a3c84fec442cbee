"""Authentication: passwords and bearer tokens, or an OpenID Connect provider."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from iris_dash.config.settings import Settings
from iris_dash.web.auth.hashes import print_hash

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["print_hash", "require_credentials", "warning_without_login"]


def require_credentials(server: Flask, settings: Settings) -> None:
    """Let a server answer `/healthz` to everyone, and all else to those whom the settings name.

    Where the settings name nobody, everyone is answered.
    """
    if settings.requires_login:
        # Not above: where nobody is asked, a start need not load what asking takes.
        from iris_dash.web.auth.middleware import Authentication

        Authentication(server, settings)


def warning_without_login(settings: Settings) -> str | None:
    """Return a line that warns if strangers may come in: another address, and nobody is asked.

    >>> warning_without_login(Settings(host="127.0.0.1"))
    >>> warning_without_login(Settings(host="0.0.0.0"))
    'HOST=0.0.0.0 lets everyone in who reaches it; IRIS_DASH_LOGINS, _TOKENS or _OIDC_ISSUER asks'
    """
    if settings.requires_login or is_loopback(settings.host):
        return None
    return (
        f"HOST={settings.host} lets everyone in who reaches it; "
        "IRIS_DASH_LOGINS, _TOKENS or _OIDC_ISSUER asks"
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host.

    >>> [is_loopback(host) for host in ("localhost", "127.8.0.1", "::1", "::ffff:127.0.0.1")]
    [True, True, True, True]
    >>> [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "localhost.example.org", "")]
    [False, False, False, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
