"""A real server, a real browser, and for each story a fresh tab that must stay clean."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flights import Flight, make_flights, write_flights
from live_pages import made_table, made_visits
from long_table import write_long
from page_loads import FLAGS
from pages import Page, story
from processes import Server, running
from sample_tables import CITIES, ROOT
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from shared import shared_file

REDUCED_MOTION = "--force-prefers-reduced-motion"
"""Or Bootstrap scrolls smoothly, away from under a click."""


@pytest.hookimpl(optionalhook=True)
def pytest_setup_options() -> Options:
    """Return the browser's options, for the fixtures of dash[testing] and for `driver` here."""
    options = Options()
    options.binary_location = program("chromium")
    for flag in (*FLAGS, REDUCED_MOTION):
        options.add_argument(flag)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option(
        "perfLoggingPrefs", {"enableNetwork": True, "enablePage": False}
    )
    return options


def program(name: str) -> str:
    """Return a program's path, or fail with the line that installs it."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"no {name}: apt-get install chromium chromium-driver", pytrace=False)
    return path


@pytest.fixture
def product() -> Iterator[Server]:
    """Serve the product for one story, which may stop and start it."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def driver() -> Iterator[Chrome]:
    """Run one browser for the whole session."""
    chrome = Chrome(service=Service(program("chromedriver")), options=pytest_setup_options())
    yield chrome
    chrome.quit()


@pytest.fixture
def page(driver: Chrome, server_url: str) -> Iterator[Page]:
    """Give a story its tab at the session's server."""
    yield from story(Page(driver, server_url))


@pytest.fixture
def page_of_product(driver: Chrome, product: Server) -> Iterator[Page]:
    """Give a story its tab at its own server."""
    yield from story(Page(driver, product.url))


@pytest.fixture(scope="session")
def penguins_url(serve: Callable[..., str]) -> str:
    """Serve the penguins for the whole session."""
    return serve(IRIS_DASH_DATA=str(ROOT / "data" / "penguins.csv"))


@pytest.fixture
def penguins(driver: Chrome, penguins_url: str) -> Iterator[Page]:
    """Give a story its tab at the penguins."""
    yield from story(Page(driver, penguins_url))


@pytest.fixture(scope="session")
def long_file(common: Path) -> Iterator[Path]:
    """Write ten million flowers once for the whole session."""
    with shared_file(common, "long.arrow", write_long) as path:
        yield path


@pytest.fixture(scope="session")
def long_url(serve: Callable[..., str], long_file: Path) -> str:
    """Serve ten million flowers for the whole session."""
    return serve(IRIS_DASH_DATA=str(long_file))


@pytest.fixture
def long_page(driver: Chrome, long_url: str) -> Iterator[Page]:
    """Give a story its tab at the long table."""
    yield from story(Page(driver, long_url))


@pytest.fixture(scope="session")
def cities_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve a table with a facet of 40 values and nine measures for the whole session."""
    with shared_file(common, "cities.csv", lambda path: path.write_text(CITIES, "utf-8")) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def cities(driver: Chrome, cities_url: str) -> Iterator[Page]:
    """Give a story its tab at the cities."""
    yield from story(Page(driver, cities_url))


@pytest.fixture(scope="session")
def flights() -> list[Flight]:
    """Make the flights once."""
    return make_flights()


@pytest.fixture(scope="session")
def flights_url(serve: Callable[..., str], common: Path, flights: list[Flight]) -> Iterator[str]:
    """Serve eight thousand flights, with gates to choose from."""
    write = lambda path: write_flights(path, flights)  # noqa: E731 -- one line, once
    with shared_file(common, "flights.csv", write) as path:
        yield serve(IRIS_DASH_DATA=str(path), IRIS_DASH_FACETS="carrier,origin,gate")


@pytest.fixture(scope="session")
def orders_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve 400 orders: points, lines over time, counts, for the whole session."""
    with shared_file(common, "orders.parquet", made_table().write_parquet) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def orders(driver: Chrome, orders_url: str) -> Iterator[Page]:
    """Give a story its tab at the orders."""
    yield from story(Page(driver, orders_url))


@pytest.fixture(scope="session")
def visits_url(serve: Callable[..., str], common: Path) -> Iterator[str]:
    """Serve 60,000 visits: a density, counts of many values, tails, for the whole session."""
    with shared_file(common, "visits.parquet", made_visits().write_parquet) as path:
        yield serve(IRIS_DASH_DATA=str(path))


@pytest.fixture
def visits(driver: Chrome, visits_url: str) -> Iterator[Page]:
    """Give a story its tab at the visits."""
    yield from story(Page(driver, visits_url))
