"""What the name of a time zone says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

UTC = ("UTC", "Etc/UTC", "Zulu", "GMT", "Etc/GMT")


def has_rules(zone: str) -> bool:
    """Return whether a time zone is one by name, and not merely so many hours off.

    >>> has_rules("Europe/Berlin"), has_rules("+05:30")
    (True, False)
    """
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return False
    return True


def is_lost_in_utc(zone: str | None) -> bool:
    """Return whether a column's zone has clocks of its own, which times in UTC do not say.

    >>> is_lost_in_utc("Europe/Berlin"), is_lost_in_utc("Etc/UTC"), is_lost_in_utc("+05:30")
    (True, False, False)
    """
    return zone is not None and has_rules(zone) and zone not in UTC
