"""The same stories at three tables: flowers, penguins with gaps, and ten million flowers.

Expected values come from the tables' files by plain Polars, never through iris_dash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from iris import pause
from long_table import read_long
from page_views import KEYS
from pages import Page, story
from sample_tables import ROOT
from selenium.webdriver import Chrome

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

COLUMN = """
return [...document.querySelectorAll(`#table td[data-dash-column="${arguments[0]}"]`)]
    .map(cell => cell.textContent.trim());
"""
VIEWS = (*KEYS[1:], KEYS[0])
FAILED = ".failure:not([hidden]), #connection:not([hidden])"
SECONDS = 120


@dataclass(frozen=True)
class Table:
    """A table, and what the stories do with it: a value is unticked, a measure bounded.

    `bound` is a typed lower bound that lets rows in; none is at `beyond` or above of `value`.
    """

    url: str
    rows: str
    value: str
    measure: str
    label: str
    bound: float
    beyond: float


TABLES = {
    "iris": Table("server_url", "flowers", "setosa", "petal_length", "Petal length", 4.5, 4.0),
    "penguins": Table(
        "penguins_url", "penguins", "Chinstrap", "body_mass_g", "Body mass", 4000, 5200
    ),
    "ten million": Table("long_url", "rows", "setosa", "petal_length", "Petal length", 4.5, 4.0),
}


@dataclass(frozen=True)
class Case:
    """A page at a table, with the table itself."""

    page: Page
    table: Table
    frame: pl.DataFrame

    def expect(self, frame: pl.DataFrame) -> None:
        """Wait until the page counts the rows of a frame."""
        of = f"{len(self.frame):,} {self.table.rows}"
        self.page.expect_count(len(frame), of, SECONDS)

    def counts(self, frame: pl.DataFrame) -> dict[str, str]:
        """Return how many rows of a frame each species has."""
        return {str(name): f"{n:,}" for name, n in frame["species"].value_counts().iter_rows()}

    def shown_counts(self) -> dict[str, str]:
        """Return the counts beside the checkboxes of the species."""
        return {value["text"]: value["count"] for value in self.page.facet("species")}

    def column(self) -> list[float | None]:
        """Return the measure's values in the table's rows."""
        cells = self.page.run(COLUMN, self.table.measure)
        return [float(cell.replace(",", "")) if cell else None for cell in cells]

    def mean_shown(self, species: str) -> float:
        """Return the height of a species' bar in the chart of means."""
        for trace in self.page.figure("means"):
            if trace["name"] == species and self.table.label in trace["x"]:
                return float(trace["y"][trace["x"].index(self.table.label)])
        raise AssertionError(f"no bar of {species}")

    def address(self, query: str) -> str:
        """Return an address, with the measure in place of M and the value in place of V."""
        return query.replace("M", self.table.measure).replace("V", self.table.value)


@pytest.fixture(scope="session")
def frames(long_file: Path) -> dict[str, pl.DataFrame]:
    """Read the three tables by Polars alone."""
    found = {name: pl.read_csv(ROOT / "data" / f"{name}.csv") for name in ("iris", "penguins")}
    return found | {"ten million": read_long(long_file)}


@pytest.fixture(params=TABLES)
def case(
    request: pytest.FixtureRequest, driver: Chrome, frames: dict[str, pl.DataFrame]
) -> Iterator[Case]:
    """Give a story its tab at each of the tables."""
    table = TABLES[request.param]
    for page in story(Page(driver, request.getfixturevalue(table.url))):
        yield Case(page, table, frames[request.param])


def test_it_opens_with_every_row_and_its_parts_agree(case: Case) -> None:
    page, frame = case.page, case.frame
    page.open()
    case.expect(frame)
    assert case.shown_counts() == case.counts(frame)
    page.expect(case.column, frame[case.table.measure][:10].to_list())
    assert page.text("#table-range") == f"rows 1–10 of {len(frame):,}"
    known = frame[case.table.measure].drop_nulls()
    histogram = page.histogram(case.table.measure)
    assert sum(histogram["all"]) == len(known)
    at_most = histogram["edges"][1]
    # Bins are closed below and open above.
    assert histogram["all"][0] == (known < at_most - 1e-9).sum()
    assert page.search() == ""
    assert not page.all(FAILED)


