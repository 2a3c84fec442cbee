"""The table that a run's workers serve, and the one that takes its place while they do."""

from __future__ import annotations

import os
import signal
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol

from iris_dash.core.errors import in_one_line
from iris_dash.core.json_lines import tell
from iris_dash.server.run_folder import RunFolder
from iris_dash.server.table_opener import Shared

TIDY_SECONDS = 1


class Opens(Protocol):
    """What opens a run's table and shares it, which may take long."""

    def open(self, generation: int, before: str) -> Shared:
        """Open the table, and share it unless its fingerprint is the one `before`.

        Errors: any; each is said in one line.
        """

    def close(self) -> None:
        """Give up what is being opened."""


class Tables:
    """Hands the workers of a run its table, and another one whenever it is asked to.

    A first one that cannot be opened ends the run, which then knows why. A later one is one line on
    standard error, and the one before it stays.
    """

    def __init__(self, run: RunFolder, opener: Opens, log: str) -> None:
        self._run = run
        self._opener = opener
        self._log = log
        # Signal handlers may put into this one at any moment.
        self._asked: SimpleQueue[None] = SimpleQueue()
        self._fingerprint = ""
        self._closed = False

    def reopen(self, *signalled: object) -> None:
        """Open the table anew soon, in a thread."""
        self._asked.put(None)

    def begin(self) -> Thread:
        """Open the first table, in a thread, which `close` ends; return it."""
        thread = Thread(target=self._work, daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Open nothing any more."""
        self._closed = True
        self._asked.put(None)  # its thread looks now, and ends
        self._opener.close()

    def _work(self) -> None:
        try:
            self._open()
        except BaseException as error:
            if not self._closed:
                # The workers would wait for ever.
                self._run.fail(in_one_line(error))
                os.kill(os.getpid(), signal.SIGTERM)
            return
        before = ""
        while not self._closed:
            asked = self._is_asked()
            if self._closed:
                break
            try:
                if asked:
                    tell(self._open(), self._log, "info")
                else:
                    self._run.tidy()
            except BaseException as error:
                # Whatever it is: without this thread no signal would be heard any more.
                line = f"{in_one_line(error)}; the table served before stays"
                if asked or line != before:
                    tell(line, self._log, "error")
                before = line

    def _is_asked(self) -> bool:
        """Return whether the table is to be opened anew, after a moment at the latest."""
        try:
            self._asked.get(timeout=TIDY_SECONDS)
        except Empty:
            return False
        return True

    def _open(self) -> str:
        """Open the table and name it to the workers, if it is another one; say what is served."""
        generation = self._run.generation + 1
        size, fingerprint = self._opener.open(generation, self._fingerprint)
        if fingerprint == self._fingerprint:
            return "the table is the same as before"
        self._run.publish(generation)
        self._fingerprint = fingerprint
        return f"{size} from now on"
