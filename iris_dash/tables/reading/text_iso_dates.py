"""Dates and times in ISO 8601, as texts of a column have them."""

from __future__ import annotations

import polars as pl

from iris_dash.tables.libraries.moments import PER_SECOND, TimeUnit
from iris_dash.tables.reading.text_marks import all_are

ISO_DATE = r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]"
SECONDS_OFF = r"^(.*[+-][0-9]{2}:[0-9]{2}):([0-9]{2})$"
BEHIND_UTC = r"-[0-9]{2}:[0-9]{2}$"


def dated_text(text: pl.Series) -> pl.Series:
    """Return a column of texts as dates or times if all are such in ISO 8601, else as it is."""
    known = text.drop_nulls()
    if not len(known) or not all_are(known, ISO_DATE):
        return text
    days = text.str.to_date("%Y-%m-%d", strict=False)
    if days.null_count() == text.null_count():
        return days
    # With a blank before the time, and with its seconds: "2026-11-24T10:30Z", "2026-11-24".
    plain = text.str.replace(r"^(.{10})T", "${1} ").str.replace(r"^(.{10})$", "${1} 00:00")
    plain = plain.str.replace(r"^(.{10} [0-9]{2}:[0-9]{2})(Z|[+-].*)?$", "${1}:00${2}")
    # Of an offset with seconds Polars reads none.
    seconds = plain.str.extract(SECONDS_OFF, 2).cast(pl.Int64).fill_null(0)
    plain = plain.str.replace(SECONDS_OFF, "${1}")
    for zone in ("", "%#z"):
        found = moments(plain, zone)
        if found is not None:
            behind = plain.str.contains(BEHIND_UTC)
            return _earlier(found, (-seconds).zip_with(behind, seconds))
    return text


def _earlier(times: pl.Series, seconds: pl.Series) -> pl.Series:
    if not isinstance(times.dtype, pl.Datetime) or not (seconds != 0).any():
        return times
    return (times.to_physical() - seconds * PER_SECOND[times.dtype.time_unit]).cast(times.dtype)


def moments(text: pl.Series, zone: str = "") -> pl.Series | None:
    """Return a column of texts with the time behind a blank as moments, None if any is none.

    Millionths of a second are kept, and billionths where there are such, of the years that have
    room for them. A leap second, and what is finer, is no moment: Polars would change it.
    """
    form = f"%Y-%m-%d %H:%M:%S%.f{zone}"
    unit: TimeUnit = "us"
    if text.str.contains(r":60|\.[0-9]{10}").any():
        return None
    if text.str.contains(r"\.[0-9]{7}").any():
        if not text.str.slice(0, 4).is_between("1678", "2261").all():
            return None
        unit = "ns"
    found = text.str.to_datetime(form, strict=False, time_unit=unit, exact=True)
    return found if found.null_count() == text.null_count() else None
