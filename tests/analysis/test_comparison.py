"""The selected rows beside the rest: every number against SciPy's, from the rows themselves."""

from __future__ import annotations

import json
import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import reference
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from rolled_tables import SAID, per_row, rows_of_tables, slider_ends, table
from sample_tables import ROOT
from scipy import special, stats

from iris_dash import Explorer, open_dataset
from iris_dash.analysis.comparison import (
    MeasureComparison,
    Sample,
    compare,
)
from iris_dash.analysis.mean_intervals import hedges_correction, mean_interval, t_quantile
from iris_dash.analysis.rolling_up import build_rollup
from iris_dash.analysis.scan import Scan
from iris_dash.commands.load import load_table
from iris_dash.engines import engine_address
from iris_dash.tables.description import TableDescription, read_description

Row = dict[str, Any]


def finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def close(wanted: Any, scale: float = 1.0) -> Any:
    """Equal to nine digits; where digits cancel, to nine digits of the numbers they come from."""
    return None if wanted is None else pytest.approx(wanted, rel=1e-9, abs=1e-9 * scale)


def assert_sample(found: Sample, rows: list[Row], name: str) -> None:
    """Hold a sample against NumPy's and SciPy's numbers of the same rows."""
    known = np.array([r[name] for r in rows if not reference.is_gap(r[name])], dtype=float)
    assert (found.n, found.missing) == (len(known), len(rows) - len(known))
    assert found.small == (len(known) < 30)
    scale = max([1.0, *np.abs(known[np.isfinite(known)])])
    with np.errstate(invalid="ignore"):
        mean = finite(known.mean()) if len(known) else None
        std = finite(known.std(ddof=1)) if len(known) > 1 else None
        five = np.percentile(known, [0, 25, 50, 75, 100]) if len(known) else [math.nan] * 5
    assert found.mean == close(mean, scale)
    # A rollup takes the root of what two sums leave: of 0, up to the root of a rounding.
    assert found.std == close(std, 100 * scale)
    for number, wanted in zip(
        (found.min, found.q1, found.median, found.q3, found.max), five, strict=True
    ):
        assert number == close(finite(wanted))
    if mean is None or std is None:
        assert found.mean_interval is None
    elif std > 1e-4 * scale:
        error = std / math.sqrt(len(known))
        wanted_ends = stats.t.interval(0.95, len(known) - 1, mean, error)
        assert found.mean_interval == close(tuple(map(float, wanted_ends)), 100 * scale)


def assert_difference(found: MeasureComparison, chosen: list[Row], rest: list[Row]) -> None:
    """Hold difference, interval and effect size against SciPy's."""
    one, other = (
        np.array([r[found.measure] for r in rows if not reference.is_gap(r[found.measure])], float)
        for rows in (chosen, rest)
    )
    if not len(one) or not len(other) or not np.isfinite([*one, *other]).all():
        assert found.difference is found.difference_interval is found.hedges_g is None
        return
    scale = max(1.0, *np.abs(one), *np.abs(other))
    assert found.difference == close(one.mean() - other.mean(), scale)
    if min(len(one), len(other)) < 2:
        assert found.difference_interval is None
    elif max(one.std(), other.std()) > 1e-4 * scale:
        # Unequal deviations: Welch.
        with warnings.catch_warnings():
            # SciPy warns that one of them is constant.
            warnings.simplefilter("ignore", RuntimeWarning)
            low, high = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        assert found.difference_interval == close((float(low), float(high)), 100 * scale)
    freedom = len(one) + len(other) - 2
    if freedom < 2:
        assert found.hedges_g is None
        return
    squares = ((one - one.mean()) ** 2).sum() + ((other - other.mean()) ** 2).sum()
    pooled = math.sqrt(squares / freedom)
    if pooled > 1e-4 * scale:
        bias = special.gamma(freedom / 2) / special.gamma((freedom - 1) / 2)
        bias = bias / math.sqrt(freedom / 2) if freedom < 300 else 1 - 3 / (4 * freedom - 1)
        wanted = bias * (one.mean() - other.mean()) / pooled
        assert found.hedges_g == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def assert_comparison(
    found: list[MeasureComparison], rows: list[Row], chosen: list[Row], by: str | None
) -> None:
    ids = {id(row) for row in chosen}
    rest = [row for row in rows if id(row) not in ids]
    for one in found:
        assert_sample(one.selected, chosen, one.measure)
        assert_sample(one.rest, rest, one.measure)
        assert_difference(one, chosen, rest)
        counts = {group.group: 0 for group in one.groups}
        for group in one.groups:
            own = [
                row
                for row in chosen
                if by is None
                or row[by] == group.group
                or (reference.is_gap(row[by]) and group.group is None)
            ]
            counts[group.group] += len(own)
            assert own
            assert_sample(group.sample, own, one.measure)
        assert sum(counts.values()) == len(chosen)


