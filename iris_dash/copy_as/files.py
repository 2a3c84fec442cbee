"""A file as pandas, Polars and DuckDB meet it: what they read otherwise than this library."""

from __future__ import annotations

import glob
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from iris_dash.explorer import Explorer
from iris_dash.query.query import Query
from iris_dash.query.schema import FacetValue, Schema
from iris_dash.tables.dataset import FrameDataset
from iris_dash.tables.download import address_file, is_address
from iris_dash.tables.sources import ARROW, PARQUET, SEPARATORS
from iris_dash.tables.text_files import NO_VALUE

POLARS_SAMPLE, DUCKDB_SAMPLE = 100, 20_480
"""Rows that these look at to tell a CSV file's types, unless told to look at all."""

USUAL_NO_VALUE = ("NA", "N/A", "NaN", "null")
"""What may mean so among numbers in a file that is not here to be looked at."""

TEXT_TYPES = (pl.String, pl.Enum, pl.Categorical)

WORDS = "true|false|t|f|yes|no|y|n|inf|infinity|nan"
"""Words that others may take for true, false or a number."""


@dataclass(frozen=True)
class File:
    """A file as pandas, Polars and DuckDB meet it.

    `kind` is csv, parquet or arrow; `raw` are the types that Polars finds in it. Of a CSV file
    `spelled` holds, per column that is not text, what it writes for "no value" beside nothing at
    all, and `blanks` names those with blanks around their values; `empty` says whether text is
    missing where there are quotes with nothing between, and `unsettled` after which samples types
    are not settled. `nan` names columns of other files that hold NaN.
    """

    explorer: Explorer
    source: str
    kind: str
    separator: str = ","
    stream: bool = False
    raw: dict[str, pl.DataType] = field(default_factory=dict)
    spelled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    empty: bool = False
    nan: frozenset[str] = frozenset()
    unsettled: frozenset[int] = frozenset()

    @property
    def schema(self) -> Schema:
        """The table's facets and measures."""
        return self.explorer.schema

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The table as this library reads it."""
        assert isinstance(self.explorer.dataset, FrameDataset)
        frame: pl.DataFrame = nw.to_native(self.explorer.dataset.frame)
        return frame

    @property
    def quoted(self) -> bool:
        """Whether a CSV header has quotes in a name, which Polars alone leaves doubled."""
        return self.kind == "csv" and any('""' in name for name in self.schema.names)

    @cached_property
    def gaps(self) -> frozenset[str]:
        """The columns with missing values."""
        counts = self.frame.null_count().row(0, named=True)
        return frozenset(name for name, count in counts.items() if count)

    @cached_property
    def texts(self) -> dict[str, pl.Series]:
        """Each text column's values, or of a facet its choices."""
        frame, facets = self.frame, {f.name: f for f in self.schema.facets}
        return {
            name: pl.Series([v for v in facets[name].values if v is not None], dtype=pl.String)
            if name in facets
            else frame[name].cast(pl.String)
            for name in self.schema.names
            if frame.schema[name] in TEXT_TYPES
        }

    def of_type(self, *types: type[pl.DataType]) -> list[str]:
        """Return the columns of these types, in the table's order."""
        return [name for name in self.schema.names if self.frame.schema[name] in types]

    def says(self, values: Collection[str]) -> bool:
        """Return whether any of these is text in a text column."""
        return any(text.is_in(list(values)).any() for text in self.texts.values())

    @cached_property
    def spellings(self) -> list[str]:
        """What the file writes for "no value" beside nothing at all."""
        return sorted({text for texts in self.spelled.values() for text in texts})

    @cached_property
    def conflicts(self) -> bool:
        """Whether what means "no value" in one column is text in another."""
        return bool(self.spellings) and self.says(self.spellings)

    def matching(self, pattern: str, wholly: bool) -> list[str]:
        """Return the text columns of which any value, or every one, matches the pattern."""
        found = []
        for name, text in self.texts.items():
            matches = text.drop_nulls().str.contains(pattern)
            if matches.all() if wholly else matches.any():
                found.append(name)
        return found

    def holds_as_read(self, query: Query) -> bool:
        """Return whether what the query names means the same in the file as it does here."""
        if self.kind == "csv" or not self.raw:
            return True
        names = [*(one.name for one in query.filters), *(name for name, _ in query.sort)]
        return not any(_is_changed(self.raw[name]) for name in names)

    def order(self, name: str) -> list[FacetValue] | None:
        """Return a facet's own order where sorting by its values would give another."""
        facet = next((f for f in self.schema.facets if f.name == name), None)
        if facet is None:
            return None
        known: list[Any] = [value for value in facet.values if value is not None]
        plain = name not in self.texts or self.raw.get(name, pl.String()) == pl.String
        return None if plain and known == sorted(known) else known


