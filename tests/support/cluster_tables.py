"""Tables that a cluster's workers read, written beside them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def written(place: str, table: str, names: list[str]) -> Path:
    """Write texts and, last, numbers as a table of these columns at a cluster's folder."""
    path = Path("/" + place.partition("://")[2].partition("/")[2]) / table / "a.parquet"
    path.parent.mkdir(mode=0o755)
    texts = [pa.array(["u", "v", "u"])] * (len(names) - 1)
    pq.write_table(pa.table([*texts, pa.array([1.5, 2.5, 3.5])], names=names), path)
    return path
