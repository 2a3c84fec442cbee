"""What the page's script asks, and its shape: what does not have it is told so, one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from iris_dash.core.errors import Problem, QueryError
from iris_dash.dashboard.answer.column_choices import COLUMN_CHOICES, COLUMNS
from iris_dash.dashboard.theme import THEMES
from iris_dash.dashboard.views.all_views import CARDS
from iris_dash.query.schema import Schema

One = TypeVar("One")

End = int | float | None
"""One of a measure's two numbers; a whole one that a browser would round comes as text."""

Text = str | int | float | bool | None

MOST = 20_000
"""Entries of one list: more than a table has columns, and a facet values."""

MOST_CHOICES = 100

LONGEST_ADDRESS = 1_000_000
"""Characters of an address that is opened: one that is too long to be sent stands behind the #."""

Several = Annotated[list[One], Field(max_length=MOST, fail_fast=True)]
"""A list, of which no more is read than is needed to see what is wrong with it."""


class Order(TypedDict):
    """A column that the table is sorted by; see DataTable's `sort_by`."""

    column_id: str
    direction: NotRequired[str]


class _Look(TypedDict, total=False):
    open: Several[str] | None
    theme: str | None
    narrow: bool | None


class Question(_Look, total=False):
    """What is shown for the state of the page's controls; see `state_of_controls` and `Look`.

    `n`: the question's number, which comes back with the answer.
    """

    facets: dict[str, Several[Text] | None]
    ranges: dict[str, tuple[End, End] | None]
    texts: dict[str, Several[str] | None]
    times: dict[str, tuple[str | None, str | None] | None]
    parts: dict[str, Several[str] | None]
    others: dict[str, Several[str] | None]
    sort: Several[Order] | None
    search: str | None
    by: str | None
    page: int | None
    per_page: int | None
    axes: Several[str] | None
    choices: dict[str, Text] | None
    log: Several[str] | None
    columns: dict[str, Several[str]]
    n: int | None


class Opening(_Look, total=False):
    """What an address sets and shows: `search`, as the browser has it."""

    search: str


@dataclass(frozen=True)
class Look:
    """What an answer depends on beside the page's state.

    `theme`: one of THEMES; `narrow`: whether the page is as narrow as a phone's; `unfolded`: the
    charts whose texts are.
    """

    theme: str = ""
    narrow: bool = False
    unfolded: tuple[str, ...] = ()


PARTS = ("facets", "ranges", "texts", "times", "parts", "others")
"""What a question says of each column."""

_QUESTION = TypeAdapter(Question)
_OPENING = TypeAdapter(Opening)


def read_question(schema: Schema, asked: Any) -> dict[str, Any]:
    """Return a question of the page, whose parts have their types; other columns are left out.

    Errors: QueryError, for what is no question of this page.

    >>> read_question(Schema(()), {"page": "2", "ranges": {"gone": [1, 2]}, "n": 1})
    {'facets': {}, 'ranges': {}, ..., 'page': 2, 'n': 1}
    """
    given = asked or {}
    if isinstance(given, dict):
        known: dict[str, Mapping[str, object]] = {
            "facets": schema.facets_by_name,
            "ranges": schema.measures_by_name,
            "texts": {**schema.texts_by_name, **schema.facets_by_name},
            "times": schema.times_by_name,
            "parts": schema.parts_by_name,
            "others": {column.name: column for column in schema.bounded},
            "columns": {choice.key: choice for choice in (*COLUMN_CHOICES, COLUMNS)},
        }
        given = given | {
            part: {name: value for name, value in given[part].items() if name in columns}
            for part, columns in known.items()
            if isinstance(given.get(part), dict)
        }
        choices = given.get("choices")
        if isinstance(choices, dict) and len(choices) > MOST_CHOICES:
            message = f"choices: at most {MOST_CHOICES} are read, not {len(choices)}"
            raise QueryError([Problem("wrong_question", ("question", "choices"), message)])
    empty: dict[str, Any] = {part: {} for part in PARTS}
    return empty | _read(_QUESTION, given)


def read_opening(asked: Any) -> tuple[str, Look]:
    """Return the address that is to be opened, and how the page looks.

    Errors: QueryError, for what is no such question.

    >>> read_opening({"search": "?species=setosa", "theme": "dark", "narrow": "true"})
    ('?species=setosa', Look(theme='dark', narrow=True, unfolded=()))
    """
    opening = _read(_OPENING, asked or {})
    # Halves of characters, which JSON can hold, can be in no answer.
    search = opening.get("search", "").encode("utf-8", "replace").decode()
    if len(search) > LONGEST_ADDRESS:
        message = f"search: at most {LONGEST_ADDRESS} characters are read, not {len(search)}"
        raise QueryError([Problem("wrong_question", ("question", "search"), message)])
    return search, look_of(opening)


def look_of(asked: Mapping[str, Any]) -> Look:
    """Return how the page looks that asks."""
    theme = str(asked.get("theme") or "")
    unfolded = tuple(sorted({card.id for card in CARDS} & set(asked.get("open") or ())))
    return Look(theme if theme in THEMES else "", bool(asked.get("narrow")), unfolded)


def _read(shape: TypeAdapter[Any], asked: Any) -> dict[str, Any]:
    try:
        return dict(shape.validate_python(asked))
    except ValidationError as error:
        raise QueryError(
            Problem(
                "wrong_question",
                ("question", *found["loc"]),
                f"{'.'.join(map(str, found['loc'])) or 'the question'}: {found['msg']}",
            )
            for found in error.errors(include_url=False, include_input=False)
        ) from None
