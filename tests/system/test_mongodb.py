"""A collection on a server, over MongoDB's wire protocol: what stands in for MongoDB here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pymongo
import pytest
from mongo_server import mongo_server
from ports import free_port

from iris_dash import DatasetError, open_dataset
from iris_dash.analysis.scan import Scan
from iris_dash.query.filters import Choice, Interval, Match
from iris_dash.query.query import Query
from iris_dash.tables.dataset import Dataset
from iris_dash.tables.values import plain_rows

COLOURS = ("blue", "red", None)

ROWS: list[dict[str, Any]] = [
    {
        "colour": COLOURS[n % 3],
        "leaf": {"length": n * 7 % 20 / 2, "count": n % 4},
        "note": f"note {n:02} of.*",
    }
    for n in range(60)
]
"""Kept in this order by the keys that PyMongo gives them."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mongo_server(tmp_path_factory.mktemp("mongodb")) as url:
        with pymongo.MongoClient(url) as client:
            client.garden.flowers.insert_many([dict(row) for row in ROWS])
        yield f"{url}/garden"


@pytest.fixture(scope="module")
def flowers(place: str) -> Iterator[Dataset]:
    with closing(open_dataset(f"{place}/flowers")) as dataset:
        yield dataset


def flat(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["colour"], row["leaf"]["length"], row["leaf"]["count"], row["note"]


def test_columns(flowers: Dataset) -> None:
    assert flowers.schema.names == ("colour", "leaf.length", "leaf.count", "note")
    assert flowers.schema.facet("colour").values == COLOURS
    length = flowers.schema.measure("leaf.length")
    assert (length.low, length.high, length.decimals) == (0, 9.5, 1)
    assert len(flowers) == 60


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        (Query(), lambda row: True),
        (Query((Choice("colour", ("red",)),)), lambda row: row["colour"] == "red"),
        (Query((Choice("colour", ("blue", None)),)), lambda row: row["colour"] != "red"),
        (
            Query((Interval("leaf.length", 2.0, 5.5),)),
            lambda row: 2 <= row["leaf"]["length"] <= 5.5,
        ),
        (Query((Match("note", has=("3 OF.*",)),)), lambda row: "3 of" in row["note"]),
        (Query((Match("note", starts=("NOTE 1",)),)), lambda row: row["note"][5] == "1"),
        (Query((Match("note", has=(".",), starts=("n.",)),)), lambda row: False),
    ],
    ids=["all", "one value", "values and missing", "interval", "has", "starts", "no pattern"],
)
def test_rows(flowers: Dataset, query: Query, holds: Any) -> None:
    wanted = [flat(row) for row in ROWS if holds(row)]
    assert flowers.count(query) == len(wanted)
    assert [row[:4] for row in plain_rows(flowers.page(query))] == wanted
    assert [row[:4] for row in plain_rows(flowers.page(query.on_page(2, 7)))] == wanted[7:14]
    down = Query(query.filters, sort=(("leaf.length", True),))
    ordered = sorted(wanted, key=lambda row: -row[1])
    assert [row[:4] for row in plain_rows(flowers.page(down.on_page(1, 9)))] == ordered[:9]
    pieces = [row[:4] for piece in flowers.slices(down) for row in plain_rows(piece)]
    assert pieces == ordered


def test_means_of_groups(flowers: Dataset) -> None:
    means = Scan(flowers).means(Query(), flowers.schema.facet("colour"))
    for mean in means:
        own = [row["leaf"] for row in ROWS if row["colour"] == mean.group]
        sums = (sum(leaf[name] for leaf in own) for name in ("length", "count"))
        assert mean.means == pytest.approx([total / 20 for total in sums])
    assert [mean.n for mean in means] == [20, 20, 20]


def test_no_such_collection_names_those_there(place: str) -> None:
    with pytest.raises(DatasetError, match=r"no documents there; collections are flowers$"):
        open_dataset(f"{place}/trees")


LOGIN = "ann:s3c%2Fret"


def test_a_login_is_said_to_the_server(place: str) -> None:
    """This one believes anyone, and knows no other way to say a password."""
    url = place.replace("//", f"//{LOGIN}@")
    with closing(open_dataset(f"{url}/flowers?authMechanism=PLAIN")) as dataset:
        assert dataset.count(Query()) == 60


def test_who_finds_nobody_is_told_so_without_the_password() -> None:
    options = "serverSelectionTimeoutMS=200&authMechanismProperties=SERVICE_NAME:tops3cret"
    host = f"127.0.0.1:{free_port()}"
    with pytest.raises(DatasetError) as refused:
        open_dataset(f"mongodb://{LOGIN}@{host}/garden/flowers?{options}")
    told = str(refused.value)
    assert told.startswith(f"mongodb://ann@{host}/garden/flowers?serverSelectionTimeoutMS=200: ")
    assert "Connection refused" in told
    assert not any(secret in told for secret in ("s3c/ret", "s3c%2Fret", "tops3cret", "\n"))
