"""Every id of the page, spelled once; `assets/dashboard.js` reads the same spellings."""

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
DISTRIBUTIONS = "distributions"
MATRIX = "matrix"
CORRELATION = "correlation"
COMPARISON = "comparison"

NOTICES = "notices"
COUNT = "count"
SAID = "said"
MAIN = "main"
SCATTER = "scatter"
SCATTER_X = "scatter-x"
SCATTER_Y = "scatter-y"
MEANS = "means"
MEANS_KEY = "means-key"
MEANS_TITLE = "means-title"
COLOUR_BY = "colour-by"
SCATTER_NOTE = "scatter-note"
TABLE = "table"
TABLE_RANGE = "table-range"
PER_PAGE = "per-page"
CONNECTION = "connection"
FILTERS = "filters"
FILTERS_TOGGLE = "filters-toggle"

FACET = "facet"
FACET_ALL = "facet-all"
FACET_NONE = "facet-none"
RANGE = "range"
LOW = "low"
HIGH = "high"
LOG = "log"
RESET = "reset"
CHOICE = "choice"
TWIN = "twin"


def of_column(role: str, column: object) -> dict[str, object]:
    """Return the id of one column's control; `column` may be a wildcard."""
    return {"role": role, "column": column}
