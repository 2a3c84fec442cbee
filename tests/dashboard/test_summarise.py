"""The Summarise view: figures by one key or two, what opens their rows, what cannot be asked.

Expected values are worked out by hand from the ten rows below.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from page_answers import answer_controls, controls_of_address
from page_views import KEYS

from iris_dash import Explorer
from iris_dash.analysis.aggregate.asking import aggregation_text
from iris_dash.dashboard.answer.address import read_address
from iris_dash.dashboard.answer.shown_groups import shown_groups
from iris_dash.dashboard.views.all_views import offered_views
from iris_dash.dashboard.views.sentence import COLUMNS, OF, ROWS, STATISTIC
from iris_dash.query.sort import join_sort
from iris_dash.query.url import join_arguments

DAYS = [(1, 5), (1, 20), (2, 1), (2, 2), (3, 31), (1, 6), (2, 3), (3, 1), (3, 2), (3, 3)]
TABLE = pl.DataFrame(
    {
        "kind": ["a"] * 5 + ["b"] * 4 + [None],
        "size": [1.5, 2.5, -4.5, None, 8.0, 10.0, 20.5, None, None, 7.0],
        "day": [datetime(2013, month, day, 12) for month, day in DAYS],
        "_of": ["x", "y"] * 5,
    }
)


@pytest.fixture(scope="module")
def explorer():
    return Explorer.open(TABLE)


@pytest.fixture(scope="module")
def summed(explorer):
    def of(stat, column, rows, columns="none", **question):
        said = {"_stat": stat, "_of": column, "_rows": rows, "_columns": columns}
        asked = {"choices": {"_view": "summarise"} | said} | question
        return answer_controls(explorer, asked)

    return of


def texts(cells):
    return [cell and cell[0] for cell in cells]


def test_one_key_has_its_statistic_with_n_and_the_means_interval(summed):
    found = summed("mean", "size", "kind")["summary"]
    assert [name for name, _ in found["rows"]] == ["a", "b", "(missing)"]
    # (1.5 + 2.5 - 4.5 + 8) / 4, (10 + 20.5) / 2
    assert [cell[1] for (cell,) in found["cells"]] == pytest.approx([1.875, 15.25, 7.0])
    assert [cell[2] for (cell,) in found["cells"]] == [4, 2, 1]
    assert texts(line[0] for line in found["cells"]) == ["1.88", "15.25", "7.00"]
    # Half of 10.5 times Student's t of one degree, 12.7062.
    assert found["cells"][1][0][3:5] == pytest.approx([15.25 - 66.7076, 15.25 + 66.7076], abs=1e-3)
    assert len(found["cells"][2][0]) == 3  # one value has no interval
    assert found["foot"][0][:3] == ["6.43", pytest.approx(45 / 7), 7]
    assert (found["missing"], found["columns"], found["more"]) == (3, [], [0, 0])


def test_two_keys_have_totals_at_the_right_and_below(summed):
    answer = summed("sum", "size", "kind", "day:month")
    found = answer["summary"]
    assert answer["summary_title"] == "Sum of size by kind and day: month of 2013"
    assert [name for name, _ in found["columns"]] == ["Jan", "Feb", "Mar"]
    assert [texts(line) for line in found["cells"]] == [
        ["4.0", "−4.5", "8.0", "7.5"],
        ["10.0", "20.5", "–", "30.5"],
        [None, None, "7.0", "7.0"],
    ]
    assert texts(found["foot"]) == ["14.0", "16.0", "15.0", "45.0"]
    assert found["cells"][1][2] == ["–", None, 0]
    assert found["asked"] == "by=kind,day:month&of=size&stat=sum,count,missing&totals=1"


@pytest.mark.parametrize(
    ("stat", "column", "shown"),
    [
        ("count", "size", ["5", "4", "1", "10"]),
        ("share", "size", ["50.0 %", "40.0 %", "10.0 %", "100.0 %"]),
        ("missing", "size", ["1", "2", "0", "3"]),
        ("distinct", "_of", ["2", "2", "1", "2"]),
        ("median", "size", ["2.00", "15.25", "7.00", "7.00"]),
        ("max", "day", ["2013-03-31 12:00", "2013-03-02 12:00", "2013-03-03 12:00"]),
    ],
)
def test_each_statistic_is_said_as_people_read_it(summed, stat, column, shown):
    found = summed(stat, column, "kind")["summary"]
    said = texts([line[0] for line in found["cells"]] + found["foot"])
    assert said[: len(shown)] == shown


def test_a_figure_opens_as_many_rows_as_its_group_has(explorer, summed):
    for keys in (("kind", "day:month"), ("day:quarter", "_of"), ("day:week", "day:weekday")):
        for question in ({}, {"times": {"day": ["2013-01-06", "2013-03-01"]}}):
            answer = summed("count", "size", *keys, **question)
            found, rows = answer["summary"], answer["answered"]["rows"]
            kept = dict(pair.split("=") for pair in rows.split("&")) if rows else {}
            for (_, row), line in zip(found["rows"], found["cells"], strict=True):
                for (_, column), cell in zip(found["columns"], line[:-1], strict=True):
                    drop = {*found["dropRows"], *found["dropColumns"]}
                    rest = [pair for pair in kept.items() if pair[0] not in drop]
                    opened = explorer.query(join_arguments([*rest, *row, *column]))
                    assert explorer.count(opened) == (cell[2] if cell else 0)


@pytest.mark.parametrize(
    ("stat", "bounds", "rows"),
    [
        ("mean", "", 4),
        ("p90", "", 4),
        ("missing", "", 1),
        ("count", "", 5),
        ("share", "", 5),
        ("mean", "size=..2&size=~missing", 2),
        ("missing", "size=..2&size=~missing", 1),
        ("count", "size=..2&size=~missing", 3),
    ],
)
def test_a_figure_opens_the_rows_that_it_is_of(explorer, summed, stat, bounds, rows):
    """Those of a mean have a value: of 81 numbers 88 rows were opened."""
    found = summed(stat, "size", "kind")["summary"]
    drop, own = found["own"]
    kept = [pair.split("=") for pair in bounds.split("&") if pair and not drop]
    assert drop in ([], ["size"])
    opened = explorer.query(join_arguments([*kept, *own, *found["rows"][0][1]]))
    assert explorer.count(opened) == rows


def test_a_group_without_a_value_opens_the_rows_that_have_none(summed):
    found = summed("count", "size", "kind")["summary"]
    assert found["rows"][2] == ("(missing)", [("kind", "~missing")])
    assert found["dropRows"] == ["kind", ".kind"]
    assert summed("count", "size", "_of")["summary"]["rows"][0][1] == [("._of", "x")]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (("mean", "kind", "_of"), "There is no mean of kind"),
        (("count", "size", "kind", "kind"), "Both keys are of kind"),
        (("count", "size", "day:week", "day:month"), "Both keys are of day"),
    ],
)
def test_what_makes_no_sense_is_said_and_asks_nothing(summed, sentence, said):
    assert summed(*sentence)["summary"]["why"].startswith(said)


def test_no_rows_and_no_values_are_no_failure(summed):
    none = summed("mean", "size", "kind", facets={"kind": []})
    assert none["summary"] == {"why": "No rows match."}
    answer = summed(
        "mean", "size", "kind", ranges={"size": [None, None]}, others={"size": ["~missing"]}
    )
    found = answer["summary"]
    assert [texts(line) for line in found["cells"]] == [["–"], ["–"]]
    assert (found["scale"], found["missing"]) == (None, 3)
    assert answer["answered"]["failed"] == {}


def test_the_sentence_is_in_the_address_and_what_is_first_is_not(explorer, summed):
    search = summed("sum", "size", "day:month", "_of")["answered"]["search"]
    assert search == "_view=summarise&_stat=sum&_rows=day%3Amonth&_columns=_of"
    shown = controls_of_address(explorer.schema, search)
    assert shown["choices"][-6:] == ["sum", "size", "day:month", "_of", "", ""]
    wrong = controls_of_address(explorer.schema, "_stat=mode")
    assert "unknown value of _stat: 'mode'" in str(wrong["notices"])


def test_first_is_the_mean_of_an_amount_by_a_facet_and_a_unit_of_which_there_are_few(explorer):
    # From January 5 to March 31 there are 13 weeks, and 86 days.
    first = [choice.offered(explorer.schema)[0][0] for choice in (STATISTIC, OF, ROWS, COLUMNS)]
    assert first == ["mean", "size", "kind", "day:week"]


def test_it_is_offered_where_rows_can_be_gathered():
    def is_offered(columns):
        views = offered_views(Explorer.open(pl.DataFrame(columns)).schema)
        return "summarise" in [view.key for view in views]

    assert "summarise" in KEYS
    assert not is_offered({"x": [1.5, 2.5]})
    assert is_offered({"k": ["a", "b"]})
    counted = Explorer.open(pl.DataFrame({"k": ["a", "b"]}))
    found = answer_controls(counted, {"choices": {"_view": "summarise"}})["summary"]
    assert (found["title"], texts(found["foot"])) == ("Number of rows", ["2"])


def test_of_many_groups_the_first_200_are_shown():
    many = Explorer.open(pl.DataFrame({"t": [f"w{n}" for n in range(300)] * 2, "x": [1.5] * 600}))
    asked = {"choices": {"_view": "summarise", "_rows": "t", "_stat": "count"}}
    found = answer_controls(many, asked)["summary"]
    assert (len(found["rows"]), found["more"]) == (200, [100, 0])
    assert texts(found["foot"]) == ["600"]


def test_the_sentence_is_what_is_copied(explorer):
    search = "kind=a&_view=summarise&_stat=median&_of=size&_rows=day%3Amonth&_columns=kind"
    asked = shown_groups(explorer, search)
    text = aggregation_text(explorer.schema, asked)
    assert text == "kind=a&by=day:month,kind&of=size&stat=median,count"
    assert shown_groups(explorer, search.replace("summarise", "table")) is None
    # A mean of text is no question, and neither is a column by itself.
    assert shown_groups(explorer, "_view=summarise&_rows=kind&_columns=kind") is None


@pytest.mark.parametrize(
    ("sentence", "order", "sort"),
    [
        (("mean", "size", "kind", "none"), "", ""),
        (("mean", "size", "kind", "none"), "-all", "-mean_size"),
        (("mean", "size", "kind", "none"), "all", "mean_size"),
        (("mean", "size", "kind", "none"), "-name", "-kind"),
        (("mean", "size", "kind", "none"), "-n", ""),  # no statistic says how many values
        (("missing", "size", "kind", "none"), "-n", "-count"),
        (("count", "size", "day:month", "none"), "-n", "-count"),
        (("count", "size", "day:day", "none"), "", ""),  # ten days stand as the calendar has them
        (("mean", "size", "kind", "day:month"), "", ""),
        (("mean", "size", "kind", "day:month"), "-all", "-mean_size@kind"),
        (("mean", "size", "kind", "day:month"), "-name", "-kind"),
        (("count", "size", "kind", "day:month"), "n", "count@kind"),
        (("mean", "size", "kind", "day:month"), "&_across=all", "kind,mean_size@day:month"),
        (
            ("mean", "size", "kind", "day:month"),
            "all&_across=-all",
            "mean_size@kind,kind,-mean_size@day:month",
        ),
        (
            ("mean", "size", "kind", "day:month"),
            "-name&_across=all",
            "-kind,mean_size@day:month",
        ),
    ],
)
def test_what_is_copied_and_taken_along_stands_in_the_order_shown(
    explorer, summed, sentence, order, sort
):
    said = dict(zip(("_stat", "_of", "_rows", "_columns"), sentence, strict=True))
    order, _, across = order.partition("&_across=")
    said |= {"_order": order} if order else {}
    said |= {"_across": across} if across else {}
    address = "&".join(f"{key}={text}" for key, text in said.items())
    copied = shown_groups(explorer, f"_view=summarise&{address}")
    assert join_sort(copied.sort) == sort
    found = answer_controls(explorer, {"choices": {"_view": "summarise"} | said})["summary"]
    taken = [pair for pair in found["asked"].split("&") if pair.startswith("sort=")]
    assert taken == ([f"sort={sort}"] if sort else [])


def test_many_groups_are_copied_as_they_stand_by_their_figures():
    many = Explorer.open(pl.DataFrame({"k": [f"w{n}" for n in range(9)] * 2, "x": [1.5] * 18}))
    copied = shown_groups(many, "_view=summarise&_rows=k&_columns=none&_stat=mean&_of=x")
    assert copied.sort == (("mean_x", True),)
    copied = shown_groups(many, "_view=summarise&_rows=k&_columns=none&_order=given")
    assert copied.sort == ()


@pytest.mark.parametrize(
    ("order", "across", "rows", "columns"),
    [
        ("", "", None, None),
        ("-2", "1", {"at": 1, "down": True}, {"at": 0, "down": False}),
        ("all", "-all", {"at": 3, "down": False}, {"at": -1, "down": True}),
        ("-n", "-3", {"at": "n", "down": True}, {"at": 2, "down": True}),
        ("name", "40", {"at": "name", "down": False}, None),  # there are three rows
        ("7", "", None, None),
    ],
)
def test_a_link_says_the_order(explorer, summed, order, across, rows, columns):
    search = (
        f"_view=summarise&_of=size&_rows=kind&_columns=day:month&_order={order}&_across={across}"
    )
    state, problems = read_address(explorer.schema, search)
    assert not problems
    chosen = dict(state.choices)
    said = {key: chosen[key] for key in ("_order", "_across") if key in chosen}
    question = {"_view": "summarise", "_of": "size", "_rows": "kind", "_columns": "day:month"}
    answer = answer_controls(explorer, {"choices": question | said})
    found = answer["summary"]
    assert (found["rowOrder"], found["columnOrder"]) == (rows, columns)
    assert all(f"{key}={value}" in answer["answered"]["search"] for key, value in said.items())


def test_times_lie_where_the_calendar_has_them(summed):
    found = summed("mean", "size", "kind", "day:month")["summary"]
    assert (found["times"], found["places"]) == ("across", [15706.0, 15737.0, 15765.0])
    assert found["ranks"] == [0, 1, 2]  # a, b, missing
    by_week = summed("count", "size", "day:week")["summary"]
    # 2013-W01 begins on the last day of 2012.
    assert (by_week["times"], by_week["places"][0]) == ("rows", 15705.0)
    assert summed("count", "size", "kind")["summary"]["times"] == ""
