"""What the axes of a scatter span: the whole table, all but the outermost, or the selection."""

from __future__ import annotations

import numpy as np
import orjson
import pytest

from iris_dash.analysis.aggregates import Density
from iris_dash.analysis.plane_extents import occupied_extent
from iris_dash.dashboard.answer.opening import open_address
from iris_dash.dashboard.charts.scatter import points_extent
from iris_dash.explorer import Explorer


@pytest.mark.parametrize(
    ("points", "in_log", "extent"),
    [
        ({"a": ([0.0, 10.0], [5.0, 6.0])}, (False, False), ((-0.4, 10.4), (4.96, 6.04))),
        (
            {"a": ([0.0], [5.0]), "b": ([10.0], [6.0])},
            (False, False),
            ((-0.4, 10.4), (4.96, 6.04)),
        ),
        (
            {"a": ([1.0, 100.0, -3.0], [5.0, 6.0, 5.5])},
            (True, False),
            ((10**-0.08, 10**2.08), (4.96, 6.04)),
        ),
        ({"a": ([0.0, 10.0], [5.0, 5.0])}, (False, False), None),
        ({}, (False, False), None),
    ],
)
def test_axes_fit_points_with_a_margin(points, in_log, extent):
    found = points_extent(points, in_log)
    if extent is None:
        assert found is None
    else:
        assert np.ravel(found) == pytest.approx(np.ravel(extent))


def test_axes_fit_the_cells_that_have_rows():
    counts = np.zeros((2, 3, 4), dtype=np.int64)
    counts[0, 1, 2] = counts[1, 2, 1] = 5
    density = Density((0.0, 1.0, 2.0, 3.0, 4.0), (0.0, 10.0, 20.0, 30.0), counts)
    assert occupied_extent(density) == ((1.0, 3.0), (10.0, 30.0))
    assert occupied_extent(Density(density.x_edges, density.y_edges, counts * 0)) is None


def test_an_address_fits_the_scatter_to_the_selection(explorer: Explorer) -> None:
    """Setosa's petals are 1.0 to 1.9 cm long and 0.1 to 0.6 wide; all are up to 6.9 and 2.5."""

    def opened(search):
        answered = open_address(explorer, {"search": search})
        axes, note = (orjson.loads(orjson.dumps(answered[key])) for key in ("scatter", "note"))
        axes, buttons = axes["layout"], [part["props"]["children"] for part in note or []]
        return [axes[axis]["range"] for axis in ("xaxis", "yaxis")], buttons

    whole, buttons = opened("")
    assert (whole[0][1] > 6.9, buttons) == (True, [])
    assert opened("?species=setosa") == (whole, ["Fit to the selection"])
    fitted, buttons = opened("?species=setosa&_extent=selection")
    assert np.ravel(fitted) == pytest.approx([0.964, 1.936, 0.08, 0.62])
    assert buttons == ["Whole table"]