def _is_changed(dtype: pl.DataType) -> bool:
    """Return whether this library reads values of that type as others."""
    return dtype.is_nested() or dtype.is_decimal() or dtype in (pl.Duration, pl.Binary, pl.Object)


@lru_cache(maxsize=2)
def known_file(explorer: Explorer, source: str) -> File | None:
    """Return what is to be known of a file; None for one that the libraries cannot be told of.

    Looks into the file once, so that the texts say no more than it needs.
    """
    dataset = explorer.dataset
    if not isinstance(dataset, FrameDataset) or not isinstance(
        nw.to_native(dataset.frame), pl.DataFrame
    ):
        return None
    web = is_address(source)
    file_name = address_file(source) if web else source
    packed = file_name.lower().endswith(".gz")
    suffix = Path(file_name.lower().removesuffix(".gz")).suffix
    if not web and Path(source).is_dir():
        source, suffix = f"{source.rstrip('/')}/*.parquet", ".parquet"
    elif not web and glob.has_magic(source) and Path(source).exists():
        return None
    try:
        if suffix in PARQUET and not packed:
            if not web and glob.has_magic(source) and not source.endswith(suffix):
                return None
            rows = None if web else pl.scan_parquet(source, hive_partitioning=False)
            return _binary_file(explorer, source, "parquet", rows)
        if suffix in ARROW and not packed and not web:
            with Path(source).open("rb") as file:
                stream = not file.read(6).startswith(b"ARROW1")
            rows = pl.read_ipc_stream(source).lazy() if stream else pl.scan_ipc(source)
            return _binary_file(explorer, source, "arrow", rows, stream)
        if suffix in SEPARATORS:
            return _text_file(explorer, source, SEPARATORS[suffix], web)
    except (OSError, pl.exceptions.PolarsError):
        pass  # It is no longer what was opened.
    return None


def _binary_file(
    explorer: Explorer, source: str, kind: str, rows: pl.LazyFrame | None, stream: bool = False
) -> File:
    bare = File(explorer, source, kind)
    floats = [name for name in bare.of_type(pl.Float64) if name in bare.gaps]
    if rows is None:
        return replace(bare, nan=frozenset(floats))
    raw = dict(rows.collect_schema())
    asked = [pl.col(name).is_nan().any() for name in floats if raw[name].is_float()]
    found = rows.select(asked).collect().row(0, named=True) if asked else {}
    nan = frozenset(name for name, has in found.items() if has)
    return replace(bare, stream=stream, raw=raw, nan=nan)


def _text_file(explorer: Explorer, source: str, separator: str, web: bool) -> File:
    bare = File(explorer, source, "csv", separator)
    typed = [name for name in bare.schema.names if name not in bare.texts]
    rows = len(bare.frame)
    if web:
        missing: tuple[str, ...] = USUAL_NO_VALUE
        spelled = {name: missing for name in typed if name in bare.gaps}
        sizes = frozenset(size for size in (POLARS_SAMPLE, DUCKDB_SAMPLE) if rows > size)
        empty = not bare.gaps.isdisjoint(bare.texts)
        return replace(bare, spelled=spelled, empty=empty, unsettled=sizes)

    def types(size: int | None, no_value: Sequence[str] = ()) -> dict[str, pl.DataType]:
        given = pl.scan_csv(
            source,
            separator=separator,
            null_values=list(no_value) or None,
            infer_schema_length=size,
            glob=False,
        )
        return dict(given.collect_schema())

    raw = types(None)
    words = pl.scan_csv(source, separator=separator, infer_schema=False, glob=False)
    unsure = [n for n in typed if raw[n] == pl.String or (n in bare.gaps and raw[n].is_float())]
    blanks: set[str] = set()
    spelled = {}
    for name in unsure:
        text = words.select(name).drop_nulls().collect()[name]
        none = text.str.strip_chars().str.to_lowercase().is_in(NO_VALUE)
        if texts := sorted(set(text.filter(none)) - {""}):
            spelled[name] = tuple(texts)
        if (text.filter(~none).str.strip_chars() != text.filter(~none)).any():
            blanks.add(name)
    gappy = [name for name in bare.texts if name in bare.gaps]
    quotes = words.select((pl.col(name) == "").any() for name in gappy).collect()
    file = replace(
        bare,
        raw=raw,
        spelled=spelled,
        blanks=frozenset(blanks),
        empty=bool(gappy) and any(quotes.row(0)),
    )
    no_value = [] if file.conflicts else file.spellings
    settled = types(None, no_value)
    samples = [size for size in (POLARS_SAMPLE, DUCKDB_SAMPLE) if rows > size]
    return replace(file, unsettled=frozenset(n for n in samples if types(n, no_value) != settled))
