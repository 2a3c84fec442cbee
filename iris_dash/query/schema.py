"""What a table is made of: facets to choose from, measures to bound, texts, times, the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from iris_dash.core.errors import unknown_name
from iris_dash.query.text_form import TextForm
from iris_dash.query.typed_form import TypedForm
from iris_dash.query.value_text import FacetValue, facet_text, value_text

MOST_SHOWN = 1e308
"""A slider ends there: larger numbers lie beyond it, as infinity does. Next to it are floats."""

LARGE = 1e100
"""Sums of numbers beyond, or of their squares, may be no floats."""

MOST_WHOLE = 2.0**53
"""Floats tell whole numbers apart below that."""


@dataclass(frozen=True)
class Column:
    """A column of the table: its name there, its label, and its key in JSON answers."""

    name: str
    label: str
    key: str


@dataclass(frozen=True)
class Facet(Column):
    """A categorical column; `values` are all its choices, in the facet's own order."""

    values: tuple[FacetValue, ...] = ()
    colours: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as people read them, in the same order."""
        return tuple(value_text(value) for value in self.values)

    @cached_property
    def spelled(self) -> dict[str, FacetValue]:
        """The values by how URL arguments spell them; of two spelt alike the first."""
        return {facet_text(value): value for value in reversed(self.values)}


@dataclass(frozen=True)
class Measure(Column):
    """A numeric column, in `unit`; `low` and `high` are its finite extremes on its grid.

    `step` is the slider's, `decimals` how many decimals the table's own values have (at most 6);
    `log`: whether a log scale is offered. Its grid is then the log scale's (see `grid`). `whole`:
    of whole numbers the least and the greatest that the column can hold, None for floats; `least`:
    the least that it had when the table was opened, exactly.
    """

    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    decimals: int = 0
    log: bool = False
    whole: tuple[int, int] | None = None
    least: int | None = None

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
    """A column of dates (`is_date`) or of moments, on the clock of a `zone` or of none."""

    is_date: bool = False
    zone: str | None = None


Filterable = Facet | Measure | Text | Time
"""A column that a filter may name."""


@dataclass(frozen=True, eq=False)  # compared by identity: it keys the models made from it
class Schema:
    """The columns of a table in their order, and the words in which people speak of it.

    `axes` names the two measures that a scatter opens with; None with fewer than two measures.
    `filterable` are the columns that a filter may name, in the order in which filters stand.
    `notes` say what was decided in reading the table where there was a choice, `text` how the file
    of a text table is written, and `typed` that of JSON or a sheet.
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
    facets: tuple[Facet, ...] = field(init=False)
    measures: tuple[Measure, ...] = field(init=False)
    texts: tuple[Text, ...] = field(init=False)
    times: tuple[Time, ...] = field(init=False)
    filterable: tuple[Filterable, ...] = field(init=False)

    def __post_init__(self) -> None:
        kept = tuple(c for c in self.columns if isinstance(c, Facet))
        object.__setattr__(self, "facets", kept)
        measured = tuple(c for c in self.columns if isinstance(c, Measure))
        object.__setattr__(self, "measures", measured)
        texts = tuple(c for c in self.columns if isinstance(c, Text))
        object.__setattr__(self, "texts", texts)
        times = tuple(c for c in self.columns if isinstance(c, Time))
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "filterable", (*kept, *times, *texts, *measured))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the table's order."""
        return tuple(column.name for column in self.columns)

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
        """Return the facet of that name; KeyError lists the facets."""
        found = self.facets_by_name.get(name)
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
