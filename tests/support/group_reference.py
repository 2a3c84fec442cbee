"""An independent answer to an aggregate: plain loops over plain rows, nothing of the package."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from reference import Row, is_gap

T_975 = (
    *(math.nan, 12.7062047364, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818366),
    *(2.4469118511, 2.3646242516, 2.3060041352, 2.2621571628, 2.2281388520),
)
"""The 97.5th percentile of Student's t by degrees of freedom, from a printed table."""

WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

KEYS: dict[str, Callable[[Any], Hashable]] = {
    "": lambda value: value,
    "year": lambda t: f"{t:%Y}",
    "quarter": lambda t: f"{t:%Y}-Q{(t.month + 2) // 3}",
    "month": lambda t: f"{t:%Y-%m}",
    "week": lambda t: "{}-W{:02}".format(*t.isocalendar()),
    "day": lambda t: f"{t:%Y-%m-%d}",
    "hour": lambda t: f"{t:%Y-%m-%dT%H}",
    "minute": lambda t: f"{t:%Y-%m-%dT%H:%M}",
    "quarter_of_year": lambda t: f"Q{(t.month + 2) // 3}",
    "month_of_year": lambda t: MONTHS[t.month - 1],
    "weekday": lambda t: WEEKDAYS[t.weekday()],
    "hour_of_day": lambda t: t.hour,
}


def key_of(value: Any, suffix: str) -> Hashable:
    """The group that a value lies in; infinity is in no bin."""
    if is_gap(value):
        return None
    if suffix in KEYS:
        return KEYS[suffix](value)
    if math.isinf(value):
        return None
    width = Fraction(suffix)
    low = math.floor(Fraction(repr(value)) / width) * width
    return int(low) if width.denominator == 1 else float(low)


def gathered(rows: list[Row], by: list[str]) -> dict[tuple[Hashable, ...], list[Row]]:
    """The rows of each group, by the values of its keys: `carrier`, `day:month`, `distance:500`."""
    groups: dict[tuple[Hashable, ...], list[Row]] = {}
    for row in rows:
        split = (key.partition(":") for key in by)
        key = tuple(key_of(row[name], suffix) for name, _, suffix in split)
        groups.setdefault(key, []).append(row)
    return groups


def statistics(rows: list[Row], column: str) -> dict[str, Any]:
    """Every statistic of a column over some rows; of text and facets those that they have."""
    values = [row[column] for row in rows if not is_gap(row[column])]
    found: dict[str, Any] = {
        "missing": len(rows) - len(values),
        "distinct": len(set(values)),
    }
    if not values or isinstance(values[0], str | bool):
        names = ("sum", "mean", "mean_low", "mean_high", "sd", "min", "max", "median", "p05", "p95")
        return found | dict.fromkeys(names)
    found |= {"min": min(values), "max": max(values), "median": percentile(values, 50)}
    if isinstance(values[0], date):
        return found
    n, total = len(values), math.fsum(values) if all(map(math.isfinite, values)) else sum(values)
    found |= {"sum": total, "mean": total / n, "p05": percentile(values, 5)}
    found |= {"p95": percentile(values, 95), "sd": None, "mean_low": None, "mean_high": None}
    if n > 1 and math.isfinite(total):
        exact = list(map(Fraction, values))
        mean = sum(exact) / n
        sd = math.sqrt(sum((value - mean) ** 2 for value in exact) / (n - 1))
        found["sd"] = sd
        if n <= len(T_975):
            half = T_975[n - 1] * sd / math.sqrt(n)
            found |= {"mean_low": total / n - half, "mean_high": total / n + half}
    return {
        k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in found.items()
    }


def percentile(values: list[Any], percent: int) -> Any:
    """By linear interpolation between the two values next to its rank; of times rounded down."""
    ordered = sorted(values)
    place, part = divmod((len(ordered) - 1) * percent, 100)
    low, high = ordered[place], ordered[min(place + 1, len(ordered) - 1)]
    if isinstance(low, date):
        low, high = (
            t if isinstance(t, datetime) else datetime.combine(t, time()) for t in (low, high)
        )
        return low + (high - low) // timedelta(microseconds=1) * part // 100 * timedelta(
            microseconds=1
        )
    if not part:
        return float(low)
    between = low + (high - low) * part / 100
    return between if math.isfinite(between) else None


def other_groups(
    found: list[Row], rows: list[Row], by: list[str], of: list[str], stat: list[str]
) -> list[Any]:
    """Where the groups that were found are not those of the rows, with these statistics."""
    groups = gathered(rows, by)
    keys = [tuple(row[key] for key in by) for row in found]
    if sorted(map(repr, groups)) != sorted(map(repr, keys)):
        return [sorted(map(repr, groups)), sorted(map(repr, keys))]
    wrong = []
    for key, row in zip(keys, found, strict=True):
        wanted: Row = dict(zip(by, key, strict=True))
        for column in of:
            theirs = statistics(groups[key], column)
            names = [*stat, "mean_low", "mean_high"]
            wanted |= {f"{name}_{column}": theirs[name] for name in names if name in theirs}
            if len(groups[key]) > len(T_975):
                ends = (f"mean_{end}_{column}" for end in ("low", "high"))
                wanted |= {end: row[end] for end in ends}
        if "count" in stat:
            wanted |= {"count": len(groups[key])}
        if different := unlike(row, wanted):
            wrong.append((key, different))
    return wrong


def unlike(found: Row, wanted: Row) -> Row:
    """Where two rows differ: what one has and what it should have; numbers to nine digits.

    The ends of an interval, a mean and what is added to it, to nine digits of how wide it is.
    """
    return {
        name: (found.get(name), wanted.get(name))
        for name in {*found, *wanted}
        if not _alike(found.get(name), wanted.get(name), _width(wanted, name))
    }


def _width(row: Row, name: Any) -> float:
    if not isinstance(name, str):
        return 0.0
    of = name.removeprefix("mean_low_").removeprefix("mean_high_")
    ends = [row.get(f"mean_{end}_{of}") for end in ("low", "high")] if of != name else []
    return abs(ends[1] - ends[0]) if ends and None not in ends else 0.0


def _alike(found: Any, wanted: Any, width: float) -> bool:
    if isinstance(found, float) and isinstance(wanted, int | float):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=max(1e-12, 1e-9 * width))
    return bool(found == wanted)
