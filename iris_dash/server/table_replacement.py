"""The table that a run's workers serve, and the one that takes its place while they do."""

from __future__ import annotations

import os
import signal
from queue import Empty, SimpleQueue
from threading import Thread

from iris_dash.config.settings import Settings
from iris_dash.core.errors import FAULTS, in_one_line
from iris_dash.server.progress_bar import READY
from iris_dash.server.run_folder import RunFolder
from iris_dash.server.shared_table import share
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.sources import Report
from iris_dash.web.observing.json_lines import tell

TIDY_SECONDS = 1


class Tables:
    """Hands the workers of a run its table, and another one whenever it is asked to.

    A table that cannot be opened is one line on standard error, and the one before it stays.
    """

    def __init__(self, run: RunFolder, settings: Settings) -> None:
        self._run = run
        self._settings = settings
        self._log = settings.log
        # Signal handlers may put into this one at any moment.
        self._asked: SimpleQueue[None] = SimpleQueue()
        self._fingerprint = ""

    def reopen(self, *signalled: object) -> None:
        """Open the table anew soon, in a thread."""
        self._asked.put(None)

    def begin(self, opened: list[Dataset], report: Report) -> None:
        """Hand over the one table of a list, in a thread which takes it off the list.

        So nothing else holds its rows afterwards. `report` hears what is begun, READY in the end.
        """
        Thread(target=self._work, args=(opened, report), daemon=True).start()

    def _work(self, opened: list[Dataset], report: Report) -> None:
        try:
            self._hand_over(opened.pop(), report)
            report(READY)
        except FAULTS as error:
            # The workers would wait for ever.
            self._run.fail(in_one_line(error))
            os.kill(os.getpid(), signal.SIGTERM)
            return
        before = ""
        while True:
            asked = self._is_asked()
            try:
                if asked:
                    self._open_anew()
                else:
                    self._run.tidy()
            except FAULTS as error:
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

    def _open_anew(self) -> None:
        dataset = self._settings.open()
        if dataset.fingerprint == self._fingerprint:
            dataset.close()
            tell("the table is the same as before", self._log, "info")
        else:
            self._hand_over(dataset)
            tell(f"{size_text(dataset)} from now on", self._log, "info")

    def _hand_over(self, dataset: Dataset, report: Report = str) -> None:
        generation = self._run.generation + 1
        try:
            share(dataset, self._run.table(generation), report)
        finally:
            dataset.close()
        self._run.publish(generation)
        self._fingerprint = dataset.fingerprint


def size_text(dataset: Dataset) -> str:
    """Return a table's title and how many rows it has."""
    return f"{dataset.schema.title}: {len(dataset):,} {dataset.schema.rows}"
