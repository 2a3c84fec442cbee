"""The baseline of a drag: a plain Dash page whose slider updates while it moves, over Polars.

`PLAIN_TABLE`: the file of flowers that it shows, CSV or Arrow.
"""

import os

import dash_bootstrap_components as dbc
import numpy as np
import plotly.express as px
import plotly.graph_objects as go
import polars as pl
from dash import Dash, Input, Output, dcc, html

SHOWN = 5_000
PATH = os.environ["PLAIN_TABLE"]
FRAME = pl.read_csv(PATH) if PATH.endswith(".csv") else pl.read_ipc(PATH)
NAMES = FRAME.columns[:4]
EDGES = {name: np.histogram_bin_edges(FRAME[name].to_numpy(), 50) for name in NAMES}
LOW, HIGH = FRAME["sepal_length"].min(), FRAME["sepal_length"].max()

app = Dash(__name__)
app.layout = dbc.Container(
    [
        html.H1("Flowers"),
        html.Div(id="count"),
        dcc.RangeSlider(
            LOW, HIGH, 0.1, value=[LOW, HIGH], marks=None, id="sepal_length", updatemode="drag"
        ),
        *(dcc.Graph(id=f"histogram-{name}", style={"height": 120}) for name in NAMES),
        dcc.Graph(id="scatter"),
        dcc.Graph(id="means"),
    ]
)
server = app.server


@app.callback(
    Output("count", "children"),
    Output("scatter", "figure"),
    Output("means", "figure"),
    *(Output(f"histogram-{name}", "figure") for name in NAMES),
    Input("sepal_length", "value"),
)
def update(bounds):
    rows = FRAME.filter(pl.col("sepal_length").is_between(*bounds))
    drawn = rows.sample(min(SHOWN, len(rows)), seed=1)
    scatter = px.scatter(drawn, x="petal_length", y="petal_width", color="species")
    means = rows.group_by("species").mean().sort("species").unpivot(index="species")
    bars = px.bar(means, x="variable", y="value", color="species", barmode="group")
    histograms = [
        go.Figure(go.Bar(x=EDGES[name], y=np.histogram(rows[name].to_numpy(), EDGES[name])[0]))
        for name in NAMES
    ]
    return f"{len(rows):,} of {len(FRAME):,}", scatter, bars, *histograms
