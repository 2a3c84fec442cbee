"""The sentence of the Summarise view: which statistic, of what, by which keys; each is a menu."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from dash.development.base_component import Component

from iris_dash.analysis.aggregate.statistics import STATISTICS, is_percentile
from iris_dash.analysis.judgment import first_groups, trend_time
from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.state import DashboardState
from iris_dash.dashboard.page.elements import select
from iris_dash.dashboard.views.page_choice import PageChoice
from iris_dash.query.calendar import parts_of, unit_place, units_of
from iris_dash.query.group_keys import (
    BinKey,
    GroupKey,
    PartKey,
    UnitKey,
    ValueKey,
    key_text,
)
from iris_dash.query.schema import Filterable, Measure, Schema, Time
from iris_dash.query.value_text import humanise

Options = tuple[tuple[str, str], ...]

MOST_COLUMNS = 200
"""Of a menu: a table of thousands of columns is asked through `/aggregate/`."""

MOST_UNITS = 2_000
FEW_UNITS, MANY_UNITS = 2, 24
"""A time is offered at the units that its span has so many of; as columns first at one of few."""

PERCENTS = ("p05", "p10", "p25", "p75", "p90", "p95", "p99")
"""Those of the 99 percentiles that the menu has."""

WORDS = {
    "count": "number",
    "share": "share",
    "missing": "number missing",
    "distinct": "number of different values",
}
WORDS |= {"sd": "standard deviation", "min": "least", "max": "greatest"}
NO_KEY = "none"


@dataclass(frozen=True)
class SentenceMenu(PageChoice):
    """A menu within the sentence, whose options are the table's; the first is the default."""

    of: Callable[[Schema], Options] = field(kw_only=True)

    def offered(self, schema: Schema) -> Options:
        """Return the options of a table; of one that has none the empty one."""
        return (self.of(schema) if keys_of(schema) else ()) or self.options

    def shown(self, schema: Schema, state: DashboardState) -> str:
        """Return the value that is chosen, else the table's first."""
        return dict(state.choices).get(self.key, self.offered(schema)[0][0])

    def buttons(self, look: str, schema: Schema) -> Component:
        """Return the menu."""
        options = [{"value": value, "label": text} for value, text in self.offered(schema)]
        own = ids.of_column(ids.CHOICE, self.key)
        return select(own, self.label, options, options[0]["value"])


def statistic_words(name: str) -> str:
    """Return a statistic as the sentence says it.

    >>> statistic_words("p05"), statistic_words("sd")
    ('5th percentile', 'standard deviation')
    """
    if name[0] == "p" and name[1:].isdigit():
        return f"{int(name[1:])}th percentile"
    return WORDS.get(name, name)


def _statistics(schema: Schema) -> Options:
    found = [one.name for one in STATISTICS.values() if not is_percentile(one)]
    names = [*(name for name in found if name != "interval"), *PERCENTS]
    if any(measure.is_averaged for measure in schema.measures):
        names = ["mean", *(name for name in names if name != "mean")]
    else:
        names = [name for name in names if _has_any(schema, name)]
    return tuple((name, statistic_words(name)) for name in names)


def _has_any(schema: Schema, name: str) -> bool:
    statistic = STATISTICS[name]
    return not statistic.of or any(statistic.is_of(column) for column in schema.filterable)


@lru_cache(maxsize=64)
def _columns(schema: Schema) -> Options:
    measures = sorted(schema.measures, key=_rank)
    columns: list[Filterable] = [*measures, *schema.times, *schema.facets, *schema.texts]
    return tuple((column.name, column.inner_label) for column in columns[:MOST_COLUMNS])


def _rank(measure: Measure) -> tuple[bool, bool, bool]:
    """Return where a measure stands in the menu: first the amounts, last the labels."""
    return not measure.is_averaged, not measure.is_quantity, measure.role != "plain"


@lru_cache(maxsize=64)
def keys_of(schema: Schema) -> dict[str, GroupKey]:
    """Return what rows may be gathered by, by how `/aggregate/` names it; the best one first."""
    keys = list(_keys(schema))[:MOST_COLUMNS]
    first = first_groups(schema)
    facets = [key for key in keys if isinstance(key, ValueKey)]
    best = next((key for key in facets if first is None or key.column == first), None)
    best = max(
        (key for key in facets if key.column in schema.facets and key.column.role == "plain"),
        key=lambda key: _fitness(len(getattr(key.column, "values", ()))),
        default=best,
    )
    if best:
        keys = [best, *(key for key in keys if key is not best)]
    return {key_text(key): key for key in keys}


