"""A table in this process's memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
from typing_extensions import override

from iris_dash.query.names import held_name
from iris_dash.query.schema import Facet
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries import Frame


@dataclass(frozen=True)
class FrameDataset(Dataset):
    """A table in this process's memory: a Polars or pandas frame, the last column `_row`."""

    frame: Frame

    @override
    def __len__(self) -> int:
        return len(self.frame)

    @override
    def in_memory(self) -> Frame:
        return self.frame

    @cached_property
    def plain(self) -> Frame:
        """The frame as it is summed up: its decimals as floats."""
        types = self.frame.schema.items()
        decimals = [name for name, dtype in types if isinstance(dtype, nw.Decimal)]
        return (
            self.frame.with_columns(nw.col(*decimals).cast(nw.Float64()))
            if decimals
            else self.frame
        )

    @override
    def sample(self) -> Frame:
        return self.frame

    @cached_property
    def unordered(self) -> dict[str, Facet]:
        """The facets whose columns do not sort in the facet's own order."""
        return {f.name: f for f in self.schema.facets if not self._sorts(f)}

    def _sorts(self, facet: Facet) -> bool:
        if isinstance(self.frame[held_name(facet.name)].dtype, nw.Enum):
            return True
        known: list[Any] = [value for value in facet.values if value is not None]
        return known == sorted(known)
