"""Any query over any table equals a plain loop: both engines, by arrays and by expressions."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd
import polars as pl
import pytest
from examples import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from reference import in_order, is_gap, means, select

from iris_dash import Explorer
from iris_dash.analysis.cell_counts import CellCounts
from iris_dash.query.sort import join_sort
from iris_dash.tables.description import TableDescription

FIXTURE_IS_CONSTANT = [HealthCheck.function_scoped_fixture]
COLOURS = ["red", "blue", "green", None]
SHAPES = [True, False, None]
SAID = TableDescription(
    facets=("colour", "round"),
    measures=("size", "count"),
    columns={"colour": {"order": []}},
)

sizes = st.none() | st.integers(-20, 20).map(lambda n: n / 10)
counts = st.none() | st.integers(-3, 3)
table_rows = st.fixed_dictionaries(
    {
        "colour": st.sampled_from(COLOURS),
        "round": st.sampled_from(SHAPES),
        "size": sizes,
        "count": counts,
    }
)
tables = st.lists(table_rows, min_size=1, max_size=25).filter(
    lambda rows: (
        any(r["size"] is not None for r in rows) and any(r["count"] is not None for r in rows)
    )
)
bounds = st.dictionaries(
    st.sampled_from(["size", "count"]), st.integers(-25, 25).map(lambda n: n / 10), max_size=2
)


def as_frame(rows: list[dict[str, Any]], engine: str) -> Any:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    if engine == "polars":
        schema = {"colour": pl.String, "round": pl.Boolean, "size": pl.Float64, "count": pl.Int64}
        return pl.DataFrame(columns, schema=schema)
    frame = pd.DataFrame({"colour": pd.Series(columns["colour"], dtype="str")})
    frame["round"] = pd.Series(columns["round"], dtype="boolean")
    frame["size"] = pd.Series(columns["size"], dtype="float64")
    frame["count"] = pd.Series(columns["count"], dtype="Int64")
    return frame


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A table and a query of it, as plain values."""
    rows = draw(tables)
    chosen = {}
    for name in ("colour", "round"):
        values = list(dict.fromkeys(row[name] for row in rows))
        picked = draw(st.none() | st.lists(st.sampled_from(values), unique=True))
        if picked is not None:
            chosen[name] = picked
    lower, upper = draw(bounds), draw(bounds)
    for name in set(lower) & set(upper):
        lower[name], upper[name] = sorted((lower[name], upper[name]))
    names = draw(st.lists(st.sampled_from(["colour", "size", "count"]), unique=True))
    sort = [(name, draw(st.booleans())) for name in names]
    return {
        "rows": rows,
        "chosen": chosen,
        "lower": lower,
        "upper": upper,
        "sort": sort,
        "page": draw(st.integers(1, 4)),
        "per_page": draw(st.integers(1, 9)),
    }


@pytest.fixture(params=[0, 20_000], ids=["expressions", "arrays"])
def short_table(request, monkeypatch):
    """Which of the two ways filters: the longest table that arrays may filter."""
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", request.param)


@pytest.mark.usefixtures("short_table")
@pytest.mark.parametrize("engine", ["polars", "pandas"])
@given(question=questions())
@examples(1, *FIXTURE_IS_CONSTANT)
def test_any_query_over_any_table_equals_a_plain_loop(engine, question):
    explorer = Explorer.open(as_frame(question["rows"], engine), SAID)
    query = explorer.query(
        **question["chosen"],
        lower=question["lower"],
        upper=question["upper"],
        sort=join_sort(tuple(question["sort"])) or None,
        by="colour",
    )
    expected = select(question["rows"], question["chosen"], question["lower"], question["upper"])
    orders = {"colour": [v for v in explorer.schema.facet("colour").values if v is not None]}
    ordered = in_order(expected, question["sort"], orders)

    assert explorer.count(query) == len(expected)
    assert explorer.records(query) == (len(expected), ordered)

    page, size = question["page"], question["per_page"]
    paged = explorer.records(query.on_page(page, size))
    assert paged == (len(expected), ordered[(page - 1) * size : page * size])

    values = list(explorer.schema.facet("colour").values)
    wanted = means(expected, "colour", values, ["size", "count"])
    found = [(g.group, g.n, list(g.means)) for g in explorer.group_means(query)]
    assert [f[:2] for f in found] == [w[:2] for w in wanted]
    for (*_, one), (*_, other) in zip(found, wanted, strict=True):
        assert one == pytest.approx(other, abs=1e-9)


