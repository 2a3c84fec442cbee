"""Other tables as a person meets them: several facets, units and gaps; a facet of many values.

Expected values come from data/penguins.csv by plain Python, or by hand.
"""

from __future__ import annotations

import csv
from statistics import fmean

import pytest
from pages import Page
from sample_tables import ROOT

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

PENGUINS = list(csv.DictReader((ROOT / "data" / "penguins.csv").read_text().splitlines()))
ISLANDS = ("Biscoe", "Dream", "Torgersen")
BILL = ("bill_length_mm", "bill_depth_mm")
MASS = "body_mass_g"
WIDE = "return Math.max(document.documentElement.scrollWidth, window.innerWidth)"


def mean(island: str, measure: str) -> float:
    """Return the mean of a measure over an island's penguins, gaps left out."""
    there = [penguin for penguin in PENGUINS if penguin["island"] == island]
    return fmean(float(penguin[measure]) for penguin in there if penguin[measure])


def symbols(page: Page) -> dict[str, list[str]]:
    """Return the symbols beside the checkboxes of each facet."""
    return {
        name: [value["symbol"] for value in page.facet(name) if value["symbol"]]
        for name in ("species", "island", "sex")
    }


def groups(page: Page, chart: str) -> list[str]:
    """Return the names of a chart's groups, once each."""
    return list(dict.fromkeys(trace["name"] for trace in page.figure(chart)))


def test_colouring_by_another_facet_moves_everything_that_is_coloured(penguins: Page) -> None:
    page = penguins
    page.open()
    page.expect_count(344, "344 penguins")
    assert symbols(page) == {"species": ["●", "◆", "■"], "island": [], "sex": []}
    assert page.text("#means-title") == "Mean per species"
    assert page.search() == ""
    page.settle()

    def by_island() -> None:
        page.expect(lambda: groups(page, "means"), list(ISLANDS))
        page.expect(page.search, "?by=island")
        page.settle()
        page.expect(lambda: symbols(page), {"species": [], "island": ["●", "◆", "■"], "sex": []})
        page.expect(page.coloured, ["island"])
        assert page.text("#means-title") == "Mean per island"
        assert groups(page, "scatter") == list(ISLANDS)
        # Dash shows a list's parts one by one.
        page.expect(lambda: page.text("#means-key").split("\n")[1], "Biscoe, n = 168")
        assert page.find("#colour-by").get_property("value") == "island"
        lengths = [trace for trace in page.figure("means") if trace["yaxis"] == "y"]
        for island, trace in zip(ISLANDS, lengths, strict=True):
            assert trace["y"] == pytest.approx([mean(island, name) for name in BILL])

    page.choose("#colour-by", "island")
    by_island()
    page.driver.refresh()
    by_island()
    page.driver.back()
    page.expect(lambda: groups(page, "means"), ["Adelie", "Chinstrap", "Gentoo"])
    page.expect(page.coloured, ["species"])
    assert page.find("#colour-by").get_property("value") == "species"
    assert page.search() == ""


def test_penguins_of_unknown_sex_are_a_checkbox_of_their_own(penguins: Page) -> None:
    page = penguins
    page.open()
    page.expect_count(344, "344 penguins")
    assert [(value["text"], value["count"]) for value in page.facet("sex")] == [
        ("female", "165"),
        ("male", "168"),
        ("(missing)", "11"),
    ]
    page.tick("sex", "~missing")
    page.expect_count(333, "344 penguins")
    page.expect(page.search, "?sex=~present")


def test_lengths_and_masses_have_axes_of_their_own(penguins: Page) -> None:
    page = penguins
    page.open()
    page.expect_count(344, "344 penguins")
    bars = {trace["yaxis"]: trace["x"] for trace in page.figure("means")}
    assert bars == {
        "y": ["Bill length", "Bill depth"],
        "y2": ["Flipper length"],
        "y3": ["Body mass"],
    }
    ends = page.run(
        "const layout = document.querySelector('#means .js-plotly-plot')._fullLayout;"
        "return [layout.yaxis.range[1], layout.yaxis2.range[1], layout.yaxis3.range[1],"
        "layout.xaxis2.domain[1] < layout.xaxis3.domain[0]]"
    )
    assert ends == [50, 250, 6_000, True]
    page.expect(lambda: [note.text for note in page.all("#means .annotation")], ["mm", "mm", "g"])


def test_penguins_without_both_values_are_counted_under_the_scatter(penguins: Page) -> None:
    page = penguins
    page.open("/?_x=flipper_length_mm&_y=body_mass_g")
    page.expect_count(344, "344 penguins")
    assert page.points() == 342
    note = "2 penguins without both values are not drawn"
    page.expect(lambda: page.text("#scatter-note"), note)
    page.tick("sex", "~missing")
    page.expect(page.points, 333)
    page.expect(lambda: page.text("#scatter-note"), "Fit to the selection")


def test_a_search_shows_few_of_many_values_and_unticks_none(cities: Page) -> None:
    page = cities
    page.open()
    page.expect_count(80, "80 rows")
    assert len(page.facet("city")) == 8
    assert page.all("fieldset[data-facet=coast] .facet-search") == []
    assert page.all("fieldset[data-facet=coast] .facet-tools") == []
    assert len(page.all("fieldset[data-facet=zone] .facet-tools button")) == 2
    lefts = page.run(
        "return [...document.querySelectorAll('fieldset[data-facet=zone] .form-check-input')]"
        ".map(box => box.getBoundingClientRect().left)"
    )
    assert len(lefts) == 5
    assert len(set(lefts)) == 1
    search = page.find("fieldset[data-facet=city] .facet-search")
    search.send_keys("ORLE")
    page.expect(lambda: [value["text"] for value in page.facet("city")], ["Orléans"])
    assert page.count() == "80 of 80 rows"
    assert page.search() == ""

    page.click("fieldset[data-facet=city] .facet-all")
    page.expect_count(2, "80 rows")
    assert [value["text"] for value in page.facet("city")] == ["Orléans"]
    page.run("arguments[0].select()", search)
    search.send_keys("\b")
    page.expect(lambda: len(page.facet("city")), 9)  # the eight first, and the chosen one
    assert sum(value["ticked"] for value in page.facet("city")) == 1
    page.click("fieldset[data-facet=city] .facet-none")
    page.expect_count(80, "80 rows")
    page.expect(page.search, "")
    search.send_keys("osl")
    page.expect(lambda: len(page.facet("city")), 1)
    page.click("fieldset[data-facet=city] .facet-all")
    page.expect_count(2, "80 rows")
    page.expect(page.search, "?city=Oslo")
    # Oslo is never at the coast, so ticking "yes" would add nothing.
    dimmed = {value["text"]: value["dimmed"] for value in page.facet("coast")}
    assert dimmed == {"no": False, "yes": True}


def test_a_phone_shows_the_penguins_without_a_sideways_scroll(penguins: Page) -> None:
    page = penguins
    page.resize(360, 800, phone=True)
    page.open("/?by=sex")
    page.expect_count(344, "344 penguins")
    assert page.run(WIDE) <= 360
    page.click("#filters-toggle")
    page.until(lambda: page.visible("#filters"), "the filters")
    assert page.run(WIDE) <= 360
    edge = page.run(
        "return Math.max(...[...document.querySelectorAll("
        "'select, button, input, #means .xtick text, #scatter-note')]"
        ".filter(part => part.offsetParent || part.getBBox)"
        ".filter(part => !part.closest('.table-box, .views'))"
        ".map(part => part.getBoundingClientRect().right))"
    )
    assert edge <= 360
