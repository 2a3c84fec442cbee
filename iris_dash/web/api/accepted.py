"""The form in which an answer is wanted: JSON, or a file's where the request accepts that alone."""

from __future__ import annotations

from flask import Request

from iris_dash.files import FORMATS, Format
from iris_dash.web.api.responses import JSON

OFFERED = ("csv", "arrow")
"""Files that are answered in place of JSON: those that are read as they come."""

BY_TYPE: dict[str, Format] = {one.media_type: one for one in FORMATS if one.suffix in OFFERED}


def accepted_format(request: Request) -> Format | None:
    """Return the format that `Accept` asks for; None: JSON, as where it says nothing else."""
    if request.environ.get("HTTP_ACCEPT", "*/*") in ("*/*", JSON):
        return None
    found = request.accept_mimetypes.best_match([JSON, *BY_TYPE], default=JSON)
    return BY_TYPE.get(found)
