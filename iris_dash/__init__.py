"""Explore a table: one query, asked through Python, JSON, a dashboard, its address or a file.

The replaced package's names answer for the default table (`IrisQuery`, `column_range`,
`get_mean`); `Explorer` opens any other. Importing this package loads neither Dash nor Flask, and
each name what it needs when it is first used: a server listens before the libraries of tables are
there.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iris_dash.core.errors import (
        DatasetError,
        IrisDashError,
        Problem,
        QueryError,
        SettingsError,
    )
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

MODULES = {
    "core.errors": ("DatasetError", "IrisDashError", "Problem", "QueryError", "SettingsError"),
    "explorer": ("Explorer",),
    "library": ("IrisQuery", "column_range", "default_explorer", "get_mean"),
    "query.query": ("Query",),
    "query.schema": ("Facet", "Measure", "Schema"),
    "tables.dataset": ("Dataset",),
    "tables.opening": ("open_dataset",),
}
"""Where each name stands."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module(f"{__name__}.core.release").version()
    for module, names in MODULES.items():
        if name in names:
            found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
