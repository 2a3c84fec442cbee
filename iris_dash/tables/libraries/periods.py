"""Periods of pandas in Arrow and Parquet files, which have them as whole numbers: as text."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from iris_dash.core.periods import PERIOD


def is_period(dtype: Any) -> bool:
    """Return whether a column of that type holds periods, by themselves or within others."""
    if isinstance(dtype, pl.BaseExtension):
        return dtype.ext_name() == PERIOD or is_period(dtype.ext_storage())
    if isinstance(dtype, pl.List | pl.Array):
        return is_period(dtype.inner)
    return isinstance(dtype, pl.Struct) and any(is_period(field.dtype) for field in dtype.fields)


def period_texts(counts: pl.Series, about: str | None) -> pl.Series:
    """Return periods as pandas writes them; `about` is what their type says: of which length.

    >>> period_texts(pl.Series([648, None]), '{"freq": "M"}').to_list()
    ['2024-01', None]
    """
    import pandas as pd  # no other file needs it

    given: dict[str, Any] = json.loads(about or "{}")
    known = counts.fill_null(0).to_numpy()
    texts = pd.arrays.PeriodArray(known, dtype=pd.PeriodDtype(given["freq"])).astype(str)
    return pl.Series(counts.name, list(texts), dtype=pl.String).set(counts.is_null(), None)
