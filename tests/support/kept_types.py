"""Tables of every kind that an engine keeps, and the rows that are right of them."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import orjson
from page_answers import answer_controls

from iris_dash import Explorer, open_dataset
from iris_dash.files import FORMATS
from iris_dash.tables.engine_dataset import EngineDataset
from iris_dash.web.api.responses import json_bytes

BIG = 9007199254740993
"""The first whole number that a float is not."""

SQLITE = f"""
create table dates (id integer, d date); insert into dates values
    (1,'2024-01-01'),(2,''),(3,'not a date');
create table days (id integer, d date, t datetime); insert into days values
    (1,'0044-03-15','2024-01-01 10:00:00.5'),(2,null,'2024-01-01T10:00:01');
create table dts (id integer, d datetime); insert into dts values
    (1,'2024-01-01T10:00:00Z'),(2,'2024-01-01 10:00'),(3,1704067200);
create table ints (n integer); insert into ints values (1),('2'),('x'),(4.5),({BIG});
create table notype (a, b); insert into notype values (1,'x'),('y',2.5),(null,null);
create table bools (b boolean); insert into bools values (1),(0),('true'),(null),(2);
create table flags (b boolean); insert into flags values (1),(0),(null);
create table blobs (b); insert into blobs values (x'00ff'),('b'),(1);
create table colours (c varchar(10) collate nocase, v int); insert into colours values
    ('Red',1),('red',2),('RED',3);
create table big (id integer); insert into big values ({BIG}),({BIG - 1}),({BIG + 1});
"""

SQLITE_ROWS: dict[str, list[list[Any]]] = {
    "dates": [[1, "2024-01-01"], [2, ""], [3, "not a date"]],
    "days": [
        [1, "0044-03-15", "2024-01-01T10:00:00.500000"],
        [2, None, "2024-01-01T10:00:01"],
    ],
    "dts": [[1, "2024-01-01T10:00:00Z"], [2, "2024-01-01 10:00"], [3, "1704067200"]],
    "ints": [["1"], ["2"], ["4.5"], [f"{BIG}"], ["x"]],
    "notype": [["1", "x"], ["y", "2.5"], [None, None]],
    "bools": [["0"], ["1"], ["2"], ["true"], [None]],
    "flags": [[False], [True], [None]],
    "blobs": [["1"], ["2 bytes"], ["b"]],
    "colours": [["RED", 3], ["Red", 1], ["red", 2]],
    "big": [[BIG - 1], [BIG], [BIG + 1]],
}

DUCKDB = f"""
create type mood as enum ('sad','ok','happy');
create table moods (e mood, v int); insert into moods values ('happy',1),('sad',2),('ok',3);
create table infinite as select 1 id, date 'infinity' d, timestamp '-infinity' t
    union all select 2, date '2024-01-01', timestamp '2024-01-01';
create table far as select 1 id, date '12024-01-01' d union all select 2, date '0044-03-15 (BC)';
create table big as select * from (values ({BIG}::bigint),({BIG - 1}),({BIG + 1})) t(id);
create table unsigned as select 18446744073709551615::ubigint u
    union all select 18446744073709551614::ubigint;
create table prices as select 12345678901234567.89::decimal(19,2) p
    union all select 12345678901234567.88;
create table odd as select [1,2] l, {{'a':1}} s, '\\xAA'::blob b, interval '1 day' i,
    timestamp_ns '2024-01-01 00:00:00.123456789' n,
    uuid '0a0a0a0a-0000-0000-0000-000000000001' u;
"""

DUCKDB_ROWS: dict[str, list[list[Any]]] = {
    "moods": [["happy", 1], ["ok", 3], ["sad", 2]],
    "infinite": [[1, "infinity", "-infinity"], [2, "2024-01-01", "2024-01-01T00:00:00"]],
    "far": [[1, "+12024-01-01"], [2, "-0043-03-15"]],
    "big": [[BIG - 1], [BIG], [BIG + 1]],
    "unsigned": [[2**64 - 2], [2**64 - 1]],
    "prices": [["12345678901234567.88"], ["12345678901234567.89"]],
    "odd": [
        [
            *("[1, 2]", "{'a': 1}", "\\xAA", "1 day", "2024-01-01T00:00:00.123456789"),
            "0a0a0a0a-0000-0000-0000-000000000001",
        ]
    ],
}

POSTGRES = f"""
create type mood as enum ('sad','ok','happy');
create table moods (e mood, v int); insert into moods values
    ('happy',1),('sad',2),('ok',3),(null,4);
create table inftime (id int, t timestamp, z timestamptz); insert into inftime values
    (1,'infinity','-infinity'),(2,'2024-01-01','2024-01-01 00:00+00');
