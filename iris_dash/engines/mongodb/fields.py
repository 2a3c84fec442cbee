"""The fields of a collection's documents as columns: their names, kinds and how each is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis.expr.datatypes as dt

from iris_dash.engines.mongodb.columns import Column, Expression, literal, stored

OWN_KEY = "_id"

EPOCH, DAY = datetime(1970, 1, 1), 86_400_000

FAMILIES: dict[str, tuple[str, ...]] = {
    "none": ("missing", "null", "undefined"),
    "whole": ("int", "long"),
    "float": ("double",),
    "decimal": ("decimal",),
    "text": ("string",),
    "truth": ("bool",),
    "date": ("date",),
    "list": ("array",),
    "document": ("object",),
    "key": ("objectId",),
}
"""MongoDB's types by what is made of them; all others are only named."""

NUMBERS = {"whole", "float", "decimal"}

Counts = Mapping[str, int]
"""How many documents have a field of each family; `midnight`: dates without a time of day."""


@dataclass(frozen=True)
class Field:
    """A column's name, its type, and how a pipeline reads it."""

    name: str
    dtype: dt.DataType
    column: Column


def paths_of(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the paths of what documents hold, nested documents by `.`, in order of appearance.

    A field that cannot be named in a path is left out: its name is empty, has a `.` or begins
    with `$`.

    >>> paths_of([{"a": {"b": 1, "c": [2]}}, {"a": None, "d.e": 3, "f": None}])
    ['a.b', 'a.c', 'f']
    """
    found: dict[str, bool] = {}
    nested = set()
    for document in documents:
        for path, value in _leaves(document, ""):
            found[path] = found.get(path, False) or value is not None
            names = path.split(".")
            nested |= {".".join(names[:n]) for n in range(1, len(names))}
    # A nested document that some lack is no column itself.
    return [path for path, has_value in found.items() if has_value or path not in nested]


def _leaves(document: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if not name or "." in name or name.startswith("$"):
            continue
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def counting(paths: list[str]) -> list[dict[str, Any]]:
    """Return the pipeline that counts the types of each field; `counted` reads its answer."""
    read: dict[str, Any] = {"_id": 0}
    counts: dict[str, Any] = {"n": {"$sum": 1}}
    for i, path in enumerate(paths):
        read[f"t{i}"] = kind = {"$type": f"${path}"}
        since = {"$mod": [{"$subtract": [f"${path}", literal(EPOCH)]}, DAY]}
        midnight = {"$cond": [{"$eq": [since, 0]}, 1, 0]}
        read[f"m{i}"] = {"$cond": [{"$eq": [kind, "date"]}, midnight, 0]}
        for family, types in FAMILIES.items():
            among = {"$or": [{"$eq": [f"$t{i}", one]} for one in types]}
            counts[f"{family}{i}"] = {"$sum": {"$cond": [among, 1, 0]}}
        counts[f"midnight{i}"] = {"$sum": f"$m{i}"}
    return [{"$project": read}, {"$group": {"_id": None, **counts}}]


def counted(answer: Mapping[str, int], paths: list[str]) -> list[dict[str, int]]:
    """Return the counts of each field; `other` those of any other type."""
    found = []
    for i in range(len(paths)):
        counts = {family: int(answer[f"{family}{i}"]) for family in FAMILIES}
        other = int(answer["n"]) - sum(counts.values())
        found.append({**counts, "midnight": int(answer[f"midnight{i}"]), "other": other})
    return found


def field_of(path: str, counts: Counts) -> Field:
    """Return how a field is read: as its one type, or as text where it has several."""
    families = {name for name in (*FAMILIES, "other") if name != "none" and counts[name]}
    own = stored(path, path == OWN_KEY)
    if families <= NUMBERS and families:
        if families == {"whole"}:
            return Field(path, dt.int64, own)
        if "decimal" in families:
            # Compared as they are, 1.1 would be less than the float that is written so.
            return Field(path, dt.float64, Column({"$toDouble": own.expression}))
        return Field(path, dt.float64, own)
    if families == {"date"}:
        moment = dt.Timestamp(timezone="UTC", scale=3)
        return Field(path, dt.date if counts["midnight"] == counts["date"] else moment, own)
    if families == {"truth"}:
        return Field(path, dt.boolean, own)
    if families <= {"text"}:
        return Field(path, dt.string, own)
    return Field(path, dt.string, Column(_text_of(own.expression, families), None))


def _text_of(value: Expression, families: set[str]) -> Expression:
    """Return what is said of a value of any type; of a list its members."""
    item = _said("$$this", {*FAMILIES, "other"}, literal("[…]"))
    joined = {"$concat": ["$$value", {"$cond": [{"$eq": ["$$value", ""]}, "", ", "]}, item]}
    members = {"$reduce": {"input": "$$v", "initialValue": "", "in": joined}}
    return {"$let": {"vars": {"v": value}, "in": _said("$$v", families, members)}}


def _said(value: str, families: set[str], members: Expression) -> Expression:
    kind = {"$type": value}
    named = {"$concat": ["(", kind, ")"]}
    makes: dict[str, Expression] = {
        "list": members,
        "document": literal("{…}"),
        "text": value,
        "other": named,
    }
    found: Expression = named if "other" in families else {"$toString": value}
    for family in reversed(FAMILIES):
        if family in families and family != "none":
            among = {"$in": [kind, [*FAMILIES[family]]]}
            found = {"$cond": [among, makes.get(family, {"$toString": value}), found]}
    nothing = {"$in": [kind, [*FAMILIES["none"]]]}
    return {"$cond": [nothing, None if value == "$$v" else literal("null"), found]}
