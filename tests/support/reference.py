"""An independent answer to a query: plain loops over plain rows, nothing of the package."""

from __future__ import annotations

import math
from typing import Any

Row = dict[str, Any]


def is_gap(value: Any) -> bool:
    return value is None or value != value


def select(
    rows: list[Row],
    chosen: dict[str, list[Any]],
    lower: dict[str, float],
    upper: dict[str, float],
) -> list[Row]:
    """Rows whose facet values are among the chosen and whose measures are within the bounds."""
    kept = []
    for row in rows:
        right = True
        for name, values in chosen.items():
            gap = is_gap(row[name])
            if gap and not any(is_gap(v) for v in values):
                right = False
            if not gap and row[name] not in [v for v in values if not is_gap(v)]:
                right = False
        for name, low in lower.items():
            if is_gap(row[name]) or not row[name] >= low:
                right = False
        for name, high in upper.items():
            if is_gap(row[name]) or not row[name] <= high:
                right = False
        if right:
            kept.append(row)
    return kept


def in_order(
    rows: list[Row], sort: list[tuple[str, bool]], orders: dict[str, list[Any]]
) -> list[Row]:
    """Rows sorted by several columns: stable, missing last; facets in their own order."""
    result = list(rows)
    for name, descending in reversed(sort):
        order = orders.get(name)
        present = [row for row in result if not is_gap(row[name])]
        gaps = [row for row in result if is_gap(row[name])]
        present.sort(
            key=lambda row, name=name, order=order: order.index(row[name]) if order else row[name],
            reverse=descending,
        )
        result = present + gaps
    return result


def means(
    rows: list[Row], group: str, values: list[Any], measures: list[str]
) -> list[tuple[Any, int, list[float | None]]]:
    """(group, n, mean per measure) of each group with rows, in the order of `values`."""
    answer = []
    for value in values:
        own = [r for r in rows if (is_gap(r[group]) if is_gap(value) else r[group] == value)]
        if not own:
            continue
        found: list[float | None] = []
        for measure in measures:
            numbers = [r[measure] for r in own if not is_gap(r[measure])]
            found.append(sum(numbers) / len(numbers) if numbers else None)
        answer.append((value, len(own), found))
    return answer


def five_numbers(values: Any) -> list[float]:
    """The least, the quartiles and the greatest of some numbers, by linear interpolation."""
    ordered, found = sorted(map(float, values)), list[float]()
    if not ordered:
        return [math.nan] * 5
    for quarter in range(5):
        whole, rest = divmod(quarter * (len(ordered) - 1), 4)
        low, high = (ordered[min(place, len(ordered) - 1)] for place in (whole, whole + 1))
        found.append(low + (high - low) * rest / 4 if rest else low)
    return found


def matches(text: str | None, said: Any) -> bool:
    """Whether text is what `where` says of its column, in small letters of ASCII."""
    if isinstance(said, list):
        return text in said
    if text is None:
        return not said.keys() - {"not"}
    several = {key: [one] if isinstance(one, str) else one for key, one in said.items()}
    small = text.lower()
    return (
        text not in several.get("not", [])
        and all(part.lower() in small for part in several.get("has", []))
        and all(small.startswith(part.lower()) for part in several.get("starts", []))
    )
