"""Which release of the product this is, and how more of it is installed."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path


@cache
def version() -> str:
    """Return the installed version; `source` where the package runs from its folder alone."""
    try:
        return installed_version("iris_dash")
    except PackageNotFoundError:
        return "source"


@cache
def release() -> str:
    """Return a hash of the version and of the package's code.

    A version can stay the same while answers change: in a checkout, or in a release made again.
    """
    content = sha256(version().encode())
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def extra_command(extra: str) -> str:
    """Return the command that installs an extra of this package: from its source.

    No package index has it, so its name there could be anyone's.

    >>> print(extra_command("postgresql"))
    pip install '.[postgresql]' (in the folder of the source)
    """
    return f"pip install '.[{extra}]' (in the folder of the source)"