@given(p=st.floats(0.6, 0.999), freedom=st.one_of(st.floats(1, 1_000), st.floats(1, 1e8)))
@examples(3)
def test_students_quantile(p, freedom):
    assert t_quantile(p, freedom) == pytest.approx(stats.t.ppf(p, freedom), rel=1e-10)


@pytest.mark.parametrize("freedom", [1, 2, 3, 10, 499, 500, 501, 10_000, 10_000_000])
def test_students_quantile_of_an_interval(freedom):
    assert t_quantile(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-11)


@pytest.mark.parametrize("freedom", [2, 3, 10, 148, 9_999, 10_000, 1_000_000])
def test_hedges_correction(freedom):
    # Γ(m/2) / Γ(m/2 - 1/2) as a Pochhammer symbol.
    exact = special.poch(freedom / 2 - 0.5, 0.5) / math.sqrt(freedom / 2)
    assert hedges_correction(freedom) == pytest.approx(exact, abs=1e-9)


def test_by_hand():
    frame = pl.DataFrame({"kind": ["a"] * 3 + ["b"] * 3, "x": [1.0, 2.0, 3.0, 4.0, 6.0, 8.0]})
    explorer = Explorer.open(frame)
    (found,) = explorer.comparison(explorer.query(kind="a"))
    assert (found.selected.mean, found.selected.std) == (2.0, 1.0)
    assert (found.rest.mean, found.rest.std) == (6.0, 2.0)
    assert (found.rest.q1, found.rest.median, found.rest.q3) == (5.0, 6.0, 7.0)
    # 2 ± t(0.975; 2) / √3, t = 4.302653
    assert found.selected.mean_interval == pytest.approx((-0.484138, 4.484138), abs=1e-6)
    # -4 ± t(0.975; 50/17) √(5/3), t = 3.218759
    assert found.difference == -4.0
    assert found.difference_interval == pytest.approx((-8.155400, 0.155400), abs=1e-6)
    # √(2/π) · -4 / √2.5: with 4 degrees of freedom the correction is √(2/π)
    assert found.hedges_g == pytest.approx(-4 / math.sqrt(2.5) * math.sqrt(2 / math.pi))
    assert found.selected.small
    assert [group.group for group in found.groups] == ["a"]


def test_mean_interval_needs_two_values():
    assert mean_interval(0, None, None) is None
    assert mean_interval(1, 3.0, None) is None
    assert mean_interval(2, 3.0, 0.0) == (3.0, 3.0)
    assert mean_interval(2, 1e308, 1e308) is None


# pandas warns of the deviation of infinite values, which is none.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@given(
    rows=rows_of_tables,
    sizes=st.none() | slider_ends,
    between=st.booleans(),
    chosen=st.none() | st.lists(st.integers(0, 2), unique=True),
    by=st.booleans(),
)
@examples(0.3)
def test_random_tables_by_scan_and_rollup(rows, sizes, between, chosen, by):
    dataset = open_dataset(table(rows), SAID)
    explorer, (facet,) = Explorer(dataset), dataset.schema.facets
    lower, upper = {}, {}
    if sizes is not None:
        # Bounds between the grid's points have no rollup.
        lower["size"], upper["size"] = (round(end / 10, 1) + 0.05 * between for end in sizes)
    values = None if chosen is None else [facet.values[i % len(facet.values)] for i in chosen]
    query = explorer.query(colour=values, lower=lower, upper=upper)
    plain = table(rows).to_dicts()
    wanted = reference.select(
        plain, {} if values is None else {"colour": values}, dict(lower), dict(upper)
    )
    group = facet if by else None
    name = "colour" if by else None
    tables = [Scan(dataset), Scan(open_dataset(table(rows).to_pandas(), SAID))]
    if not between:
        tables += [build_rollup(dataset), per_row(dataset)]
    for aggregates in tables:
        assert_comparison(compare(aggregates, query, group), plain, wanted, name)


