"""A box of the page whose content stands once the first chart does: `assets/scripts/later.mjs`."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component


class Later(Component):
    """A component of Dash: an `html.Div` that the page's own script makes, its content last.

    All of it is in the layout from the start, so callbacks set and read it as any other.
    """

    _namespace = "iris_dash"
    _type = "Later"

    def __init__(self, children: list[Component], **props: Any) -> None:
        self._prop_names = self.available_properties = ["children", "className", "hidden"]
        self._valid_wildcard_attributes = self.available_wildcard_properties = []
        super().__init__(children=children, **props)  # type: ignore[no-untyped-call]
