"""What a table is made of: facets to choose from, measures to bound, texts, times, the rest."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cached_property

from iris_dash.core.errors import unknown_name
from iris_dash.query.text_form import TextForm
from iris_dash.query.typed_form import TypedForm

FacetValue = str | int | bool | None
"""One choice of a facet; None is the missing value."""

MISSING_LABEL = "(missing)"
EMPTY_LABEL = "(empty)"
LABELS = re.compile(r"“*\((missing|empty)\)”*")
"""Text that is what a value without text is called, or such text in quotes."""

SIGNS = {" ": "␣", "\t": "⇥", "\n": "↵", "\r": "↵", "\u00a0": "⍽"}
"""What stands for a blank at the end of a text, and for a line break anywhere."""

LONGEST_VALUE = 60
"""Characters of a value where it is named among other words."""

MISSING = "~missing"
"""The missing value as URL arguments spell it."""

MOST_DECIMALS = 308
"""Decimals of the smallest steps: a power of ten beyond is no float."""


MOST_SHOWN = 1e308
"""A slider ends there: larger numbers lie beyond it, as infinity does. Next to it are floats."""

LARGE = 1e100
"""Sums of numbers beyond, or of their squares, may be no floats."""

MOST_WHOLE = 2.0**53
"""Floats tell whole numbers apart below that."""

MOST_EXACT_DIVISOR = 10**22
"""The greatest power of ten that is a float."""


def humanise(name: str) -> str:
    """Return a column's name as a label.

    >>> humanise("sepal_length")
    'Sepal length'
    """
    text = name.replace("_", " ").strip() or name
    return text[:1].upper() + text[1:]


def value_text(value: FacetValue) -> str:
    """Return a value as people read it: in one line, and so that they can tell it from others.

    Blanks at its ends and line breaks have a sign; text that reads as the label of a missing or an
    empty value stands in quotes.

    >>> value_text(None), value_text(""), value_text(True), value_text("setosa")
    ('(missing)', '(empty)', 'true', 'setosa')
    >>> value_text(" a b\\n"), value_text("(missing)"), value_text("“(missing)”")
    ('␣a b↵', '“(missing)”', '““(missing)””')
    """
    if value is None:
        return MISSING_LABEL
    text = plain_text(value)
    if not text:
        return EMPTY_LABEL
    if LABELS.fullmatch(text):
        return f"“{text}”"
    if text.isprintable() and text[0] != " " != text[-1]:
        return text
    bare = text.strip()
    start = text.index(bare) if bare else len(text)
    ends = text[:start], text[start + len(bare) :]
    before, after = ("".join(SIGNS.get(c, c) for c in end.replace("\r\n", "\n")) for end in ends)
    return before + "↵".join(re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", bare)) + after


def value_name(value: FacetValue) -> str:
    """Return a value as it is named among other words: what is in the middle of a long one is cut.

    >>> value_name("red "), len(value_name("x" * 3_000))
    ('red␣', 60)
    """
    text = value_text(value)
    if len(text) <= LONGEST_VALUE:
        return text
    tail = LONGEST_VALUE // 3
    return f"{text[: LONGEST_VALUE - tail - 1]}…{text[-tail:]}"


def plain_text(value: str | int | bool) -> str:
    """Return a value's own text.

    >>> plain_text(True), plain_text(3), plain_text(" red")
    ('true', '3', ' red')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def facet_text(value: FacetValue) -> str:
    """Return a facet's value as URL arguments spell it.

    >>> facet_text(None), facet_text("~odd"), facet_text(True)
    ('~missing', '~~odd', 'true')
    """
    if value is None:
        return MISSING
    text = plain_text(value)
    return "~" + text if text.startswith("~") else text


def in_markdown(text: str) -> str:
    r"""Return a text as a description has it, which is Markdown and shows tags and links.

    >>> in_markdown("<b>Height</b>"), in_markdown("Height (cm)")
    ('\\<b\\>Height\\</b\\>', 'Height (cm)')
    """
    return re.sub(r"[\\`*_\[\]<>&~]", r"\\\g<0>", text)


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


def decimals_of(step: float) -> int:
    """Return how many decimals the multiples of `step` need (0 to 308).

    >>> decimals_of(0.05), decimals_of(10)
    (2, 0)
    """
    places = range(MOST_DECIMALS)
    return next(
        (d for d in places if math.isclose(round(step, d), step, rel_tol=1e-9)), places.stop
    )


def step_fraction(step: float) -> tuple[int, int]:
    """Return the step as a fraction of whole numbers, (numerator, divisor), the divisor 10ⁿ.

    >>> step_fraction(0.05), step_fraction(20)
    ((5, 100), (20, 1))
    """
    divisor = 10 ** decimals_of(step)
    return max(1, round(step * divisor)), divisor


def floor_to_step(value: float, step: float) -> float:
    """Return the largest multiple of `step` that is at most `value`, exactly.

    A multiple is the very number that its decimal text reads as.

    >>> floor_to_step(4.37, 0.1), floor_to_step(0.3, 0.1), floor_to_step(-1.2, 1)
    (4.3, 0.3, -2.0)
    """
    numerator, divisor = step_fraction(step)
    k = math.floor(value * divisor / numerator)
    # The quotient may be rounded across a whole number; the multiples themselves decide.
    k += multiple(k + 1, numerator, divisor) <= value
    k -= multiple(k, numerator, divisor) > value
    return multiple(k, numerator, divisor)


def multiple(k: int, numerator: int, divisor: int) -> float:
    """Return k steps as engines compute them.

    The number that its decimal text reads as, up to 22 decimals: a larger divisor is rounded.
    """
    if divisor > MOST_EXACT_DIVISOR:
        return float(k * numerator) * (1 / divisor)
    return k * numerator / divisor


def ceil_to_step(value: float, step: float) -> float:
    """Return the smallest multiple of `step` that is at least `value`, exactly."""
    return -floor_to_step(-value, step) + 0.0


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
