"""The baseline of the page: a plain Dash page with the same parts, as its documentation shows."""

from pathlib import Path

import dash_bootstrap_components as dbc
import pandas as pd
import plotly.express as px
from dash import Dash, Input, Output, dash_table, dcc, html

ROOT = Path(__file__).resolve().parent.parent
FRAME = pd.read_csv(ROOT / "data" / "iris.csv")
LOW, HIGH = FRAME["petal_length"].min(), FRAME["petal_length"].max()

# The theme is Bootstrap from this host, as on the page that it is compared with: a style sheet of
# another host would not be counted.
app = Dash(__name__, assets_folder=str(ROOT / "assets"), assets_ignore=r"^(?!bootstrap)")
app.layout = dbc.Container(
    [
        html.H1("Iris"),
        dcc.Checklist(FRAME["species"].unique(), FRAME["species"].unique(), id="species"),
        dcc.RangeSlider(LOW, HIGH, value=[LOW, HIGH], id="petal_length"),
        dcc.Graph(id="scatter"),
        dcc.Graph(id="means"),
        dash_table.DataTable(id="rows", page_size=10),
    ]
)
server = app.server


@app.callback(
    Output("scatter", "figure"),
    Output("means", "figure"),
    Output("rows", "data"),
    Input("species", "value"),
    Input("petal_length", "value"),
)
def update(species, bounds):
    rows = FRAME[FRAME["species"].isin(species) & FRAME["petal_length"].between(*bounds)]
    scatter = px.scatter(rows, x="petal_length", y="petal_width", color="species")
    means = rows.groupby("species", as_index=False).mean().melt("species")
    bars = px.bar(means, x="variable", y="value", color="species", barmode="group")
    return scatter, bars, rows.to_dict("records")
