"""Whether a Parquet file may have times so many hours off, of which zone Polars panics."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import polars as pl

OFFSET = re.compile(rb"[+-]\d\d:?\d\d\b")

ARROW_SCHEMA = "ARROW:schema"
"""Where a Parquet file has the schema of the Arrow table that it was made of."""


def may_have_offsets(parquet: Path) -> bool:
    """Return whether a Parquet file may have times that are so many hours off."""
    schema = pl.read_parquet_metadata(parquet).get(ARROW_SCHEMA, "")
    return OFFSET.search(base64.b64decode(schema)) is not None
