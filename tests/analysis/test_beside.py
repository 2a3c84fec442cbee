"""A selection beside the rest, all or a group: against SciPy, and published examples."""

from __future__ import annotations

import math

import polars as pl
import pytest
from scipy import stats

from iris_dash import Explorer
from iris_dash.analysis.baseline import Baseline, read_baseline
from iris_dash.analysis.differences import (
    cohens_h,
    effect_interval,
    share_difference_interval,
    share_interval,
)

POTS = {
    "glaze": ["red"] * 4 + ["blue"] * 3 + ["green"] * 3,
    "kiln": ["north", "north", "south", "south", "north", "south", "south", "north", "north", None],
    "height": [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 7.0, 5.0, None, 9.0],
}
RED, BLUE, OTHERS = [1.0, 2.0, 3.0, 4.0], [6.0, 8.0, 7.0], [6.0, 8.0, 7.0, 5.0, 9.0]


@pytest.fixture(scope="module")
def pots():
    return Explorer.open(pl.DataFrame(POTS), facets=["glaze", "kiln"])


def welch(one, other):
    ends = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    return pytest.approx((ends.low, ends.high))


@pytest.mark.parametrize(
    ("counts", "ends"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table II, method 10.
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
    ],
)
def test_a_difference_of_shares_has_newcombes_interval(counts, ends):
    assert share_difference_interval(*counts) == pytest.approx(ends, abs=6e-5)


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (10, 10), (81, 263), (1, 1)])
def test_a_share_has_wilsons_interval(count, n):
    wanted = stats.binomtest(count, n).proportion_ci(0.95, method="wilson")
    assert share_interval(count, n) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_a_share_of_nothing_has_no_interval():
    assert share_difference_interval(0, 0, 1, 2) is share_difference_interval(1, 2, 0, 0) is None


def test_an_effect_size_has_the_interval_of_hedges_and_olkin():
    # d = 0.5 of 20 and 10 values: variance 30/200 + 0.25/60.
    half = stats.norm.ppf(0.975) * math.sqrt(0.15 + 0.25 / 60)
    assert effect_interval(0.5, 20, 10) == pytest.approx((0.5 - half, 0.5 + half))
    assert effect_interval(0.5, 1, 10) is effect_interval(None, 20, 10) is None


@pytest.mark.parametrize(
    ("shares", "h"), [((0.5, 0.5), 0.0), ((1.0, 0.0), math.pi), ((0.75, 0.25), math.pi / 3)]
)
def test_an_effect_of_shares_is_that_of_their_angles(shares, h):
    assert cohens_h(*shares) == pytest.approx(h)


def test_beside_the_rest(pots):
    found = pots.beside(pots.query(glaze="red"), Baseline())
    (height,) = found.measures
    assert (found.count, found.baseline_count) == (4, 6)
    assert (height.selected.mean, height.baseline.mean) == (2.5, 7.0)
    assert height.difference_interval == welch(RED, OTHERS)
    assert height.hedges_g_interval == effect_interval(height.hedges_g, 4, 5)


def test_beside_all_is_beside_the_rest_times_its_share(pots):
    rest = pots.beside(pots.query(glaze="red"), Baseline()).measures[0]
    found = pots.beside(pots.query(glaze="red"), Baseline("all"))
    (height,) = found.measures
    assert (found.count, found.baseline_count) == (4, 10)
    assert (height.baseline.n, height.baseline.mean) == (9, 5.0)
    # Of nine values five are the rest's.
    assert height.difference == pytest.approx(rest.difference * 5 / 9) == -2.5
    assert height.difference_interval == pytest.approx(
        tuple(end * 5 / 9 for end in rest.difference_interval)
    )
    assert height.hedges_g == pytest.approx(rest.hedges_g * 5 / 9)
    north = next(share for share in found.shares if share.value == "north")
    assert (north.selected_share, north.baseline_share) == (0.5, 0.5)


@pytest.mark.parametrize("glaze", [["red"], ["red", "blue"]])
def test_beside_a_group_no_row_is_on_both_sides(pots, glaze):
    found = pots.beside(pots.query(glaze=glaze), read_baseline(pots.schema, "glaze:blue"))
    (height,) = found.measures
    assert (found.count, found.baseline_count) == (4, 3)
    assert (height.selected.mean, height.baseline.mean) == (2.5, 7.0)
    assert height.difference_interval == welch(RED, BLUE)


def test_a_group_stands_under_the_other_filters(pots):
    query = pots.query(glaze="red", kiln="south")
    found = pots.beside(query, read_baseline(pots.schema, "glaze:blue"))
    assert (found.count, found.baseline_count) == (2, 2)
    assert [found.measures[0].selected.mean, found.measures[0].baseline.mean] == [3.5, 7.5]
    assert found.shares == ()


def test_shares_differ_most_first_and_count_the_missing_value(pots):
    found = pots.beside(pots.query(glaze="red"), Baseline())
    counts = {share.value: (share.selected, share.baseline) for share in found.shares}
    assert counts == {"north": (2, 3), "south": (2, 2), None: (0, 1)}
    sizes = [abs(share.difference) for share in found.shares]
    assert sizes == pytest.approx([1 / 6, 1 / 6, 0])
    for share in found.shares:
        wanted = share_difference_interval(share.selected, 4, share.baseline, 6)
        assert share.difference_interval == wanted


@pytest.mark.parametrize(
    ("query", "baseline"),
    [("", "rest"), ("", "all"), ("glaze=~none", "rest"), ("glaze=red", "glaze:red")],
)
def test_without_two_sides_there_is_nothing(pots, query, baseline):
    found = pots.beside(pots.query(query), read_baseline(pots.schema, baseline))
    assert found.is_empty
    assert found.measures == found.shares == ()


@pytest.mark.parametrize(
    ("baseline", "counts"), [("rest", (4, 5)), ("all", (4, 9)), ("glaze:blue", (4, 3))]
)
def test_histograms_stand_on_the_same_bins(pots, baseline, counts):
    bins = pots.histogram_beside(
        pots.query(glaze="red"),
        read_baseline(pots.schema, baseline),
        pots.schema.measure("height"),
    )
    assert bins.selected.histogram.edges == bins.baseline.histogram.edges
    sides = (bins.selected, bins.baseline)
    assert tuple(int(side.histogram.counts.sum()) for side in sides) == counts


@pytest.mark.parametrize("text", ["none", "glaze", "glaze:pink", "height:2", "", 3, None])
def test_what_is_no_baseline(pots, text):
    assert read_baseline(pots.schema, text) is None


def test_columns_of_odd_names_are_groups_too():
    table = Explorer.open(pl.DataFrame({"a:b": ["x:y", "z"], "a": ["b:z", "c"]}))
    for name, value in (("a:b", "x:y"), ("a", "b:z")):
        facet = table.schema.facet(name)
        found = read_baseline(table.schema, Baseline("group", facet, value).text)
        assert (found.facet.name, found.value) == (name, value)
