"""The replaced package's names and answers."""

import json

import pytest
from published import PUBLISHED, assert_same_objects

from iris_dash import IrisQuery, column_range, get_mean


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: json.dumps(case["body"])[:50])
def test_published_answers_come_back_equal(case):
    question = {"/range/": column_range, "/stats/mean/": get_mean}[case["path"]]
    assert_same_objects(question(IrisQuery(**case["body"])), case["response"])


def test_the_published_library_call():
    setosa, versicolor = get_mean(IrisQuery(species=["setosa", "versicolor"]))
    assert setosa.pop("label") == "setosa"
    assert versicolor.pop("label") == "versicolor"
    assert list(setosa.values()) == pytest.approx([5.006, 3.428, 1.462, 0.246], abs=1e-9)
    assert list(versicolor.values()) == pytest.approx([5.936, 2.77, 4.26, 1.326], abs=1e-9)


def test_a_page_of_rows():
    rows = column_range(IrisQuery(sort="-petal_length", page=1, per_page=2))
    assert [row["petal_length"] for row in rows] == [6.9, 6.7]
