"""Every id of the page but those of a view's own, spelled once; its scripts spell them alike."""

from __future__ import annotations

ADDRESS = "address"
ASKED = "asked"
ANSWERED = "answered"

CHIPS = "chips"
HISTOGRAMS = "histograms"
WAY_BACK = "way-back"
COPY_AS = "copy-as"
COPY_PANEL = "copy-panel"
COPY_FORMS = "copy-forms"
COPY_TITLE = "copy-title"

NOTICES = "notices"
COUNT = "count"
SAID = "said"
MAIN = "main"
SCATTER_X = "scatter-x"
SCATTER_Y = "scatter-y"
COLOUR_BY = "colour-by"
TABLE = "table"
TABLE_RANGE = "table-range"
PER_PAGE = "per-page"
CONNECTION = "connection"
FILTERS = "filters"
FILTERS_TOGGLE = "filters-toggle"

FACET = "facet"
FACET_ALL = "facet-all"
FACET_NONE = "facet-none"
LEFT_OUT = "left-out"
RANGE = "range"
LOW = "low"
HIGH = "high"
LOG = "log"
CONTAINS = "contains"
CONDITIONS = "conditions"
FROM = "from"
UNTIL = "until"
RESET = "reset"
CHOICE = "choice"
TEXT = "text"


def of_column(role: str, column: object) -> dict[str, object]:
    """Return the id of one column's control; `column` may be a wildcard."""
    return {"role": role, "column": column}
