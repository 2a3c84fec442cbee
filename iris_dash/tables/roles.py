"""What the values of a column stand for, beside its kind: amounts, years, codes, identifiers."""

from __future__ import annotations

from collections.abc import Callable

from iris_dash.query.names import name_words
from iris_dash.query.schema import Role
from iris_dash.tables.extent import Extent

MOST_DISCRETE = 60
"""Whole numbers that span at most so many are few: the months, the hours, the minutes."""

FIRST_YEAR, LAST_YEAR = 1_500, 2_200
NEAR_YEARS = 1_900, 2_100
"""Few whole numbers between these are years whatever their column is called."""

YEARS = frozenset(
    {"year", "years", "yr", "yyyy", "jahr", "jahrgang", "année", "annee", "año", "anno"}
)
IDENTIFIERS = frozenset({"id", "uuid", "guid", "pk", "rowid", "identifier", "serial"})
ROW_NUMBERS = frozenset({"rownames", "rowname", "row", "rownumber", "rownum", "index", "unnamed0"})
"""Whole names, blanks and signs aside, of columns that number the rows where no two are alike."""

CODES = frozenset(
    {"zip", "zipcode", "postcode", "postcodes", "postal", "plz", "postleitzahl", "fips", "phone"}
    | {"telephone", "isbn", "issn", "ean", "upc", "sku", "ssn", "iban"}
)
"""Words of which one in a name says that its values are labels."""

LAST_OF_CODES = frozenset({"code", "key", "no", "nr"})
"""Words that say it at the end of a name."""

STATUS = "status"
"""Whole numbers whose name ends so are labels: 404. In words it is a category like any other."""

YES_NO = ["yes", "no"]

NUMBERED = frozenset(
    {"flight", "order", "invoice", "ticket", "account", "serial", "train", "batch"}
)
"""What is called by a number: `flight`, `flight_number`."""

NUMBER = frozenset({"number", "no", "num", "nr"})

CLOCKED = frozenset(
    {"dep", "departure", "arr", "arrival", "sched", "scheduled", "crs", "opening", "closing"}
)
"""Beside the word `time` they say a time of day: as whole numbers 1745 is a quarter to six."""

CLOCK = 1_000, 2_459


def role_of(name: str, extent: Extent | None, all_differ: Callable[[], bool]) -> Role:
    """Return what the values of a column stand for, by its name and by facts of its values.

    `extent` is that of its numbers, None of text. `all_differ`: whether no value is missing and no
    two are alike; asked only of columns that are called an identifier, see `may_identify`.

    >>> role_of("year", Extent(2013, 2013, 0, 2013), lambda: False)
    'year'
    >>> role_of("month", Extent(1, 12, 0, 6.5), lambda: False)
    'discrete'
    >>> role_of("Respondent ID", Extent(100, 900, 0, 500), lambda: True)
    'identifier'
    """
    words = name_words(name)
    if extent is None:
        return _label(words, all_differ) or "plain"
    if extent.decimals:
        return "plain"
    if extent.low >= 0 and (label := _label(words, all_differ)):
        return label
    if extent.low >= 0 and words[-1:] == [STATUS]:
        return "code"
    if _are_years(words, extent):
        return "year"
    if extent.low >= 0 and _are_clock_times(words, extent):
        return "code"
    return "discrete" if extent.high - extent.low < MOST_DISCRETE else "plain"


def may_identify(name: str) -> bool:
    """Return whether a column is called an identifier.

    >>> may_identify("customerId"), may_identify("humid"), may_identify("Unnamed: 0")
    (True, False, True)
    """
    words = name_words(name)
    return bool(IDENTIFIERS & set(words)) or "".join(words) in ROW_NUMBERS


def _label(words: list[str], all_differ: Callable[[], bool]) -> Role | None:
    """Return which label a name says, if any."""
    if IDENTIFIERS & set(words):
        return "identifier" if all_differ() else "code"
    if "".join(words) in ROW_NUMBERS and all_differ():
        return "identifier"
    numbered = bool(words) and words[0] in NUMBERED and set(words[1:]) <= NUMBER
    if numbered or CODES & set(words) or _ends_as_code(words):
        return "code"
    return None


def _ends_as_code(words: list[str]) -> bool:
    """Return whether a name of several words, or one that is called a code, ends as one does."""
    return bool(words) and words[-1] in LAST_OF_CODES and words != ["no"] and words[-2:] != YES_NO


def _are_years(words: list[str], extent: Extent) -> bool:
    low, high = extent.low, extent.high
    if YEARS & set(words):
        return low >= FIRST_YEAR and high <= LAST_YEAR
    return low >= NEAR_YEARS[0] and high <= NEAR_YEARS[1] and high - low < MOST_DISCRETE


def _are_clock_times(words: list[str], extent: Extent) -> bool:
    return "time" in words and bool(CLOCKED & set(words)) and CLOCK[0] <= extent.high <= CLOCK[1]
