"""The page's layout as an address opens it: what Dash would set after it is in it already.

So are the controls of filters that stand in the sidebar anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from dash import ALL, Output
from dash.development.base_component import Component

from iris_dash.core.timing import note
from iris_dash.dashboard.answer.column_choices import FILTERS, shown_columns
from iris_dash.dashboard.answer.opening import open_address
from iris_dash.dashboard.outputs import opened_outputs
from iris_dash.dashboard.page.sidebar import filter_controls
from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.query.schema import Schema
from iris_dash.tables.values import as_json


class OpenedLayout:
    """Opens the layout of one table's page."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._outputs = opened_outputs(explorer.schema)

    def written(self, layout: bytes, asked: Mapping[str, str]) -> bytes:
        """Return a layout, as Dash writes it, with what `open_address` sets.

        Errors: QueryError, for what is no such question.
        """
        opened: Mapping[str, Any] = open_address(self._explorer, dict(asked))
        note(query=(opened["answered"] or {}).get("rows"))
        schema = self._explorer.schema
        opened = with_controls(schema, self._outputs, opened, shown_columns(schema, Query(), ()))
        components: Any = orjson.loads(layout)
        fill(components, [(self._outputs[name], value) for name, value in opened.items()])
        return as_json(components, default=Component.to_plotly_json)


def with_controls(
    schema: Schema, outputs: Mapping[str, Output], opened: Mapping[str, Any], shown: Any
) -> Mapping[str, Any]:
    """Return what an address opens, with the sidebar's controls if others are to stand there.

    They hold their values: nothing is set for them beside. `shown`: see `shown_columns`.
    """
    names = opened["shown_columns"].get(FILTERS.key)
    if names is None or (isinstance(shown, dict) and shown.get(FILTERS.key) == names):
        return opened
    made = as_json(filter_controls(schema, names), default=Component.to_plotly_json)
    controls = orjson.loads(made)
    places = list(_properties(controls))
    own = {
        name
        for name, value in opened.items()
        if isinstance(wanted := outputs[name].component_id, dict)
        and (not value or any(_is(place["id"], wanted) for place in places))
    }
    fill(controls, [(outputs[name], opened[name]) for name in own])
    standing = orjson.Fragment(as_json(controls, default=Component.to_plotly_json))
    rest = {name: value for name, value in opened.items() if name not in own}
    return rest | {"standing": standing}


def fill(layout: Any, values: list[tuple[Output, Any]]) -> None:
    """Set properties of a layout's components; an id with ALL takes a list, in their order."""
    found = list(_properties(layout))
    for output, value in values:
        wanted = output.component_id
        several = isinstance(wanted, dict) and ALL in wanted.values()
        places = [properties for properties in found if _is(properties["id"], wanted)]
        for properties, one in zip(places, value if several else [value], strict=True):
            properties[output.component_property] = one


def _properties(part: Any) -> Iterator[dict[str, Any]]:
    """Yield the properties of each component with an id, in the layout's order."""
    for one in part if isinstance(part, list) else [part]:
        if isinstance(one, dict) and "props" in one:
            if "id" in one["props"]:
                yield one["props"]
            yield from _properties(one["props"].get("children"))


def _is(found: Any, wanted: Any) -> bool:
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(
            one in (ALL, found[key]) for key, one in wanted.items()
        )
    return bool(found == wanted)
