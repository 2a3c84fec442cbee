"""What is MongoDB's own: fields as columns, pipelines, text that stays text, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import mongomock
import polars as pl
import pytest
from bson import Decimal128, ObjectId
from mongo_stand_in import stand_in
from pymongo.errors import ExecutionTimeout, OperationFailure

from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.commands.load import load_table, target_of
from iris_dash.core.deadline import within
from iris_dash.core.errors import EngineAway, QueryTooLong
from iris_dash.engines.mongodb.table import MongoTable
from iris_dash.query.query import Query
from iris_dash.tables.engine_dataset import EngineDataset

URL = "mongodb://host/garden/things"


@pytest.fixture
def client() -> Iterator[mongomock.MongoClient]:
    with stand_in() as client:
        yield client


@contextmanager
def explored(client: mongomock.MongoClient, documents: list[dict[str, Any]]) -> Iterator[Explorer]:
    client.garden.things.insert_many(documents)
    with closing(open_dataset(URL)) as dataset:
        yield Explorer(dataset)


def columns_of(explorer: Explorer) -> dict[str, str]:
    return {column.name: type(column).__name__ for column in explorer.schema.columns}


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

KINDS: list[tuple[list[Any], str, list[Any]]] = [
    ([1, 2, 3], "Measure", [1, 2, 3]),
    ([1, 2.5, None], "Measure", [1.0, 2.5, None]),
    ([1, Decimal128("2.50"), 3.25], "Measure", [1.0, 2.5, 3.25]),
    ([True, False, None], "Facet", [True, False, None]),
    ([NOON, None, NOON], "Time", [NOON, None, NOON]),
    ([datetime(2026, 3, 1), None], "Time", [date(2026, 3, 1), None]),
    ([1, "one", None], "Facet", ["1", "one", None]),
    (
        [["a", "b"], [], "a", [1, None, ["c"], {"d": 1}]],
        "Facet",
        ["a, b", "", "a", "1, null, […], {…}"],
    ),
    ([{}, 1.5, True], "Facet", ["{…}", "1.5", "true"]),
    ([ObjectId(b"a" * 12), None], "Facet", ["61" * 12, None]),
    ([b"bytes", "text"], "Facet", ["(binData)", "text"]),
    ([None, None], "Text", [None, None]),
]


@pytest.mark.parametrize(("values", "kind", "shown"), KINDS, ids=[str(one[0]) for one in KINDS])
def test_a_field_is_a_column_of_its_kind_and_text_where_it_has_several(
    client: mongomock.MongoClient, values: list[Any], kind: str, shown: list[Any]
) -> None:
    with explored(client, [{"n": 1.5, "value": value} for value in values]) as explorer:
        assert columns_of(explorer) == {"n": "Measure", "value": kind}
        rows = explorer.records(explorer.query())[1]
    assert [row["value"] for row in rows] == shown


def test_nested_documents_are_columns(client: mongomock.MongoClient) -> None:
    documents: list[dict[str, Any]] = [
        {"*": 1, "a": {"b": {"c": 1}, "": 2}, "d": None, "_row": 7},
        {"*": 2, "d": {"e": 2.5}, "_row": 5},
        {"*": 3, "a": {"b": {"c": 3}}, "_row": 6},
    ]
    with explored(client, documents) as explorer:
        assert [*columns_of(explorer)] == ["*", "a.b.c", "_row (2)", "d.e"]
        rows = explorer.records(explorer.query(where={"a.b.c": {"present": True}}))[1]
    assert [*rows] == [
        {"*": 1, "a.b.c": 1, "_row (2)": 7, "d.e": None},
        {"*": 3, "a.b.c": 3, "_row (2)": 6, "d.e": None},
    ]


def test_the_documents_own_key_is_a_column_where_it_says_something(
    client: mongomock.MongoClient,
) -> None:
    for place, keys in enumerate([["b", "a"], [3, 5], [0, 1], [None, None], [{"k": 1}, {"k": 2}]]):
        own = client.garden[f"t{place}"]
        own.insert_many([{"n": 1.5} | ({} if key is None else {"_id": key}) for key in keys])
    found = [open_dataset(f"mongodb://host/garden/t{place}") for place in range(5)]
    assert [[*dataset.schema.names] for dataset in found] == [
        ["_id", "n"],
        ["_id", "n"],
        ["n"],
        ["n"],
        ["_id.k", "n"],
    ]
    assert Explorer(found[0]).rows()["_id"].tolist() == ["a", "b"]


HOSTILE = ("$where", "$nowhere", "$$ROOT", ".*", '{"$ne": null}', "^r", "\0", "a\0.b")


def said_as(pipeline: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Each text of a pipeline and the operator under which it stands."""
    if isinstance(pipeline, dict):
        for name, inside in pipeline.items():
            yield "name", name
            yield from said_as(inside, name)
    elif isinstance(pipeline, list | tuple):
        for inside in pipeline:
            yield from said_as(inside, above)
    elif isinstance(pipeline, str):
        yield above, pipeline


