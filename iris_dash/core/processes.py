"""Whether a process of this machine lives."""

from __future__ import annotations

import os


def is_alive(process: int) -> bool:
    """Return whether a process of that id is there, whoever's it is; one not waited for counts.

    >>> is_alive(os.getpid())
    True
    """
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True
