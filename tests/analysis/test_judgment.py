"""What a table is shown by where nobody said."""

from __future__ import annotations

import math

import polars as pl
import pytest

from iris_dash import Explorer
from iris_dash.analysis.aggregates import GroupMoments
from iris_dash.analysis.judgment import (
    are_groups_chosen,
    first_groups,
    most_differing,
    part_between,
)
from iris_dash.core.errors import QueryError
from iris_dash.query.schema import Facet, Schema


def facet(name, values, **more):
    """A facet of so many values, or of these."""
    given = tuple(f"v{i}" for i in range(values)) if isinstance(values, int) else values
    return Facet(name, name, name, given, **more)


@pytest.mark.parametrize(
    ("facets", "first", "is_chosen"),
    [
        ([], None, False),
        ([facet("species", 3)], "species", False),
        ([facet("carrier", 16), facet("origin", 3)], "origin", True),
        ([facet("constant", 1), facet("two", 2), facet("three", 3)], "two", True),
        ([facet("eight", 8)], "eight", False),
        ([facet("nine", 9)], None, True),
        ([facet("seven and missing", (*"abcdefg", None))], "seven and missing", False),
        ([facet("eight and missing", (*"abcdefgh", None))], None, True),
        ([facet("yes or missing", ("yes", None))], None, True),
        ([facet("codes", 4, role="code"), facet("moods", 4)], "moods", True),
        ([facet("constant", 1)], None, True),
    ],
)
def test_the_first_facet_of_two_to_eight_values_groups(facets, first, is_chosen):
    schema = Schema(tuple(facets))
    found = first_groups(schema)
    assert (found and found.name) == first
    assert are_groups_chosen(schema) is is_chosen


def moments(*measures):
    """Two groups of measures, each told by its (n, mean, sd) in both."""
    groups = zip(*measures, strict=True)
    return [
        GroupMoments(
            name,
            10,
            tuple(mean for _, mean, _ in figures),
            tuple(n for n, _, _ in figures),
            tuple(sd for _, _, sd in figures),
        )
        for name, figures in zip("ab", groups, strict=True)
    ]


@pytest.mark.parametrize(
    ("measures", "found"),
    [
        # Eta squared: 0; 0.5 / (0.5 + 2); 1 (no spread); 0.5 of huge numbers; without values.
        ([[(2, 1, 1)] * 2, [(2, 0, 1), (2, 1, 1)]], [1]),
        ([[(2, 0, 1), (2, 1, 1)], [(2, 0, 0), (2, 1, 0)]], [1]),
        ([[(2, 0, 1), (2, 1, 1)], [(2, 0, 1e300), (2, 1e300, 1e299)]], [1]),
        ([[(0, None, None)] * 2, [(2, 0, 1), (2, 1, 1)]], [1]),
        ([[(2, math.inf, None), (2, 1, 1)], [(1, 0, None), (1, 1, None)]], [1]),
        ([[(2, 0, 1)] * 2, [(2, 0, 1)] * 2], [0]),
        ([[(2, 0, 0)] * 2, [(2, 0, 0)] * 2], [0]),
    ],
)
def test_the_measures_that_differ_most_between_groups(measures, found):
    groups = moments(*measures)
    parts = [part_between(groups, place) for place in range(len(measures))]
    assert most_differing(parts, 1) == found


def test_means_are_of_the_groups_that_are_named_or_of_none():
    frame = pl.DataFrame(
        {"id": [f"n{i}" for i in range(9)] * 2, "port": ["a", "b"] * 9, "x": [1, 3] * 9}
    )
    explorer = Explorer.open(frame)
    assert explorer.mean_records(explorer.query()) == [
        {"port": "a", "mean_x": 1.0},
        {"port": "b", "mean_x": 3.0},
    ]
    assert explorer.mean_records(explorer.query(by="~none")) == [{"mean_x": 2.0}]
    assert len(explorer.mean_records(explorer.query(by="id"))) == 9
    with pytest.raises(QueryError, match="~none"):
        explorer.query(by="gone")


def test_a_facet_that_is_called_none_groups():
    explorer = Explorer.open(pl.DataFrame({"~none": ["a", "b"], "x": [1.0, 2.0]}))
    assert len(explorer.mean_records(explorer.query(by="~none"))) == 2
