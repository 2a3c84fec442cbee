"""Arrays of numbers as few bytes, read where they lie: `assets/scripts/live_index.mjs`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from iris_dash.tables.values import as_json

WIDTH = 8
"""Each array begins at a multiple of so many bytes."""

COUNTS = (np.uint8, np.uint16, np.uint32)


def pack_arrays(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return a header, and arrays by their names, as bytes.

    First four bytes with the CRC-32 of all that follow, and four with how long the header is, which
    is JSON and has the arrays' `type` (u1, u2, u4, f8), `shape` and `at` beside its own keys; then
    the arrays, the last axis first, numbers with the least byte first. `at` counts from the first
    array. Counts are as short as all of theirs can be; those beyond 32 bits are floats.

    >>> pack_arrays({"n": 1}, {"a": np.array([[1, 300]])})[8:68]
    b'{"n":1,"arrays":{"a":{"type":"u2","shape":[1,2],"at":0}}}   '
    """
    places, bodies, at = {}, [], 0
    for name, array in arrays.items():
        kept = _short(array)
        body = np.ascontiguousarray(kept.astype(kept.dtype.newbyteorder("<"))).tobytes()
        kind = f"{kept.dtype.kind}{kept.dtype.itemsize}"
        places[name] = {"type": kind, "shape": array.shape, "at": at}
        bodies.append(body + b"\0" * (-len(body) % WIDTH))
        at += len(bodies[-1])
    head = as_json({**header, "arrays": places})
    head += b" " * (-len(head) % WIDTH)
    packed = b"".join([len(head).to_bytes(4, "little"), head, *bodies])
    return crc32(packed).to_bytes(4, "little") + packed


def _short(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    most = int(array.max()) if array.size else 0
    kind: Any = next((one for one in COUNTS if most <= np.iinfo(one).max), np.float64)
    return array.astype(kind)