@pytest.mark.parametrize("text", HOSTILE)
def test_a_readers_text_is_never_an_operator_a_path_or_a_pattern(
    client: mongomock.MongoClient, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    documents = [
        {"colour": colour, "note": f"note {n} {colour}"}
        for n, colour in enumerate([*HOSTILE, *["red"] * 52])
    ]
    asked: list[Any] = []
    with explored(client, documents) as explorer:
        whole = MongoTable._documents

        def documents_of(self: MongoTable, pipeline: Any) -> Any:
            asked.append(pipeline.stages)
            return whole(self, pipeline)

        monkeypatch.setattr(MongoTable, "_documents", documents_of)
        own = [one for one in HOSTILE if text.lower() in one.lower()]
        for said, n in (
            ({"colour": text}, 1),
            ({"where": {"colour": {"not": [text]}}}, 59),
            ({"where": {"note": {"has": text}}}, len(own)),
            ({"where": {"note": {"starts": text}}}, 0),
            ({"where": {"note": [f"note 0 {text}", text]}}, int(text == HOSTILE[0])),
            ({"where": {"note": {"not": [text]}}}, 60),
            ({"search": text}, len(own)),
        ):
            query = explorer.query(**said)
            assert explorer.dataset.count(query) == n, said
            assert len(explorer.dataset.page(query)) == n
            assert len(explorer.dataset.rest(query)) == 60 - n
    stood = {above for above, one in said_as(asked) if text in one}
    assert stood <= {"$eq", "$in", "$nin", "$literal", "$regex"}
    assert "name" not in stood


def test_what_is_asked_of_stored_fields_can_use_indexes(client: mongomock.MongoClient) -> None:
    documents = [
        {"colour": ("red", "blue", None)[n % 3], "leaf": {"length": n / 2}} for n in range(9)
    ]
    with explored(client, documents) as explorer:
        dataset = explorer.dataset
        assert isinstance(dataset, EngineDataset)
        table = dataset.engine
        assert isinstance(table, MongoTable)
        query = explorer.query(colour=["red", None], lower={"leaf.length": 1.5})
        rows = table.slice(dataset._in_order(query), 20, 10)
        page = table._compiled(rows.to_native())[0].stages
        down = dataset._in_order(explorer.query(sort="-leaf.length"))
        ordered = table._compiled(down.to_native())[0].stages
    chosen = {"$or": [{"colour": {"$eq": "red"}}, {"colour": {"$eq": None}}]}
    lengths = {"leaf.length": {"$gte": 1.5}}
    assert page[:-1] == (
        {"$match": chosen},
        {"$match": lengths},
        {"$sort": {"_id": 1}},
        {"$skip": 20},
        {"$limit": 10},
    )
    assert ordered[0] == {"$sort": {"leaf.length": -1, "_id": 1}}


def test_parts_of_a_time(client: mongomock.MongoClient) -> None:
    moments = [datetime(2025, 12, 29, 22) + timedelta(hours=n) for n in range(60)]
    with explored(client, [{"at": moment, "n": 1.5} for moment in moments]) as explorer:
        for said, n in (
            ({"at:hour_of_day": [23, 0]}, 6),
            ({"at:weekday": ["Tue"]}, 24),
            ({"at:month_of_year": "Jan"}, 10),
            ({"at:quarter_of_year": "Q4"}, 50),
            ({"at": {"from": "2025-12-31T10", "to": "2025-12-31T12"}}, 3),
            ({"at": {"from": "2025-12-31T10:00:00.0005", "to": "2025-12-31T12"}}, 2),
            ({"at": {"to": "2025-12-30T01:00+01:00"}}, 3),
        ):
            assert explorer.count(explorer.query(where=said)) == n, said


def test_a_value_of_another_kind_that_comes_later_is_missing(client: mongomock.MongoClient) -> None:
    with explored(client, [{"n": n, "at": NOON} for n in range(3)]) as explorer:
        client.garden.things.insert_one({"n": "three", "at": "noon"})
        rows = explorer.records(explorer.query())[1]
    assert [*rows][-1] == {"n": None, "at": None}


def test_a_server_that_ends_an_answer_at_the_deadline(
    client: mongomock.MongoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*_: Any, **__: Any) -> None:
        raise ExecutionTimeout("operation exceeded time limit", 50)

    with explored(client, [{"n": 1.5}, {"n": 2.5}]) as explorer:
        monkeypatch.setattr(mongomock.Collection, "aggregate", ends)
        with within(0.05), pytest.raises(QueryTooLong):
            explorer.dataset.page(Query())
        with pytest.raises(EngineAway, match="exceeded time limit"):
            explorer.dataset.page(Query())


def test_a_refused_login_is_one_line(
    client: mongomock.MongoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any, **__: Any) -> None:
        raise OperationFailure("Authentication failed of ann by s3c/ret.\nmore", 18)

    monkeypatch.setattr(mongomock.Collection, "find", refuses)
    told = r"mongodb://ann@host/garden/things: Authentication failed of ann by \*\*\*\.$"
    with pytest.raises(DatasetError, match=told):
        open_dataset("mongodb://ann:s3c%2Fret@host/garden/things")


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ({"_id": [1]}, "'_id' is called as a document's own key is"),
        ({"_id.a": [1]}, "'_id.a' is called as"),
        ({"a..b": [1]}, "'a..b' cannot be a field's name"),
        ({"$a": [1]}, r"'\$a' cannot be"),
        ({"a": [1], "a.b": [2]}, "'a.b' would stand inside column 'a'"),
        ({"at": [datetime(2026, 1, 1, 0, 0, 0, 1500)]}, "'at': .* has microseconds, which are"),
        ({"n": pl.Series([2**63], dtype=pl.UInt64)}, "'n': 9223372036854775808 is more than"),
    ],
)
def test_what_a_collection_cannot_keep_is_refused(
    client: mongomock.MongoClient, frame: dict[str, Any], told: str
) -> None:
    with pytest.raises(DatasetError, match=told):
        load_table(pl.DataFrame(frame).with_columns(_row=0), target_of(URL))
    assert client.garden.list_collection_names() == []