create table infdate (id int, d date); insert into infdate values (1,'infinity'),(2,'2024-01-01');
create table bc (id int, d date); insert into bc values (1,'0044-03-15 BC'),(2,'2024-01-01');
create table far (id int, d date, t timestamp); insert into far values
    (1,'12024-01-01','12024-01-01 01:02:03.5'),(2,null,null);
create table padded (c char(6), v int); insert into padded values ('red',1),('blue',2),('red',3);
create table bigs (id bigint); insert into bigs values ({BIG}),({BIG - 1}),({BIG + 1});
create table prices (m money, n numeric(20,2)); insert into prices values
    ('$1,234.50',12345678901234567.89),('-$5.00','NaN');
create table tiny (p double precision, x double precision);
insert into tiny select case when i%7=0 then 5e-324 else i/100.0 end, i*1e5
    from generate_series(1,60) i;
create table large (g text, x double precision); insert into large values
    ('a',1e200),('a',3e200),('b',-1e200);
create table largest (g text, x double precision); insert into largest values
    ('a',1e308),('a',1.5e308),('b',-1e308);
create table odd (
    r int4range, i interval, n inet, u uuid, b bytea, j jsonb, a int[], t time, o oid
);
insert into odd values ('[1,5)','1 day','10.0.0.1','0a0a0a0a-0000-0000-0000-000000000001',
    '\\x00ff','{{"a": 1}}','{{1,2}}','01:02:03.000001',5);
"""

POSTGRES_ROWS: dict[str, list[list[Any]] | None] = {
    "moods": [["happy", 1], ["ok", 3], ["sad", 2], [None, 4]],
    "inftime": [
        [1, "infinity", "-infinity"],
        [2, "2024-01-01T00:00:00", "2024-01-01T00:00:00+00:00"],
    ],
    "infdate": [[1, "infinity"], [2, "2024-01-01"]],
    "bc": [[1, "-0043-03-15"], [2, "2024-01-01"]],
    "far": [[1, "+12024-01-01", "+12024-01-01T01:02:03.500000"], [2, None, None]],
    "padded": [["blue", 2], ["red", 1], ["red", 3]],
    "bigs": [[BIG - 1], [BIG], [BIG + 1]],
    "prices": [[-5.0, None], [1234.5, "12345678901234567.89"]],
    "tiny": None,
    "large": [["a", 1e200], ["a", 3e200], ["b", -1e200]],
    "largest": [["a", 1e308], ["a", 1.5e308], ["b", -1e308]],
    "odd": [
        [
            *("[1,5)", "1 day", "10.0.0.1/32", "0a0a0a0a-0000-0000-0000-000000000001"),
            *("\\x00ff", '{"a": 1}', "{1,2}", "01:02:03.000001", "5"),
        ]
    ],
}

MOODS = ("sad", "ok", "happy")


def asked_all(address: str) -> list[list[Any]]:
    """A table's rows as JSON has them; of everything else it is asked that it answers."""
    dataset = open_dataset(address)
    assert isinstance(dataset, EngineDataset)
    with closing(dataset.engine):
        explorer = Explorer(dataset)
        explorer.prepare()
        query = explorer.query()
        count, records = explorer.records(query)
        rows = orjson.loads(json_bytes(records))
        assert count == len(rows)
        for file_format in FORMATS:
            assert b"".join(explorer.export(file_format.suffix, query).pieces)
        orjson.loads(json_bytes(explorer.comparison_record(query)))
        explorer.correlations(query, grouped=True)
        for name in explorer.schema.names:
            assert len(explorer.records(explorer.query(sort=f"-{name}"))[1]) == count
        for facet in explorer.schema.facets:
            counts = explorer.facet_counts(query)[facet.name]
            for value in facet.values:
                assert explorer.count(explorer.query(**{facet.name: [value]})) == counts[value]
        assert not answer_controls(explorer, {}).get("failed")
        return [list(row.values()) for row in rows]


def means_of(address: str, by: str) -> dict[Any, list[float | None]]:
    """The means per group of a facet."""
    dataset = open_dataset(address)
    assert isinstance(dataset, EngineDataset)
    with closing(dataset.engine):
        explorer = Explorer(dataset)
        groups = explorer.group_means(explorer.query(by=by))
        return {group.group: list(group.means) for group in groups}


def ids_between(address: str, low: int, high: int) -> list[int]:
    """The `id` of the rows between two bounds."""
    dataset = open_dataset(address)
    assert isinstance(dataset, EngineDataset)
    with closing(dataset.engine):
        explorer = Explorer(dataset)
        found = explorer.query(lower={"id": low}, upper={"id": high})
        assert explorer.count(found) == len(explorer.records(found)[1])
        return [row["id"] for row in explorer.records(found)[1]]
