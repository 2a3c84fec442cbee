"""A sentence makes a table of figures, and each figure opens the rows that it is of.

Expected values come from data/penguins.csv by plain Python.
"""

from __future__ import annotations

import csv
from statistics import fmean

import pytest
from accessibility import check_everywhere
from iris import pause
from pages import Page
from sample_tables import ROOT
from selenium.webdriver.common.keys import Keys

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

MENU = "[id*='\"{}\"']"
FIGURES = """
return [...document.querySelectorAll(".summary-table tr")]
    .map((row) => [...row.cells].slice(0, -1).map((cell) => cell.innerText));
"""
OF = "344 penguins"
ISLANDS = ["Biscoe", "Dream", "Torgersen"]


def masses(**chosen: str) -> list[float]:
    """Return the masses of some penguins, those without one left out."""
    with (ROOT / "data" / "penguins.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if chosen.items() <= row.items()]
    return [float(row["body_mass_g"]) for row in rows if row["body_mass_g"] not in ("", "NA")]


def test_a_sentence_is_chosen_and_a_figure_opens_its_rows(penguins: Page) -> None:
    page = penguins
    page.open("/?_view=summarise&_rows=species&_columns=island")
    page.expect_count(344, OF)
    page.choose(MENU.format("_of"), "body_mass_g")
    page.choose(MENU.format("_stat"), "max")
    own = [f"{max(masses(species='Adelie', island=i)):,.0f}" for i in ISLANDS]
    adelie = ["Adelie", *own, f"{max(masses(species='Adelie')):,.0f}", "151"]
    page.expect(lambda: page.run(FIGURES)[1], adelie)
    assert page.run(FIGURES)[2][:2] == ["Chinstrap", "–"]
    assert page.run(FIGURES)[-1][-2:] == [f"{max(masses()):,.0f}", f"{len(masses())}"]
    page.choose(MENU.format("_stat"), "mean")
    mean = f"{fmean(masses(species='Adelie', island='Dream')):,.0f}"
    page.expect(
        lambda: page.run(FIGURES)[1][2].replace(",", "").split(".")[0], mean.replace(",", "")
    )
    search = "?_view=summarise&_of=body_mass_g&_columns=island"  # species is first anyway
    page.expect(page.search, search)
    check_everywhere(page)
    # By keyboard: one stop within all figures, arrows between them; Enter opens Adelie on Dream.
    page.run("document.querySelector('.summary-table [data-figure][tabindex=\"0\"]').focus()")
    page.press(Keys.ARROW_RIGHT, Keys.ENTER)
    page.expect_count(56, OF)
    page.until(lambda: page.visible("#table"), "the rows")
    page.expect(lambda: {row[0].split()[-1] for row in page.rows()}, {"Adelie"})
    pause(page)
    page.driver.back()
    page.expect_count(344, OF)
    page.expect(page.search, search)
    page.click(".summary-table tfoot [data-figure='-1 1']")
    page.expect_count(124, OF)
    page.driver.back()
    page.expect_count(344, OF)


def test_heads_put_rows_and_columns_into_order(penguins: Page) -> None:
    page = penguins
    page.open("/?_view=summarise&_of=body_mass_g&_rows=island&_columns=species&_stat=max")
    heads = lambda: page.run(FIGURES)[0][1:4]  # noqa: E731 -- read again and again
    rows = lambda: [row[0] for row in page.run(FIGURES)[1:4]]  # noqa: E731
    page.expect(rows, ISLANDS)
    page.click(".summary-table [data-column='2']")  # Gentoos live on Biscoe alone
    page.click(".summary-table [data-column='n']")
    counts = {island: len(masses(island=island)) for island in ISLANDS}
    page.expect(rows, sorted(ISLANDS, key=lambda island: -counts[island]))
    page.click(".summary-table [data-column='name']")
    page.click(".summary-table [data-column='name']")
    page.expect(rows, sorted(ISLANDS, reverse=True))
    assert heads() == ["Adelie", "Chinstrap", "Gentoo"]
    page.click(".summary-table [data-row='0']")  # Biscoe
    page.expect(lambda: [text.split()[0] for text in heads()], ["Gentoo", "Adelie", "Chinstrap"])
    shown = page.run("return document.activeElement.dataset.row")
    assert shown == "0"
