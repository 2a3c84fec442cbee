"""The dashboard's data callback as its page asks it, as an HTTP body."""

from __future__ import annotations

import json
from typing import Any

MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
FULL = {
    "sepal_length": [0.0, 99.0],
    "sepal_width": [0.0, 99.0],
    "petal_length": [0.0, 99.0],
    "petal_width": [0.0, 99.0],
}


def specification(dependencies: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the callback that answers the controls, from `/_dash-dependencies`."""
    return next(c for c in dependencies if [one["id"] for one in c["inputs"]] == ["asked"])


def body(spec: dict[str, Any], ranges: dict[str, list[float]], n: int = 1) -> dict[str, Any]:
    """Return what the page posts for these ranges of a table of flowers."""
    outputs: list[Any] = []
    for part in spec["output"].strip(".").split("..."):
        component, prop = part.rsplit(".", 1)
        named = json.loads(component) if component.startswith("{") else component
        if isinstance(named, dict) and named["column"] == ["ALL"]:
            named["column"] = "species"
            outputs.append([{"id": named, "property": prop}])
        else:
            outputs.append({"id": named, "property": prop})
    asked = {
        "facets": {"species": ["setosa", "versicolor", "virginica"]},
        "ranges": FULL | ranges,
        "sort": [],
        "page": 0,
        "per_page": 10,
        "axes": ["petal_length", "petal_width"],
        "theme": "light",
        "n": n,
    }
    return {
        "output": spec["output"],
        "outputs": outputs,
        "inputs": [{"id": "asked", "property": "data", "value": asked}],
        "changedPropIds": ["asked.data"],
    }
