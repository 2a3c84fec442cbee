"""A table in this process's memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
from typing_extensions import override

from iris_dash.query.names import held_name
from iris_dash.query.schema import Facet
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.libraries import Frame
from iris_dash.tables.ordering import ordered_groups
from iris_dash.tables.row_set import Rows


@dataclass(frozen=True)
class FrameDataset(Dataset):
    """A table in this process's memory: a Polars or pandas frame, the last column `_row`."""

    frame: Frame

    @override
    def __len__(self) -> int:
        return self._length

    @cached_property
    def _length(self) -> int:
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
    def groups_page(
        self,
        groups: Rows,
        wanted: nw.Expr | None,
        order: Sequence[tuple[str, bool]],
        start: int,
        stop: int | None,
    ) -> tuple[Frame, int]:
        # Made before they are searched: there are fewer groups than rows to look at.
        found = self.collect(groups)
        if wanted is not None:
            found = found.filter(wanted)
        # Lazily: of a million groups the first are found without putting all into order.
        ordered = ordered_groups(found.lazy(), order)
        page = (ordered if stop is None else ordered.head(stop)).collect()
        return page[start:], len(found)

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
