"""Dates of any year as days from 1970, and as ISO 8601 text: also those that Python cannot hold.

Source: H. Hinnant, chrono-compatible low-level date algorithms, `days_from_civil` and its inverse.
"""

from __future__ import annotations

DAY = 86_400
"""Seconds."""

ENDLESS_DAY, ENDLESS_TIME = 2**31 - 1, 2**63 - 1
"""How an infinite date or time is written, as DuckDB does: in days, or in the column's own unit."""


def iso_date(days: int) -> str:
    """Return the date so many days after 1970 began, as ISO 8601 writes any year.

    >>> iso_date(0), iso_date(3_672_148), iso_date(-735_160)
    ('1970-01-01', '+12024-01-01', '-0043-03-15')
    """
    era, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    shifted = (5 * day + 2) // 153  # the month, from March
    month = shifted + 3 if shifted < 10 else shifted - 9
    year += era * 400 + (month <= 2)
    return f"{year_text(year)}-{month:02}-{day - (153 * shifted + 2) // 5 + 1:02}"


def year_text(year: int) -> str:
    """Return a year as ISO 8601 writes any; the year 0 is the one before the year 1.

    >>> year_text(987), year_text(12024), year_text(-43)
    ('0987', '+12024', '-0043')
    """
    sign = "-" if year < 0 else "+" if year > 9_999 else ""
    return f"{sign}{abs(year):04}"


def days_of(year: int, month: int, day: int) -> int:
    """Return how many days after 1970 began a date is; the inverse of `iso_date`.

    >>> days_of(1970, 1, 1), days_of(12024, 1, 1), days_of(-43, 3, 15)
    (0, 3672148, -735160)
    """
    year -= month <= 2
    era, own = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + own * 365 + own // 4 - own // 100 + of_year - 719_468