def test_what_is_loaded_comes_back(client: mongomock.MongoClient) -> None:
    frame = pl.DataFrame(
        {
            "a.b": [1.5, None],
            "a.c": ["x", ""],
            "day": [date(1, 1, 1), date(9999, 12, 31)],
            "at": [datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 12, 0, 0, 5000, UTC)],
            "whole": [2**53 + 1, -(2**63)],
            "_row": [0, 1],
        }
    ).with_columns(pl.col("at").dt.convert_time_zone("Europe/Berlin"))
    assert load_table(frame, target_of(URL))
    assert not load_table(frame, target_of(URL))
    with closing(open_dataset(URL)) as dataset:
        rows = [*Explorer(dataset).records(Query())[1]]
    assert rows == [
        {"a.b": 1.5, "a.c": "x", "day": date(1, 1, 1), "at": datetime(2026, 7, 1, 12, tzinfo=UTC)}
        | {"whole": 2**53 + 1},
        {"a.b": None, "a.c": "", "day": date(9999, 12, 31)}
        | {"at": datetime(2026, 7, 1, 12, 0, 0, 5000, UTC), "whole": -(2**63)},
    ]
    other = frame.with_columns(whole=pl.lit(7))
    with pytest.raises(DatasetError, match="another table has this name"):
        load_table(other, target_of(URL))
    assert load_table(other, target_of(URL), replace=True)
    assert client.garden.list_collection_names() == ["things"]
