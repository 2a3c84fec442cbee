"""A client of a server that may not listen yet."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

from waiting import PATIENCE


def ask(address: str, **headers: str) -> tuple[int, Any, str]:
    """Status, headers and text of what stands at an address; status 0 while nobody listens."""
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()
    except OSError:
        return 0, {}, ""
