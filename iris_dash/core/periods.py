"""What tells that a column of an Arrow schema holds periods of pandas: months, quarters."""

from __future__ import annotations

from typing import Any

PERIOD = "pandas.period"
"""What Arrow calls their type."""


def is_period_field(field: Any) -> bool:
    """Return whether a field of an Arrow schema is one of periods, whether Arrow knows them or not.

    It does so once pandas has told it of its types.
    """
    said = (field.metadata or {}).get(b"ARROW:extension:name", b"")
    return PERIOD in (getattr(field.type, "extension_name", ""), said.decode())
