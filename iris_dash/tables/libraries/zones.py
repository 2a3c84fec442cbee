"""Arrow tables whose times are so many hours off: in UTC, since Polars panics of such a zone."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from iris_dash.core.time_zones import has_rules

if TYPE_CHECKING:
    import pyarrow as pa

OFFSET = re.compile(rb"[+-]\d\d:?\d\d\b")

ARROW_SCHEMA = "ARROW:schema"
"""Where a Parquet file has the schema of the Arrow table that it was made of."""


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
