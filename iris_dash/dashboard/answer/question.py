"""The shape of what the page's script asks: what does not have it is told so, one line."""

from __future__ import annotations

from typing import Any, NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from iris_dash.core.errors import Problem, QueryError

Text = str | int | float | bool | None


class Order(TypedDict):
    """A column that the table is sorted by; see DataTable's `sort_by`."""

    column_id: str
    direction: NotRequired[str]


class Question(TypedDict, total=False):
    """The state of the page's controls; see `state_of_controls` and `answer_controls`."""

    facets: dict[str, list[Text] | None]
    ranges: dict[str, tuple[float | None, float | None] | None]
    sort: list[Order] | None
    by: str | None
    page: int | None
    per_page: int | None
    axes: list[str] | None
    choices: dict[str, Text] | None
    log: list[str] | None
    open: list[str] | None
    theme: str | None
    narrow: bool | None
    n: int | None


_QUESTION = TypeAdapter(Question)


def read_question(asked: Any) -> dict[str, Any]:
    """Return a question of the page, whose parts have their types.

    Errors: QueryError, for what is no question of this page.

    >>> read_question({"page": "2", "n": 1})["page"]
    2
    """
    try:
        return {"facets": {}, "ranges": {}, **_QUESTION.validate_python(asked or {})}
    except ValidationError as error:
        raise QueryError(
            Problem(
                "wrong_question",
                ("question", *found["loc"]),
                f"{'.'.join(map(str, found['loc'])) or 'the question'}: {found['msg']}",
            )
            for found in error.errors(include_url=False, include_input=False)
        ) from None
