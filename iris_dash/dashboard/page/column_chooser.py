"""What chooses columns of a table of many; the page's script makes its box, list and buttons."""

from __future__ import annotations

import json

from dash import html
from dash.development.base_component import Component

from iris_dash.dashboard import ids
from iris_dash.dashboard.answer.column_choices import (
    COLUMN_CHOICES,
    COLUMNS,
    ColumnChoice,
    offered_choices,
)
from iris_dash.dashboard.page.elements import data
from iris_dash.query.schema import Schema


def column_chooser(choice: ColumnChoice, schema: Schema, most: int | None = None) -> Component:
    """Return where the script puts what chooses; `most`: so many of the chosen are shown here."""
    return html.Div(
        className="column-chooser",
        **data(
            chooser=choice.key,
            noun=choice.noun,
            count=str(len(choice.of(schema))),
            limit=str(choice.limit),
            most=str(choice.limit if most is None else most),
        ),
    )


def column_names(schema: Schema) -> list[Component]:
    """Return what the script knows of the columns: name, label, and the places of their choices.

    A table of few columns has nothing to choose, and nothing is said of it.
    """
    if not (offered_choices(schema) or COLUMNS.is_offered(schema)):
        return []
    choices = (*COLUMN_CHOICES, COLUMNS)
    names = {choice.key: {c.name for c in choice.of(schema)} for choice in choices}
    known = [
        [
            column.name,
            column.label,
            [choice.key for choice in choices if column.name in names[choice.key]],
        ]
        for column in schema.columns
    ]
    said = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    return [html.Div(id=ids.COLUMN_NAMES, hidden=True, **data(columns=said))]
