"""A file that is written as a whole before it is sent: in the time of one answer, for who waits."""

from __future__ import annotations

import time

from iris_dash.core.deadline import as_it_is

PATIENCE_SECONDS = 2
"""How long a file is written before anything is sent: what fails until then has its own status."""

EVERY_SECONDS = 0.2

SIGN = b""
"""A piece of a file that is not there yet. A server that cannot pass it on, since nobody is
connected any more, closes what makes the pieces: it cannot be asked whether somebody is."""


class Writing:
    """The writing of one such file, from when this is made."""

    def __init__(self) -> None:
        self._check = as_it_is()
        self._next = time.monotonic() + PATIENCE_SECONDS

    def wants_sign(self) -> bool:
        """Return whether a sign is to be sent now.

        Errors: QueryTooLong where the time of the answer, in which this was made, is over.
        """
        self._check()
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + EVERY_SECONDS
        return True