def _fitness(count: int) -> tuple[bool, int]:
    """Return how well so many groups fill a table: up to forty the more the better."""
    return count <= 40, count if count <= 40 else -count


def _keys(schema: Schema) -> Iterator[GroupKey]:
    for facet in schema.facets:
        if not facet.is_constant and facet.role != "identifier":
            yield ValueKey(facet)
    for time in schema.times:
        if time.is_of_day or time.is_constant or time.low is None:
            continue
        for unit in units_of(time.is_date):
            if 1 < units_within(time, unit) <= MOST_UNITS:
                yield UnitKey(time, unit)
        for part in parts_of(time.is_date):
            yield PartKey(time, part)
    for measure in schema.measures:
        if measure.role in ("discrete", "year") and measure.whole and not measure.is_constant:
            yield BinKey(measure, "1")
    for text in schema.texts:
        if text.role != "identifier":
            yield ValueKey(text)


def units_within(time: Time, unit: str) -> int:
    """Return about how many of a unit a time's span has."""
    if time.low is None or time.high is None:
        return 0
    return unit_place(time.high, unit) - unit_place(time.low, unit) + 1


def key_words(key: GroupKey) -> str:
    """Return a key as the sentence says it."""
    label = key.column.inner_label
    if isinstance(key, UnitKey | PartKey):
        return f"{label}: {humanise(key.suffix).lower()}"
    return label


def _rows(schema: Schema) -> Options:
    return tuple((text, key_words(key)) for text, key in keys_of(schema).items())


def _second(schema: Schema) -> Options:
    keys = keys_of(schema)
    if not keys:
        return ()
    none = ((NO_KEY, "nothing else"),)
    others = tuple((text, key_words(key)) for text, key in keys.items())
    best = _few_units(schema, keys)
    if best is None or best == next(iter(keys)):
        return (*none, *others)
    return ((best, dict(others)[best]), *none, *(one for one in others if one[0] != best))


def _few_units(schema: Schema, keys: dict[str, GroupKey]) -> str | None:
    """Return the finest unit of the table's time of which its span has few."""
    time = trend_time(schema)
    found = [
        text
        for text, key in keys.items()
        if isinstance(key, UnitKey)
        and key.column == time
        and FEW_UNITS <= units_within(key.column, key.suffix) <= MANY_UNITS
    ]
    return found[-1] if found else None


_NONE = (("", ""),)
STATISTIC = SentenceMenu("_stat", "Statistic", _NONE, of=_statistics)
OF = SentenceMenu("_of", "Of", _NONE, of=_columns)
ROWS = SentenceMenu("_rows", "By", _NONE, of=_rows)
COLUMNS = SentenceMenu("_columns", "And by", _NONE, of=_second)


@dataclass(frozen=True)
class Sentence:
    """What is asked: a statistic of rows, or of a column, by one key or by two."""

    statistic: str
    column: Filterable | None
    rows: GroupKey
    columns: GroupKey | None


def read_sentence(schema: Schema, state: DashboardState) -> Sentence:
    """Return what the menus say."""
    keys = keys_of(schema)
    name = STATISTIC.shown(schema, state)
    of = OF.shown(schema, state)
    column = next((c for c in schema.filterable if c.name == of), None)
    rows = keys[ROWS.shown(schema, state)]
    columns = keys.get(COLUMNS.shown(schema, state))
    return Sentence(name, column if STATISTICS[name].of else None, rows, columns)


def why_not(asked: Sentence) -> str:
    """Return why a sentence makes no sense, or nothing.

    >>> from iris_dash.query.schema import Text
    >>> why_not(Sentence("mean", Text("t", "Title", "t"), ValueKey(Text("t", "Title", "t")), None))
    'There is no mean of title: choose another statistic or a column of numbers.'
    """
    column, rows, columns = asked.column, asked.rows, asked.columns
    if column is not None and not STATISTICS[asked.statistic].is_of(column):
        words = f"There is no {statistic_words(asked.statistic)} of {column.inner_label}"
        return f"{words}: choose another statistic or a column of numbers."
    if columns is None:
        return ""
    both = {type(rows), type(columns)}
    if (
        rows.column == columns.column
        and both != {UnitKey, PartKey}
        and (both != {PartKey} or rows.suffix == columns.suffix)
    ):
        label = rows.column.inner_label
        return f"Both keys are of {label}: choose another one for the columns."
    return ""


def decimals_shown(asked: Sentence) -> int:
    """Return how many decimals a figure has at most: what is a value of the column those it has."""
    if not isinstance(asked.column, Measure):
        return 1
    return asked.column.decimals + (asked.statistic not in ("sum", "min", "max"))
