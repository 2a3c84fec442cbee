"""Explore a table: one query, asked through Python, JSON, a dashboard, its address or a file.

The replaced package's names answer for the default table (`IrisQuery`, `column_range`,
`get_mean`); `Explorer` opens any other. Importing this package loads neither Dash nor Flask.
"""

from iris_dash.core.errors import DatasetError, IrisDashError, Problem, QueryError, SettingsError
from iris_dash.explorer import Explorer
from iris_dash.library import IrisQuery, column_range, default_explorer, get_mean
from iris_dash.query.query import Query
from iris_dash.query.schema import Facet, Measure, Schema
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.opening import open_dataset

__all__ = [
    "Dataset",
    "DatasetError",
    "Explorer",
    "Facet",
    "IrisDashError",
    "IrisQuery",
    "Measure",
    "Problem",
    "Query",
    "QueryError",
    "Schema",
    "SettingsError",
    "column_range",
    "default_explorer",
    "get_mean",
    "open_dataset",
]
