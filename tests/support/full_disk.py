"""Folders for temporary files that have little room, or none."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

OWN_NAMESPACE = ("unshare", "--user", "--mount", "--map-root-user")
MOUNT = 'mount -t tmpfs -o size="$0" tmpfs "$TMPDIR" && exec "$@"'


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """Let this process write no file of more bytes for the length of a block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def in_small_folder(command: Sequence[str], size: str) -> list[str]:
    """The command whose $TMPDIR is a file system of that size; the test is skipped without one."""
    if not _can_mount():
        pytest.skip("this system lets nobody mount a file system of their own")
    return [*OWN_NAMESPACE, "sh", "-c", MOUNT, size, *command]


@cache
def _can_mount() -> bool:
    probe = [*OWN_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def fill(process: int, folder: Path) -> None:
    """Leave no room in a folder as a process sees it."""
    inside = Path(f"/proc/{process}/root{folder}/filler")
    with inside.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
