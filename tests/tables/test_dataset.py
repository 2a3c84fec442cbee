"""Files and frames open as datasets; what cannot be one is refused in one line."""

import csv
import json
from datetime import date
from urllib.parse import quote

import narwhals as nw
import pandas as pd
import polars as pl
import pytest
from examples import crossed
from openapi_spec_validator import validate
from sample_tables import PETS

from iris_dash import DatasetError, Explorer, open_dataset
from iris_dash.query.filters import Interval
from iris_dash.query.names import held_name
from iris_dash.query.query import Query
from iris_dash.tables.description import TableDescription
from iris_dash.tables.values import as_json
from iris_dash.web.app import create_app


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"a,b\n", "header but no rows"),
        (b"a,b\n1,2\n1,2,3\n", "line 3 has 3 fields"),
        (b"\x89PNG\r\n\x00\x00\x00", "not a text table"),
    ],
)
def test_an_unusable_file_is_one_line_with_name_and_reason(tmp_path, content, words):
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        open_dataset(path)
    message = str(caught.value)
    assert str(path) in message
    assert words in message
    assert "\n" not in message


def test_a_folder_is_not_a_table(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    "chosen",
    [[], ["a"], [None], ["b", "f"], ["a", "b", "c", "d"], list("bcdef"), [*"acd", None, "f"]],
)
def test_any_number_of_a_facets_values_is_chosen_as_by_a_plain_loop(chosen):
    kinds = [*"fabcdea", None, *"bdfc", None, *"eab"]
    explorer = Explorer.open(
        pl.DataFrame({"kind": kinds, "place": range(len(kinds))}), facets=["kind"]
    )
    query = explorer.query(kind=chosen)
    expected = [place for place, kind in enumerate(kinds) if kind in chosen]
    count, rows = explorer.records(query)
    assert (count, [row["place"] for row in rows]) == (len(expected), expected)


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_columns_made_of_a_short_tables_rows_are_made_once(monkeypatch, frame):
    dataset = open_dataset(frame({"x": [1.5, 2.5, None, 4.5], "kind": ["a", "b", "b", "a"]}))
    made = {"twice": nw.col(held_name("x")) * 2}
    some = Query(filters=(Interval("x", 2.0, None),))
    assert dataset.select_with(some, made)["twice"].to_list() == [5.0, 9.0]
    monkeypatch.setattr(nw.DataFrame, "with_columns", None)
    again = dataset.select_with(Query(), made)["twice"].to_list()
    assert (again[:2], again[3:]) == ([3.0, 5.0], [9.0])
    assert "twice" not in dataset.select(Query()).columns


@pytest.mark.parametrize("thing", [7, [1, 2], {"a": [1]}, None])
def test_an_object_that_is_no_frame_is_refused(thing):
    with pytest.raises(DatasetError, match="not a table"):
        open_dataset(thing)


PATTERNS = ["^a$", "^.*$", "^$", "*", "_row", "_n", "-a", "a$", "mean_a", " "]


