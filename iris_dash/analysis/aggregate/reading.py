"""The reading of what an aggregate says: each of its keys, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from iris_dash.analysis.aggregate.having import read_having
from iris_dash.analysis.aggregate.question import (
    MOST_KEYS,
    OVER,
    Aggregation,
    Having,
)
from iris_dash.analysis.aggregate.statistics import NOUNS, STATISTICS, Statistic, names_for
from iris_dash.core.errors import Problem, QueryError, list_names, quote, shorten, unknown_name
from iris_dash.query.body import DEFAULT_PER_PAGE, INSIDE
from iris_dash.query.group_keys import json_key, key_text, parse_key, wrong
from iris_dash.query.query import Query
from iris_dash.query.schema import Filterable, Measure, Schema
from iris_dash.query.sort import sort_pair, split_sort
from iris_dash.query.url import RANGE

NAMES = ("by", "of", "stat")
FLAGS = ("totals", "empty")
OWN_KEYS = (*NAMES, "having", "sort", "page", "per_page", *FLAGS)
"""What an aggregate says beside its filters, as addresses and JSON bodies call it."""

Found = TypeVar("Found")


class Reading:
    """The reading of one aggregate: what is right of it so far, and all that is wrong."""

    def __init__(
        self, schema: Schema, place: str, own: Mapping[str, Any], problems: Iterable[Problem] = ()
    ) -> None:
        self.schema, self.place, self.own = schema, place, own
        self.problems = list(problems)

    def aggregation(self, query: Callable[[], Query]) -> Aggregation:
        """Return what is asked; `query` reads the filters."""
        try:
            filters = query()
        except QueryError as error:
            self.problems += map(self._with_own_keys, error.problems)
            filters = Query()
        by = self._each("by", lambda name: parse_key(self.schema, name))
        if len(by) > MOST_KEYS:
            self._refuse("by", "too_many_keys", f"by: at most {MOST_KEYS} keys, not {len(by)}")
        of = self._each("of", self._column)
        stat = self._each("stat", _statistic) or self._usual(of)
        self._check_fit(of, stat)
        asked = Aggregation(filters, by, of, stat, totals=self._flag("totals"))
        asked = replace(asked, empty=self._flag("empty"), sort=self._sort(asked))
        page, per_page = (self._number(key) for key in ("page", "per_page"))
        if page is not None or per_page is not None:
            asked = asked.on_page(page or 1, per_page or min(DEFAULT_PER_PAGE, asked.most))
        asked = replace(asked, having=tuple(self._having(asked)))
        if self.problems:
            raise QueryError(self.problems)
        return asked

    def _with_own_keys(self, problem: Problem) -> Problem:
        """Return a problem of the filters; of an unknown key it names those of an aggregate too."""
        if problem.type not in ("unknown_key", "extra_forbidden") or len(problem.loc) != 2:
            return problem
        columns = (column.name for column in self.schema.filterable)
        keys = [*columns, *(INSIDE if self.place == "body" else ()), *OWN_KEYS]
        message = unknown_name("key", problem.loc[1], keys)
        return Problem(problem.type, problem.loc, message, problem.input)

    def _refuse(self, key: str, kind: str, message: str) -> None:
        self.problems.append(Problem(kind, (self.place, key), message, self.own.get(key)))

    def _add(self, key: str, error: QueryError) -> None:
        self.problems += [
            Problem(p.type, (self.place, key), p.msg, p.input) for p in error.problems
        ]

    def _each(self, key: str, read: Callable[[str], Found]) -> tuple[Found, ...]:
        """Return what each name under a key means; what is wrong with one is a problem."""
        found: dict[str, Found] = {}
        for name in self._names(key):
            if name in found:
                self._refuse(key, "repeated_name", f"{key} names {shorten(name)} more than once")
                continue
            try:
                found[name] = read(name)
            except QueryError as error:
                self._add(key, error)
        return tuple(found.values())

    def _names(self, key: str) -> list[str]:
        given = self.own.get(key)
        if given is None or given == "":
            return []
        if isinstance(given, str):
            pairs = map(sort_pair, split_sort(given))
            return [f"-{name}" if down else name for name, down in pairs]
        if isinstance(given, list | tuple) and all(isinstance(name, str) for name in given):
            return list(given)
        message = f"{key} should be text such as 'a,b' or a list of names, not {_brief(given)}"
        self._refuse(key, "names_type", message)
        return []

    def _column(self, name: str) -> Filterable:
        columns = {column.name: column for column in self.schema.filterable}
        if name not in columns:
            raise wrong("unknown_column", unknown_name("column", name, columns), name)
        return columns[name]

    def _usual(self, of: Collection[Filterable]) -> tuple[Statistic, ...]:
        if self.own.get("stat"):
            return ()
        return tuple(STATISTICS[name] for name in (["count", "mean"] if of else ["count"]))

    def _check_fit(self, of: Sequence[Filterable], stat: Sequence[Statistic]) -> None:
        """Refuse statistics of columns that have none such, or of no column at all."""
        of_columns = [one for one in stat if one.of]
        for one in of_columns if of else ():
            for column in of:
                if not one.is_of(column):
                    known = list_names(names_for(column))
                    name, noun = shorten(column.name), NOUNS[type(column)]
                    message = (
                        f"{name} is a {noun} and has no {one.name}; its statistics are {known}"
                    )
                    self._refuse("stat", "wrong_statistic", message)
        if of_columns and not of and not self.own.get("of"):
            measures = list_names(self.schema.measures_by_name)
            message = (
                f"{of_columns[0].name} is of a column, which of names; measures are {measures}"
            )
            self._refuse("stat", "no_column", message)
        if of and not of_columns and stat:
            names = list_names(one.name for one in stat)
            message = f"of names columns, and none of the statistics is of one: {names}"
            self._refuse("of", "no_statistic", message)

    def _flag(self, key: str) -> bool:
        given = self.own.get(key, False)
        if isinstance(given, bool) or given is None:
            return bool(given)
        self._refuse(
            key, "unknown_value", f"{key}: expected {self._yes_or_no}, not {_brief(given)}"
        )
        return False

    @property
    def _yes_or_no(self) -> str:
        return "1 or 0" if self.place == "query" else "true or false"

    def _number(self, key: str) -> int | None:
        given = self.own.get(key)
        if given is None:
            return None
        if type(given) is not int or given < 1:
            message = f"{key}: expected a whole number from 1 on, not {_brief(given)}"
            self._refuse(key, "whole_number", message)
            return None
        return given

    def _sort(self, asked: Aggregation) -> tuple[tuple[str, bool], ...]:
        given = self.own.get("sort")
        if given is None or given == "":
            return ()
        entries = split_sort(given) if isinstance(given, str) else given
        if not isinstance(entries, list | tuple) or not all(isinstance(e, str) for e in entries):
            message = "sort should be text such as '-a,b' or a list of such texts"
            self._refuse("sort", "sort_type", message)
            return ()
        keys = {json_key(key): key_text(key) for key in asked.by}
        keys |= {key_text(key): key_text(key) for key in asked.by}
        outputs = {output.name: output.name for output in asked.outputs}
        of_key = {key_text(key): json_key(key) for key in asked.by}
        over = dict(zip(asked.sorts_over, asked.sorts_over, strict=True))
        for name, one in asked.sorts_over.items():
            key = key_text(asked.by[one.key])
            over.setdefault(name.removesuffix(key) + of_key[key], name)
        found: dict[str, bool] = {}
        for entry in entries:
            name, down = sort_pair(entry)
            known = (over | keys | outputs).get(name)
            if known is None:
                names = dict.fromkeys([*map(key_text, asked.by), *outputs])
                names |= dict.fromkeys(asked.sorts_over) if OVER in name else {}
                message = unknown_name("key or statistic", name, names, "those asked for")
                self._refuse("sort", "unknown_column", message)
            elif known in found:
                self._refuse("sort", "repeated_column", f"sort names {name} more than once")
            else:
                found[known] = down
        return tuple(found.items())

    def _having(self, asked: Aggregation) -> Iterator[Having]:
        outputs = {output.name: output for output in asked.outputs}
        for name, text in self._conditions(outputs):
            try:
                if name not in outputs:
                    message = unknown_name("statistic", name, outputs, "those asked for")
                    raise wrong("unknown_statistic", message, name)
                yield read_having(outputs[name], text)
            except QueryError as error:
                self._add("having", error)

    def _conditions(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield each output and the text of its interval, however `having` is given."""
        given = self.own.get("having")
        if isinstance(given, Mapping):
            for name, ends in given.items():
                if not isinstance(ends, Mapping) or not {*ends} <= {"from", "to"}:
                    message = f"having {shorten(str(name))} should be an object with from and to"
                    self._refuse("having", "object_type", message)
                    continue
                ends = (ends.get("from"), ends.get("to"))
                yield str(name), RANGE.join("" if end is None else str(end) for end in ends)
            return
        texts = [given] if isinstance(given, str) else given or []
        if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
            message = "having should be text such as 'count:30..', a list of such, or an object"
            self._refuse("having", "having_type", message)
            return
        for text in texts:
            # A name may have a colon, and so has a time of day.
            known = [name for name in names if text.startswith(f"{name}:")]
            name = max(known, key=len, default=text.partition(":")[0])
            yield name, text[len(name) + 1 :]


def _statistic(name: str) -> Statistic:
    if name not in STATISTICS:
        known = [*names_for(None), *names_for(Measure("", "", ""))]
        raise wrong("unknown_statistic", unknown_name("statistic", name, known), name)
    return STATISTICS[name]


def _brief(value: Any) -> str:
    return shorten(repr(quote(value)), 60)
