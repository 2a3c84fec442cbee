"""Ibis tables as aggregation pipelines: each question is one, which the server computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.operations as ops

from iris_dash.engines.mongodb.columns import Column, Columns, field_value, made
from iris_dash.engines.mongodb.expressions import Expressions
from iris_dash.engines.mongodb.grouping import Grouping
from iris_dash.engines.mongodb.matches import match
from iris_dash.engines.mongodb.nodes import fields_in, reductions_in

Stage = dict[str, Any]

ALL, NOTHING = "all", {"$match": {"$expr": False}}


@dataclass(frozen=True)
class Pipeline:
    """The stages so far and the columns that their documents have.

    `alone`: of the one row that rows without groups are gathered to, what each column is where
    there are none: MongoDB then has no row.
    """

    columns: Columns
    stages: tuple[Stage, ...] = ()
    alone: Mapping[str, int | None] | None = None

    def then(self, *stages: Stage) -> Pipeline:
        """Return the same with more stages."""
        return replace(self, stages=(*self.stages, *stages))

    def with_paths(self, names: Iterable[str]) -> Pipeline:
        """Return the same with some columns, whose values stand in the documents themselves."""
        wanted = {name: self.columns[name] for name in names}
        if all(column.path is not None for column in wanted.values()):
            return replace(self, columns=wanted)
        return self.projected(wanted)

    def projected(self, wanted: Columns) -> Pipeline:
        """Return documents that have these columns and nothing else."""
        paths = {name: f"c{place}" for place, name in enumerate(wanted)}
        fields = {paths[name]: field_value(one.expression) for name, one in wanted.items()}
        columns = {name: made(paths[name], column.is_known) for name, column in wanted.items()}
        return replace(
            self, columns=columns, stages=(*self.stages, {"$project": {"_id": 0, **fields}})
        )


def pipeline_of(asked: Any, columns: Columns) -> Pipeline:
    """Return the pipeline of an Ibis table over a collection with these columns.

    Its documents have the values of the table's columns as `c0`, `c1` ….
    Errors: NotImplementedError for what nobody asks.
    """
    names = list(asked.schema)
    found = _rows(asked, names, columns)
    return found.projected({name: found.columns[name] for name in names})


def _rows(node: Any, names: Iterable[str], columns: Columns) -> Pipeline:
    """Return the pipeline of rows of which these columns are asked."""
    kind = type(node)
    names = list(dict.fromkeys(names))
    if kind is ops.UnboundTable:
        return Pipeline({name: columns[name] for name in names})
    if kind not in RELATIONS:
        raise NotImplementedError(f"MongoDB is not asked for {kind.__name__}")
    return RELATIONS[kind](node, names, columns)


def _project(node: Any, names: list[str], columns: Columns) -> Pipeline:
    values = {name: node.values[name] for name in names}
    rows = _rows(node.parent, fields_in(values.values()), columns)
    if any(not isinstance(value, ops.Field) for value in values.values()):
        rows = rows.with_paths(rows.columns)
    asked = Expressions(rows.columns)
    found = {
        name: rows.columns[value.name]
        if isinstance(value, ops.Field)
        else Column(asked.value(value), None, asked.is_known(value))
        for name, value in values.items()
    }
    alone = rows.alone
    if alone is not None:
        alone = {
            name: alone.get(value.name) if isinstance(value, ops.Field) else None
            for name, value in values.items()
        }
    return replace(rows, columns=found, alone=alone)


def _filter(node: Any, names: list[str], columns: Columns) -> Pipeline:
    looked_at = fields_in(node.predicates)
    rows = _rows(node.parent, [*names, *looked_at], columns)
    if any(rows.columns[name].path is None for name in looked_at):
        rows = rows.with_paths(rows.columns)
    asked = Expressions(rows.columns)
    found = [match(asked, one) for one in node.predicates]
    return replace(rows.then(*({"$match": one} for one in found)), alone=None)


def _sort(node: Any, names: list[str], columns: Columns) -> Pipeline:
    keys = [(key.arg, key.ascending, key.nulls_first) for key in node.keys]
    rows = _rows(node.parent, [*names, *fields_in(arg for arg, _, _ in keys)], columns)
    if not all(isinstance(arg, ops.Field) for arg, _, _ in keys):
        raise NotImplementedError("MongoDB sorts by columns")
    # What is missing is less than any other to MongoDB.
    own = {
        arg.name for arg, up, first in keys if up != first and not rows.columns[arg.name].is_known
    }
    if own or any(rows.columns[arg.name].path is None for arg, _, _ in keys):
        rows = rows.projected(rows.columns)
    flags = {name: f"n{place}" for place, name in enumerate(sorted(own))}
    order: dict[str, int] = {}
    for arg, up, first in keys:
        column = rows.columns[arg.name]
        if arg.name in flags:
            order.setdefault(flags[arg.name], -1 if first else 1)
        assert column.path is not None
        order.setdefault(column.path, 1 if up else -1)
    missing = {
        flag: {"$cond": [{"$eq": [rows.columns[name].expression, None]}, 1, 0]}
        for name, flag in flags.items()
    }
    rows = rows.then({"$addFields": missing}) if missing else rows
    return rows.then({"$sort": order})


def _limit(node: Any, names: list[str], columns: Columns) -> Pipeline:
    rows = _rows(node.parent, names, columns)
    start, length = (getattr(end, "value", end) for end in (node.offset, node.n))
    if start:
        rows = replace(rows.then({"$skip": int(start)}), alone=None)
    if length is None:
        return rows
    if not length:
        return replace(rows.then(NOTHING), alone=None)
    return rows.then({"$limit": int(length)})


def _aggregate(node: Any, names: list[str], columns: Columns) -> Pipeline:
    values = [*node.groups.values(), *(node.metrics[n] for n in names if n in node.metrics)]
    rows = _rows(node.parent, fields_in(values), columns)
    rows = rows.with_paths(rows.columns)
    grouping = Grouping(asked := Expressions(rows.columns))
    keys = {name: grouping.input(asked.value(key)) for name, key in node.groups.items()}
    metrics = {name: node.metrics[name] for name in names if name in node.metrics}
    reduced = {one: grouping.reduction(one) for one in reductions_in(metrics.values())}
    if len(keys) == 1:
        key: Any = next(iter(keys.values()))
        groups = {name: made("_id", asked.is_known(node.groups[name])) for name in keys}
    else:
        key = {f"k{place}": path for place, path in enumerate(keys.values())} or None
        groups = {
            name: made(f"_id.k{place}", asked.is_known(node.groups[name]))
            for place, name in enumerate(keys)
        }
    after = Expressions({}, reduced)
    found = groups | {
        name: reduced[value]
        if value in reduced
        else Column(after.value(value), None, after.is_known(value))
        for name, value in metrics.items()
    }
    rows = rows.then(*grouping.stages(key))
    counts = (ops.CountStar, ops.Count, ops.CountDistinct)
    alone = {name: 0 if isinstance(value, counts) else None for name, value in metrics.items()}
    columns = {name: found[name] for name in names}
    return replace(rows, columns=columns, alone=None if keys else alone)


def _dropped(node: Any, names: list[str], columns: Columns) -> Pipeline:
    return _rows(node.parent, names, columns)


RELATIONS: dict[type, Callable[[Any, list[str], Columns], Pipeline]] = {
    ops.Project: _project,
    ops.Filter: _filter,
    ops.Sort: _sort,
    ops.Limit: _limit,
    ops.Aggregate: _aggregate,
    ops.DropColumns: _dropped,
}
