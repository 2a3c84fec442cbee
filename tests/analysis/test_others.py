"""More groups than colours: the commonest have one each, all others are grey, and one."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean, stdev

import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.analysis.pooling import pooled, with_others
from iris_dash.dashboard.theme import LIGHT, colour, css_colour, glyph
from iris_dash.query.schema import Facet

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "axes": ["x", "y"]}
CARRIERS = [f"C{i:02}" for i in range(1, 13) for _ in range(i)]
"""C01 has one row, C02 two …, C12 twelve: C05 to C12 are the commonest eight of twelve."""


def flights(make=pl.DataFrame):
    days = [date(2013, 1, 1) + timedelta(days=n % 40) for n in range(78)]
    x, y = [n * 0.5 for n in range(78)], [float(n * n % 79) for n in range(78)]
    return Explorer.open(make({"carrier": CARRIERS, "day": days, "x": x, "y": y}))


def test_the_commonest_have_the_colours_and_all_others_one():
    facet = flights().schema.facet("carrier")
    assert facet.coloured == tuple(f"C{i:02}" for i in range(12, 4, -1))
    shades = [colour(facet, place, LIGHT) for place in range(12)]
    assert shades[:4] == [LIGHT.others] * 4
    assert shades[:3:-1] == list(LIGHT.series)
    assert (glyph(facet, 11), glyph(facet, 0)) == ("●", "○")
    assert css_colour(facet, 0) == "var(--series-others)"
    assert facet.in_rank == (11, 10, 9, 8, 7, 6, 5, 4, 0, 1, 2, 3)


def test_up_to_eight_values_have_colours_in_their_own_order():
    facet = Explorer.open(pl.DataFrame({"c": list("abcdefgh"), "x": range(8)})).schema.facets[0]
    assert facet.coloured == ()
    assert [colour(facet, place, LIGHT) for place in range(8)] == list(LIGHT.series)


def test_a_trend_has_eight_lines_and_the_others():
    found = answer_controls(flights(), ASKED | {"by": "carrier", "choices": {"_trend": "count"}})
    lines = {t["name"]: t for t in found["trend"]["data"] if "name" in t}
    assert list(lines) == [*(f"C{i:02}" for i in range(12, 4, -1)), "4 others"]
    assert sum(lines["4 others"]["y"]) == 1 + 2 + 3 + 4
    assert sum(sum(line["y"]) for line in lines.values()) == 78
    assert lines["4 others"]["line"]["color"] == LIGHT.others


def test_means_pool_the_others():
    found = answer_controls(flights(), ASKED | {"by": "carrier"})
    bars = {t["name"]: t for t in found["means"]["data"] if t["x"] == ["X"]}
    assert list(bars)[-1] == "4 others"
    assert bars["4 others"]["y"] == pytest.approx([fmean(n * 0.5 for n in range(10))])
    assert bars["4 others"]["customdata"] == [10]


def test_no_colour_stands_twice_in_a_scatter():
    found = answer_controls(flights(), ASKED | {"by": "carrier"})
    points = [t for t in found["scatter"]["data"] if t["type"] == "scatter"]
    shades = [t["marker"]["color"] for t in points]
    assert shades.count(LIGHT.others) == 4
    assert len(set(shades)) == 9


def test_pooling_is_as_if_the_values_were_one_group():
    values = [[1.0, 2.0, 4.0], [10.0], [], [3.0, 3.5]]
    told = [(len(v), fmean(v) if v else None, stdev(v) if len(v) > 1 else None) for v in values]
    whole = [number for some in values for number in some]
    n, mean, deviation = pooled(told)
    assert (n, mean, deviation) == (6, pytest.approx(fmean(whole)), pytest.approx(stdev(whole)))
    assert pooled([(0, None, None), (0, None, None)]) == (0, None, None)
    assert pooled([(1, 2.0, None), (0, None, None)]) == (1, 2.0, None)


def test_one_group_behind_the_eight_is_itself():
    nine = Facet("g", "G", "g", tuple("abcdefghi"), coloured=tuple("abcdefgh"))
    groups = flights().group_moments(flights().query(by="~none"))
    one = [type(groups[0])(v, 1, (), (), ()) for v in nine.values]
    assert [group.group for group in with_others(one, nine)] == list("abcdefghi")
    assert with_others(groups, None) == groups
