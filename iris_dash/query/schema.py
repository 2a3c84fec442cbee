"""What a table is made of: facets to choose from, measures to bound, texts, times, the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Literal

from iris_dash.core.errors import unknown_name
from iris_dash.query.calendar import PARTS
from iris_dash.query.calendar import parts_of as calendar_parts
from iris_dash.query.moments import TIME_OF_DAY
from iris_dash.query.text_form import TextForm
from iris_dash.query.typed_form import TypedForm
from iris_dash.query.value_text import FacetValue, facet_text, inner_label, value_text

MOST_SHOWN = 1e303
"""A slider ends there: larger numbers lie beyond it, as infinity does.

Plotly draws nothing beyond 1.8e304.
"""

LARGE = 1e100
"""Sums of numbers beyond, or of their squares, may be no floats."""

MOST_WHOLE = 2.0**53
"""Floats tell whole numbers apart below that."""

MOST_COLOURS = 8
"""More groups than that cannot be told apart by colour."""

Role = Literal["plain", "discrete", "year", "code", "identifier"]
"""What the values of a column stand for: amounts; few whole ones; years; labels, be they numbers
or text; labels of which no two are alike.
"""

Unit = Literal[
    "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century"
]
"""What a slider over times moves by."""

LABELS = ("code", "identifier")

PARTS_OF_TIME = frozenset(
    {"month", "day", "hour", "minute", "second", "weekday", "dayofweek", "dow", "week", "quarter"}
)
"""Whole numbers that are called so come round again: their mean is no time."""


@dataclass(frozen=True)
class Column:
    """A column of the table: its name there, its label, and its key in JSON answers.

    `role`: what its values stand for.
    """

    name: str
    label: str
    key: str
    role: Role = field(default="plain", kw_only=True)

    @property
    def inner_label(self) -> str:
        """The label within a sentence: small only where its capital is not the table's own."""
        return inner_label(self.label, is_own=self.label == self.name)

    @property
    def is_constant(self) -> bool:
        """Whether it is known to have one value alone."""
        return False


