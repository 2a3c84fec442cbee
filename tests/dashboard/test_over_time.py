"""The Trend view: a statistic over time, the period before, the calendar; figures by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from page_answers import answer_controls, controls_of_address

from iris_dash import Explorer
from iris_dash.dashboard.theme import LIGHT
from iris_dash.dashboard.views.all_views import offered_views
from iris_dash.dashboard.views.time_menus import BESIDE, CALENDAR, LINES, UNIT, WHAT

FIRST = datetime(2012, 1, 2, 9)
"""A Monday, as 7 January 2013 is."""


@pytest.fixture(scope="module")
def visits():
    """Two visits a week for 100 weeks, on Monday at 9 and Tuesday at 14, by kind, with a fee."""
    days = [FIRST + timedelta(weeks=n) for n in range(100)]
    others = [day + timedelta(days=1, hours=5, minutes=30) for day in days]
    return Explorer.open(
        pl.DataFrame(
            {
                "at": days + others,
                "kind": ["a"] * 100 + ["b"] * 100,
                "fee": [n + 0.5 for n in range(100)] + [2 * n + 0.25 for n in range(100)],
            }
        )
    )


def asked(explorer, **choices):
    more = {key: choices.pop(key) for key in ("times", "facets", "open", "by") if key in choices}
    said = {"_view": "trend"} | {f"_{key}": value for key, value in choices.items()}
    return answer_controls(explorer, {"choices": said} | more)


def lines(found):
    return {t["name"]: t for t in found["over-time"]["data"] if t.get("name")}


def test_a_table_with_a_time_is_offered_the_view_after_the_overview(visits):
    assert [view.key for view in offered_views(visits.schema)][:2] == ["overview", "trend"]
    plain = Explorer.open(pl.DataFrame({"x": [1.5, 2.5], "y": [2.5, 1.5]}))
    assert "trend" not in [view.key for view in offered_views(plain.schema)]


@pytest.mark.parametrize(
    ("statistic", "first", "last"),
    [
        # Of January 2012 five Mondays: 0.5 to 4.5; of November 2013 (cut short) the 97th to 100th.
        ("sum", 12.5, 96.5 + 97.5 + 98.5 + 99.5),
        ("mean", 2.5, 98.0),
        ("median", 2.5, 98.0),
    ],
)
def test_a_statistic_of_a_measure_per_unit_and_group(visits, statistic, first, last):
    found = asked(visits, shown="of:fee", over=statistic, unit="month", lines="by:kind")
    own = lines(found)["a"]["y"]
    months = found["over-time"]["layout"]["meta"]["from"]
    assert (months[0], months[-1], len(months)) == ("2012-01", "2013-11", 23)
    assert own[0] == pytest.approx(first)
    if statistic != "sum":  # a sum that is cut short leads there dotted: see the points
        assert own[-1] == pytest.approx(last)
    words = {"sum": "Sum of fee", "mean": "Mean fee", "median": "Median fee"}[statistic]
    assert found["over_time_title"].startswith(f"{words} per month")


def test_figures_are_those_of_the_route(visits):
    found = asked(visits, shown="of:fee", over="median", unit="quarter", lines="none")
    frame = visits.aggregate(by="at:quarter", of="fee", stat="median")
    (line,) = lines(found).values()
    assert line["y"] == pytest.approx(frame["median_fee"].tolist())


def test_the_year_before_stands_beside_its_like(visits):
    found = asked(visits, shown="count", unit="month", lines="none", beside="year")
    own, before = lines(found)["rows"], lines(found)["rows, a year before"]
    assert before["y"][:12] == [None] * 12
    assert before["y"][12:] == own["y"][:11]
    assert before["opacity"] < 0.5
    assert "Faint: a year before." in found["over_time_note"]


def test_of_a_period_the_one_before_is_asked_outside_it(visits):
    times = {"at": ["2013-03", "2013-03"]}
    found = asked(visits, shown="of:fee", over="sum", unit="week", lines="by:kind", times=times)
    assert len(lines(found)["a"]["x"]) == 5
    found = asked(visits, shown="of:fee", unit="week", lines="by:kind", times=times, beside="week")
    own, before = lines(found)["a"]["y"], lines(found)["a, a week before"]["y"]
    # The week of 25 February has its Monday before March; that of the 4th is the 62nd.
    assert own == [None, 61.5, 62.5, 63.5, 64.5]
    assert before == [59.5, 60.5, 61.5, 62.5, 63.5]


def test_too_many_points_and_too_long_units_are_said(visits):
    found = asked(visits, unit="hour", lines="none", beside="week")
    note = found["over_time_note"]
    assert note.startswith("16,662 hours are too many points: shown per week.")
    options = {one["value"]: one.get("disabled", False) for one in found["over_time_units"]}
    assert (options["hour"], options["week"], options["auto"]) == (True, False, False)
    assert len(lines(found)["rows"]["x"]) == 100
    found = asked(visits, unit="month", lines="none", beside="week")
    assert "A month is longer than a week: nothing stands beside." in found["over_time_note"]


def test_of_many_values_eight_have_lines_and_the_others_one():
    days = [date(2013, 1, 1) + timedelta(days=n) for n in range(48)]
    explorer = Explorer.open(
        pl.DataFrame(
            {
                "day": days * 12,
                "shop": [f"s{n:02}" for n in range(12) for _ in range(48)],
                "fee": [float(n) + 0.5 for n in range(12) for _ in range(48)],
            }
        )
    )
    found = lines(asked(explorer, shown="of:fee", over="median", unit="day", lines="by:shop"))
    assert list(found) == [*(f"s{n:02}" for n in range(8)), "4 others"]
    assert found["4 others"]["y"] == [10.0] * 48  # the median of 8.5, 9.5, 10.5 and 11.5
    assert found["4 others"]["line"]["color"] == LIGHT.others


def test_the_calendar_counts_weekdays_by_hour_and_says_what_a_click_asks(visits):
    found = asked(visits, shown="count", lines="none")
    figure = found["calendar"]
    (heat,) = figure["data"]
    assert found["calendar_title"] == "Rows by weekday and hour"
    assert (heat["z"][0][9], heat["z"][1][14], heat["z"][0][10]) == (100, 100, None)
    assert heat["text"][1][14] == "Tue 14:00<br>100 rows"
    meta = figure["layout"]["meta"]
    assert [*meta["up"][1], *meta["across"][14]] == [
        ["at:weekday", "Tue"],
        ["at:hour_of_day", "14"],
    ]
    assert "at:weekday" in meta["drop"]


def test_the_calendar_of_months_has_a_row_per_year(visits):
    found = asked(visits, shown="of:fee", over="sum", calendar="months", open=["calendar"])
    (heat,) = found["calendar"]["data"]
    # The first five weeks: 0.5 + … + 4.5 of one kind, 0.25 + 2.25 + … + 8.25 of the other.
    assert heat["z"][0][0] == pytest.approx(12.5 + 21.25)
    assert heat["z"][1][11] is None
    sentence, box = found["calendar_text"]
    assert sentence.children == "Sum of fee by month and year."
    assert [cell.children for cell in box.children.children[1].children[0].children][:2] == [
        "2012",
        "33.75",
    ]


def test_below_zero_a_calendar_is_grey():
    days = [datetime(2013, 1, 1) + timedelta(hours=n) for n in range(48)]
    explorer = Explorer.open(pl.DataFrame({"at": days, "x": [n - 23.5 for n in range(48)]}))
    found = asked(explorer, shown="of:x", lines="none")
    assert [trace["colorscale"][1][1][:16] for trace in found["calendar"]["data"]] == [
        "rgba(52,87,213,0",
        "rgba(127,136,148",
    ]


def test_every_choice_stands_in_the_link(visits):
    address = "_shown=of%3Afee&_over=sum&_unit=month&_lines=none&_beside=year&_calendar=months"
    found = controls_of_address(visits.schema, f"?_view=trend&{address}")
    assert found["notices"] is None
    answer = asked(
        visits,
        shown="of:fee",
        over="sum",
        unit="month",
        lines="none",
        beside="year",
        calendar="months",
    )
    assert answer["answered"]["search"] == f"_view=trend&{address}"


def test_menus_offer_what_the_table_has(visits):
    schema = visits.schema
    assert [value for value, _ in WHAT.offered(schema)] == ["auto", "count", "of:fee"]
    units = ["auto", "year", "quarter", "month", "week", "day", "hour", "minute"]
    assert [value for value, _ in UNIT.offered(schema)] == units
    assert [value for value, _ in LINES.offered(schema)] == ["auto", "none", "by:kind"]
    assert [v for v, _ in BESIDE.offered(schema)] == ["none", "year", "month", "week", "day"]
    assert [v for v, _ in CALENDAR.offered(schema)] == ["auto", "hours", "months", "weekdays"]


def test_no_row_leaves_no_line(visits):
    found = asked(visits, facets={"kind": []})
    assert found["over-time"]["data"] == []
    assert found["calendar"]["data"] == []
