"""Who counts as one client: an address; of IPv6 a network, and the larger one around it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_network

CLIENT_BITS = 64
"""One household or machine has a whole network of so many bits (RFC 6177)."""

CUSTOMER_BITS = 56
"""One customer often has 256 of these networks, and could come from each in turn."""

CUSTOMER_SHARE = 4
"""How often a customer's networks together may do what one of them may."""


@lru_cache(maxsize=4_096)
def counted_as(address: str | None) -> tuple[tuple[str, int], ...]:
    """Return what an address counts as, and how many times one client's bound holds for it.

    >>> counted_as("203.0.113.9"), counted_as("::ffff:203.0.113.9"), counted_as(None)
    ((('203.0.113.9', 1),), (('203.0.113.9', 1),), (('unknown', 1),))
    >>> counted_as("2001:db8:0:12ab:1:2:3:4")
    (('2001:db8:0:12ab::/64', 1), ('2001:db8:0:1200::/56', 4))
    """
    if not address or ":" not in address:
        return ((address or "unknown", 1),)
    try:
        whole = IPv6Address(address)
    except ValueError:
        return ((address, 1),)
    if whole.ipv4_mapped:
        return ((str(whole.ipv4_mapped), 1),)
    return (
        (str(ip_network((int(whole), CLIENT_BITS), strict=False)), 1),
        (str(ip_network((int(whole), CUSTOMER_BITS), strict=False)), CUSTOMER_SHARE),
    )


def client_of(address: str | None) -> str:
    """Return what one client is known by: its address; of IPv6 the network, which is all its own.

    >>> client_of("203.0.113.9"), client_of("2001:db8::1:2:3:4"), client_of(None)
    ('203.0.113.9', '2001:db8::/64', 'unknown')
    """
    return counted_as(address)[0][0]