@dataclass(frozen=True)
class Facet(Column):
    """A categorical column; `values` are all its choices, in the facet's own order.

    `colours` are its owner's. `coloured`: of more than `MOST_COLOURS` values those that most rows
    had when the table was opened, the commonest first; all others share one colour.
    """

    values: tuple[FacetValue, ...] = ()
    colours: tuple[str, ...] = ()
    coloured: tuple[FacetValue, ...] = ()

    @cached_property
    def in_rank(self) -> tuple[int, ...]:
        """The places of its values as charts draw them: those first that have a colour."""
        first = [self.values.index(value) for value in self.coloured]
        return (*first, *(i for i, value in enumerate(self.values) if value not in self.coloured))

    def rank(self, value: FacetValue) -> int:
        """Return where a value stands among those that charts draw."""
        return self.in_rank.index(self.values.index(value))

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as people read them, in the same order."""
        return tuple(value_text(value) for value in self.values)

    @property
    def is_constant(self) -> bool:
        """Whether it has one value alone, a missing one counted."""
        return len(self.values) == 1

    @cached_property
    def spelled(self) -> dict[str, FacetValue]:
        """The values by how URL arguments spell them; of two spelt alike the first."""
        return {facet_text(value): value for value in reversed(self.values)}


@dataclass(frozen=True)
class Measure(Column):
    """A numeric column, in `unit`; `low` and `high` are its finite extremes on its grid.

    `step` is the slider's, `decimals` how many decimals the table's own values have (at most 6);
    `ends`: the numbers at the slider's two ends, where its values end nearer than its grid does;
    `log`: whether a log scale is offered. Its grid is then the log scale's (see `grid`). `whole`:
    of whole numbers the least and the greatest that the column can hold, None for floats; `least`:
    the least that it had when the table was opened, exactly; `only`: its one value, where it had
    but one, missing ones aside; `has_missing`: whether rows were without a value.
    """

    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    decimals: int = 0
    log: bool = False
    whole: tuple[int, int] | None = None
    least: int | None = None
    has_missing: bool = False
    only: float | int | None = None
    ends: tuple[float, float] | None = None

    @property
    def is_constant(self) -> bool:
        """Whether it has one value alone, missing ones aside."""
        return self.only is not None

    @property
    def open_ends(self) -> tuple[float, float]:
        """The numbers at the slider's two ends: a bound there, or beyond, bounds nothing."""
        return self.ends or (self.low, self.high)

    @property
    def is_quantity(self) -> bool:
        """Whether it is compared with others unasked: it is no label, and not always the same."""
        return self.role not in LABELS and not self.is_constant

    @property
    def is_averaged(self) -> bool:
        """Whether its mean is shown unasked: a quantity, no year, and no month or hour."""
        is_of_time = self.role == "discrete" and self.name.lower() in PARTS_OF_TIME
        return self.is_quantity and self.role != "year" and not is_of_time

    @property
    def is_grouped(self) -> bool:
        """Whether its thousands are parted where people read them; no year is 2,013."""
        return self.role != "year" and self.role not in LABELS

    @property
    def title(self) -> str:
        """The label with its unit, as on an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def is_long(self) -> bool:
        """Whether it has whole numbers that floats do not tell apart."""
        return self.whole is not None and max(-self.low, self.high) >= MOST_WHOLE

    @property
    def is_large(self) -> bool:
        """Whether it has numbers whose sums or squares may be no floats."""
        return max(-self.low, self.high) > LARGE


@dataclass(frozen=True)
class Text(Column):
    """A column of text with more values than anybody ticks, missing ones perhaps among them."""


@dataclass(frozen=True)
class Time(Column):
    """A column of dates (`is_date`) or of moments, on the clock of a `zone` or of none.

    Times of day are moments of the first day of 1970: TIME_OF_DAY stands for their zone.

    `low` and `high` are the first and the last that it had when the table was opened, of those
    that Python can hold, to the millionth of a second; in UTC where it has a zone; None without
    any. `unit` is the slider's: see `stops`. `has_missing`: whether rows were without one then.
    `is_coarse`: it is held to the thousandth of a second.
    """

    is_date: bool = False
    zone: str | None = None
    has_missing: bool = False
    low: datetime | None = None
    high: datetime | None = None
    unit: Unit = "day"
    is_coarse: bool = False

    @property
    def is_of_day(self) -> bool:
        """Whether it holds times of day."""
        return self.zone == TIME_OF_DAY

    @property
    def named_zone(self) -> str | None:
        """The zone whose clock it is on, as people call it."""
        return None if self.is_of_day else self.zone

    @property
    def forms(self) -> tuple[str, ...]:
        """Times of such a column as text, the coarsest first."""
        if self.is_of_day:
            return ("09", "09:30", "09:30:15")
        return ("2013", "2013-02", "2013-02-14", *([] if self.is_date else ["2013-02-14T09:30"]))

    @property
    def is_constant(self) -> bool:
        """Whether its first is its last, missing ones aside."""
        return self.low is not None and self.low == self.high


PART_WORDS = {"quarter_of_year": "quarter", "month_of_year": "month", "hour_of_day": "hour"}
"""What people call the parts of a time that are not called so."""


PART_ORDER = ("weekday", "hour_of_day", "month_of_year", "quarter_of_year")


@dataclass(frozen=True)
class Part(Facet):
    """A part of a time, such as its weekday, which is asked as a facet is; no column of the table.

    `time`: the column; `part`: one of `calendar.PARTS`. Its name is both, with a colon between.
    """

    time: str = ""
    part: str = ""
    zone: str | None = None

    def number(self, value: FacetValue) -> int:
        """Return a value as a number, as ISO 8601 and most languages count: Monday is 1."""
        place = self.values.index(value)
        return place if self.part == "hour_of_day" else place + 1


def parts_of_time(time: Time) -> tuple[Part, ...]:
    """Return the parts of a time: those first that are asked most; of times of day there are none.

    >>> [part.name for part in parts_of_time(Time("day", "Day", "day", is_date=True))]
    ['day:weekday', 'day:month_of_year', 'day:quarter_of_year']
    """
    if time.is_of_day:
        return ()
    missing: tuple[FacetValue, ...] = (None,) if time.has_missing else ()
    return tuple(
        Part(
            f"{time.name}:{part}",
            f"{time.label}, {PART_WORDS.get(part, part)}",
            f"{time.key}:{part}",
            (*PARTS[part], *missing),
            time=time.name,
            part=part,
            zone=time.zone,
        )
        for part in sorted(calendar_parts(time.is_date), key=PART_ORDER.index)
    )


Filterable = Facet | Measure | Text | Time
"""A column that a filter may name."""


@dataclass(frozen=True, eq=False)  # compared by identity: it keys the models made from it
class Schema:
    """The columns of a table in their order, and the words in which people speak of it.

    `axes` names the two measures that a scatter opens with; None with fewer than two quantities.
    `quantities` are the measures that are compared unasked: no labels, none of one value.
    `filterable` are the columns that a filter may name; `askable` these and the parts of times, in
    the order in which filters stand.
    `notes` say what was decided in reading the table where there was a choice, `text` how the file
    of a text table is written, and `typed` that of JSON or a sheet. `recast` are the columns that
    are of another type than they were read as, since their owner says so, `categories` those that
    were given as categories, each with whether these have an order. With `is_ours` no other library
    makes the same of the file.
    """

    columns: tuple[Column, ...]
    title: str = "Table"
    rows: str = "rows"
    about: str = ""
    source: str = ""
    axes: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    text: TextForm | None = None
    typed: TypedForm | None = None
    recast: tuple[str, ...] = ()
    categories: tuple[tuple[str, bool], ...] = ()
    is_ours: bool = False
    facets: tuple[Facet, ...] = field(init=False)
    measures: tuple[Measure, ...] = field(init=False)
    texts: tuple[Text, ...] = field(init=False)
    times: tuple[Time, ...] = field(init=False)
    quantities: tuple[Measure, ...] = field(init=False)
    filterable: tuple[Filterable, ...] = field(init=False)
    askable: tuple[Filterable, ...] = field(init=False)

    def __post_init__(self) -> None:
        kept = tuple(c for c in self.columns if isinstance(c, Facet))
        object.__setattr__(self, "facets", kept)
        measured = tuple(c for c in self.columns if isinstance(c, Measure))
        object.__setattr__(self, "measures", measured)
        quantities = tuple(measure for measure in measured if measure.is_quantity)
        object.__setattr__(self, "quantities", quantities)
        texts = tuple(c for c in self.columns if isinstance(c, Text))
        object.__setattr__(self, "texts", texts)
        times = tuple(c for c in self.columns if isinstance(c, Time))
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "filterable", (*kept, *times, *texts, *measured))
        names = frozenset(column.name for column in self.columns)
        asked: list[Filterable] = []
        for column in self.filterable:
            parts = parts_of_time(column) if isinstance(column, Time) else ()
            asked += [column, *(part for part in parts if part.name not in names)]
        object.__setattr__(self, "askable", tuple(asked))

    @property
    def bounded(self) -> tuple[Measure | Time, ...]:
        """The columns that have bounds."""
        return (*self.times, *self.measures)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the table's order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by their names, and the parts of times."""
        return {column.name: column for column in (*self.columns, *self.askable)}

    @cached_property
    def places_of_filters(self) -> dict[str, int]:
        """Where a filter on each column stands among those of a query; one on none is the last."""
        names = [*(column.name for column in self.askable), ""]
        return {name: place for place, name in enumerate(names)}

    @cached_property
    def parts_by_name(self) -> dict[str, Part]:
        """The parts of times by their names."""
        return {column.name: column for column in self.askable if isinstance(column, Part)}

    def owner(self, name: str) -> str | None:
        """Return which column a filter of that name is on; None for one that is on no column."""
        part = self.parts_by_name.get(name)
        return part.time if part else name if name in self.by_name else None

    def label(self, name: str) -> str:
        """Return the label of a column."""
        return self.by_name[name].label

    @cached_property
    def facets_by_name(self) -> dict[str, Facet]:
        """The facets by their names."""
        return {facet.name: facet for facet in self.facets}

    @cached_property
    def measures_by_name(self) -> dict[str, Measure]:
        """The measures by their names."""
        return {measure.name: measure for measure in self.measures}

    @cached_property
    def texts_by_name(self) -> dict[str, Text]:
        """The columns of text by their names."""
        return {column.name: column for column in self.texts}

    @cached_property
    def times_by_name(self) -> dict[str, Time]:
        """The columns of times by their names."""
        return {column.name: column for column in self.times}

    def facet(self, name: str) -> Facet:
        """Return the facet of that name, or the part of a time; KeyError lists the facets."""
        found = self.facets_by_name.get(name) or self.parts_by_name.get(name)
        if found is None:
            raise KeyError(unknown_name("facet", name, self.facets_by_name))
        return found

    def measure(self, name: str) -> Measure:
        """Return the measure of that name; KeyError lists the measures."""
        found = self.measures_by_name.get(name)
        if found is None:
            raise KeyError(unknown_name("measure", name, self.measures_by_name))
        return found

    @cached_property
    def columns_by_name(self) -> dict[str, Column]:
        """All columns by their names."""
        return {column.name: column for column in self.columns}


@lru_cache(maxsize=64)
def narrowed(schema: Schema, names: tuple[str, ...]) -> Schema:
    """Return the schema of some columns of a table alone, in the order of these names.

    It is the same one each time, so that what is made of it is made once.
    """
    if names == schema.names:
        return schema
    return replace(schema, columns=tuple(schema.columns_by_name[name] for name in names))
