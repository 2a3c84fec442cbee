"""The baseline of the dashboard: the callback that a plain Dash app with plotly.express has."""

import json
from typing import Any

import pandas as pd
import plotly.express as px
from plotly.utils import PlotlyJSONEncoder

MEASURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def update(frame: pd.DataFrame, species: list[str], ranges: dict[str, list[float]]) -> str:
    """Filter, draw a scatter and mean bars, fill a table page; return the callback's JSON."""
    rows = frame[frame["species"].isin(species)]
    for name, (low, high) in ranges.items():
        rows = rows[rows[name].between(low, high)]
    scatter = px.scatter(rows, x="petal_length", y="petal_width", color="species", symbol="species")
    means = rows.groupby("species", as_index=False)[MEASURES].mean()
    bars = px.bar(means.melt("species"), x="variable", y="value", color="species", barmode="group")
    answer: dict[str, Any] = {
        "count": len(rows),
        "scatter": scatter,
        "bars": bars,
        "page": rows.head(10).to_dict("records"),
    }
    return json.dumps(answer, cls=PlotlyJSONEncoder)
