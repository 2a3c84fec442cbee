"""The files that workers count in, which have their room from the beginning.

Prometheus's client makes them empty and writes into their mapped pages: on a full disk the system
ends the process at the first one that has no room.
"""

from __future__ import annotations

import os
from pathlib import Path

SIZES = {"counter": 1 << 17, "gauge_livesum": 1 << 12, "histogram": 5 << 18}
"""Bytes of each kind's file, by the beginning of its name: for more than are ever counted."""

NEEDED = sum(SIZES.values())
"""Bytes for each worker."""


def make_metric_files(folder: Path) -> None:
    """Make the files of this process, full of zeros, unless they are there.

    Errors: OSError where there is no room for them; then none of them is left.
    """
    made = []
    try:
        for kind, size in SIZES.items():
            path = folder / f"{kind}_{os.getpid()}.db"
            if not path.exists():
                made.append(path)
                path.write_bytes(bytes(size))
    except OSError:
        for path in made:
            path.unlink(missing_ok=True)
        raise