@pytest.mark.usefixtures("short_table")
@pytest.mark.parametrize("engine", ["polars", "pandas"])
@given(question=questions())
@examples(0.5, *FIXTURE_IS_CONSTANT)
def test_facet_counts_are_those_under_the_other_filters(engine, question):
    explorer = Explorer.open(as_frame(question["rows"], engine), SAID)
    query = explorer.query(**question["chosen"], lower=question["lower"], upper=question["upper"])
    counts = explorer.facet_counts(query)
    for name in ("colour", "round"):
        others = {k: v for k, v in question["chosen"].items() if k != name}
        rows = select(question["rows"], others, question["lower"], question["upper"])
        for value, count in counts[name].items():
            assert count == sum(1 for row in rows if row[name] == value)


def test_missing_values_are_never_inside_a_bound_but_kept_without_one(pets):
    assert pets.count(pets.query()) == 6
    assert pets.count(pets.query(lower={"weight": -1000})) == 5
    assert pets.count(pets.query(upper={"weight": 1000})) == 5


def test_a_missing_facet_value_is_a_choice_of_its_own(pets):
    assert [r["name"] for r in pets.records(pets.query(kind=[None]))[1]] == ["Ada"]
    assert pets.count(pets.query(kind=["dog", None])) == 3
    assert pets.count(pets.query(kind=[])) == 0


def test_means_skip_missing_values_and_follow_the_facet(pets):
    frame = pets.means()
    assert [None if is_gap(kind) else kind for kind in frame["kind"]] == ["cat", "dog", None]
    assert frame["n"].tolist() == [3, 2, 1]
    assert frame["mean_weight"].tolist() == [3.5, 14.25, 1.25]
    assert pets.means(pets.query(by="tame"))["n"].tolist() == [2, 3, 1]


def test_sorting_puts_missing_values_last_either_way(pets):
    for sort in ("weight", "-weight"):
        assert pets.records(pets.query(sort=sort))[1][-1]["name"] == "Kit"


def test_frames_for_people_are_pandas(pets):
    rows = pets.rows(pets.query(kind="cat", sort="-weight"))
    assert isinstance(rows, pd.DataFrame)
    assert rows["name"].tolist() == ["Tom", "Mia", "Kit"]
    assert rows.index.tolist() == [0, 1, 2]
    assert list(rows.columns) == ["kind", "tame", "weight", "legs", "name"]
    assert pets.page(pets.query(page=2, per_page=4))["name"].tolist() == ["Bo", "Mia"]
    assert pets.page(pets.query(page=3, per_page=4)).empty


def test_an_empty_selection_is_empty_everywhere(pets):
    query = pets.query(kind=[])
    assert pets.rows(query).empty
    assert pets.means(query).empty
    assert b"".join(pets.csv(query)) == b"kind,tame,weight,legs,name\n"
    assert (pets.count(query), pets.group_means(query)) == (0, [])
    assert pets.scatter(query, ("weight", "legs"), 0).drawn == 0


def test_csv_reads_back_as_the_same_rows(pets):
    read = list(csv.DictReader(io.StringIO(b"".join(pets.csv(pets.query())).decode())))
    assert [row["name"] for row in read] == ["Tom", "Rex", "Kit", "Ada", "Bo", "Mia"]
    assert [row["weight"] for row in read] == ["4.0", "20.5", "", "1.25", "8.0", "3.0"]
    assert [row["kind"] for row in read] == ["cat", "dog", "cat", "", "dog", "cat"]


def test_a_long_csv_comes_in_pieces_that_join(monkeypatch):
    monkeypatch.setattr("iris_dash.tables.long_dataset.SLICE", 50_000)
    explorer = Explorer.open(pl.DataFrame({"n": range(120_000)}))
    for sort, expected in ((None, range(110_001)), ("-n", range(110_000, -1, -1))):
        pieces = list(explorer.csv(explorer.query(upper={"n": 110_000}, sort=sort)))
        assert len(pieces) == 3
        assert b"".join(pieces).split() == [b"n", *(str(n).encode() for n in expected)]