@pytest.mark.parametrize(
    ("name", "kind"), crossed(PATTERNS, ["polars", "pandas", "csv", "parquet", "arrow"])
)
def test_a_column_name_stands_for_itself_alone(tmp_path, name, kind):
    """Polars reads some names as patterns wherever a column is selected."""
    frame = pl.DataFrame({"a": [1, 2], name: [3, 4]})
    path = tmp_path / f"table.{kind}"
    if kind == "csv":
        frame.write_csv(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    elif kind == "arrow":
        frame.write_ipc(path)
    sources = {"polars": frame, "pandas": pd.DataFrame({"a": [1, 2], name: [3, 4]})}
    explorer = Explorer.open(sources.get(kind, path))
    own = name if name.strip() else "column 2"
    assert explorer.schema.names == ("a", own)
    assert explorer.rows(explorer.query(lower={own: 4})).to_dict("list") == {"a": [2], own: [4]}
    assert explorer.page(explorer.query(sort=f"\\{own},-a", page=1))[own].tolist() == [3, 4]
    assert explorer.means().to_dict("records") == [{"n": 2, "mean_a": 1.5, f"mean_{own}": 3.5}]


@pytest.mark.parametrize("alias", [None, "mean_x"])
def test_a_facet_may_be_called_as_a_mean(alias):
    name = "g" if alias else "mean_x"
    said = TableDescription(columns={name: {"alias": alias}} if alias else {})
    explorer = Explorer.open(pl.DataFrame({name: ["a", "b"], "x": [1.5, 2.5]}), said)
    found = explorer.mean_records(explorer.query())
    assert found == [{"mean_x": "a", "mean_x (2)": 1.5}, {"mean_x": "b", "mean_x (2)": 2.5}]


def test_a_facet_may_be_called_as_a_statistic():
    explorer = Explorer.open(pl.DataFrame({"mean": ["a", "a", "b"], "x": [1.5, 2.5, 9.5]}))
    found, _ = explorer.summary().to_dict("records")
    assert (found["mean"], found["mean (2)"], found["median"]) == ("a", 2.0, 2.0)


def test_names_of_frames_are_texts_of_their_own():
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["a", "a", 7, None])
    explorer = Explorer.open(frame)
    assert explorer.schema.names == ("a", "a (2)", "7", "column 4")
    assert explorer.schema.notes == ("named anew: 'a (2)', 'column 4'",)
    assert list(frame.columns) == ["a", "a", 7, None]


def test_the_settings_file_beside_a_table_is_read(tmp_path):
    (tmp_path / "pots.csv").write_text("h\n1.5\n")
    (tmp_path / "pots.toml").write_text('rows = "pots"\n[columns.h]\nunit = "m"\n')
    schema = open_dataset(tmp_path / "pots.csv").schema
    assert (schema.title, schema.rows, schema.measures[0].title) == ("Pots", "pots", "H (m)")


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfh\n1\n")
    assert open_dataset(tmp_path / "a.csv").schema.names == ("h",)


ODD_NAMES = [
    "a b",
    "Ünï",
    "q'\"",
    "a__b",
    "sélection",
    "{curly}",
    "a=b&c",
    "a.b",
    "<b>x</b>",
    "-minus",
    "a,b",
    "back\\slash",
    "100%+",
    "a\nb",
    "~none",
    "class",
    "$ref",
    "model_x",
]


@pytest.mark.parametrize(("name", "make"), crossed(ODD_NAMES, [pl.DataFrame, pd.DataFrame]))
def test_any_column_name_works_for_a_measure_and_a_facet(make, name):
    facet = f"{name} kind"
    client = create_app(make({name: [1.5, 2.5, 3.5], facet: ["x", "y", "x"]})).server.test_client()
    wanted = [{name: 3.5, facet: "x"}]
    key, value, order = quote(name), quote(facet), quote(name.replace("\\", r"\\"))
    order = order.replace("%2C", "%5C%2C").replace(",", r"\,")
    order = ("\\" + order) if name.startswith("-") else order
    got = client.get(f"/range/?{key}=2.0..&{value}=x&sort=-{order}")
    assert (got.status_code, got.json) == (200, wanted)
    asked = {facet: ["x"], "lower": {name: 2.0}, "sort": ["-" + _escaped(name)]}
    assert client.post("/range/", json=asked).json == wanted
    assert client.get(f"/stats/mean/?{value}=x").json == [{f"mean_{name}": 2.5, facet: "x"}]
    assert client.get(f"/stats/mean/?by={value}&{key}=..2.0").json == [
        {f"mean_{name}": 1.5, facet: "x"}
    ]
    exported = client.get(f"/export.csv?{key}=..2.0").get_data(as_text=True)
    # A spreadsheet would run a name that begins with a minus.
    mark = "'" if name.startswith("-") else ""
    assert list(csv.DictReader(exported.splitlines(keepends=True))) == [
        {mark + name: "1.5", mark + facet: "x"}
    ]
    for path in ("/", "/_dash-layout", "/openapi.json"):
        assert client.get(path).status_code == 200


def _escaped(name):
    escaped = name.replace("\\", "\\\\").replace(",", "\\,")
    return "\\" + escaped if escaped.startswith("-") else escaped


