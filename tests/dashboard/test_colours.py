"""The colours of both themes: what stands out, and what eyes without a kind of cone tell apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from sample_tables import ROOT

from iris_dash.dashboard.charts.correlation import _diverging
from iris_dash.dashboard.theme import DARK, GLYPHS, LIGHT, Theme

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")


CARDS = {"light": "#ffffff", "dark": "#171b21"}
THEMES = {"light": LIGHT, "dark": DARK}


CONES = {
    "all three": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""What eyes without one kind of cone see of linear RGB: Machado, Oliveira and Fernandes (2009)."""

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> NDArray[np.float64]:
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG has it."""
    low, high = sorted(float(linear(c) @ TO_XYZ[1]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return linear RGB in CIE L*a*b*."""
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_is_computed_as_wcag_has_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_and_marks_of_charts_stand_out(name: str) -> None:
    theme: Theme = THEMES[name]
    card = CARDS[name]
    assert contrast(theme.ink, card) >= 4.5
    assert contrast(theme.muted, card) >= 4.5
    for colour in theme.series:  # also the text of their symbols
        assert contrast(colour, card) >= 4.5, colour
    for _, colour in _diverging(theme):  # under the coefficients, which are in ink
        assert contrast(theme.ink, colour) >= 4.5, colour


def test_the_style_sheet_has_the_themes_colours() -> None:
    sheet = (ROOT / "assets" / "dashboard.css").read_text("utf-8")
    light, dark = sheet.split('[data-bs-theme="dark"] {')[:2]
    for part, name in ((light, "light"), (dark, "dark")):
        assert f"--card: {CARDS[name]};" in part
        for number, colour in enumerate(THEMES[name].series):
            assert f"--series-{number}: {colour};" in part


@pytest.mark.parametrize("cones", CONES)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_eyes_without_a_kind_of_cone_tell_groups_apart(theme: Theme, cones: str) -> None:
    seen = [lab(np.array(CONES[cones]) @ linear(colour)) for colour in theme.series]
    for one, other in itertools.combinations(range(len(seen)), 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 10, (one, other)
    assert len(set(GLYPHS)) == len(theme.series)
