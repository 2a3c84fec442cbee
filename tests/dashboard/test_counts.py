"""The card of counts: which facet, which values, what is in front, and what a click picks."""

from __future__ import annotations

import polars as pl
import pytest
from page_answers import answer_controls

from iris_dash import Explorer
from iris_dash.analysis.counted_values import counted_values
from iris_dash.dashboard.views.counts import COUNTS_CARD
from iris_dash.query.schema import Facet

ASKED = {"facets": {}, "ranges": {}, "sort": [], "page": 0, "per_page": 10, "axes": []}


def trips():
    """Thirteen carriers: C1 has one trip, C2 two …; and two ports."""
    carriers = [f"C{i}" for i in range(1, 14) for _ in range(i)]
    return Explorer.open(pl.DataFrame({"port": ["a", "b", "b"] * 30 + ["a"], "carrier": carriers}))


def told(found):
    """What each line says: its value, its count, the widths of its bars, and if it is let in."""
    lines = []
    for line in found["counts"]:
        parts = line.children.children
        if line.children.className == "bar-line" and not hasattr(line.children, "title"):
            lines.append((parts[0].children, parts[2].children))
            continue
        bars = [bar.style["width"] for bar in parts[1].children]
        of = line.children
        lines.append((of.to_plotly_json()["props"]["data-pick"], parts[2].children[0], *bars))
    return lines


def test_the_ten_commonest_and_the_others():
    found = answer_controls(trips(), ASKED)
    assert found["counts_title"] == "Rows per carrier"
    lines = told(found)
    assert lines[0] == ("C13", "13", "100.00%", "100.00%")
    assert [line[0] for line in lines[:10]] == [f"C{i}" for i in range(13, 3, -1)]
    assert lines[10] == ("3 others", "6")  # 3 + 2 + 1


def test_the_selection_stands_in_front_of_all():
    explorer = trips()
    found = answer_controls(explorer, ASKED | {"facets": {"port": ["a"]}})
    values = {line[0]: line[1] for line in told(found)}
    answered = explorer.values("carrier", explorer.query(port="a"))
    expected = dict(zip(answered["value"], answered["count"], strict=True))
    assert {name: str(count) for name, count in expected.items() if name in values} == {
        name: count for name, count in values.items() if name in expected
    }
    _, count, whole, front = told(found)[0]
    assert (whole, front) == ("100.00%", f"{100 * int(count) / 13:.2f}%")


def test_what_its_own_filter_leaves_out_is_pale():
    found = answer_controls(trips(), ASKED | {"texts": {"carrier": ["C1"]}})
    looks = {
        line.children.to_plotly_json()["props"]["data-pick"]: line.children.className
        for line in found["counts"][:10]
    }
    assert looks.pop("C1") == "bar-line"
    assert set(looks.values()) == {"bar-line is-out"}


def test_another_facet_is_chosen():
    found = answer_controls(trips(), ASKED | {"choices": {"_counts": "port"}})
    assert found["counts_title"] == "Rows per port"
    # The facet that colours has its own colours here too.
    front = found["counts"][0].children.children[1].children[1].style
    assert front["background"] == "var(--series-0)"
    assert [line[:2] for line in told(found)] == [("a", "31"), ("b", "60")]
    assert "_counts=port" in found["answered"]["search"]


@pytest.mark.parametrize(
    ("columns", "offered"),
    [
        ({"species": ["a", "b"] * 6, "x": range(12)}, False),
        ({"x": range(12)}, False),
        ({"always": ["a"] * 12, "species": ["a", "b"] * 6}, False),
        ({"species": ["a", "b"] * 6, "island": ["c", "d", "e"] * 4}, True),
        ({"team": [f"t{i}" for i in range(12)] * 2}, True),
    ],
)
def test_it_is_offered_where_counts_stand_nowhere_else(columns, offered):
    assert COUNTS_CARD.offered(Explorer.open(pl.DataFrame(columns)).schema) is offered


def test_few_values_stand_in_their_own_order_and_one_more_than_ten_is_no_other():
    sizes = Facet("size", "Size", "size", ("S", "M", "L"))
    whole = {"S": 1, "M": 9, "L": 5}
    found = counted_values(sizes, whole, whole, sizes.values)
    assert [one.value for one in found.values] == ["S", "M", "L"]
    eleven = Facet("n", "N", "n", tuple(f"v{i}" for i in range(11)))
    whole = dict.fromkeys(eleven.values, 1)
    assert len(counted_values(eleven, whole, whole, eleven.values).values) == 11
    none = counted_values(eleven, {}, {}, ())
    assert (none.values, none.others, none.count) == ((), 0, 0)


def test_what_is_chosen_is_never_among_the_others():
    many = Facet("n", "N", "n", tuple(f"v{i}" for i in range(20)))
    whole = {value: 20 - place for place, value in enumerate(many.values)}
    found = counted_values(many, whole, whole, ["v19"])
    assert [one.value for one in found.values] == [*(f"v{i}" for i in range(9)), "v19"]
    assert (found.others, found.count) == (10, sum(range(2, 12)))


def test_bars_of_a_narrow_filter_are_no_hairlines():
    rows = {"carrier": ["A"] * 300 + ["B"] * 100, "port": (["x"] * 3 + ["y"] * 97) * 4}
    explorer = Explorer.open(pl.DataFrame(rows))
    few = answer_controls(
        explorer, ASKED | {"facets": {"port": ["x"]}, "choices": {"_counts": "carrier"}}
    )
    assert told(few) == [("A", "9", "0", "100.00%"), ("B", "3", "0", "33.33%")]
    many = answer_controls(
        explorer, ASKED | {"facets": {"port": ["y"]}, "choices": {"_counts": "carrier"}}
    )
    assert told(many) == [("A", "291", "100.00%", "97.00%"), ("B", "97", "33.33%", "32.33%")]


def test_means_of_what_a_filter_took_away_stay_pale_to_be_picked():
    explorer = Explorer.open(
        pl.DataFrame(
            {
                "year": [1990 + n // 2 for n in range(60)],  # has no mean
                "kind": ["a", "b", "c"] * 20,
                "w": [float(n % 3) for n in range(60)],
            }
        )
    )
    assert not explorer.schema.measure("year").is_averaged
    found = answer_controls(explorer, ASKED | {"facets": {"kind": ["b"]}})
    bars = [(bar["meta"], bar["y"], bar.get("opacity", 1)) for bar in found["means"]["data"]]
    assert bars == [("a", [0.0], 0.3), ("b", [1.0], 1), ("c", [2.0], 0.3)]
    whole = answer_controls(explorer, ASKED)
    assert [bar.get("opacity", 1) for bar in whole["means"]["data"]] == [1, 1, 1]
