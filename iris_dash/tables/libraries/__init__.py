"""The libraries whose frames are held in memory: Polars and pandas, each in a module of its own."""

from __future__ import annotations

from functools import cache

import narwhals as nw

from iris_dash.tables.libraries.arrow_types import known_types
from iris_dash.tables.libraries.base import Frame, Library, Series, Types
from iris_dash.tables.libraries.polars_frames import PolarsFrames

__all__ = ["Frame", "Library", "Series", "Types", "held_frame", "library_of"]

POLARS = PolarsFrames()


@cache
def _pandas() -> Library:
    # pandas takes half a second to import; a table in a file does without it.
    from iris_dash.tables.libraries.pandas_frames import PandasFrames

    return PandasFrames()


def held_frame(frame: Frame) -> Frame:
    """Return the frame itself, or a Polars one of any other library's (an Arrow table, say)."""
    if frame.implementation.is_polars() or frame.implementation.is_pandas():
        return frame
    if frame.implementation.is_pyarrow():
        frame = nw.from_native(known_types(nw.to_native(frame)), eager_only=True)
    return nw.from_native(frame.to_polars(), eager_only=True)


def library_of(held: Frame | Series) -> Library:
    """Return the library that holds a frame or a column."""
    return POLARS if held.implementation.is_polars() else _pandas()
