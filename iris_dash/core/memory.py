"""How much memory a process may still take: of the machine, and of the container it is in."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

MACHINE = Path("/proc/meminfo")

CONTAINERS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Where the limit of a container stands, and what it has of it: in the new and the old form."""


def free_memory() -> int | None:
    """Return how many bytes are free; None where the system does not tell."""
    found = []
    with suppress(OSError):
        available = re.search(r"^MemAvailable:\s+(\d+) kB", MACHINE.read_text(), re.MULTILINE)
        if available:
            found.append(int(available[1]) * 1024)
    for limit, used in CONTAINERS:
        with suppress(OSError, ValueError):  # there is none, or its limit is called `max`
            found.append(max(0, int(Path(limit).read_text()) - int(Path(used).read_text())))
    return min(found, default=None)