@pytest.mark.parametrize("sort", [None, "-n"])
def test_a_file_is_read_no_further_than_it_is_taken(monkeypatch, sort):
    """So that a client which goes away ends its query."""
    monkeypatch.setattr("iris_dash.tables.long_dataset.SLICE", 10_000)
    written = []
    whole = pl.DataFrame.write_csv

    def write_csv(frame, *arguments, **options):
        written.append(len(frame))
        return whole(frame, *arguments, **options)

    monkeypatch.setattr(pl.DataFrame, "write_csv", write_csv)
    explorer = Explorer.open(pl.DataFrame({"n": range(100_000)}))
    pieces = explorer.csv(explorer.query(sort=sort))
    assert next(pieces).startswith(b"n\n")
    pieces.close()
    assert written == [10_000]


def test_a_page_deep_in_a_long_table(monkeypatch):
    monkeypatch.setattr("iris_dash.tables.long_dataset.FIRST_SLICE", 1_000)
    explorer = Explorer.open(pl.DataFrame({"n": range(50_000), "even": [0, 1] * 25_000}))
    query = explorer.query(lower={"even": 1}, page=300, per_page=50)
    # Odd numbers only: the 300th page of 50 begins at the 14,950th of them.
    assert explorer.page(query)["n"].tolist() == [2 * i + 1 for i in range(14_950, 15_000)]
    last = explorer.query(lower={"even": 1}, page=500, per_page=50)
    assert explorer.page(last)["n"].tolist() == [2 * i + 1 for i in range(24_950, 25_000)]
    assert explorer.page(explorer.query(page=1_001, per_page=50)).empty


@pytest.mark.parametrize(
    "columns",
    [{"name": ["a"] * 60}, {"x": [1.5]}, {"a": ["u", "v"]}, {"t": [None, None]}],
    ids=["no measure", "one value", "one facet", "nothing known"],
)
def test_a_table_without_facets_or_measures_still_answers(columns):
    explorer = Explorer.open(pl.DataFrame(columns))
    n = len(next(iter(columns.values())))
    assert explorer.count() == n
    assert len(explorer.records(explorer.query())[1]) == n
    assert explorer.mean_records(explorer.query()) is not None
    assert explorer.count(explorer.query(page=1)) == n


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame])
@pytest.mark.parametrize("length", [0, 1_000_000])
@pytest.mark.parametrize(
    ("values", "order"), [([2, 1, 3, None], (3, 1, 2)), ([True, False, None, True], (True, False))]
)
def test_a_code_sorts_in_its_own_order(monkeypatch, make, length, values, order):
    monkeypatch.setattr("iris_dash.tables.opening.SHORT_TABLE", length)
    said = TableDescription(facets=("code",), columns={"code": {"order": order}})
    explorer = Explorer.open(make({"code": values}), said)
    known = [value for value in order for found in values if found is not None and found == value]
    for sort, wanted in (("code", known), ("-code", known[::-1])):
        _, records = explorer.records(explorer.query(sort=sort, page=1))
        assert [record["code"] for record in records] == [*wanted, None]


def test_the_rows_per_value_are_counted_once_for_the_same_question(monkeypatch):
    explorer = Explorer.open(pl.DataFrame({"k": ["a", "b", "b"] * 40_000, "n": [1, 2, 3] * 40_000}))
    assert explorer.rollup is not None
    counted = []
    count = CellCounts._counted
    monkeypatch.setattr(
        CellCounts, "_counted", lambda *given: counted.append(given[1]) or count(*given)
    )
    query = explorer.query(lower={"n": 2})
    facet = explorer.schema.facets[0]
    for _ in range(2):
        assert explorer.rollup.rows_per_group(query, facet).tolist() == [0, 80_000]
        assert explorer.facet_counts(query, [facet]) == {"k": {"a": 0, "b": 80_000}}
    assert counted == [query]
