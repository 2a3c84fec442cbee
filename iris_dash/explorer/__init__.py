"""One dataset behind one door: a library of frames over plain answers and files."""

from iris_dash.explorer.chart_answers import Scatter
from iris_dash.explorer.explorer import Explorer

__all__ = ["Explorer", "Scatter"]
