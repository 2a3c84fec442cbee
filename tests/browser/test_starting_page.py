"""Who opens the page while a table is read sees how far that is, and then the dashboard."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from processes import SERVE, Server
from selenium.webdriver import Chrome
from slow_addresses import slow_address
from waiting import PATIENCE, wait_for

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

CSV = b"glaze,height\n" + b"blue,1.5\ngreen,2.5\n" * 1_000


def awaits(server: Server, words: str) -> bool:
    try:
        urllib.request.urlopen(f"{server.url}/range/", timeout=PATIENCE).close()
    except urllib.error.HTTPError as error:
        with error:
            return words in error.read().decode()
    except OSError:
        return False
    return False


def test_a_page_that_is_opened_too_early_becomes_the_dashboard_by_itself(driver: Chrome):
    with slow_address(CSV, "pots.csv") as table:
        server = Server([*SERVE, table.url])
        try:
            server.launch()
            wait_for(lambda: awaits(server, "34 %"))
            driver.get(f"{server.url}/?glaze=blue")
            shown = driver.find_element("tag name", "body").text
            assert shown.splitlines()[0].startswith("Loading the table; this page opens it as soon")
            assert "Fetching pots.csv, 34 %" in shown
            assert driver.title == "Loading…"
            table.go_on()
            wait_for(lambda: driver.title == "Pots")
            assert driver.current_url == f"{server.url}/?glaze=blue"
        finally:
            driver.get("about:blank")
            for kind in ("browser", "performance"):
                driver.get_log(kind)  # the next story's is its own
            server.stop()
            server.log.close()
