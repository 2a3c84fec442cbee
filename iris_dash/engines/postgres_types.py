"""What PostgreSQL's own types are read as, and the dates and times that it writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import ibis.expr.datatypes as dt
import pyarrow as pa

from iris_dash.core.days import DAY, ENDLESS_DAY, ENDLESS_TIME, days_of

PLAIN = {
    *("bool", "int2", "int4", "int8", "float4", "float8", "numeric"),
    *("text", "varchar", "date", "timestamp", "timestamptz"),
}
"""Types that are read as they are; any other one is read as its text."""

MONEY = dt.Decimal(19, 2)
"""As what `money` is read, which Ibis cannot name."""

TYPES = """
    SELECT a.attname, base.typname,
        (SELECT array_agg(enumlabel::text ORDER BY enumsortorder)
         FROM pg_enum WHERE enumtypid = base.oid)
    FROM pg_attribute a
    JOIN pg_type own ON own.oid = a.atttypid
    JOIN pg_type base ON base.oid = coalesce(nullif(own.typbasetype, 0), own.oid)
    WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""

MOMENT = re.compile(
    r"(\d+)-(\d\d)-(\d\d)"
    r"(?: (\d\d):(\d\d):(\d\d)(\.\d+)?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?)?( BC)?"
)


def own_types(connection: Any, place: str, schema: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return an Ibis schema's types as they are read, and the order of each enum's values."""
    kinds, orders = dict(schema), {}
    for name, base, labels in connection.execute(TYPES, [place]).fetchall():
        if base == "money":
            kinds[name] = MONEY
        elif base not in PLAIN:
            kinds[name] = dt.unknown
        if labels:
            orders[name] = tuple(labels)
    return kinds, orders


def moments(texts: Any, kind: pa.DataType) -> pa.Array:
    """Return dates or times as Arrow has them of how PostgreSQL writes them, infinite ones too."""
    is_date = pa.types.is_date(kind)
    counts = [_count(text, is_date) for text in texts.to_pylist()]
    return pa.array(counts, pa.int32() if is_date else pa.int64()).cast(kind)


def _count(text: str | None, is_date: bool) -> int | None:
    """Return the days, or microseconds, from 1970."""
    if text is None:
        return None
    most = ENDLESS_DAY if is_date else ENDLESS_TIME
    if text.endswith("infinity"):
        return -most if text.startswith("-") else most
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no date or time")
    year, month, day, hour, minute, second, fraction, sign, *off, era = found.groups()
    days = days_of(1 - int(year) if era else int(year), int(month), int(day))
    if is_date:
        return days
    seconds = (int(hour) * 60 + int(minute)) * 60 + int(second)
    hours, minutes, more = (int(part or 0) for part in off)
    shift = (hours * 60 + minutes) * 60 + more
    seconds -= -shift if sign == "-" else shift
    count = (days * DAY + seconds) * 1_000_000 + round(float(fraction or 0) * 1_000_000)
    return max(-most, min(count, most))
