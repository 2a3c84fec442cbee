"""Ibis tables as aggregation pipelines: each question is one, which the server computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ibis.expr.operations as ops

from iris_dash.engines.mongodb.columns import Column, Columns, Expression, field_value, made
from iris_dash.engines.mongodb.expressions import Expressions
from iris_dash.engines.mongodb.matches import match

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
    rows = _rows(node.parent, _fields(values.values()), columns)
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
    looked_at = _fields(node.predicates)
    rows = _rows(node.parent, [*names, *looked_at], columns)
    if any(rows.columns[name].path is None for name in looked_at):
        rows = rows.with_paths(rows.columns)
    asked = Expressions(rows.columns)
    found = [match(asked, one) for one in node.predicates]
    return replace(rows.then(*({"$match": one} for one in found)), alone=None)


def _sort(node: Any, names: list[str], columns: Columns) -> Pipeline:
    keys = [(key.arg, key.ascending, key.nulls_first) for key in node.keys]
    rows = _rows(node.parent, [*names, *_fields(arg for arg, _, _ in keys)], columns)
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


@dataclass
class _Gathering:
    """What a grouping computes before, within and after it."""

    asked: Expressions
    inputs: dict[str, Expression] = field(default_factory=dict)
    accumulators: dict[str, Expression] = field(default_factory=dict)
    distinct: dict[str, str] = field(default_factory=dict)

    def input(self, expression: Expression) -> str:
        """Return the path of what is computed of each row first."""
        name = f"i{len(self.inputs)}"
        self.inputs[name] = field_value(expression)
        return f"${name}"

    def sum_up(self, operator: str, of: Expression) -> str:
        """Return the path of what is computed of each group."""
        name = f"a{len(self.accumulators)}"
        self.accumulators[name] = {operator: of}
        return name

    def reduction(self, node: Any) -> Column:
        """Return an aggregate as a column of the groups."""
        if isinstance(node, ops.CountStar):
            return made(self.sum_up("$sum", 1), is_known=True)
        if node.where is not None if hasattr(node, "where") else False:
            raise NotImplementedError("MongoDB is not asked for a part of a group")
        kind = type(node)
        if kind in (ops.Count, ops.Sum, ops.CountDistinct, ops.Any):
            return SPECIAL[kind](self, node)
        if kind in PLAIN and (kind is not ops.StandardDev or node.how == "sample"):
            return made(self.sum_up(PLAIN[kind], self.input(self.asked.value(node.arg))))
        raise NotImplementedError(f"MongoDB is not asked for {kind.__name__}")

    def _count(self, node: Any) -> Column:
        known = {"$cond": [self.asked.test(ops.NotNull(node.arg)), 1, 0]}
        return made(self.sum_up("$sum", self.input(known)), is_known=True)

    def _sum(self, node: Any) -> Column:
        # Of no numbers MongoDB's sum is 0.
        known, total = self._count(node), self.input(self.asked.value(node.arg))
        total = self.sum_up("$sum", total)
        return Column({"$cond": [{"$gt": [known.expression, 0]}, f"${total}", None]})

    def _any(self, node: Any) -> Column:
        holds = {"$cond": [self.asked.test(node.arg), 1, 0]}
        found = self.sum_up("$max", self.input(holds))
        return Column({"$eq": [f"${found}", 1]}, None, True)

    def _distinct(self, node: Any) -> Column:
        name = f"d{len(self.distinct)}"
        self.distinct[name] = self.input(self.asked.value(node.arg))
        return made(name, is_known=True)

    def stages(self, key: Any) -> list[Stage]:
        """Return the stages that make the groups of a key, or of none."""
        before: list[Stage] = [{"$project": {"_id": 0, **self.inputs}}] if self.inputs else []
        group: Stage = {"$group": {"_id": key, **self.accumulators}}
        if not self.distinct:
            return [*before, group]
        if key is not None:
            raise NotImplementedError("MongoDB is not asked for distinct values of groups")
        # Grouped, since a list of them all may be too long for a document.
        counts = {
            name: [
                {"$match": {path[1:]: {"$ne": None}}},
                {"$group": {"_id": path}},
                {"$count": "n"},
            ]
            for name, path in self.distinct.items()
        }
        first = {name: _first(f"$all.{name}", None) for name in self.accumulators}
        first |= {name: _first(f"${name}.n", 0) for name in self.distinct}
        return [*before, {"$facet": {"all": [group], **counts}}, {"$project": first}]


PLAIN: dict[type, str] = {
    ops.Min: "$min",
    ops.Max: "$max",
    ops.Mean: "$avg",
    ops.StandardDev: "$stdDevSamp",
    ops.Arbitrary: "$first",
}
SPECIAL: dict[type, Callable[[_Gathering, Any], Column]] = {
    ops.Count: _Gathering._count,
    ops.Sum: _Gathering._sum,
    ops.Any: _Gathering._any,
    ops.CountDistinct: _Gathering._distinct,
}


def _aggregate(node: Any, names: list[str], columns: Columns) -> Pipeline:
    values = [*node.groups.values(), *(node.metrics[n] for n in names if n in node.metrics)]
    rows = _rows(node.parent, _fields(values), columns)
    rows = rows.with_paths(rows.columns)
    gathering = _Gathering(asked := Expressions(rows.columns))
    keys = {name: gathering.input(asked.value(key)) for name, key in node.groups.items()}
    metrics = {name: node.metrics[name] for name in names if name in node.metrics}
    reduced = {one: gathering.reduction(one) for one in _reductions(metrics.values())}
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
    rows = rows.then(*gathering.stages(key))
    counts = (ops.CountStar, ops.Count, ops.CountDistinct)
    alone = {name: 0 if isinstance(value, counts) else None for name, value in metrics.items()}
    columns = {name: found[name] for name in names}
    return replace(rows, columns=columns, alone=None if keys else alone)


def _first(path: str, otherwise: Any) -> Expression:
    return {"$ifNull": [{"$arrayElemAt": [path, 0]}, otherwise]}


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


def _fields(nodes: Iterable[Any]) -> list[str]:
    """Return the names of the columns that values are made of, not those below them."""
    return [one.name for one in _walk(nodes) if isinstance(one, ops.Field)]


def _reductions(nodes: Iterable[Any]) -> list[Any]:
    return [one for one in _walk(nodes) if isinstance(one, ops.Reduction)]


def _walk(nodes: Iterable[Any]) -> list[Any]:
    """Return the values that values are made of, each once."""
    found: dict[Any, None] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node in found or isinstance(node, ops.Relation):
            continue
        found[node] = None
        if isinstance(node, ops.Field):
            continue
        for arg in node.args:
            parts = arg if isinstance(arg, tuple) else (arg,)
            waiting += [part for part in parts if isinstance(part, ops.Node)]
    return list(found)
