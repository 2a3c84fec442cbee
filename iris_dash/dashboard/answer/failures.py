"""The parts of an answer, each made by itself: one that fails leaves the others whole."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from werkzeug.exceptions import HTTPException

from iris_dash.core.errors import EngineAway, QueryError, QueryTooLong
from iris_dash.dashboard import ids

Made = TypeVar("Made")

NAMES = {
    ids.FILTERS: "The counts beside the filters",
    ids.TABLE: "This table",
    ids.COMPARISON: "This comparison",
}
"""What a part is called where it is not a chart."""

log = logging.getLogger(__name__)


class Parts:
    """Makes the parts of one answer; `failed` has a sentence for each that could not be made."""

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}

    def make(self, part: str, how: Callable[[], Made], needs: str = "") -> Made | None:
        """Return what `how` makes; None if it fails, or if the part failed that it `needs`.

        What is wrong with the whole question is raised: QueryError, HTTPException.
        """
        if needs in self.failed:
            self.failed[part] = self.failed[needs]
            return None
        try:
            return how()
        except (QueryError, HTTPException):
            raise
        except EngineAway as error:
            log.warning("%s: %s", part, error)
            self.failed[part] = f"The table cannot be asked now: {error}."
        except QueryTooLong as error:
            self.failed[part] = f"{str(error)[0].upper()}{str(error)[1:]}."
        except Exception:
            log.exception("%s could not be made", part)
            name = NAMES.get(part, "This chart")
            self.failed[part] = f"{name} could not be made; the reason is in the server's log."
        return None
