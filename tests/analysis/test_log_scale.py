"""Log scales: where one is offered, its grid and bins against plain loops, and its address."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from page_answers import answer_controls, controls_of_address
from sample_tables import ROOT

from iris_dash import Explorer
from iris_dash.analysis.grid import grid_of
from iris_dash.analysis.quartiles import spreads
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.scan import Scan
from iris_dash.dashboard.answer.address import format_address, read_address
from iris_dash.dashboard.answer.controls import state_of_controls
from iris_dash.dashboard.page.measure_control import measure_control
from iris_dash.tables.description import TableDescription
from iris_dash.tables.extent import log_pieces
from iris_dash.tables.opening import open_dataset

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "n": 1}


def lognormal(rows: int, middle: float, width: float) -> list[float]:
    return np.exp(np.random.default_rng(7).normal(middle, width, rows)).tolist()


# --- Where it is offered

OFFERED = {
    "prices": [round(price, 2) for price in lognormal(400, 3, 1)],
    "populations": [int(people) + 1 for people in lognormal(400, 9, 2)],
    "incomes": [round(income) for income in lognormal(4_000, 10, 0.6)],
    "tiny": [number * 1e-9 for number in lognormal(300, 0, 1)],
    "one outlier": [1.0] * 99 + [21.0],
    "with gaps and infinity": [None, math.inf, 1.0, 2.0, 3.0, 2.0, 1.0, 90.0],
}
NOT_OFFERED = {
    "even": list(range(1, 101)),
    "a zero": [0, *range(1, 50), 10_000],
    "a negative": [-1, *range(1, 50), 10_000],
    "near each other": [100 + n for n in lognormal(300, 0, 1)],
    "twenty times at most": [1.0] * 99 + [20.0],
    "large mostly": [1.0] * 5 + [900.0] * 95,
    "constant": [5.0] * 10,
    "one row": [5.0],
    "beyond floats": [1e-20] * 99 + [1e20],
}


def measure_of(values: list[float | None], said: TableDescription | None = None):
    return Explorer.open(pl.DataFrame({"x": values}), said).schema.measure("x")


@pytest.mark.parametrize("values", OFFERED.values(), ids=OFFERED)
def test_a_skewed_positive_measure_offers_a_log_scale(values):
    measure = measure_of(values)
    finite = [value for value in values if value is not None and math.isfinite(value)]
    assert measure.log
    assert 0 < measure.low <= min(finite)
    assert max(finite) <= measure.high


@pytest.mark.parametrize("values", NOT_OFFERED.values(), ids=NOT_OFFERED)
def test_any_other_measure_offers_none(values):
    assert not measure_of(values).log


@pytest.mark.parametrize("name", ["iris.csv", "penguins.csv"])
def test_flowers_and_penguins_offer_none(name):
    assert not any(m.log for m in Explorer.open(ROOT / "data" / name).schema.measures)


def test_an_engine_offers_the_same(tmp_path: Path):
    duckdb = pytest.importorskip("duckdb")
    columns = {"price": OFFERED["prices"], "even": [n % 97 + 1 for n in range(400)]}
    frame = pl.DataFrame(columns)
    with duckdb.connect(tmp_path / "t.duckdb") as connection:
        connection.sql("create table t as select * from frame")
    asked = Explorer.open(f"duckdb:///{tmp_path}/t.duckdb/t")
    here = Explorer.open(frame)
    assert [m.log for m in asked.schema.measures] == [True, False]
    assert asked.schema.measures == here.schema.measures
    query = here.query(lower={"price": 10})
    for name in ("price", "even"):
        ours, theirs = (e.histograms_beside(query, None, ["price"])[1][name] for e in (here, asked))
        assert ours.edges == theirs.edges
        assert ours.counts.tolist() == theirs.counts.tolist()


# --- Its grid


def test_stops_by_hand():
    grid = grid_of(measure_of([1, 2, 3, 3, 2, 1, 1, 2, 30]))
    # Whole numbers up to 20, beyond that nothing between them either.
    assert grid.stops == tuple(float(n) for n in range(1, 31))
    assert grid.coarse_in_log.edges == grid.stops


def test_stops_are_even_in_log_and_short_numbers():
    grid = grid_of(measure_of(OFFERED["populations"]))
    stops = grid.stops
    assert len(stops) == 101
    step = math.log(stops[-1] / stops[0]) / 100
    for place, stop in enumerate(stops):
        assert math.log(stop / stops[0]) / step == pytest.approx(place, abs=0.5)
        assert len(f"{stop:.10g}".rstrip("0")) <= 3 or place in (0, 100)
        assert grid.lower_cell(stop) == grid.upper_cell(stop) is not None


def test_the_slider_steps_are_on_the_grid_too():
    for values in (OFFERED["prices"], OFFERED["populations"], OFFERED["incomes"]):
        measure = measure_of(values)
        grid = grid_of(measure)
        assert grid.lower_cell(measure.low) == 0
        assert grid.upper_cell(measure.high) == grid.top_cell
        for k in range(1, int(measure.high / measure.step)):
            assert grid.lower_cell(k * measure.step) is not None or k * measure.step < measure.low


def test_a_step_of_ones_own_is_on_the_grid():
    said = TableDescription(columns={"x": {"step": 0.25}})
    measure = measure_of([1.0] * 50 + [1.1, 30.0], said)
    grid = grid_of(measure)
    assert measure.log
    assert [grid.lower_cell(bound) is None for bound in (1.25, 1.1, 7.75, 7.8)] == [False] * 4


def test_a_step_too_fine_for_so_wide_a_span_leaves_the_scale_out():
    assert log_pieces(1.0, 1e6, 0.001, 3) == ()
    # Five million steps; of more than ten million none is taken at all.
    assert not measure_of([1.0] * 99 + [1e6], TableDescription(columns={"x": {"step": 0.2}})).log
    assert measure_of([1.0] * 99 + [1e6], TableDescription(columns={"x": {"step": 1000.0}})).log


# --- Bins and answers against plain loops

TIMES = 6
sizes = st.one_of(
    st.none(),
    st.floats(1.0, 4_000.0),
    st.integers(2, 4_000).map(float),
    st.integers(100, 3_000).map(lambda n: n / 100),
    st.sampled_from([1.05, math.nextafter(10, 0), 10.0, math.nextafter(10, 20), math.inf]),
)
tables = st.lists(
    st.tuples(st.sampled_from(["red", "blue", None]), sizes, st.integers(1, 500)),
    min_size=1,
    max_size=20,
)


def skewed(rows: list[tuple]) -> pl.DataFrame:
    """The rows, repeated, beside so many small ones that both measures are skewed."""
    schema = {"colour": pl.String, "size": pl.Float64, "count": pl.Int64}
    small = [("red", 1.0, 1), ("blue", 2.5, 3)] * (10 * len(rows)) + [("red", 4_000.0, 500)]
    return pl.DataFrame((rows + small) * TIMES, schema=schema, orient="row")


def in_bins(values: list[float], edges: tuple[float, ...]) -> list[int]:
    """Rows per bin by a plain loop: half open, the last bin closed."""
    found = [0] * (len(edges) - 1)
    for value, times in Counter(values).items():
        for i in range(len(found)):
            last = i == len(found) - 1
            if edges[i] <= value and (value < edges[i + 1] or (last and value == edges[i + 1])):
                found[i] += times
    return found


@given(rows=tables, ends=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted), by=st.booleans())
@examples(0.15)
def test_bins_in_log_hold_what_a_plain_loop_counts(rows, ends, by):
    dataset = open_dataset(skewed(rows), TableDescription(facets=("colour",)))
    explorer, scan = Explorer(dataset), Scan(dataset)
    assert all(measure.log for measure in dataset.schema.measures)
    stops = grid_of(dataset.schema.measure("size")).stops
    low, high = (stops[round(end * (len(stops) - 1))] for end in ends)
    query = explorer.query(lower={"size": low}, upper={"size": high})
    facet = dataset.schema.facets[0]
    group = facet if by else None
    kept = [
        row
        for row in dataset.frame.select("colour", "size", "count").to_native().iter_rows()
        if row[1] is not None and low <= row[1] <= high
    ]
    with patch("iris_dash.analysis.rolling_up.MOST_CELLS", 0):
        per_row = build_rollup(dataset)
    for answers in (build_rollup(dataset), per_row, scan):
        assert answers is scan or answers.answers(query)
        assert answers.count(query) == len(kept)
        for place, name in ((1, "size"), (2, "count")):
            histogram = answers.histogram(query, name, group, in_log=True)
            for value, counts in zip(facet.values if by else [None], histogram.counts, strict=True):
                own = [row[place] for row in kept if not by or row[0] == value]
                assert counts.tolist() == in_bins(own, histogram.edges)
            even = answers.histogram(query, name, group)
            assert even.counts.sum(axis=0).tolist() == in_bins([r[place] for r in kept], even.edges)
        density = answers.density(query, ("size", "count"), group, ["count"])
        assert density.y_edges == grid_of(dataset.schema.measure("count")).stops
        up = density.counts.sum(axis=(0, 2)).tolist()
        assert up == in_bins([row[2] for row in kept], density.y_edges)
        for one, other in zip(
            spreads(answers, query, group), spreads(scan, query, group), strict=True
        ):
            assert one.n == other.n
            for ours, theirs in zip(one.measures, other.measures, strict=True):
                assert (ours.min, ours.median, ours.max) == (theirs.min, theirs.median, theirs.max)
                assert ours.std == pytest.approx(theirs.std, rel=1e-6, abs=1e-6)
                assert ours.median == pytest.approx(np.median(_of(kept, one, by, ours, one)))


def _of(kept, group, by, spread, spreads_of):
    place = spreads_of.measures.index(spread) + 1
    return [row[place] for row in kept if not by or row[0] == group.group]


# --- Its place in an address and on the page


@pytest.fixture(scope="module")
def towns() -> Explorer:
    """Three thousand towns; a name with a comma, and a measure that is not skewed."""
    random = np.random.default_rng(3)
    return Explorer.open(
        pl.DataFrame(
            {
                "region": [("north", "south", "east")[n % 3] for n in range(3_000)],
                "population": [int(n) + 20 for n in np.exp(random.normal(9, 1.8, 3_000))],
                "rent, monthly": np.exp(random.normal(3, 0.9, 3_000)).round(2),
                "height": random.normal(170, 9, 3_000).round(1),
            }
        )
    )


BOTH = "_log=population,rent%5C%2C%20monthly"


def test_an_address_keeps_the_log_scales_in_the_tables_order(towns):
    state, problems = read_address(towns.schema, f"?_log=rent%5C,%20monthly,population&{BOTH}")
    assert problems == ()
    assert state.log == ("population", "rent, monthly")
    assert format_address(towns.schema, state) in (BOTH, BOTH.replace("%5C%2C", "%5C,"))
    assert read_address(towns.schema, format_address(towns.schema, state))[0] == state
    controls = controls_of_address(towns.schema, f"?{BOTH}")
    assert controls["logs"] == [True, True, False]
    assert "ranges" not in controls
    asked = ASKED | {"log": ["rent, monthly", "population"]}
    assert state_of_controls(towns.schema, asked).log == state.log


@pytest.mark.parametrize("name", ["height", "region", "nonsense"])
def test_what_has_no_log_scale_is_reported_and_the_rest_applies(towns, name):
    state, problems = read_address(towns.schema, f"?_log={name},population")
    assert state.log == ("population",)
    assert [(problem.loc, problem.input) for problem in problems] == [(("query", "_log"), name)]
    assert f"unknown log scale '{name}'; log scales are population, rent, monthly" in (
        problems[0].msg
    )


@pytest.mark.parametrize("search", ["", "?_log=", "?_log=,"])
def test_no_log_scale_is_no_fault(towns, search):
    state, problems = read_address(towns.schema, search)
    assert (state.log, problems) == ((), ())
    assert format_address(towns.schema, state) == ""


def test_a_chip_keeps_the_log_scale(towns):
    answer = ask(towns, ranges={"population": [100, 2_000]}, log=["population"])
    assert getattr(answer["chips"][0], "data-open") == "?_y=height&_log=population"
    search = "population=100..2000&_y=height&_log=population"
    assert answer["answered"]["search"] == search
    assert answer["answered"]["rows"] == "population=100..2000"


def test_a_switch_stands_beside_the_measures_that_offer_the_scale(towns):
    hidden, stops = [], []
    for measure in towns.schema.measures:
        control = measure_control(measure)
        hidden.append(control.children[0].children[1].hidden)
        stops.append(hasattr(control, "data-stops"))
    assert (hidden, stops) == ([False, False, True], [True, True, False])


def ask(explorer: Explorer, **asked):
    return answer_controls(explorer, ASKED | {"axes": ["population", "height"]} | asked)


def test_histograms_above_sliders_follow_the_other_filters_in_log(towns):
    frame = towns.dataset.frame.to_native()
    asked = {"ranges": {"population": [100, 2_000], "height": [170, None]}}
    drawn = ask(towns, log=["population"], **asked)["histograms"]
    assert [drawn[name]["log"] for name in drawn] == [True, False, False]
    edges = drawn["population"]["edges"]
    tall = frame.filter(pl.col("height") >= 170)["population"].to_list()
    beside = np.sum([group["counts"] for group in drawn["population"]["groups"]], axis=0)
    assert beside.tolist() == in_bins(tall, edges)
    assert drawn["population"]["all"] == in_bins(frame["population"].to_list(), edges)
    assert drawn["population"]["spans"] == [[100.0, 2_000.0]]
    assert len(ask(towns, **asked)["histograms"]["population"]["edges"]) <= 51


def test_the_scatter_and_its_margin_are_in_log(towns):
    figure = ask(towns, log=["population"])["scatter"]
    x, y = figure["layout"]["xaxis"], figure["layout"]["yaxis"]
    assert (x["type"], y.get("type")) == ("log", None)
    low, high = (10**end for end in x["range"])
    values = towns.dataset.frame["population"].to_list()
    assert low < min(values) < max(values) < high
    bars = next(trace for trace in figure["data"] if trace.get("yaxis") == "y2")
    assert bars["x"][0] - bars["width"][0] / 2 == pytest.approx(
        towns.schema.measure("population").low
    )
    assert bars["width"][-1] > 10 * bars["width"][0]
    assert ask(towns)["scatter"]["layout"]["uirevision"] != figure["layout"]["uirevision"]


@pytest.mark.parametrize(("kind", "axis"), [("histogram", "x"), ("box", "y"), ("violin", "y")])
def test_distributions_are_in_log(towns, kind, axis):
    choices = {"_view": "distributions", "_distribution": kind}
    layout = ask(towns, log=["population"], choices=choices)["distributions"]["layout"]
    types = [layout[f"{axis}axis{number}"].get("type") for number in ("", "2", "3")]
    assert types == ["log", None, None]


def test_a_narrow_page_has_one_distribution_per_row(towns):
    choices = {"_view": "distributions"}
    wide, narrow = (
        ask(towns, choices=choices, narrow=n)["distributions"]["layout"] for n in (False, True)
    )
    assert [wide[f"xaxis{n}"]["domain"][0] > 0 for n in ("", "2", "3")] == [False, True, False]
    assert {tuple(narrow[f"xaxis{n}"]["domain"]) for n in ("", "2", "3")} == {(0.0, 1.0)}
    assert narrow["yaxis"]["domain"][0] > narrow["yaxis2"]["domain"][1]


def test_a_density_says_how_large_its_cells_are_in_log(towns):
    rows = towns.dataset.frame.to_native().drop("rent, monthly", "_row")
    answer = ask(Explorer.open(pl.concat([rows] * 6)), log=["population"])
    heat = answer["scatter"]["data"][0]
    low, high = heat["x"][0], heat["x"][-1]
    share = 100 * ((high / low) ** (1 / (len(heat["x"]) - 1)) - 1)
    assert heat["type"] == "heatmap"
    assert f"Rows per cell of {share:.2g} % × 1." in str(answer["note"])


def test_pairs_stay_even(towns):
    choices = {"_view": "pairs"}
    on, off = (ask(towns, log=log, choices=choices) for log in (["population"], []))
    assert on["matrix"] == off["matrix"]