@pytest.fixture(
    scope="module", params=[(e, n) for e in ("polars", "pandas", "duckdb") for n in (20_000, 0)]
)
def penguins(request, tmp_path_factory):
    """The penguins on an engine, held as a short table or not."""
    engine, short = request.param
    frame = pl.read_csv(ROOT / "data" / "penguins.csv", null_values="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iris_dash.tables.opening.SHORT_TABLE", short)
        yield explorer_of(engine, frame, tmp_path_factory.mktemp("penguins")), frame


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"sex": "female", "lower": {"bill_length_mm": 40.0}},
        {"sex": [None]},
        {"sex": [None, "male"], "by": "island", "upper": {"body_mass_g": 4000}},
        {"island": "Dream", "upper": {"bill_depth_mm": 15.55}, "by": "sex"},
        {"species": []},
        {"lower": {"flipper_length_mm": 231}},
    ],
)
def test_penguins_on_engines(question, penguins):
    explorer, frame = penguins
    assert set(explorer.schema.names) == set(frame.columns)
    rows = frame.to_dicts()
    facets = [facet.name for facet in explorer.schema.facets]
    chosen = {
        name: value if isinstance(value, list) else [value]
        for name, value in question.items()
        if name in facets
    }
    wanted = reference.select(rows, chosen, question.get("lower", {}), question.get("upper", {}))
    by = question.get("by", facets[0])
    found = explorer.comparison(explorer.query(**question))
    assert [one.measure for one in found] == [m.name for m in explorer.schema.measures]
    assert_comparison(found, rows, wanted, by)


def explorer_of(engine: str, frame: pl.DataFrame, folder: Any) -> Explorer:
    said = read_description(ROOT / "data" / "penguins.toml")
    if engine == "polars":
        return Explorer.open(frame, said)
    if engine == "pandas":
        return Explorer.open(pd.read_csv(ROOT / "data" / "penguins.csv"), said)
    pytest.importorskip("duckdb")
    url = f"duckdb://{folder}/tables.duckdb/penguins"
    address = engine_address(url)
    assert address is not None
    assert load_table(frame, address)
    return Explorer(open_dataset(url, said))


@pytest.mark.parametrize("rolled_up", [True, False])
def test_a_small_rest_of_large_numbers_keeps_its_digits(rolled_up):
    """What is left of sums over all rows would have none of them."""
    numbers = [1e6 + i % 7 for i in range(50_000)] + [2.0, 2.0, 3.0]
    said = TableDescription(columns={"x": {"step": 1}})
    dataset = open_dataset(pl.DataFrame({"x": numbers}), said)
    query = Explorer(dataset).query(lower={"x": 1000})
    aggregates = build_rollup(dataset) if rolled_up else Scan(dataset)
    (found,) = compare(aggregates, query, None)
    assert found.rest.n == 3
    assert found.rest.std == pytest.approx(math.sqrt(1 / 3), rel=1e-12)


def test_nothing_selected_and_nothing_left_out(explorer):
    nothing = explorer.comparison(explorer.query(species=[]))[0]
    everything = explorer.comparison()[0]
    for empty in (nothing.selected, everything.rest):
        assert empty == Sample(0, 0, *[None] * 7, mean_interval=None, small=True)
    assert (nothing.rest.n, nothing.groups) == (150, ())
    assert (everything.selected.n, len(everything.groups)) == (150, 3)
    for one in (nothing, everything):
        assert one.difference is one.difference_interval is one.hedges_g is None


def test_a_group_of_one_row_has_no_deviation():
    frame = pl.DataFrame({"kind": ["a", "b", "b"], "x": [1.0, 2.0, 4.0]})
    explorer = Explorer.open(frame)
    (found,) = explorer.comparison(explorer.query(kind="a"))
    assert (found.selected.mean, found.selected.std, found.selected.mean_interval) == (
        1.0,
        None,
        None,
    )
    assert (found.difference, found.difference_interval) == (-2.0, None)
    # Three values leave one degree of freedom: the correction would be 0.
    assert found.hedges_g is None


def test_the_record_is_json_of_stable_keys(client):
    frame = pl.DataFrame({"kind": ["a", "b", None], "x": [1.0, math.inf, None]})
    explorer = Explorer.open(frame)
    for kind in ("a", "b", [], None):
        query = explorer.query(kind=kind)
        text = json.dumps(explorer.comparison_record(query), allow_nan=False)
        record = json.loads(text)
        assert list(record) == ["count", "total", "by", "confidence", "small_below", "measures"]
    body = client.get("/stats/summary/?species=setosa&by=species").get_json()
    assert (body["count"], body["total"], body["by"]) == (50, 150, "species")
    first = body["measures"][0]
    assert (first["measure"], first["unit"]) == ("sepal_length", "cm")
    assert first["selected"]["mean"] == pytest.approx(5.006)
    (group,) = first["groups"]
    assert group.pop("group") == "setosa"
    assert list(group) == list(first["selected"]) == list(first["rest"])
    assert group["mean_interval"] == pytest.approx(first["selected"]["mean_interval"])
