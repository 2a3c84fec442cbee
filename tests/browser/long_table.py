"""Sixty thousand rows in three groups, too many for points; every fifth weight is missing."""

from __future__ import annotations

import csv
from pathlib import Path

LONG: list[dict[str, str]] = [
    {
        "group": ("red", "green", "blue")[i % 3],
        "length": f"{(i * 7) % 200 / 10:.1f}",
        "width": f"{(i * 11) % 150 / 10 + i % 3:.1f}",
        "weight": "" if i % 5 == 0 else str(i % 90 + 30 * (i % 3)),
    }
    for i in range(60_000)
]


def write_long(path: Path) -> None:
    """Write the table as CSV."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, LONG[0].keys())
        writer.writeheader()
        writer.writerows(LONG)