def test_all_odd_names_together_work():
    """Of each as a measure and as a facet, the OpenAPI document is checked here, once for all."""
    facets = {f"{name} kind": ["x", "y"] for name in ODD_NAMES}
    frame = pl.DataFrame({name: [1, 2] for name in ODD_NAMES} | facets)
    client = create_app(frame).server.test_client()
    one, two = ({n: v[i] for n, v in frame.to_dict(as_series=False).items()} for i in (0, 1))
    assert client.post("/range/", json={"lower": dict.fromkeys(ODD_NAMES, 2)}).json == [two]
    text = "&".join(f"{quote(name)}=..1" for name in ODD_NAMES)
    assert client.get(f"/range/?{text}").json == [one]
    document = client.get("/openapi.json").json
    validate(document)
    said = json.dumps(document, ensure_ascii=False)
    assert all(json.dumps(n, ensure_ascii=False)[1:-1] in said for n in frame.columns)


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame])
def test_the_frame_given_is_not_changed(make):
    frame = make(PETS)
    before = frame.clone() if hasattr(frame, "clone") else frame.copy(deep=True)
    explorer = Explorer.open(frame)
    explorer.rows(explorer.query(kind="cat", sort="-weight"))
    assert frame.equals(before)


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame])
def test_the_fingerprint_follows_the_content(make):
    changed = PETS | {"legs": [4, 4, 3, 4, 4, 5]}
    one, same, other = (open_dataset(make(d)).fingerprint for d in (PETS, dict(PETS), changed))
    assert one == same
    assert one != other


def test_the_fingerprint_of_a_file_follows_its_settings(tmp_path):
    (tmp_path / "a.csv").write_text("h\n1\n")
    before = open_dataset(tmp_path / "a.csv").fingerprint
    (tmp_path / "a.toml").write_text('[columns.h]\nalias = "height"\n')
    assert open_dataset(tmp_path / "a.csv").fingerprint != before


@pytest.mark.parametrize("kind", [pl.Float64, pl.Int16, pl.Int64, pl.Float32])
def test_pages_of_a_long_table_are_found_beyond_its_first_rows(kind, monkeypatch):
    monkeypatch.setattr("iris_dash.tables.long_dataset.FIRST_SLICE", 10)
    rows = range(21_000)
    size = [None if row % 3 == 0 else row % 1_000 for row in rows]
    colour = ["red" if row % 2 else None if row % 4 else "blue" for row in rows]
    frame = pl.DataFrame({"size": pl.Series(size, dtype=kind), "colour": colour})
    explorer = Explorer(open_dataset(frame, TableDescription(facets=("colour",))))
    every = {"lower": {"size": 7}, "upper": {"size": 13}}
    for asked, found in (
        (every, [row for row in rows if row % 3 and 7 <= row % 1_000 <= 13]),
        (every | {"colour": "red"}, [r for r in rows if r % 3 and 7 <= r % 1_000 <= 13 and r % 2]),
        ({"colour": [None]}, [row for row in rows if row % 4 == 2]),
    ):
        for page in (1, 2, 5):
            query = explorer.query(**asked, page=page, per_page=4)
            wanted = [size[row] for row in found[4 * page - 4 : 4 * page]]
            assert [row["size"] for row in explorer.table_rows(query)] == wanted


def test_rows_that_are_wanted_as_json_are_that_of_the_objects():
    frame = pl.DataFrame({"k": ["a", "b"], "n": [2**63, None], "t": [date(2024, 2, 29), None]})
    dataset = Explorer.open(frame.cast({"n": pl.UInt64})).dataset
    pieces, count = dataset.records(Query(), written=True)
    assert (count, [as_json(piece) for piece in pieces]) == (
        2,
        [b'[{"k":"a","n":9223372036854775808,"t":"2024-02-29"},{"k":"b","n":null,"t":null}]'],
    )
    pieces, _ = dataset.records(Query(columns=("n",)), written=True)
    assert [as_json(piece) for piece in pieces] == [b'[{"n":9223372036854775808},{"n":null}]']
