"""The card of the trend: what is drawn unasked, what is asked, and what a drag takes."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.dashboard.theme import LIGHT

MONTHS = [date(2000 + n // 12, n % 12 + 1, 1) for n in range(36)]
ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "axes": []}


def prices(**more):
    columns = {
        "date": MONTHS * 2,
        "symbol": ["ACME"] * 36 + ["BOLT"] * 36,
        "price": [n / 7 for n in range(72)],
    }
    return Explorer.open(pl.DataFrame(columns | more))


def visits():
    """Two visits on each day of 2013 but one: a year has 53 weeks."""
    days = [date(2013, 1, 1) + timedelta(days=n) for n in range(365) if n != 99]
    return Explorer.open(
        pl.DataFrame({"day": days * 2, "fee": [n / 7 for n in range(728)]}),
    )


def answer(explorer, trend="auto", **more):
    return answer_controls(explorer, ASKED | {"choices": {"_trend": trend}} | more)


def lines(found):
    return {trace["name"]: trace for trace in found["trend"]["data"] if "name" in trace}


def test_a_series_shows_its_values_unasked():
    found = answer(prices())
    assert found["trend_title"] == "Mean price per month"
    assert list(lines(found)) == ["ACME", "BOLT"]
    assert lines(found)["BOLT"]["y"][:2] == pytest.approx([36 / 7, 37 / 7])
    assert found["trend_note"] == ""  # the first of a month stands for all of it
    assert answer(prices(), "count")["trend_title"] == "Rows per month"


def test_a_series_of_one_row_for_each_time_has_one_line():
    explorer = Explorer.open(
        pl.DataFrame(
            {"day": MONTHS, "sky": ["sun", "rain", "sun"] * 12, "warm": [n / 7 for n in range(36)]}
        )
    )
    assert list(lines(answer(explorer))) == ["rows"]


def test_an_axis_of_few_rows_has_no_ticks_at_halves():
    # Each symbol has one row a month, and the visits are 14 a week.
    assert answer(prices(), "count")["trend"]["layout"]["yaxis"]["tickvals"] == [0, 1]
    assert "tickvals" not in answer(visits())["trend"]["layout"]["yaxis"]
    assert "tickvals" not in answer(prices())["trend"]["layout"]["yaxis"]  # a mean may be a half
    shown = {"_view": "distributions", "_distribution": "histogram"}
    found = answer_controls(prices(), ASKED | {"choices": shown} | {"ranges": {"price": [0, 0.2]}})
    # A price of nought and one of a seventh share a bar.
    assert found["distributions"]["layout"]["yaxis"]["tickvals"] == [0, 1, 2]


def test_a_name_keeps_the_capital_that_the_table_gives_it():
    found = answer(
        Explorer.open(
            pl.DataFrame(
                {
                    "Tag": MONTHS * 2,
                    "Kategorie": ["Miete"] * 36 + ["Strom"] * 36,
                    "Preis": range(72),
                }
            )
        )
    )
    assert found["trend_title"] == "Mean Preis per month"
    assert found["means_title"] == "Mean per Kategorie"


def test_a_ninth_group_is_itself_in_grey_and_twelve_are_eight_and_the_others():
    nine = [f"s{n // 8}" for n in range(72)]
    found = lines(answer(prices(symbol=nine), "count", by="symbol"))
    assert list(found) == [f"s{n}" for n in range(9)]
    assert found["s8"]["line"]["color"] == LIGHT.others
    twelve = [f"s{n // 6:02}" for n in range(72)]
    found = answer(prices(symbol=twelve), "count", by="symbol")
    assert list(lines(found)) == [*(f"s{n:02}" for n in range(8)), "4 others"]
    assert found["trend_note"] == ""


def test_a_unit_that_is_cut_short_says_so_and_leads_dotted():
    found = answer(visits())
    assert found["trend_title"] == "Rows per week"
    assert found["trend_note"] == "The first week and the last are cut short."
    solid, dotted, points = found["trend"]["data"]
    assert (solid["y"][0], solid["y"][1], solid["y"][-1]) == (None, 14, None)
    assert [y for y in dotted["y"] if y is not None] == [12, 14, 14, 4]
    assert dotted["line"]["dash"] == "dot"
    assert points["y"].count(12) == 2  # the first, and the week of the day without one


def test_a_mean_alone_has_its_interval_as_a_band():
    found = answer(visits(), "mean:fee")
    band, line = found["trend"]["data"]
    assert found["trend_title"] == "Mean fee per week"
    assert band["fill"] == "toself"
    assert min(y for y in band["y"] if y is not None) < min(line["y"])
    assert len(band["x"]) == 2 * 53 + 1


def test_a_chart_says_the_units_that_a_drag_takes():
    meta = answer(visits())["trend"]["layout"]["meta"]
    assert meta["time"] == "day"
    assert (meta["from"][0], meta["until"][0]) == ("2012-12-31", "2013-01-06")
    narrow = answer(visits(), times={"day": ["2013-04-01", "2013-05-31"]})
    assert narrow["trend_title"] == "Rows per day"
    assert narrow["trend"]["layout"]["meta"]["from"][0] == "2013-04-01"


def test_the_text_has_every_unit():
    found = answer(visits(), open=["trend"])
    sentence, box = found["trend_text"]
    assert sentence.children == "Count of rows per week of day: 53 weeks."
    assert len(box.children.children[1].children) == 53


def test_no_markup_of_the_table_is_read():
    found = answer(prices(symbol=["<b>a</b>"] * 36 + ["b"] * 36))
    name = "&lt;b&gt;a&lt;/b&gt;"
    assert lines(found)[name]["hovertemplate"].startswith(f"{name} %{{y")
    # What a trace says of itself is drawn nowhere.
    drawn = [{**trace, "meta": None} for trace in found["trend"]["data"]]
    assert "<b>" not in str([drawn, found["trend"]["layout"]])


def test_a_measure_that_is_not_in_the_menu_is_left_out():
    wrong = answer(visits(), "mean:gone")
    assert wrong["trend_title"] == "Rows per week"
