"""The filters on a time and on parts of it, as places of its index."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iris_dash.analysis.aggregate.cell_keys import Numbered, stop_key
from iris_dash.analysis.time_index import TimeIndex
from iris_dash.query.filters import Choice, Filter
from iris_dash.query.group_keys import PartKey
from iris_dash.query.query import Query
from iris_dash.query.schema import Part, Schema


class TimeFilters:
    """What of a query an index of its table's time answers."""

    def __init__(self, index: TimeIndex, schema: Schema) -> None:
        self._index, time = index, index.stops.time.name
        parts = schema.parts_by_name.items()
        self._parts = {name: part for name, part in parts if part.time == time}
        self._names = {time, *self._parts}
        self._numbered: dict[str, Numbered | None] = {}

    def apart(self, query: Query) -> tuple[tuple[Filter, ...], Query]:
        """Return the filters on the time and on parts of it, and the query without these."""
        found = tuple(one for one in query.filters if one.name in self._names)
        return found, query.without(*(one.name for one in found)) if found else query

    def places(self, filters: tuple[Filter, ...]) -> NDArray[np.bool_] | None:
        """Return which places of the index such filters let in; None if one parts rows of one."""
        found = self._index.places(None)
        for one in filters:
            part = self._parts.get(one.name)
            own = self._index.places(one) if part is None else self._of_part(part, one)
            if own is None or found is None:
                return None
            found = found & own
        return found

    def _of_part(self, part: Part, one: Filter) -> NDArray[np.bool_] | None:
        if part.name not in self._numbered:
            key = PartKey(self._index.stops.time, part.part)
            self._numbered[part.name] = stop_key(self._index, key)
        held = self._numbered[part.name]
        if held is None or not isinstance(one, Choice):
            return None
        chosen = {None if value is None else part.values.index(value) for value in one.values}
        let_in = np.array([place in chosen for place in held.places.to_list()], dtype=bool)
        found: NDArray[np.bool_] = let_in[held.of]
        return found
