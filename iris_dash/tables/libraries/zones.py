"""Arrow tables whose times are so many hours off: in UTC, since Polars panics of such a zone."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa

OFFSET = re.compile(rb"[+-]\d\d:?\d\d\b")

UTC = ("UTC", "Etc/UTC", "Zulu", "GMT", "Etc/GMT")

ARROW_SCHEMA = "ARROW:schema"
"""Where a Parquet file has the schema of the Arrow table that it was made of."""


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


def in_known_zones(table: pa.Table) -> pa.Table:
    """Return an Arrow table with the times of every other zone in UTC."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        zone = getattr(field.type, "tz", None)
        if zone is not None and not has_rules(zone):
            utc = pa.timestamp(field.type.unit, "UTC")
            table = table.set_column(place, field.name, table[field.name].cast(utc))
    return table


def may_have_offsets(parquet: Path) -> bool:
    """Return whether a Parquet file may have times that are so many hours off."""
    schema = pl.read_parquet_metadata(parquet).get(ARROW_SCHEMA, "")
    return OFFSET.search(base64.b64decode(schema)) is not None
