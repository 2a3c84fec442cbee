"""The parameters of `/compare/` beside those of a query."""

from __future__ import annotations

from typing import Any

from iris_dash.analysis.baseline import REST
from iris_dash.explorer import Explorer
from iris_dash.web.api.openapi.beside_schemas import beside_keys
from iris_dash.web.api.openapi.parameters import parameter

Document = dict[str, Any]


def beside_parameters(explorer: Explorer) -> tuple[list[Document], Document]:
    """Return the parameters of a comparison beside those of a query, and an example of them."""
    asked: Document = {"with": REST}
    if explorer.schema.measures:
        asked["of"] = explorer.schema.measures[0].name
    own = []
    for key, schema in beside_keys(explorer.schema).items():
        plain = {name: value for name, value in schema.items() if name != "description"}
        own.append(parameter(key, schema["description"], plain) | {"example": asked[key]})
    return own, asked
