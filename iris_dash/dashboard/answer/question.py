"""What the page's script asks, and its shape: what does not have it is told so, one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from iris_dash.core.errors import Problem, QueryError
from iris_dash.dashboard.theme import THEMES
from iris_dash.dashboard.views.all_views import CARDS

Text = str | int | float | bool | None


class Order(TypedDict):
    """A column that the table is sorted by; see DataTable's `sort_by`."""

    column_id: str
    direction: NotRequired[str]


class _Look(TypedDict, total=False):
    open: list[str] | None
    theme: str | None
    narrow: bool | None


class Question(_Look, total=False):
    """What is shown for the state of the page's controls; see `state_of_controls` and `Look`.

    `n`: the question's number, which comes back with the answer.
    """

    facets: dict[str, list[Text] | None]
    ranges: dict[str, tuple[float | None, float | None] | None]
    sort: list[Order] | None
    by: str | None
    page: int | None
    per_page: int | None
    axes: list[str] | None
    choices: dict[str, Text] | None
    log: list[str] | None
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


_QUESTION = TypeAdapter(Question)
_OPENING = TypeAdapter(Opening)


def read_question(asked: Any) -> dict[str, Any]:
    """Return a question of the page, whose parts have their types.

    Errors: QueryError, for what is no question of this page.

    >>> read_question({"page": "2", "n": 1})["page"]
    2
    """
    return {"facets": {}, "ranges": {}, **_read(_QUESTION, asked or {})}


def read_opening(asked: Any) -> tuple[str, Look]:
    """Return the address that is to be opened, and how the page looks.

    Errors: QueryError, for what is no such question.

    >>> read_opening({"search": "?species=setosa", "theme": "dark", "narrow": "true"})
    ('?species=setosa', Look(theme='dark', narrow=True, unfolded=()))
    """
    opening = _read(_OPENING, asked or {})
    # Halves of characters, which JSON can hold, can be in no answer.
    search = opening.get("search", "").encode("utf-8", "replace").decode()
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
