"""The default table is Fisher's, not one of its wrong copies."""

import pytest
from sklearn.datasets import load_iris

NAMES = ("sepal_length", "sepal_width", "petal_length", "petal_width")


def test_has_150_flowers_fifty_of_each_species(flowers):
    species = [flower["species"] for flower in flowers]
    assert species == ["setosa"] * 50 + ["versicolor"] * 50 + ["virginica"] * 50


@pytest.mark.parametrize(
    ("row", "values"), [(35, (4.9, 3.1, 1.5, 0.2)), (38, (4.9, 3.6, 1.4, 0.1))]
)
def test_rows_that_wrong_copies_get_wrong(flowers, row, values):
    assert tuple(flowers[row - 1][name] for name in NAMES) == values


@pytest.mark.parametrize(
    ("species", "means"),
    [
        ("setosa", (5.006, 3.428, 1.462, 0.246)),
        ("versicolor", (5.936, 2.77, 4.26, 1.326)),
        ("virginica", (6.588, 2.974, 5.552, 2.026)),
    ],
)
def test_means_per_species(flowers, species, means):
    rows = [flower for flower in flowers if flower["species"] == species]
    found = [sum(row[name] for row in rows) / len(rows) for name in NAMES]
    assert found == pytest.approx(means, abs=1e-9)


def test_equals_the_copy_that_scikit_learn_ships(flowers):
    theirs = load_iris()
    assert [[f[name] for name in NAMES] for f in flowers] == theirs.data.tolist()
    assert [f["species"] for f in flowers] == [str(theirs.target_names[t]) for t in theirs.target]
