"""A collection of MongoDB as a table: opened, asked with pipelines, and written."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import narwhals as nw
import polars as pl
import pymongo
from bson import ObjectId
from bson.errors import BSONError
from pymongo.errors import PyMongoError

from iris_dash.core.deadline import check, each, ended_by, left
from iris_dash.core.errors import (
    DatasetError,
    EngineAway,
    IrisDashError,
    NoTableError,
    QueryTooLong,
    first_line,
    list_names,
)
from iris_dash.engines.addresses import Address
from iris_dash.engines.base import BATCH, ROW, OneTable, Rows
from iris_dash.engines.mongodb.answers import documents_of, frame_of
from iris_dash.engines.mongodb.columns import Columns, stored
from iris_dash.engines.mongodb.fields import (
    OWN_KEY,
    Field,
    counted,
    counting,
    field_of,
    paths_of,
)
from iris_dash.engines.mongodb.pipelines import Pipeline, pipeline_of

SAMPLE = 1_000
"""So many documents from either end of a collection tell its fields."""

CONNECT_MILLISECONDS = 5_000

PIECE = 10_000
"""Documents that are written at once."""

KEPT: dict[str, Any] = {
    "serverSelectionTimeoutMS": CONNECT_MILLISECONDS,
    "connectTimeoutMS": CONNECT_MILLISECONDS,
    "appname": "iris-dash",
    # A date may be none that Python can hold.
    "datetime_conversion": "DATETIME_MS",
}
"""How a client connects, where its address does not say."""

STAGING = "{}__new"
"""The name of a collection while it is written."""


class MongoTable(OneTable):
    """A collection of `mongodb://host/database/collection`, asked with aggregation pipelines.

    Opening reads documents from both ends for the fields that there are, and counts the types of
    each over all documents; these stay. The documents' order is that of `_id`. Raises DatasetError,
    one line, where the server cannot be reached or refuses, or has no such collection with
    documents; it names those that there are.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self.name, self.title = address.shown, ".".join(address.table)
        self.orders: dict[str, tuple[str, ...]] = {}
        if not self.title:
            raise DatasetError(f"{self.name}: expected mongodb://host/database/collection")
        try:
            self._client = _client(address)
        except (PyMongoError, ValueError) as error:
            raise DatasetError(f"{self.name}: {_reason(address, error)}") from error
        weakref.finalize(self, self._client.close)
        try:
            self._collection = _collection(self._client, self.title)
            with self._asking():
                self._columns, schema = self._describe()
        except (IrisDashError, PyMongoError, ValueError) as error:
            self._client.close()
            if isinstance(error, DatasetError | QueryTooLong):
                raise
            reason = str(error) if isinstance(error, EngineAway) else None
            raise DatasetError(reason or f"{self.name}: {_reason(address, error)}") from error
        self._table = ibis.table(schema, name="documents")

    def table(self) -> Rows:
        """Return the table; nothing is asked yet."""
        rows: Rows = nw.from_native(self._table)
        return rows

    def collect(self, rows: Rows) -> pl.DataFrame:
        """Return what has been asked for, as plain columns; a missing value is null."""
        asked = nw.to_native(rows)
        pipeline, schema = self._compiled(asked)
        with ended_by(None), self._asking():
            found = list(self._documents(pipeline))
        return frame_of(found, schema)

    def slice(self, rows: Rows, start: int, length: int) -> Rows:
        """Return at most `length` rows from place `start` of rows that are in order."""
        part: Rows = nw.from_native(nw.to_native(rows).limit(length, offset=start))
        return part

    def batches(self, rows: Rows) -> Generator[pl.DataFrame]:
        """Yield the rows in their order in pieces; closing it ends the query."""
        return each(self._batches(nw.to_native(rows)))

    def _batches(self, asked: ir.Table) -> Generator[pl.DataFrame]:
        pipeline, schema = self._compiled(asked)
        documents, empty = self._documents(pipeline), True
        while True:
            with self._asking():
                piece = list(islice(documents, BATCH))
            if not piece and not empty:
                return
            yield frame_of(piece, schema)
            if not piece:
                return
            empty = False

    def close(self) -> None:
        """Close the connections; nothing can be asked after."""
        self._client.close()

    def _compiled(self, asked: ir.Table) -> tuple[Pipeline, dict[str, dt.DataType]]:
        return pipeline_of(asked.op(), self._columns), dict(asked.schema().items())

    def _documents(self, pipeline: Pipeline) -> Iterator[dict[str, Any]]:
        cursor = self._collection.aggregate([*pipeline.stages], allowDiskUse=True)
        first = next(cursor, None)
        if first is None and pipeline.alone is not None:
            first = {f"c{place}": value for place, value in enumerate(pipeline.alone.values())}
        if first is not None:
            yield first
            with cursor:
                yield from cursor

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask the server, which ends what takes longer than the deadline."""
        seconds = left()
        check()
        try:
            with pymongo.timeout(seconds):
                yield
        except PyMongoError as error:
            # It gives up as much before the deadline as an answer takes on its way.
            while error.timeout and (rest := left()) is not None:
                check()
                time.sleep(rest)
            raise EngineAway(f"{self.name}: {_reason(self._address, error)}") from error

    def _describe(self) -> tuple[Columns, dict[str, dt.DataType]]:
        """Return how each column is read, and its type."""
        both = (self._collection.find(sort=[(OWN_KEY, way)], limit=SAMPLE) for way in (1, -1))
        first, last = map(list, both)
        if not first:
            there = list_names(sorted(self._collection.database.list_collection_names()))
            raise NoTableError(f"{self.name}: no documents there; collections are {there}")
        paths = paths_of([*first, *last[::-1]])
        paths = [OWN_KEY, *(path for path in paths if path != OWN_KEY)]
        paths.sort(key=lambda path: path.partition(".")[0] != OWN_KEY)
        (found,) = self._collection.aggregate(counting(paths))
        counts = dict(zip(paths, counted(found, paths), strict=True))
        fields = [field_of(path, counts[path]) for path in paths]
        # In order of types: what the first and the last are, all are.
        ends = first[0][OWN_KEY], last[0][OWN_KEY]
        is_whole = counts[OWN_KEY]["whole"] == found["n"]
        is_hidden = is_whole and ends == (0, found["n"] - 1)
        is_hidden |= any(all(isinstance(end, kind) for end in ends) for kind in (ObjectId, dict))
        shown = [field for field in fields if field.name != OWN_KEY or not is_hidden]
        order = Field(ROW, dt.int64 if is_whole else dt.string, stored(OWN_KEY, is_known=True))
        named = {field.name if field.name != ROW else f"{ROW} (2)": field for field in shown}
        named[ROW] = order
        schema = {name: field.dtype for name, field in named.items()}
        return {name: field.column for name, field in named.items()}, schema


def write_table(address: Address, frame: pl.DataFrame, wrote: Callable[[int], object]) -> None:
    """Write a frame as the collection at an address, in place of one that is there.

    All or nothing: it is written to another collection, which is then renamed. A name with dots
    becomes nested documents; the rows' places become the documents' own keys. `wrote` is told the
    rows of each piece written. Errors: DatasetError, one line.
    """
    name = ".".join(address.table)
    try:
        paths = _paths_of_columns([column for column in frame.columns if column != ROW])
        with closing(_client(address)) as client:
            loading = _collection(client, STAGING.format(name))
            loading.drop()
            try:
                start = 0
                for piece in frame.drop(ROW, strict=False).iter_slices(PIECE):
                    loading.insert_many(documents_of(piece, paths, start))
                    start += len(piece)
                    wrote(len(piece))
                loading.rename(name, dropTarget=True)
            except BaseException:
                with suppress(PyMongoError):
                    loading.drop()
                raise
    except (PyMongoError, BSONError, ValueError) as error:
        raise DatasetError(f"{address.shown}: {_reason(address, error)}") from error


def _paths_of_columns(names: Sequence[str]) -> dict[str, list[str]]:
    """Return where each column goes in a document; ValueError for a name that cannot be kept."""
    paths = {name: name.split(".") for name in names}
    for name, path in paths.items():
        if path[0] == OWN_KEY:
            raise ValueError(f"column {name!r} is called as a document's own key is; rename it")
        if not all(path) or any(one.startswith("$") for one in path) or "\0" in name:
            raise ValueError(f"column {name!r} cannot be a field's name there; rename it")
        within = next((other for other in names if name.startswith(f"{other}.")), None)
        if within is not None:
            raise ValueError(f"column {name!r} would stand inside column {within!r}; rename one")
    return paths


def _client(address: Address) -> Any:
    given = address.url.partition("?")[2].lower()
    more = {name: value for name, value in KEPT.items() if f"{name.lower()}=" not in given}
    return pymongo.MongoClient(address.url, **more)


def _collection(client: Any, name: str) -> Any:
    return client.get_default_database().get_collection(name)


def _reason(address: Address, error: BaseException) -> str:
    # What was tried is said once more behind the reason.
    line = first_line(error).partition(", Timeout:")[0].partition(", full error:")[0]
    return address.redact(line)
