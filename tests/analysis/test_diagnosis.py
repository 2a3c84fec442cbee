"""What each filter removes and what brings rows back, against plain loops over the rows."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import polars as pl
import pytest
import reference
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from rolled_tables import SAID, per_row, rows_of_tables, slider_ends, table
from sample_tables import ROOT

from iris_dash import Explorer, open_dataset
from iris_dash.analysis.diagnosis import diagnose
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.scan import Scan
from iris_dash.query.filters import Choice, Interval
from iris_dash.query.query import Query
from iris_dash.query.steps import ceil_to_step, floor_to_step
from iris_dash.query.url import parse_arguments
from iris_dash.tables.description import TableDescription, read_description

Row = dict[str, Any]


def passing(rows: list[Row], query: Query) -> list[Row]:
    """The rows that a query selects, by plain loops."""
    return reference.select(
        rows,
        {one.name: list(one.values) for one in choices(query)},
        {one.name: one.low for one in intervals(query) if one.low is not None},
        {one.name: one.high for one in intervals(query) if one.high is not None},
    )


def choices(query: Query) -> list[Choice]:
    return [one for one in query.filters if isinstance(one, Choice)]


def intervals(query: Query) -> list[Interval]:
    return [one for one in query.filters if isinstance(one, Interval)]


def single_relaxations(schema: Any, rows: list[Row], query: Query) -> list[tuple[float, int]]:
    """(given up, rows) of every way to relax one filter, found row by row."""
    found = []
    for choice in choices(query):
        name, values = choice.name, choice.values
        others = passing(rows, query.without(name))
        facet = schema.facet(name)
        for value in facet.values:
            n = sum(row[name] is value or row[name] == value for row in others)
            if value not in values and n:
                found.append((1 / len(facet.values), n))
    for interval in intervals(query):
        name, low, high = interval.name, interval.low, interval.high
        others = passing(rows, query.without(name))
        measure = schema.measure(name)
        span = (measure.high - measure.low) or 1.0
        held = [row[name] for row in others if row[name] is not None]
        ways = []
        if low is not None and (below := [x for x in held if x < low]):
            new = -math.inf if max(below) == -math.inf else floor_to_step(max(below), measure.step)
            ways.append((new, math.inf if high is None else high))
        if high is not None and (above := [x for x in held if x > high]):
            new = math.inf if min(above) == math.inf else ceil_to_step(min(above), measure.step)
            ways.append((-math.inf if low is None else low, new))
        for new_low, new_high in ways:
            n = sum(new_low <= x <= new_high for x in held)
            if (new_low, new_high) == (-math.inf, math.inf):
                n = len(others)  # without any bound the rows without a value are in too
            inside = [min(max(x, measure.low), measure.high) for x in (new_low, new_high)]
            was = [
                min(max(x, measure.low), measure.high)
                for x in (-math.inf if low is None else low, math.inf if high is None else high)
            ]
            found.append((abs(inside[0] - was[0]) / span + abs(inside[1] - was[1]) / span, n))
        if others and not ways:
            found.append((1.0, len(others)))
    return found


def assert_diagnosis(explorer: Explorer, aggregates: Any, rows: list[Row], query: Query) -> None:
    schema = explorer.schema
    found = diagnose(schema, aggregates, query, len(rows))
    count = len(passing(rows, query))
    assert (found.count, found.total) == (count, len(rows))
    names = [one.name for one in (*choices(query), *intervals(query))]
    assert [effect.name for effect in found.filters] == names
    for effect in found.filters:
        assert effect.without == query.without(effect.name)
        alone = len(passing(rows, query.without(effect.name))) - count
        assert effect.removes_alone == alone
    if count:
        assert found.relaxation is None
        return
    relaxed = found.relaxation
    assert relaxed is not None
    assert relaxed.count == len(passing(rows, relaxed.query)) > 0
    # Canonical: its text asks the same.
    text = explorer.text(relaxed.query)
    assert parse_arguments(schema, parse_qsl(text, keep_blank_values=True)) == relaxed.query
    single = single_relaxations(schema, rows, query)
    if single:
        least = min(given_up for given_up, _ in single)
        most = max(n for given_up, n in single if given_up <= least + 1e-9)
        assert relaxed.given_up == pytest.approx(least, abs=1e-9)
        assert relaxed.count == most
        changed = 1
    else:
        changed = next(
            size
            for size in range(2, len(names) + 1)
            if any(passing(rows, query.without(*chosen)) for chosen in combinations(names, size))
        )
    before = {one.name: one for one in query.filters}
    after = {one.name: one for one in relaxed.query.filters}
    assert sum(before[name] != after.get(name) for name in before) == changed
    assert relaxed.words.count("; ") == changed - 1
    assert set(after) <= set(before)


@given(
    rows=rows_of_tables,
    sizes=st.none() | slider_ends,
    counts=st.none() | slider_ends,
    open_end=st.sampled_from(["low", "high", "none"]),
    between=st.booleans(),
    chosen=st.none() | st.lists(st.integers(0, 2), unique=True),
)
@examples()
def test_random_tables_by_scan_and_rollup(rows, sizes, counts, open_end, between, chosen):
    dataset = open_dataset(table(rows), SAID)
    explorer, (facet,) = Explorer(dataset), dataset.schema.facets
    lower, upper = {}, {}
    for name, ends, unit in (("size", sizes, 0.1), ("count", counts, 2)):
        if ends is not None:
            low, high = (round(end * unit, 1) + 0.03 * between for end in ends)
            if open_end != "low":
                lower[name] = low
            if open_end != "high":
                upper[name] = high
    values = None if chosen is None else [facet.values[i % len(facet.values)] for i in chosen]
    query = explorer.query(colour=values, lower=lower, upper=upper)
    plain, scan = table(rows).to_dicts(), Scan(dataset)
    ways = [scan, build_rollup(dataset), per_row(dataset)]
    for way in ways:

        def ask(asked: Query, way: Any = way) -> Any:
            return way if way is scan or way.answers(asked) else scan

        assert_diagnosis(explorer, ask, plain, query)


@st.composite
def penguin_filters(draw: st.DrawFn) -> dict[str, Any]:
    asked: dict[str, Any] = {"lower": {}, "upper": {}}
    choices = {
        "species": ["Adelie", "Chinstrap", "Gentoo"],
        "island": ["Biscoe", "Dream", "Torgersen"],
        "sex": ["female", "male", None],
    }
    for name, values in choices.items():
        if draw(st.booleans()):
            asked[name] = draw(st.lists(st.sampled_from(values), max_size=2, unique=True))
    ranges = {
        "bill_length_mm": (321, 596, 10),
        "bill_depth_mm": (131, 215, 10),
        "body_mass_g": (2700, 6300, 1),
    }
    for name, (low, high, divisor) in ranges.items():
        if draw(st.booleans()):
            ends = sorted(draw(st.tuples(st.integers(low, high), st.integers(low, high))))
            asked["lower"][name], asked["upper"][name] = (end / divisor for end in ends)
    return asked


@pytest.fixture(scope="module", params=["polars", "pandas"])
def penguins(request: pytest.FixtureRequest) -> tuple[Explorer, list[Row]]:
    path = ROOT / "data" / "penguins.csv"
    frame = pl.read_csv(path, null_values="")
    said = read_description(ROOT / "data" / "penguins.toml")
    source = frame if request.param == "polars" else pd.read_csv(path)
    return Explorer.open(source, said), frame.to_dicts()


@given(asked=penguin_filters())
@examples(0.4)
def test_penguins(penguins, asked):
    explorer, rows = penguins
    assert_diagnosis(explorer, explorer.aggregates, rows, explorer.query(**asked))


@pytest.mark.parametrize(
    ("asked", "words", "text", "count"),
    [
        # No petal is from 2.0 to 2.9 cm long; the nearest are 1.9 and 3.0 cm, two and one of them.
        (
            {"lower": {"petal_length": 2.0}, "upper": {"petal_length": 2.9}},
            "Petal length from 1.9 cm instead of 2.0",
            "petal_length=1.9..2.9",
            2,
        ),
        (
            {"species": "setosa", "lower": {"sepal_length": 5.85}},
            "Sepal length from 5.8 cm instead of 5.85",
            "species=setosa&sepal_length=5.8..",
            1,
        ),
        ({"species": []}, "Species: also setosa", "species=setosa", 50),
        (
            {"species": ["setosa", "virginica"], "lower": {"petal_width": 1.0}}
            | {"upper": {"petal_width": 1.3}},
            "Petal width up to 1.4 cm instead of 1.3",
            "species=~not:versicolor&petal_width=1.0..1.4",
            1,
        ),
        # No flower of any species is there, nor a setosa with such petals: two filters change. The
        # widest petal of a setosa, 0.6 cm, is 1.6 cm long; the longest, 1.9 cm, are 0.4 cm wide.
        (
            {
                "species": "setosa",
                "lower": {"petal_length": 2.0, "petal_width": 0.9},
                "upper": {"petal_length": 2.1},
            },
            "Petal width from 0.6 cm instead of 0.9; Petal length from 1.6 cm instead of 2.0",
            "species=setosa&petal_length=1.6..2.1&petal_width=0.6..",
            1,
        ),
    ],
)
def test_flowers_by_hand(explorer, flowers, asked, words, text, count):
    query = explorer.query(**asked)
    relaxed = explorer.diagnosis(query).relaxation
    assert (relaxed.words, explorer.text(relaxed.query), relaxed.count) == (words, text, count)
    assert_diagnosis(explorer, explorer.aggregates, flowers, query)


def test_bounds_are_dropped_where_rows_have_no_value():
    frame = pl.DataFrame({"kind": ["a", "a", "b"] * 4, "x": [None, None, 1.0] * 4})
    explorer = Explorer.open(frame)
    relaxed = explorer.diagnosis(explorer.query(kind="a", lower={"x": 0.5})).relaxation
    assert (relaxed.words, relaxed.count) == ("Kind: also b", 4)
    frame = pl.DataFrame({"kind": ["a"] * 6, "x": [None, None, 1.0] * 2, "y": [5.0, 6.0, 7.0] * 2})
    explorer = Explorer.open(frame)
    query = explorer.query(lower={"x": 0.5}, upper={"y": 6.0})
    relaxed = explorer.diagnosis(query).relaxation
    # A y of 7 costs half of its slider's span, an x without a value all of it.
    assert (relaxed.words, relaxed.count) == ("Y up to 7 instead of 6", 2)
    assert relaxed.given_up == 0.5
    relaxed = explorer.diagnosis(explorer.query(lower={"x": 3}, upper={"y": 6.0})).relaxation
    assert (relaxed.words, relaxed.given_up) == ("X: any value or none", 1.0)


def test_infinity_needs_an_open_bound():
    explorer = Explorer.open(pl.DataFrame({"kind": ["a", "b"] * 3, "x": [math.inf, 1.0] * 3}))
    relaxed = explorer.diagnosis(explorer.query(kind="a", upper={"x": 1.0})).relaxation
    assert relaxed.words == "X without an upper bound"
    assert (explorer.text(relaxed.query), relaxed.count) == ("kind=a", 3)


def test_a_bound_moves_to_the_grid_beyond_a_value_between_its_points():
    said = TableDescription(columns={"x": {"step": 0.5}})
    explorer = Explorer.open(pl.DataFrame({"x": [0.0, 1.25, 1.25, 4.75, 4.75, 9.0]}), said)
    for lower, upper, text in ((0.5, 1.0, "x=0.5..1.5"), (5.0, 8.5, "x=4.5..8.5")):
        query = explorer.query(lower={"x": lower}, upper={"x": upper})
        relaxed = explorer.diagnosis(query).relaxation
        assert (explorer.text(relaxed.query), relaxed.count) == (text, 2)


SHIPS = pl.DataFrame(
    {
        "name": ["Vasa", "Vasa", "Mary Rose", "Batavia", None] * 12,
        "sunk": [datetime(1628, 8, 10, 16), datetime(1629, 6, 4, 3), None] * 20,
        "day": [date(1628, 8, 10), date(1629, 6, 4), date(1545, 7, 19)] * 20,
        "dive": [time(9, 30), time(10), time(16, 45)] * 20,
        "n": range(60),
    }
)
SHIPS = SHIPS.with_columns(pl.col("sunk").dt.replace_time_zone("Europe/Stockholm").alias("there"))


@pytest.mark.parametrize(
    ("address", "words", "text", "count"),
    [
        # The nearest period is as coarse as the bound that moves.
        ("day=1630..1640", "Day from 1629 instead of 1630", "day=1629..1640", 20),
        ("day=1700-03", "Day from 1629-06 instead of 1700-03", "day=1629-06..1700-03", 20),
        ("day=1628-08-11..", "", "", 20),
        ("day=1628-08-11..1628-09", "Day from 1628-08-10 instead of 1628-08-11", None, 20),
        ("day=1546&day=1600", "Day from 1545 instead of 1546", "day=1545..1546&day=1600", 20),
        (
            "sunk=1628-08-10T17..1628-08-11",
            "Sunk from 1628-08-10T16 instead of 1628-08-10T17",
            None,
            20,
        ),
        ("there=1628-08-10T12..1628-08-10T13", None, "there=1628-08-10T12..1628-08-10T16", 20),
        ("dive=11..12:30", "Dive from 10 instead of 11", "dive=10..12:30", 20),
        ("name=mary%20rose", "Name: also Mary Rose", "name=Mary%20Rose&name=mary%20rose", 12),
        ("name=Titanic&n=..9", "Name: also Vasa", "name=Titanic&name=Vasa&n=..9", 4),
        ("name=~has:rose&name=~starts:v", None, "name=~starts:v", 24),
        ("name=~has:zebra", "Name: any text or none", "", 60),
        # Of 15 rows two are of a Vasa in 1629.
        ("name=Titanic&day=1700", "Day from 1629 instead of 1700; Name: also Vasa", None, 8),
    ],
)
def test_the_nearest_time_or_text_is_the_step_back(address, words, text, count):
    said = TableDescription(columns={"name": {"kind": "text"}})
    explorer = Explorer.open(SHIPS, said)
    query = parse_arguments(explorer.schema, parse_qsl(address))
    relaxed = explorer.diagnosis(query).relaxation
    if explorer.count(query):
        assert relaxed is None
        return
    assert words in (None, relaxed.words)
    assert text in (None, explorer.text(relaxed.query))
    assert relaxed.count == explorer.count(relaxed.query) == count


def test_many_filters_that_no_few_of_them_explain():
    """Every row fails eleven of twelve filters: after a hundred looks they are put back singly."""
    columns = {f"x{i}": [1.0 if row == i else 0.0 for row in range(12)] for i in range(12)}
    explorer = Explorer.open(pl.DataFrame(columns))
    query = explorer.query(lower=dict.fromkeys(columns, 0.5))
    looks = []

    def aggregates(asked: Query) -> Any:
        looks.append(asked)
        return explorer.aggregates(asked)

    relaxed = diagnose(explorer.schema, aggregates, query, 12).relaxation
    assert relaxed.words.count("; ") == 10
    assert len(passing(pl.DataFrame(columns).to_dicts(), relaxed.query)) == relaxed.count > 0
    assert len(looks) < 200


def test_links_lead_to_the_first_page(explorer):
    query = explorer.query(species=[], sort="-sepal_length", by="species", page=7, per_page=20)
    diagnosis = explorer.diagnosis(query)
    assert diagnosis.filters[0].without == Query(sort=query.sort, by="species", page=1, per_page=20)
    there = diagnosis.relaxation.query
    assert (there.sort, there.by, there.page, there.per_page) == (query.sort, "species", 1, 20)


def test_the_route_answers_as_the_explorer(client, explorer):
    body = client.get("/diagnose?species=setosa&sepal_length=5.0..5.1").get_json()
    assert body == explorer.diagnosis_record(
        explorer.query(species="setosa", lower={"sepal_length": 5}, upper={"sepal_length": 5.1})
    )
    assert body["filters"][1] == {
        "filter": "sepal_length",
        "kind": "measure",
        "words": "Sepal length 5.0 – 5.1 cm",
        "removes_alone": 34,
        "without": "species=setosa",
    }
    assert (body["count"], body["total"], body["relaxation"]) == (16, 150, None)
