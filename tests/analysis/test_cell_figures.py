"""Groups by the cells of a rollup equal plain loops over the rows, and need no rows at all."""

from __future__ import annotations

from datetime import datetime
from unittest.mock import patch

import pytest
from examples import examples
from group_reference import other_groups
from grouped_tables import ALL_KINDS, ANCHOR, STATISTICS, frame_of, questions, some_rows
from hypothesis import given
from hypothesis import strategies as st

from iris_dash import Explorer
from iris_dash.analysis.aggregate import cell_figures, figures
from iris_dash.analysis.aggregate.asking import make_aggregation
from iris_dash.analysis.timed_rollup import TimedRollup

TIMES = 16
"""So often each row stands in the table, so that a rollup pays."""

ASKED = ",".join(["count", *STATISTICS])

bounds = st.sampled_from(
    [
        ({}, lambda _: True),
        ({"kind": ["a", None]}, lambda row: row["kind"] in ("a", None)),
        ({"kind": []}, lambda _: False),
        ({"size": {"from": -1.2, "to": 2.0}}, lambda row: within(row["size"], -1.2, 2.0)),
        ({"size": {"from": 0.05}}, lambda row: within(row["size"], 0.05, 9)),
        ({"n": [None, {"to": 2}]}, lambda row: row["n"] is None or row["n"] <= 2),
        (
            {"when": {"from": "2000-02", "to": "2000-12"}, "kind": "a"},
            lambda row: (
                within(
                    row["when"], datetime(2000, 2, 1), datetime(2000, 12, 31, 23, 59, 59, 999999)
                )
                and row["kind"] == "a"
            ),
        ),
        ({"when": [None, "2000"]}, lambda row: row["when"] is None or row["when"].year == 2000),
        ({"name": "x"}, lambda row: row["name"] == "x"),
    ]
)
"""Filters on the grid, off it and beside it, with the rows that they let in."""


def within(value, low, high):
    return value is not None and low <= value <= high


@given(
    rows=st.lists(some_rows, min_size=1, max_size=20),
    asked=st.lists(st.tuples(questions, bounds), min_size=6, max_size=6),
)
@examples(0.2)
def test_any_aggregate_of_a_rollup_equals_plain_loops(rows, asked):
    rows = [*rows, ANCHOR, ANCHOR | {"kind": None}] * TIMES
    explorer = Explorer.open(frame_of(rows), ALL_KINDS)
    for (by, of), (filters, lets_in) in asked:
        query = explorer.query(where=filters)
        own = {"by": ",".join(by), "of": ",".join(of), "stat": ASKED}
        found = explorer.groups(make_aggregation(explorer.schema, query, own)).frame
        kept = [row for row in rows if lets_in(row)]
        if by or kept:
            assert other_groups(found.rows(named=True), kept, by, of, ASKED.split(",")) == []


POTS = [
    {"kind": "a", "size": 0.3, "n": 1, "when": datetime(2000, 1, 31, 23)},
    {"kind": "a", "size": 0.5, "n": None, "when": datetime(2000, 2, 1)},
    {"kind": "b", "size": None, "n": 4, "when": None},
    {"kind": None, "size": 0.3, "n": 2, "when": datetime(2000, 2, 29, 12)},
]


@pytest.fixture(scope="module")
def pots():
    rows = [ANCHOR | pot for pot in POTS * TIMES]
    return Explorer.open(frame_of(rows).drop("name", "day"), ALL_KINDS)


@pytest.mark.parametrize(
    ("asked", "where", "wanted"),
    [
        ({"stat": "count"}, {}, [(64,)]),
        (
            {"by": "kind", "of": "size", "stat": "count,missing,median,sum,p95"},
            {},
            [
                ("a", 32, 0, 0.4, 12.8, 0.5),
                ("b", 16, 16, *[None] * 3),
                (None, 16, 0, 0.3, 4.8, 0.3),
            ],
        ),
        (
            {"by": "when:month", "of": "n,kind", "stat": "count,share,distinct"},
            {},
            [
                ("2000-01", 16, 0.25, 1, 1),
                ("2000-02", 32, 0.5, 1, 1),
                (None, 16, 0.25, 1, 1),
            ],
        ),
        (
            {"by": "when:month_of_year,kind", "of": "n", "stat": "sum,max"},
            {"when": {"from": "2000-02-01"}},
            [("Feb", "a", None, None), ("Feb", None, 32, 2)],
        ),
        ({"by": "when:month", "stat": "count"}, {"kind": "b"}, [(None, 16)]),
        ({"by": "when:month", "stat": "count"}, {"n": {"to": 1}}, [("2000-01", 16)]),
        (
            {"by": "kind,when:quarter", "stat": "count,share"},
            {"kind": [None, "b"]},
            [("b", None, 16, 0.5), (None, "2000-Q1", 16, 0.5)],
        ),
        (
            {"by": "n:3", "stat": "count", "totals": True},
            {"size": {"to": 0.3}},
            [(0, 1, 32), (None, 0, 32)],
        ),
        ({"of": "size", "stat": "mean,min"}, {"kind": []}, [(None, None)]),
        ({"by": "kind", "of": "size", "stat": "sd"}, {"kind": "a", "n": [None]}, [("a", 0.0)]),
    ],
)
def test_cells_answer_without_a_row(pots, asked, where, wanted):
    assert isinstance(pots.aggregates(pots.query()), TimedRollup)
    asked = make_aggregation(pots.schema, pots.query(where=where), asked)
    with patch.object(figures, "_grouped", side_effect=AssertionError):
        found = pots.groups(asked).frame.rows()
    assert [pytest.approx(row) for row in found] == wanted


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"by": "when:minute"}, {}),
        ({"of": "when", "stat": "max"}, {}),
        ({"by": "kind"}, {"when": "2000-02-29T12"}),
        ({"by": "kind"}, {"size": {"from": 0.35, "to": 0.45}}),
    ],
)
def test_what_cells_do_not_tell_is_asked_of_the_rows(pots, asked, where):
    query = pots.query(where=where)
    found = pots.groups(make_aggregation(pots.schema, query, asked)).frame
    with patch.object(cell_figures, "MOST_COUNTS", 0):
        assert pots.groups(make_aggregation(pots.schema, query, asked)).frame.equals(found)


def test_values_between_the_grids_points_are_asked_of_the_rows():
    rows = [ANCHOR | {"size": size} for size in (0.1 + 0.2, 0.1, 0.2)] * TIMES
    explorer = Explorer.open(frame_of(rows), ALL_KINDS)
    assert explorer.rollup.n is not None
    assert explorer.aggregate(of="size", stat="max").iloc[0, 0] == 0.1 + 0.2
