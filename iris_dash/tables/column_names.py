"""The names of a frame's columns, each a text of its own; what is named anew is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw

from iris_dash.core.errors import list_names
from iris_dash.query.names import free_name
from iris_dash.tables.libraries import Frame
from iris_dash.tables.libraries.plain_values import is_missing


def own_names(given: Iterable[object]) -> tuple[list[str], list[str]]:
    """Return a name of its own for each column, and what was named anew, in words.

    >>> own_names(["a", "a", " ", 7])
    (['a', 'a (2)', 'column 3', '7'], ["named anew: 'a (2)', 'column 3'"])
    """
    written = ["" if is_missing(name) else str(name) for name in given]
    held, names = set(written), dict[str, None]()
    for place, text in enumerate(written, start=1):
        # Arrow's names end at a NUL, and have no halves of characters.
        bare = text.replace("\0", "").encode("utf-8", "backslashreplace").decode()
        plain = bare if bare.strip() else f"column {place}"
        is_own = plain not in names and (plain == text or plain not in held)
        names[plain if is_own else free_name(plain, held.union(names))] = None
    new = [name for name, text in zip(names, written, strict=True) if name != text]
    return list(names), [f"named anew: {list_names(map(repr, new))}"] if new else []


def with_own_names(frame: Frame) -> tuple[Frame, tuple[str, ...]]:
    """Return a frame each of whose columns has a name, and what was named anew."""
    names, notes = own_names(frame.columns)
    changed = {old: new for old, new in zip(frame.columns, names, strict=True) if old != new}
    return (frame.rename(changed) if changed else frame), tuple(notes)


def with_distinct_names(source: Any) -> tuple[Any, tuple[str, ...]]:
    """Return a data frame of any library, its columns' names texts and distinct, and what is new.

    pandas takes anything for a name and, as Arrow does, one name for several columns.
    """
    if nw.dependencies.is_pandas_dataframe(source):
        given: Sequence[object] = list(source.columns)
        names, notes = own_names(given)
        changed = names != given
        return (source.set_axis(names, axis=1) if changed else source), tuple(notes)
    if nw.dependencies.is_pyarrow_table(source):
        names, notes = own_names(source.column_names)
        return source.rename_columns(names), tuple(notes)
    return source, ()
