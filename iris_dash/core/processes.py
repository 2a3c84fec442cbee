"""Whether a process of this machine lives, and how one ended."""

from __future__ import annotations

import os
import signal


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


def end_in_words(code: int | None) -> str:
    """Return how a process ended, by its exit code, as what follows its name in a sentence.

    >>> end_in_words(3), end_in_words(-9)
    ('ended with exit code 3', 'was ended by SIGKILL')
    """
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