def test_a_value_and_a_bound_narrow_everything(case: Case) -> None:
    page, table, frame = case.page, case.table, case.frame
    page.open()
    case.expect(frame)
    page.tick("species", table.value)
    others = frame.filter(pl.col("species") != table.value)
    case.expect(others)
    page.type_bound(table.label, "from", f"{table.bound:g}")
    high = pl.col(table.measure) >= table.bound
    chosen = others.filter(high)
    case.expect(chosen)
    assert [chip[1] for chip in page.chips()] == [
        f"· {left_out:,} more without it" if left_out else "· no more without it"
        for left_out in (len(frame.filter(high)) - len(chosen), len(others) - len(chosen))
    ]
    # A facet's counts are under the other filters alone.
    wanted = case.counts(frame.filter(high))
    shown = {name: count for name, count in case.shown_counts().items() if count != "0"}
    assert shown == wanted
    for name, of in chosen.group_by("species").agg(pl.col(table.measure).mean()).iter_rows():
        assert case.mean_shown(name) == pytest.approx(of, rel=1e-9)
    page.expect(case.column, chosen[table.measure][:10].to_list())
    assert page.text("#table-range") == f"rows 1–10 of {len(chosen):,}"
    bins = page.histogram(table.measure)
    assert sum(sum(group["counts"]) for group in bins["groups"]) == len(
        others[table.measure].drop_nulls()
    )


def test_an_address_opens_back_undoes_and_forward_redoes(case: Case) -> None:
    page, table, frame = case.page, case.table, case.frame
    high = frame.filter(pl.col(table.measure) >= table.bound)
    own = high.filter(pl.col("species") == table.value)
    page.open(case.address(f"/?M={table.bound:g}.."))
    case.expect(high)
    pause(page)
    page.click(f"fieldset[data-facet=species] .form-check:has([value={table.value}]) .facet-value")
    case.expect(own)
    address = page.search()
    assert address.startswith(case.address("?species=V&M="))
    page.driver.back()
    case.expect(high)
    page.driver.forward()
    case.expect(own)
    assert page.search() == address
    page.driver.refresh()
    case.expect(own)
    assert [value["text"] for value in page.facet("species") if value["ticked"]] == [table.value]


def test_a_sorted_table_has_the_greatest_first_and_an_end(case: Case) -> None:
    page, table, frame = case.page, case.table, case.frame
    page.open(case.address("/?sort=-M&_view=table"))
    case.expect(frame)
    values = frame[table.measure].sort(descending=True, nulls_last=True)
    page.expect(case.column, values[:10].to_list(), SECONDS)
    page.click("#table button.last-page")
    start = (len(frame) - 1) // 10 * 10
    page.expect(case.column, values[start:].to_list(), SECONDS)
    line = f"rows {start + 1:,}–{len(frame):,} of {len(frame):,}"
    page.expect(lambda: page.text("#table-range"), line)


def test_where_nothing_is_left_a_step_back_is_offered(case: Case) -> None:
    page, table, frame = case.page, case.table, case.frame
    nothing = (pl.col("species") == table.value) & (pl.col(table.measure) >= table.beyond)
    assert len(frame.filter(nothing)) == 0
    page.open(case.address(f"/?species=V&M={table.beyond:g}.."))
    case.expect(frame.filter(nothing))
    page.until(lambda: page.visible("#way-back button"), "the step back")
    said = page.text("#way-back button")
    page.click("#way-back button")
    page.until(lambda: not page.count().startswith("0 "), "rows", SECONDS)
    page.settle()
    assert said.endswith(f" gives {page.count().split()[0]}")
    page.click("#filters .link-button")
    case.expect(frame)
    page.expect(page.search, "")


def test_every_view_shows_itself_in_the_dark_without_a_failure(case: Case) -> None:
    page, table = case.page, case.table
    page.prefer("dark")
    page.open(case.address(f"/?M={table.bound:g}.."))
    case.expect(case.frame.filter(pl.col(table.measure) >= table.bound))
    for view in VIEWS:
        page.view(view)
        page.until(lambda view=view: page.all(f"#main.view-{view}"), view, SECONDS)
        page.settle()
        assert not page.all(FAILED)
    assert page.run("return document.documentElement.dataset.bsTheme") == "dark"
