"""The parts of an answer, each made by itself: one that fails leaves the others whole."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from werkzeug.exceptions import HTTPException

from iris_dash.core.deadline import check
from iris_dash.core.errors import EngineAway, QueryError, QueryTooLong, panics_as_errors

Made = TypeVar("Made")

log = logging.getLogger(__name__)


class Failures:
    """What of one answer could not be made: `failed` has a sentence for each such part."""

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}

    def attempt(
        self, part: str, called: str, make: Callable[[], Made], needs: str = ""
    ) -> Made | None:
        """Return what `make` does; None if it fails, or if the part failed that it `needs`.

        `called` begins the sentence about an unexpected failure. What is wrong with the whole
        question is raised: QueryError, HTTPException.
        """
        if needs in self.failed:
            self.failed[part] = self.failed[needs]
            return None
        try:
            check()
            with panics_as_errors():
                return make()
        except (QueryError, HTTPException):
            raise
        except EngineAway as error:
            log.warning("%s: %s", part, error)
            self.failed[part] = f"The table cannot be asked now: {error}."
        except QueryTooLong as error:
            self.failed[part] = f"{str(error)[0].upper()}{str(error)[1:]}."
        except Exception:
            log.exception("%s could not be made", part)
            self.failed[part] = f"{called} could not be made; the reason is in the server's log."
        return None
