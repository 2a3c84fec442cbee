"""What a data frame library does in its own way, with the frames that it holds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw
import polars as pl
from numpy.typing import NDArray

from iris_dash.query.value_text import FacetValue

if TYPE_CHECKING:
    import pandas as pd

Frame = nw.DataFrame[Any]
Series = nw.Series[Any]

Types = dict[str, "pl.DataType | type[pl.DataType]"]
"""Polars types by column."""


class Library(Protocol):
    """One library's frames and columns; those that are given stay as they are."""

    @abstractmethod
    def plain_columns(self, frame: Frame, codes: Collection[str] = ()) -> Frame:
        """Return the frame with columns of text, numbers, true/false, dates, times and categories.

        Integers of more than 64 bits become 64-bit floats where these are exact, else text; a
        32-bit float the 64-bit one that prints the same, a duration its seconds; lists and structs
        become JSON text, bytes their length as text, any other object its text.
        Categories of a pandas frame become text, and one with Arrow's types or decimals becomes a
        Polars frame.
        `codes` names columns whose floats become integers if all are whole, as in a pandas column
        of integers with gaps.
        """

    @abstractmethod
    def missing_as_null(self, frame: Frame) -> Frame:
        """Give missing values the library's own form, so that every comparison leaves them out."""

    @abstractmethod
    def row_hashes(self, frame: Frame) -> bytes:
        """Return a hash of every row, one after the other."""

    @abstractmethod
    def categories(self, column: Series) -> list[Any] | None:
        """Return the categories of a categorical column in their order; None if they have none."""

    @abstractmethod
    def places(self, column: Series, values: tuple[FacetValue, ...]) -> NDArray[Any]:
        """Return the place of each row's value among the values, in whole numbers of any size.

        Text in an Enum is one of its categories in the values' order; None is the last value.
        """

    @abstractmethod
    def plain_rows(self, frame: Frame) -> list[tuple[Any, ...]]:
        """Return a frame's rows as tuples of JSON-ready values; missing is None."""

    @abstractmethod
    def polars_type(self, column: Series) -> pl.DataType | type[pl.DataType]:
        """Return the Polars type of a column in a file; categories are text.

        Text are dates and times too where Python cannot hold one of them.
        """

    @abstractmethod
    def as_polars(self, frame: Frame, types: Mapping[str, Any]) -> pl.DataFrame:
        """Return a frame that is asked as a Polars one of these columns and types.

        Under their own names; missing values are null. An Enum may stay one where text is asked.
        """

    @abstractmethod
    def as_pandas(self, frame: Frame, categories: Mapping[str, bool]) -> pd.DataFrame:
        """Return a frame as pandas has it, its columns called as they are held.

        Whole numbers and truth values with gaps are nullable, decimals floats, dates moments of
        their midnight. `categories` says which columns are categories, and whether in an order;
        others that the frame holds as such are text, as are moments that Python cannot hold.
        """
